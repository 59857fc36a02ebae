#include "kernels/softmax.h"

#include "kernels/rows.h"
#include "kernels/simd/math.h"

namespace sunhwan {
namespace {

using Index = std::int64_t;

// The largest of a row; not a NaN unless all are.
float row_max(Index C, const float* x) {
    Vec most = broadcast(-infinity);
    for_vectors(C, [&](Index c, int lanes) {
        most = max(keep_lanes(load_lanes(x + c, lanes), lanes, -infinity), most);
    });
    return max_lane(most);
}

void softmax(Index R, Index C, const float* all_x, float* all_y) {
    for_rows(R, C, [&](Index r) {
        const float* x = all_x + r * C;
        float* y = all_y + r * C;
        const Vec most = broadcast(row_max(C, x));
        Vec total = zero();
        for_vectors(C, [&](Index c, int lanes) {
            const Vec e = exp(load_lanes(x + c, lanes) - most);
            total = total + keep_lanes(e, lanes, 0.0f);
            store_lanes(y + c, e, lanes);
        });
        const Vec factor = broadcast(1.0f) / broadcast(sum(total));
        for_vectors(C, [&](Index c, int lanes) {
            store_lanes(y + c, load_lanes(y + c, lanes) * factor, lanes);
        });
    });
}

void softmax_backward(Index R, Index C, const float* all_y, const float* all_dy, float* all_dx) {
    for_rows(R, C, [&](Index r) {
        const float* y = all_y + r * C;
        const float* dy = all_dy + r * C;
        float* dx = all_dx + r * C;
        Vec total = zero();
        for_vectors(C, [&](Index c, int lanes) {
            total = fma(load_lanes(y + c, lanes), load_lanes(dy + c, lanes), total);
        });
        const Vec mean = broadcast(sum(total));
        for_vectors(C, [&](Index c, int lanes) {
            const Vec d = load_lanes(dy + c, lanes) - mean;
            store_lanes(dx + c, load_lanes(y + c, lanes) * d, lanes);
        });
    });
}

void log_softmax(Index R, Index C, const float* all_x, float* all_y) {
    for_rows(R, C, [&](Index r) {
        const float* x = all_x + r * C;
        float* y = all_y + r * C;
        const Vec most = broadcast(row_max(C, x));
        Vec total = zero();
        for_vectors(C, [&](Index c, int lanes) {
            const Vec e = exp(load_lanes(x + c, lanes) - most);
            total = total + keep_lanes(e, lanes, 0.0f);
        });
        const Vec log_total = log(broadcast(sum(total)));
        for_vectors(C, [&](Index c, int lanes) {
            store_lanes(y + c, load_lanes(x + c, lanes) - most - log_total, lanes);
        });
    });
}

void log_softmax_backward(Index R, Index C, const float* all_y, const float* all_dy,
                          float* all_dx) {
    for_rows(R, C, [&](Index r) {
        const float* y = all_y + r * C;
        const float* dy = all_dy + r * C;
        float* dx = all_dx + r * C;
        Vec total = zero();
        for_vectors(C, [&](Index c, int lanes) { total = total + load_lanes(dy + c, lanes); });
        const Vec all = broadcast(sum(total));
        for_vectors(C, [&](Index c, int lanes) {
            const Vec p = exp(load_lanes(y + c, lanes));
            store_lanes(dx + c, fnma(p, all, load_lanes(dy + c, lanes)), lanes);
        });
    });
}

}  // namespace

extern const SoftmaxKernels SUNHWAN_SYMBOL(softmax) = {softmax, softmax_backward, log_softmax,
                                                       log_softmax_backward};

}  // namespace sunhwan
