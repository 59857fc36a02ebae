// The heart of every product: a tile of the output held in registers while k runs.
//
//   out[r][n] = start[r][n] + sum over k of a[r][k] * b[k][n]
//
// One running sum for each element, k in order, one fused multiply-add a term: the bits depend
// neither on the tile's size nor on its place. R rows, V vectors a panel, P panels side by side, K
// terms.
//
// b is read by panels of `panel_width` columns: packed (pack_panels), or in place from a row-major
// matrix whose rows are full panels. Columns beyond `columns` are computed and not stored.
#pragma once

#include "kernels/prefetch.h"
#include "kernels/simd/transpose.h"
#include "kernels/simd/vec.h"

#if defined(__clang__)
#define SUNHWAN_UNROLL _Pragma("unroll")
#else
#define SUNHWAN_UNROLL _Pragma("GCC unroll 32")
#endif

namespace sunhwan {
namespace {

#if defined(__AVX512F__) || defined(__aarch64__) || defined(_M_ARM64)
constexpr int tile_rows = 14;  // 28 sums, 2 vectors of b, 1 element of a, in 32 registers
#else
constexpr int tile_rows = 6;  // 12 sums, 2 vectors of b, 1 element of a, in 16 registers
#endif
constexpr int panel_vectors = 2;
constexpr int panel_width = panel_vectors * Vec::width;

// Panels a tile of so many rows takes at once: a tile with few rows needs more sums in flight.
constexpr int panels_at_once(int rows) {
    return 4 * rows <= tile_rows ? 4 : 2 * rows <= tile_rows ? 2 : 1;
}

// Rows of a: element (r, k) stands at data[r * row + k * step]. Either row or step is 1.
struct TileRows {
    const float* data;
    std::ptrdiff_t row;
    std::ptrdiff_t step;
};

// Panels of b: element (k, n) of panel p stands at data[p * panel + k * step + n].
struct TilePanels {
    const float* data;
    std::ptrdiff_t panel;
    std::ptrdiff_t step;
};

// The sums begin at `start + r * start_row`, or at zero where start is null; `add` adds them to
// what out holds instead of overwriting it. Each row of out is `row` floats after the one before.
struct TileOut {
    float* data;
    std::ptrdiff_t row;
    const float* start;
    std::ptrdiff_t start_row;
    bool add;
};

// What a row of tiles brings nearer for those after it, while it runs: for each `line_floats` terms
// so many lines of the cache, `line` floats apart, then those `chunk` floats on. The next panel
// does the same `panel` floats on, or nothing more where `panel` is zero.
struct TileAhead {
    const float* data;
    int lines;
    std::ptrdiff_t line;
    std::ptrdiff_t chunk;
    std::ptrdiff_t panel;
};

template <int R, int P, int V, bool rows_adjacent>
void tile(TileRows a, TilePanels b, std::ptrdiff_t K, TileOut out, int columns, TileAhead ahead) {
    constexpr int W = Vec::width;
    constexpr int C = P * V;
    const auto at = [](int c) { return (c / V) * panel_width + (c % V) * W; };
    Vec sums[R][C];
    SUNHWAN_UNROLL
    for (int r = 0; r < R; ++r) {
        SUNHWAN_UNROLL
        for (int c = 0; c < C; ++c) {
            if (out.start == nullptr) {
                sums[r][c] = zero();
            } else if (at(c) + W <= columns) {
                sums[r][c] = load(out.start + r * out.start_row + at(c));
            } else if (at(c) < columns) {
                sums[r][c] = load_partial(out.start + r * out.start_row + at(c), columns - at(c));
            } else {
                sums[r][c] = zero();
            }
        }
    }
    // The lines of out come while k runs.
    if (out.start != out.data) {
        SUNHWAN_UNROLL
        for (int r = 0; r < R; ++r) {
            SUNHWAN_UNROLL
            for (int c = 0; c < C; ++c)
                if (at(c) < columns) __builtin_prefetch(out.data + r * out.row + at(c), 1);
        }
    }
    // Three rows share a pointer: x86 addresses base, base + row and base + 2 * row without
    // arithmetic.
    const float* a_rows[(R + 2) / 3];
    SUNHWAN_UNROLL
    for (int g = 0; g < (R + 2) / 3; ++g) a_rows[g] = a.data + 3 * g * a.row;
    const float* b_panels[P];
    SUNHWAN_UNROLL
    for (int p = 0; p < P; ++p) b_panels[p] = b.data + p * b.panel;
    for (std::ptrdiff_t first = 0; first < K; first += line_floats) {
        for (int line = 0; line < ahead.lines; ++line)
            __builtin_prefetch(ahead.data + line * ahead.line, 0, 2);
        ahead.data += ahead.chunk;
        const std::ptrdiff_t last = K - first < line_floats ? K : first + line_floats;
        for (std::ptrdiff_t k = first; k < last; ++k) {
            Vec columns_of_b[C];
            SUNHWAN_UNROLL
            for (int c = 0; c < C; ++c) columns_of_b[c] = load(b_panels[c / V] + (c % V) * W);
            SUNHWAN_UNROLL
            for (int r = 0; r < R; ++r) {
                const Vec element =
                    broadcast(rows_adjacent ? a.data[r] : a_rows[r / 3][(r % 3) * a.row]);
                SUNHWAN_UNROLL
                for (int c = 0; c < C; ++c) sums[r][c] = fma(element, columns_of_b[c], sums[r][c]);
            }
            if (rows_adjacent) {
                a.data += a.step;
            } else {
                SUNHWAN_UNROLL
                for (int g = 0; g < (R + 2) / 3; ++g) ++a_rows[g];
            }
            SUNHWAN_UNROLL
            for (int p = 0; p < P; ++p) b_panels[p] += b.step;
        }
    }
    SUNHWAN_UNROLL
    for (int r = 0; r < R; ++r) {
        float* row = out.data + r * out.row;
        SUNHWAN_UNROLL
        for (int c = 0; c < C; ++c) {
            if (at(c) + W <= columns) {
                store(row + at(c), out.add ? load(row + at(c)) + sums[r][c] : sums[r][c]);
            } else if (at(c) < columns) {
                const int n = columns - at(c);
                const Vec before = out.add ? load_partial(row + at(c), n) : zero();
                store_partial(row + at(c), out.add ? before + sums[r][c] : sums[r][c], n);
            }
        }
    }
}

using TileFunction = void (*)(TileRows, TilePanels, std::ptrdiff_t K, TileOut, int columns,
                              TileAhead);

// What one number of rows needs: several panels, one panel, and a panel's first vector alone.
struct TileFunctions {
    TileFunction panels, panel, vector;
    int at_once;
};

template <int R, bool rows_adjacent>
constexpr TileFunctions tile_functions() {
    return {tile<R, panels_at_once(R), panel_vectors, rows_adjacent>,
            tile<R, 1, panel_vectors, rows_adjacent>, tile<R, 1, 1, rows_adjacent>,
            panels_at_once(R)};
}

template <bool rows_adjacent>
const TileFunctions& tiles_of(int rows) {
#if defined(__AVX512F__) || defined(__aarch64__) || defined(_M_ARM64)
    static constexpr TileFunctions table[] = {
        tile_functions<1, rows_adjacent>(),  tile_functions<2, rows_adjacent>(),
        tile_functions<3, rows_adjacent>(),  tile_functions<4, rows_adjacent>(),
        tile_functions<5, rows_adjacent>(),  tile_functions<6, rows_adjacent>(),
        tile_functions<7, rows_adjacent>(),  tile_functions<8, rows_adjacent>(),
        tile_functions<9, rows_adjacent>(),  tile_functions<10, rows_adjacent>(),
        tile_functions<11, rows_adjacent>(), tile_functions<12, rows_adjacent>(),
        tile_functions<13, rows_adjacent>(), tile_functions<14, rows_adjacent>()};
#else
    static constexpr TileFunctions table[] = {
        tile_functions<1, rows_adjacent>(), tile_functions<2, rows_adjacent>(),
        tile_functions<3, rows_adjacent>(), tile_functions<4, rows_adjacent>(),
        tile_functions<5, rows_adjacent>(), tile_functions<6, rows_adjacent>()};
#endif
    return table[rows - 1];
}

// One row of tiles: `rows` (1..tile_rows) rows of a by N columns of b.
inline void tile_row(TileRows a, int rows, TilePanels b, std::ptrdiff_t K, std::ptrdiff_t N,
                     TileOut out, TileAhead ahead = {}) {
    const TileFunctions& functions = a.row == 1 ? tiles_of<true>(rows) : tiles_of<false>(rows);
    const int wide = functions.at_once * panel_width;
    std::ptrdiff_t n = 0;
    const auto run = [&](TileFunction function, int columns, int panels) {
        function(a, b, K, out, columns, ahead);
        n += columns;
        ahead.data += ahead.panel;
        if (ahead.panel == 0) ahead.lines = 0;
        b.data += panels * b.panel;
        out.data += columns;
        if (out.start != nullptr) out.start += columns;
    };
    while (n + wide <= N) run(functions.panels, wide, functions.at_once);
    while (n + panel_width <= N) run(functions.panel, panel_width, 1);
    const int rest = static_cast<int>(N - n);
    if (rest > Vec::width)
        run(functions.panel, rest, 1);
    else if (rest > 0)
        run(functions.vector, rest, 1);
}

// Rows are shared out evenly: of 16 rows, 8 and 8 rather than 14 and 2. How many the next tile
// takes.
constexpr int next_tile_rows(std::ptrdiff_t rows_left) {
    const std::ptrdiff_t tiles = (rows_left + tile_rows - 1) / tile_rows;
    return static_cast<int>((rows_left + tiles - 1) / tiles);
}

// Floats that K rows of N columns take when packed.
constexpr std::ptrdiff_t packed_floats(std::ptrdiff_t K, std::ptrdiff_t N) {
    return (N + panel_width - 1) / panel_width * panel_width * K;
}

// Packs the matrix whose element (k, n) stands at b[k * step + n * column] into panels of
// panel_width columns, k after k, zeros beyond N. One of step and column is 1.
inline void pack_panels(const float* b, std::ptrdiff_t step, std::ptrdiff_t column,
                        std::ptrdiff_t K, std::ptrdiff_t N, float* packed) {
    constexpr int W = Vec::width;
    for (std::ptrdiff_t n = 0; n < N; n += panel_width) {
        const int columns = static_cast<int>(N - n < panel_width ? N - n : panel_width);
        if (column == 1) {
            for (std::ptrdiff_t k = 0; k < K; ++k) {
                const float* row = b + k * step + n;
                float* to = packed + k * panel_width;
                SUNHWAN_UNROLL
                for (int v = 0; v < panel_vectors; ++v) {
                    const int lanes = columns - v * W < W ? columns - v * W : W;
                    store(to + v * W, lanes == W  ? load(row + v * W)
                                      : lanes > 0 ? load_partial(row + v * W, lanes)
                                                  : zero());
                }
            }
        } else {
            if (columns < panel_width) {
                for (std::ptrdiff_t i = 0; i < K * panel_vectors; ++i)
                    store(packed + i * W, zero());
            }
            transpose_block(b + n * column, column, columns, K, packed, panel_width);
        }
        packed += K * panel_width;
    }
}

// Packs a transposed block of a as the tile of so many rows reads it: element (r, k), which stands
// at a[k * a_row + r], at packed[k * rows + r]. Writes up to Vec::width floats more.
inline void pack_adjacent_rows(const float* a, std::ptrdiff_t a_row, std::ptrdiff_t terms, int rows,
                               float* packed) {
    for (std::ptrdiff_t k = 0; k < terms; ++k)
        for (int r = 0; r < rows; r += Vec::width) {
            const int lanes = rows - r < Vec::width ? rows - r : Vec::width;
            store(packed + k * rows + r, load_partial(a + k * a_row + r, lanes));
        }
}

// out (rows, N) = start + a (rows, K) * b (K, N), with b packed by pack_panels. `start` may be out.
inline void panel_product(const float* a, std::ptrdiff_t a_row, std::ptrdiff_t rows,
                          const float* packed, std::ptrdiff_t K, std::ptrdiff_t N,
                          const float* start, std::ptrdiff_t start_row, float* out,
                          std::ptrdiff_t out_row) {
    while (rows > 0) {
        const int now = next_tile_rows(rows);
        tile_row({a, a_row, 1}, now, {packed, K * panel_width, panel_width}, K, N,
                 {out, out_row, start, start_row, false});
        a += now * a_row;
        out += now * out_row;
        if (start != nullptr) start += now * start_row;
        rows -= now;
    }
}

}  // namespace
}  // namespace sunhwan
