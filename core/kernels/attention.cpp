#include "kernels/attention.h"

#include "kernels/attention_products.h"
#include "kernels/attention_sums.h"
#include "runtime/scratch.h"

namespace sunhwan {
namespace {

using Index = std::int64_t;

constexpr Index places_at_once = 1024;  // whose sums of shared gradients are kept apart at a time
constexpr Index work_a_task = 1 << 17;  // multiply-adds

Index smaller(Index a, Index b) { return a < b ? a : b; }

// A head of a row.
struct Place {
    Index n, h;    // row and head
    Index q0, k0;  // first steps
    Index T, S;    // steps of the query and of the memory
    Index weight;  // first weight

    Place(const AttentionArguments& a, Index row, Index head) : n(row), h(head) {
        const Index m = a.k_rows == nullptr ? n : a.k_rows[n];
        q0 = a.q_offsets[n];
        k0 = a.k_offsets[m];
        T = a.q_offsets[n + 1] - q0;
        S = a.k_offsets[m + 1] - k0;
        weight = a.w_offsets == nullptr ? 0 : a.w_offsets[n] + h * T * S;
    }
    Steps queries(const AttentionArguments& a) const {
        return {a.q + q0 * a.H * a.D + h * a.D, a.H * a.D, T};
    }
    Steps keys(const AttentionArguments& a) const {
        return {a.k + k0 * a.H * a.D + h * a.D, a.H * a.D, S};
    }
    Steps values(const AttentionArguments& a) const {
        return {a.v + k0 * a.H * a.V + h * a.V, a.H * a.V, S};
    }
    const float* drop(const AttentionArguments& a, Index t) const {
        return a.drop + ((q0 + t) * a.H + h) * a.drop_row;
    }
    bool sees(const AttentionArguments& a, Index t, Index s) const {
        const Index at = a.q_times[q0 + t], from = a.k_times[k0 + s];
        if (a.causal && from > at) return false;
        const AttentionMask& m = a.mask;
        return m.seen == nullptr ||
               m.seen[n * m.row + h * m.head + at * m.query + from * m.memory] != 0.0f;
    }
};

float value_or_one(const float* x) { return x == nullptr ? 1.0f : *x; }

Additive additive_of(const AttentionArguments& a) {
    return {a.D, value_or_one(a.inner), value_or_one(a.outer), a.u};
}

void compute_scores(const AttentionArguments& a, const Place& p, float* scores) {
    if (a.additive) {
        additive_scores(additive_of(a), p.queries(a), p.keys(a), scores, false);
        return;
    }
    multiply_pairs(p.queries(a), p.keys(a), a.D, scores, p.S);
    const Vec factor = broadcast(a.factor * value_or_one(a.inner));
    for_vectors(p.T * p.S, [&](Index i, int lanes) {
        store_lanes(scores + i, factor * load_lanes(scores + i, lanes), lanes);
    });
}

// Whether a step sees nothing.
bool is_hidden(Index S, const float* scores) {
    Index hidden = 0;
    while (hidden < S && scores[hidden] == -infinity) ++hidden;
    return hidden == S;
}

// Scores of a step to weights, in place.
void spread(Index S, float* w) {
    Vec most = broadcast(-infinity), total = zero();
    for_vectors(S, [&](Index s, int lanes) {
        most = max(keep_lanes(load_lanes(w + s, lanes), lanes, -infinity), most);
    });
    most = broadcast(max_lane(most));
    if (!any(gt(most, broadcast(-infinity))) && is_hidden(S, w)) {
        fill_row(S, 0.0f, w);
        return;
    }
    for_vectors(S, [&](Index s, int lanes) {
        const Vec e = exp(load_lanes(w + s, lanes) - most);
        total = total + keep_lanes(e, lanes, 0.0f);
        store_lanes(w + s, e, lanes);
    });
    const Vec part = broadcast(1.0f / sum(total));
    for_vectors(
        S, [&](Index s, int lanes) { store_lanes(w + s, part * load_lanes(w + s, lanes), lanes); });
}

// used[t, s] = drop[t, s] weight[t, s]
void drop_some(const AttentionArguments& a, const Place& p, const float* weights, float* used) {
    for (Index t = 0; t < p.T; ++t)
        for_vectors(p.S, [&](Index s, int lanes) {
            const Vec kept = load_lanes(p.drop(a, t) + s, lanes);
            store_lanes(used + t * p.S + s, kept * load_lanes(weights + t * p.S + s, lanes), lanes);
        });
}

void attend(const AttentionArguments& a, const Place& p) {
    Scratch scratch;
    float* weights = a.weights == nullptr ? scratch.floats(p.T * p.S) : a.weights + p.weight;
    compute_scores(a, p, weights);
    const bool hides = a.causal || a.mask.seen != nullptr;
    for (Index t = 0; t < p.T; ++t) {
        for (Index s = 0; hides && s < p.S; ++s)
            if (!p.sees(a, t, s)) weights[t * p.S + s] = -infinity;
        spread(p.S, weights + t * p.S);
    }
    const float* used = weights;
    if (a.drop != nullptr) {
        float* dropped = scratch.floats(p.T * p.S);
        drop_some(a, p, weights, dropped);
        used = dropped;
    }
    mix({used, p.S, 1}, p.T, p.values(a), a.V, a.y + p.q0 * a.H * a.V + p.h * a.V, a.H * a.V);
}

// Calls body(place) for each head of each row from `first` on, several in a task where they are
// small.
template <typename Body>
void for_places(const AttentionArguments& a, Index first, Index count, const Body& body) {
    const Index rows = a.N < 1 ? 1 : a.N, T = a.q_offsets[a.N] / rows + 1;
    const Index S = a.k_offsets[a.M] / (a.M < 1 ? 1 : a.M) + 1;
    const Index work = T * S * (a.D + a.V);  // none where there are no features
    const Index at_once = 1 + work_a_task / (work < 1 ? 1 : work);
    parallel_for((count + at_once - 1) / at_once, [&](Index task, int) {
        const Index end = smaller((task + 1) * at_once, count);
        for (Index i = task * at_once; i < end; ++i) body(first + i);
    });
}

void forward(const AttentionArguments& a) {
    for_places(a, 0, a.N * a.H, [&](Index place) { attend(a, {a, place / a.H, place % a.H}); });
}

// The gradients of the scores, from those of the weights, in place.
void spread_backward(Index S, const float* w, float* ds) {
    Vec total = zero();
    for_vectors(S, [&](Index s, int lanes) {
        total = fma(load_lanes(w + s, lanes), load_lanes(ds + s, lanes), total);
    });
    const Vec mean = broadcast(sum(total));
    for_vectors(S, [&](Index s, int lanes) {
        store_lanes(ds + s, load_lanes(w + s, lanes) * (load_lanes(ds + s, lanes) - mean), lanes);
    });
}

// sum over i of a[i] b[i]
float inner_product(Index count, const float* a, const float* b) {
    Vec total = zero();
    for_vectors(count, [&](Index i, int lanes) {
        total = fma(load_lanes(a + i, lanes), load_lanes(b + i, lanes), total);
    });
    return sum(total);
}

// What one place adds to the gradients that all share; each null where nobody wants it.
struct Owed {
    float *inner, *outer, *u;
};

void attend_backward(const AttentionBackwardArguments& b, const Place& p, const Owed& owed) {
    const AttentionArguments& a = b.forward;
    const Index TS = p.T * p.S, key_row = a.H * a.D, value_row = a.H * a.V;
    const float* weights = a.weights + p.weight;
    const Steps dy{b.dy + p.q0 * value_row + p.h * a.V, value_row, p.T};
    Scratch scratch;
    float* ds = scratch.floats(TS);
    float* used = scratch.floats(a.drop == nullptr ? 0 : TS);
    if (a.drop != nullptr) drop_some(a, p, weights, used);
    const Shares back{a.drop == nullptr ? weights : used, 1, p.S};
    mix(back, p.S, dy, a.V, b.dv + p.k0 * value_row + p.h * a.V, value_row);

    multiply_pairs(dy, p.values(a), a.V, ds, p.S);
    if (b.dweights != nullptr) add_row(TS, b.dweights + p.weight, ds);
    if (a.drop != nullptr) drop_some(a, p, ds, ds);
    for (Index t = 0; t < p.T; ++t) spread_backward(p.S, weights + t * p.S, ds + t * p.S);

    float* dq = b.dq + p.q0 * key_row + p.h * a.D;
    float* dk = b.dk + p.k0 * key_row + p.h * a.D;
    if (a.additive) {
        if (owed.outer != nullptr) {
            float* bare = scratch.floats(TS);
            additive_scores(additive_of(a), p.queries(a), p.keys(a), bare, true);
            *owed.outer = inner_product(TS, ds, bare);
        }
        additive_backward(additive_of(a), p.queries(a), p.keys(a), ds, dq, dk, key_row, owed.u,
                          owed.inner);
        return;
    }
    if (owed.inner != nullptr) {
        float* bare = scratch.floats(TS);
        multiply_pairs(p.queries(a), p.keys(a), a.D, bare, p.S);
        *owed.inner = a.factor * inner_product(TS, ds, bare);
    }
    const Vec factor = broadcast(a.factor * value_or_one(a.inner));
    for_vectors(TS, [&](Index i, int lanes) {
        store_lanes(ds + i, factor * load_lanes(ds + i, lanes), lanes);
    });
    mix({ds, p.S, 1}, p.T, p.keys(a), a.D, dq, key_row);
    mix({ds, 1, p.S}, p.S, p.queries(a), a.D, dk, key_row);
}

void backward(const AttentionBackwardArguments& b) {
    const AttentionArguments& a = b.forward;
    const Index places = a.N * a.H, width = a.D + 2;  // of what a place owes: u, inner, outer
    const bool shared = b.dinner != nullptr || b.douter != nullptr || b.du != nullptr;
    Scratch scratch;
    float* all = scratch.floats(shared ? smaller(places, places_at_once) * width : 0);
    for (Index first = 0; first < places; first += places_at_once) {
        const Index count = smaller(places - first, places_at_once);
        for_places(a, first, count, [&](Index place) {
            float* own = all + (place - first) * width;
            attend_backward(
                b, {a, place / a.H, place % a.H},
                {b.dinner == nullptr ? nullptr : own + a.D,
                 b.douter == nullptr ? nullptr : own + a.D + 1, b.du == nullptr ? nullptr : own});
        });
        for (Index task = 0; task < count; ++task) {
            const float* own = all + task * width;
            if (b.du != nullptr) add_row(a.D, own, b.du);
            if (b.dinner != nullptr) *b.dinner += own[a.D];
            if (b.douter != nullptr) *b.douter += own[a.D + 1];
        }
    }
}

}  // namespace

extern const AttentionKernels SUNHWAN_SYMBOL(attention) = {forward, backward};

}  // namespace sunhwan
