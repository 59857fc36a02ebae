#include "decode/search.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

#include "runtime/threads.h"

namespace sunhwan {
namespace {

constexpr double nothing = -std::numeric_limits<double>::infinity();

std::uint64_t mix(std::uint64_t x) {  // the finalizer of SplitMix64 (Steele et al., 2014)
    x += 0x9e3779b97f4a7c15u;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
}

// In [0, 1), from the seed and the place alone.
double uniform(std::uint64_t seed, std::int64_t source, std::int64_t step) {
    const auto row = static_cast<std::uint64_t>(source), time = static_cast<std::uint64_t>(step);
    return static_cast<double>(mix(mix(mix(seed) + row) + time) >> 11) * 0x1.0p-53;
}

// The first of the greatest; NaN is never greater.
std::int32_t greatest(const float* x, std::int64_t C) {
    constexpr std::int64_t lanes = 16;
    float best[lanes];
    std::fill(best, best + lanes, -std::numeric_limits<float>::infinity());
    std::int64_t c = 0;
    for (; c + lanes <= C; c += lanes)
        for (std::int64_t i = 0; i < lanes; ++i) best[i] = x[c + i] > best[i] ? x[c + i] : best[i];
    float most = *std::max_element(best, best + lanes);
    for (; c < C; ++c) most = x[c] > most ? x[c] : most;
    const float* found = std::find(x, x + C, most);
    return found == x + C ? 0 : static_cast<std::int32_t>(found - x);
}

}  // namespace

Search::Search(std::vector<std::vector<std::int32_t>> prefixes, std::int64_t slots,
               const SearchOptions& options)
    : options_(options), slots_(static_cast<std::size_t>(slots)), next_(slots) {
    std::iota(slots_.begin(), slots_.end(), 0);
    for (auto& prefix : prefixes) {
        Source source;
        source.prefix = std::move(prefix);
        source.alive.resize(static_cast<std::size_t>(options_.beams));
        for (std::size_t k = 1; k < source.alive.size(); ++k) source.alive[k].score = nothing;
        sources_.push_back(std::move(source));
    }
    for (const std::int32_t token : options_.suppressed) {
        const auto place = static_cast<std::size_t>(token);
        if (place >= suppressed_.size()) suppressed_.resize(place + 1);
        suppressed_[place] = true;
    }
    open_ = static_cast<std::int64_t>(sources_.size());
    ids_.resize(slots_.size() * static_cast<std::size_t>(options_.beams));
    parents_.resize(ids_.size());
}

void Search::advance(const Scores& scores, std::int32_t* ids, std::int32_t* parents) {
    std::iota(parents_.begin(), parents_.end(), 0);
    const auto slots = static_cast<std::int64_t>(slots_.size());
    if (scores.chosen != nullptr || rows() * scores.C < (1 << 16)) {
        for (std::int64_t slot = 0; slot < slots; ++slot) move_on(slot, scores);
    } else {
        parallel_for(slots, [&](std::int64_t slot, int) { move_on(slot, scores); });
    }
    refill();
    std::copy(ids_.begin(), ids_.end(), ids);
    std::copy(parents_.begin(), parents_.end(), parents);
}

// Takes the step of one slot from the scores of all rows.
void Search::move_on(std::int64_t slot, const Scores& scores) {
    const std::int64_t K = options_.beams;
    Source& source = sources_[static_cast<std::size_t>(slots_[static_cast<std::size_t>(slot)])];
    if (source.done) return;
    const auto next = static_cast<std::size_t>(source.step + 1);
    if (next < source.prefix.size()) {
        std::fill_n(ids_.begin() + slot * K, K, source.prefix[next]);
    } else if (K == 1) {
        follow(slot, scores);
    } else {
        branch(slot, scores.values + slot * K * scores.C, scores.C);
    }
    ++source.step;
}

// Sources that wait come into the slots of those that are done.
void Search::refill() {
    entered_.clear();
    const std::int64_t K = options_.beams, sources = static_cast<std::int64_t>(sources_.size());
    for (std::size_t slot = 0; slot < slots_.size(); ++slot) {
        const Source& before = sources_[static_cast<std::size_t>(slots_[slot])];
        if (!before.done || next_ == sources) continue;
        const auto place = static_cast<std::int64_t>(slot);
        slots_[slot] = next_;
        entered_.push_back({place, next_});
        std::fill_n(ids_.begin() + place * K, K,
                    sources_[static_cast<std::size_t>(next_)].prefix.front());
        std::iota(parents_.begin() + place * K, parents_.begin() + (place + 1) * K,
                  static_cast<std::int32_t>(place * K));
        ++next_;
    }
    open_ = std::count_if(slots_.begin(), slots_.end(), [&](std::int64_t source) {
        return !sources_[static_cast<std::size_t>(source)].done;
    });
}

bool Search::allows(std::int64_t token) const {
    const auto place = static_cast<std::size_t>(token);
    return place >= suppressed_.size() || !suppressed_[place];
}

// The first of the greatest that are allowed.
std::int32_t Search::likeliest(const float* scores, std::int64_t C) const {
    const std::int32_t token = greatest(scores, C);
    if (allows(token)) return token;
    std::int64_t best = -1;
    for (std::int64_t c = 0; c < C; ++c)
        if (allows(c) && (best < 0 || scores[c] > scores[best])) best = c;
    return static_cast<std::int32_t>(best);
}

void Search::follow(std::int64_t slot, const Scores& scores) {
    const std::int64_t source = slots_[static_cast<std::size_t>(slot)], C = scores.C;
    Source& own = sources_[static_cast<std::size_t>(source)];
    const float* row = scores.values + slot * C;
    const std::int32_t token = scores.chosen != nullptr ? scores.chosen[slot]
                               : options_.draws         ? draw(row, C, source)
                                                        : likeliest(row, C);
    Hypothesis& sequence = own.alive.front();
    ids_[static_cast<std::size_t>(slot)] = token;
    own.done = token == options_.stop;
    if (own.done) return;
    sequence.tokens.push_back(token);
    own.done = static_cast<std::int64_t>(sequence.tokens.size()) >= options_.most;
}

bool Search::better(const Candidate& a, const Candidate& b) {
    if (a.score != b.score) return a.score > b.score;
    return a.beam != b.beam ? a.beam < b.beam : a.token < b.token;
}

// Adds the best ways in which a sequence may go on, twice as many as there are beams.
void Search::add_best(const float* scores, std::int64_t C, const Candidate& before,
                      std::vector<Candidate>& candidates) const {
    std::vector<Candidate> heap;  // the worst on top
    for (std::int64_t c = 0; c < C; ++c) {
        const double score = before.score + static_cast<double>(scores[c]);
        const bool full = static_cast<std::int64_t>(heap.size()) == 2 * options_.beams;
        if (!(score > (full ? heap.front().score : nothing)) || !allows(c)) continue;
        if (full) {
            std::pop_heap(heap.begin(), heap.end(), better);
            heap.pop_back();
        }
        heap.push_back({score, before.beam, static_cast<std::int32_t>(c)});
        std::push_heap(heap.begin(), heap.end(), better);
    }
    candidates.insert(candidates.end(), heap.begin(), heap.end());
}

void Search::branch(std::int64_t slot, const float* scores, std::int64_t C) {
    Source& own = sources_[static_cast<std::size_t>(slots_[static_cast<std::size_t>(slot)])];
    const std::int64_t K = options_.beams, first = slot * K;
    std::vector<Candidate> candidates;
    for (std::int64_t k = 0; k < K; ++k) {
        const double before = own.alive[static_cast<std::size_t>(k)].score;
        if (before > nothing) add_best(scores + k * C, C, {before, k, 0}, candidates);
    }
    std::sort(candidates.begin(), candidates.end(), better);
    const auto length = static_cast<std::int64_t>(own.alive.front().tokens.size()) + 1;
    std::vector<Hypothesis> alive;
    for (std::size_t rank = 0; rank < candidates.size(); ++rank) {
        const Candidate& each = candidates[rank];
        const Hypothesis& before = own.alive[static_cast<std::size_t>(each.beam)];
        if (each.token == options_.stop) {
            if (static_cast<std::int64_t>(rank) < K) end(own, {before.tokens, each.score}, length);
            continue;
        }
        const std::size_t row = static_cast<std::size_t>(first) + alive.size();
        ids_[row] = each.token;
        parents_[row] = static_cast<std::int32_t>(first + each.beam);
        alive.push_back({before.tokens, each.score});
        alive.back().tokens.push_back(each.token);
        if (static_cast<std::int64_t>(alive.size()) == K) break;
    }
    if (alive.empty() && own.ended.empty()) end(own, own.alive.front(), length);
    own.done = alive.empty() || length >= options_.most;
    if (!own.done && static_cast<std::int64_t>(own.ended.size()) == K) {
        const double hope = alive.front().score / std::pow(double(length), options_.length_penalty);
        own.done = own.ended.back().score >= hope;
    }
    if (own.done)
        for (const Hypothesis& each : alive) end(own, each, length);
    alive.resize(static_cast<std::size_t>(K), {{}, nothing});
    own.alive = std::move(alive);
}

// Keeps the best K that have ended, the best first.
void Search::end(Source& source, Hypothesis hypothesis, std::int64_t length) const {
    hypothesis.score /= std::pow(static_cast<double>(length), options_.length_penalty);
    const auto place =
        std::find_if(source.ended.begin(), source.ended.end(),
                     [&](const Hypothesis& other) { return other.score < hypothesis.score; });
    source.ended.insert(place, std::move(hypothesis));
    if (static_cast<std::int64_t>(source.ended.size()) > options_.beams) source.ended.pop_back();
}

std::int32_t Search::draw(const float* p, std::int64_t C, std::int64_t source) const {
    const double chance =
        uniform(options_.seed, source, sources_[static_cast<std::size_t>(source)].step);
    if (options_.top_k == 0 && options_.top_p >= 1) {
        double total = 0, sum = 0;
        for (std::int64_t c = 0; c < C; ++c)
            if (allows(c)) total += static_cast<double>(p[c]);
        for (std::int64_t c = 0; c < C; ++c) {
            if (!allows(c)) continue;
            sum += static_cast<double>(p[c]);
            if (sum > chance * total) return static_cast<std::int32_t>(c);
        }
        return likeliest(p, C);
    }
    std::vector<std::int32_t> order;
    for (std::int64_t c = 0; c < C; ++c)
        if (allows(c)) order.push_back(static_cast<std::int32_t>(c));
    const auto all = static_cast<std::int64_t>(order.size());
    const auto wanted = options_.top_k > 0 ? std::min(options_.top_k, all) : all;
    const auto likelier = [p](std::int32_t a, std::int32_t b) {
        return p[a] != p[b] ? p[a] > p[b] : a < b;
    };
    std::partial_sort(order.begin(), order.begin() + wanted, order.end(), likelier);
    order.resize(static_cast<std::size_t>(wanted));
    double total = 0, kept = 0;
    for (const std::int32_t token : order) total += static_cast<double>(p[token]);
    std::size_t count = 0;
    while (count < order.size() && (count == 0 || kept < options_.top_p * total))
        kept += static_cast<double>(p[order[count++]]);
    double sum = 0;
    for (std::size_t i = 0; i < count; ++i) {
        sum += static_cast<double>(p[order[i]]);
        if (sum > chance * kept) return order[i];
    }
    return order.front();
}

std::vector<Hypothesis> Search::found(std::int64_t source) const {
    const Source& own = sources_[static_cast<std::size_t>(source)];
    return options_.beams > 1 ? own.ended : own.alive;
}

}  // namespace sunhwan
