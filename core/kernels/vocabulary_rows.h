// What is known of the likeliest token of a row: its bytes, and the tokens that may be it.
#pragma once

#include <limits>

#include "kernels/rows.h"
#include "kernels/vocabulary_pack.h"

namespace sunhwan {
namespace {

constexpr int most_open = 128;  // tokens of a row that may be the likeliest

// A row of x, and what is known of its likeliest token.
struct OpenRow {
    float scale;            // of its bytes
    std::int32_t offset;    // what the 128 in the bytes of W add to its sums
    float by_size = 0.0f;   // what a token's size and its error, times these, add to the bound
    float by_error = 0.0f;  //
    float rounding = 0.0f;  // the part of by_size that sums in single precision need
    float floor = std::numeric_limits<float>::lowest();  // no token below it is the likeliest
    bool crowded = false;  // more tokens may be the likeliest than there is room for
    int count = 0;
    std::int32_t tokens[most_open];
    float most[most_open];  // their sums are not above
};

// From now on the row's tokens are not looked at: all its sums will be computed.
void crowd(OpenRow& row) {
    row.crowded = true;
    row.floor = std::numeric_limits<float>::infinity();
}

// A sum of K terms in single precision, here and in the product, is wrong by so much of |x| |w| and
// of |bias| at most.
float rounding_of(Index K) { return 4.0f * 0x1p-24f * static_cast<float>(K + 16); }

Index byte_row(Index K) { return ceil_div(K, Vec::width) * Vec::width; }

// Rounds a row x (K) to bytes.
void begin_row(Index K, const float* x, std::int8_t* bytes, OpenRow& row) {
    Vec greatest = zero(), plain = zero();
    for_vectors(K, [&](Index k, int lanes) {
        const Vec part = load_lanes(x + k, lanes);
        greatest = max(abs(part), greatest);
        plain = fma(part, zero(), plain);  // not zero where a number is infinite or NaN
    });
    row.scale = max_lane(greatest) * (1.0f / byte_range);
    if (!all(eq(plain, zero()))) crowd(row);
    const Vec scale = broadcast(row.scale);
    const Vec factor = broadcast(row.scale > 0.0f && !row.crowded ? 1.0f / row.scale : 0.0f);
    Vec errors = zero(), squares = zero();
    row.offset = 0;
    for_vectors(K, [&](Index k, int lanes) {
        const Vec part = load_lanes(x + k, lanes);
        const Vec rounded = to_byte(part, factor);
        const Vec error = fnma(rounded, scale, part);
        errors = fma(error, error, errors);
        squares = fma(part, part, squares);
        std::int32_t numbers[Vec::width];
        store(numbers, convert(rounded));
        for (int i = 0; i < Vec::width; ++i) {
            bytes[k + i] = static_cast<std::int8_t>(numbers[i]);
            row.offset += 128 * numbers[i];
        }
    });
    const float error = max_lane(root_above(broadcast(sum(errors))));
    const float size = max_lane(root_above(broadcast(sum(squares))));
    if (!(size < most_size)) crowd(row);
    row.rounding = rounding_of(K) * size;
    row.by_size = error + row.rounding;
    row.by_error = size + error;
}

// Drops the tokens that cannot be the likeliest any more.
void prune(OpenRow& row) {
    int kept = 0;
    for (int i = 0; i < row.count; ++i) {
        if (row.most[i] < row.floor) continue;  // NaN: stays
        row.tokens[kept] = row.tokens[i];
        row.most[kept++] = row.most[i];
    }
    row.count = kept;
}

// Notes those of a vector of tokens that may be the likeliest.
__attribute__((noinline)) void note(const PackedVocabulary& v, Index column, Vec value, Vec margin,
                                    OpenRow& row) {
    if (row.crowded) return;
    float most[Vec::width], least[Vec::width];
    store(most, value + margin);
    store(least, value - margin);
    for (int i = 0; i < Vec::width; ++i)
        if (column + i < v.C && least[i] > row.floor) row.floor = least[i];
    for (int i = 0; i < Vec::width && column + i < v.C; ++i) {
        if (most[i] < row.floor) continue;
        if (row.count == most_open) prune(row);
        if (row.count == most_open) return crowd(row);
        row.tokens[row.count] = static_cast<std::int32_t>(column + i);
        row.most[row.count++] = most[i];
    }
}

}  // namespace
}  // namespace sunhwan
