// Blocks and threads of the matrix product; the arithmetic is in product_tile.h.
//
// b is packed (or read in place) for all tasks at once, but where tasks share out k. A task is a
// strip of rows by a group of columns: it runs over the blocks of k, and in each over tiles, one
// row of tiles after the other, so that the tile's rows of a stay in L1 and the group's panels of b
// in L2.
#include "kernels/product.h"

#include "kernels/column_sums.h"
#include "kernels/linear_backward.h"
#include "kernels/outer_products.h"
#include "kernels/product_pack.h"
#include "kernels/product_tile.h"
#include "kernels/rows.h"
#include "runtime/scratch.h"
#include "runtime/threads.h"

namespace sunhwan {
namespace {

constexpr Index strip_rows = 126;              // of a in a task at most; a multiple of tile_rows
constexpr Index group_columns = 512;           // of b in a task at most: its panels take 768 KiB
constexpr Index most_packed = Index{1} << 20;  // floats of b packed at a time
constexpr Index most_split = 65536;            // elements of an output whose blocks of k are tasks
constexpr Index least_rows_to_pack = 4 * tile_rows;
constexpr Index crowded_row = 1024;           // floats
constexpr Index least_rows_of_crowded = 504;  // of out

static_assert(strip_rows % tile_rows == 0 && group_columns % panel_width == 0);

// Where the sums of a piece go. Pointers are to element (0, 0) of the whole product.
struct Sums {
    float* out;
    Index out_row;
    const float* start;  // what the first block begins from; null: zero
    Index start_row;
    bool begins;  // the piece's first block overwrites out; else, as the others do, it adds
};

// Rows [m, m + M) by columns [n, n + N), blocks [first_block, last_block) of k.
struct Piece {
    Index m, M, n, N;
    Index first_block, last_block;
};

void run_piece(const ProductArguments& p, const Blocks& blocks, const PackedColumns& b,
               const Piece& piece, const Sums& sums) {
    // Rows of a are read in place unless they would be read often from few sets of the cache.
    const bool often = piece.N > 3 * panel_width;
    const bool pack = often && (p.transpose_a || p.a_row % 512 == 0);
    Scratch scratch;
    float* packed = pack ? scratch.floats(tile_rows * blocks.length + Vec::width) : nullptr;
    for (Index block = piece.first_block; block < piece.last_block; ++block) {
        const Index first = blocks.first(block), terms = blocks.terms(block);
        const bool begins = sums.begins && block == piece.first_block;
        for (Index m = piece.m; m < piece.m + piece.M;) {
            const int rows = next_tile_rows(piece.m + piece.M - m);
            TileRows a = p.transpose_a ? TileRows{p.a + first * p.a_row + m, 1, p.a_row}
                                       : TileRows{p.a + m * p.a_row + first, p.a_row, 1};
            if (pack) {
                pack_a(p, m, rows, first, terms, packed);
                a = {packed, 1, rows};
            }
            const Index rows_left = piece.m + piece.M - m - rows;
            TileAhead ahead{};  // the next rows of a
            if (!p.transpose_a && rows_left > 0)
                ahead = {p.a + (m + rows) * p.a_row + first, next_tile_rows(rows_left), p.a_row,
                         line_floats, 0};
            for (Index n = piece.n; n < piece.n + piece.N;) {
                const Index end = piece.n + piece.N;
                const Index columns = (n < b.in_place ? smaller(b.in_place, end) : end) - n;
                const float* start =
                    begins && sums.start != nullptr ? sums.start + m * sums.start_row + n : nullptr;
                tile_row(
                    a, rows, b.at(n, first, terms), terms, columns,
                    {sums.out + m * sums.out_row + n, sums.out_row, start, sums.start_row, !begins},
                    ahead);
                ahead.lines = 0;
                n += columns;
            }
            m += rows;
        }
    }
}

template <typename Body>
void run(Index tasks, bool serial, const Body& body) {
    if (serial) {
        for (Index task = 0; task < tasks; ++task) body(task);
    } else {
        parallel_for(tasks, [&](Index task, int) { body(task); });
    }
}

// Columns of b that are read in place: full panels, where packing them would not pay.
Index columns_in_place(const ProductArguments& p) {
    if (p.transpose_b || p.M >= least_rows_to_pack) return 0;
    return p.N / panel_width * panel_width;
}

// Tasks share out the rows and columns of the output.
void split_output(const ProductArguments& p, const Blocks& blocks, Sums sums, bool serial) {
    const Index in_place = columns_in_place(p);
    const Index padded = ceil_div(p.N - in_place, panel_width) * panel_width;
    const Index at_once =
        padded == 0 ? blocks.count() : larger(1, most_packed / (padded * blocks.length));

    const Index wanted = serial ? 1 : 8 * num_threads();
    Index rows = strip_rows, columns = group_columns;
    const auto tasks = [&] { return ceil_div(p.M, rows) * ceil_div(p.N, columns); };
    while (tasks() < wanted && columns > 4 * panel_width) columns -= panel_width;
    while (tasks() < wanted && rows > tile_rows) rows -= tile_rows;
    const Index strips = ceil_div(p.M, rows);
    rows = ceil_div(ceil_div(p.M, strips), tile_rows) * tile_rows;
    const Index groups = ceil_div(p.N, columns);

    Scratch scratch;
    float* packed = scratch.floats(padded * blocks.length * smaller(at_once, blocks.count()));
    for (Index first = 0; first < blocks.count(); first += at_once) {
        const Index last = smaller(first + at_once, blocks.count());
        if (padded > 0) pack_b(p, blocks, first, last, in_place, p.N - in_place, serial, packed);
        const PackedColumns b{packed, p.b, p.b_row, in_place, padded, blocks.first(first)};
        run(tasks(), serial, [&](Index task) {
            const Index m = task / groups * rows, n = task % groups * columns;
            run_piece(p, blocks, b,
                      {m, smaller(rows, p.M - m), n, smaller(columns, p.N - n), first, last}, sums);
        });
        sums.begins = false;
    }
}

// Tasks share out the blocks of k; their sums are then added in order.
void split_terms(const ProductArguments& p, const Blocks& blocks, const Sums& sums) {
    const Index in_place = columns_in_place(p);
    const Index padded = ceil_div(p.N - in_place, panel_width) * panel_width;
    const Index size = p.M * p.N;
    const Index at_once = smaller(larger(most_packed / size, 4 * num_threads()), blocks.count());
    Scratch scratch;
    float* partial = scratch.floats(size * at_once);
    for (Index first = 0; first < blocks.count(); first += at_once) {
        const Index count = smaller(at_once, blocks.count() - first);
        parallel_for(count, [&](Index task, int) {
            const Index block = first + task;
            Scratch mine;
            float* packed = mine.floats(padded * blocks.length);
            if (padded > 0)
                pack_b(p, blocks, block, block + 1, in_place, p.N - in_place, true, packed);
            const PackedColumns b{packed, p.b, p.b_row, in_place, padded, blocks.first(block)};
            run_piece(p, blocks, b, {0, p.M, 0, p.N, block, block + 1},
                      block == 0 ? sums : Sums{partial + task * size, p.N, nullptr, 0, true});
        });
        parallel_for(smaller(p.M, ceil_div(size * count, 65536)), [&](Index task, int) {
            const Index tasks = smaller(p.M, ceil_div(size * count, 65536));
            for (Index m = p.M * task / tasks; m < p.M * (task + 1) / tasks; ++m)
                for (Index i = first == 0 ? 1 : 0; i < count; ++i)
                    add_row(p.N, partial + i * size + m * p.N, p.out + m * p.out_row);
        });
    }
}

// Whether a sum of outer products packs all of b as other products do: where so many rows of out
// need rows of b that are a multiple of 4 KiB apart and so meet in few sets of the cache.
bool packing_pays(const ProductArguments& p) {
    return p.M >= least_rows_of_crowded && p.b_row % crowded_row == 0;
}

// Row m of out where there are no terms.
void begin_row(const ProductArguments& p, Index m) {
    float* row = p.out + m * p.out_row;
    if (p.bias != nullptr) {
        copy_row(p.N, p.bias, row);
    } else {
        fill_row(p.N, 0.0f, row);
    }
}

void product(const ProductArguments& p) {
    if (p.M <= 0 || p.N <= 0) return;
    Sums sums{p.out, p.out_row, p.bias, 0, true};
    if (p.accumulate) {
        if (p.bias != nullptr)
            for (Index m = 0; m < p.M; ++m) add_row(p.N, p.bias, p.out + m * p.out_row);
        sums.start = p.out;
        sums.start_row = p.out_row;
    }
    if (p.K <= 0) {
        if (!p.accumulate)
            for (Index m = 0; m < p.M; ++m) begin_row(p, m);
        return;
    }
    if (p.transpose_a && !p.transpose_b && !packing_pays(p)) {
        const bool accumulate = p.accumulate || p.bias != nullptr;
        if (p.bias != nullptr && !p.accumulate)
            for (Index m = 0; m < p.M; ++m) begin_row(p, m);
        add_outer_products(
            {p.M, p.N, p.K, p.a, p.a_row, p.b, p.b_row, p.out, p.out_row, accumulate});
        return;
    }
    const Blocks blocks(p.K);
    const bool serial = p.M * p.N * p.K < serial_work || num_threads() == 1;
    const bool small_output = p.M * p.N <= most_split;
    if (!serial && small_output && blocks.count() >= 4) {
        split_terms(p, blocks, sums);
        return;
    }
    // Columns by the slab, so that a block of k of b fits what is packed at a time.
    const Index slab = larger(most_packed / blocks.length, panel_width) / panel_width * panel_width;
    for (Index n = 0; n < p.N; n += slab) {
        ProductArguments q = p;
        q.N = smaller(slab, p.N - n);
        q.b += p.transpose_b ? n * p.b_row : n;
        Sums of_slab = sums;
        of_slab.out += n;
        if (sums.start != nullptr) of_slab.start += n;
        split_output(q, blocks, of_slab, serial);
    }
}

void column_sums(Index R, Index C, const float* x, float* out, bool accumulate) {
    if (!accumulate) fill_row(C, 0.0f, out);
    add_column_sums<1>(R, C, {out}, [&](Index r, Index c, int lanes, Vec* terms) {
        terms[0] = load_lanes(x + r * C + c, lanes);
    });
}

void linear_backward(const LinearBackwardArguments& a) {
    if (a.N <= 0 || (a.K <= 0 && a.dx == nullptr)) return;
    if (a.K > 0 && a.I > 0 && fits_one_pass(a)) {
        linear_backward_in_one_pass(a);
        return;
    }
    if (a.dW != nullptr)
        product({.M = a.I,
                 .N = a.N,
                 .K = a.K,
                 .a = a.x,
                 .a_row = a.I,
                 .b = a.dy,
                 .b_row = a.N,
                 .out = a.dW,
                 .out_row = a.N,
                 .bias = nullptr,
                 .transpose_a = true,
                 .transpose_b = false,
                 .accumulate = true});
    if (a.db != nullptr) column_sums(a.K, a.N, a.dy, a.db, true);
    if (a.dx != nullptr)
        product({.M = a.K,
                 .N = a.I,
                 .K = a.N,
                 .a = a.dy,
                 .a_row = a.N,
                 .b = a.W,
                 .b_row = a.N,
                 .out = a.dx,
                 .out_row = a.I,
                 .bias = nullptr,
                 .transpose_a = false,
                 .transpose_b = true,
                 .accumulate = false});
}

}  // namespace

extern const ProductKernels SUNHWAN_SYMBOL(product) = {product, column_sums, linear_backward};

}  // namespace sunhwan
