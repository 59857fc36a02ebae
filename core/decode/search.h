// Which token comes next: the best, one drawn at random, or those of the best sequences.
#pragma once

#include <cstdint>
#include <vector>

namespace sunhwan {

struct SearchOptions {
    std::int64_t beams = 1;     // sequences kept of each source; 1: the best token or a drawn one
    std::int64_t stop = -1;     // the token that ends a sequence, -1: none does
    std::int64_t most = 1;      // tokens of a sequence
    double length_penalty = 1;  // scores are divided by length ** this
    bool draws = false;         // draw tokens instead of taking the best
    std::int64_t top_k = 0;     // draw among so many, 0: among all
    double top_p = 1;           // draw among the fewest that have this probability together
    std::uint64_t seed = 0;     // of the drawing
    std::vector<std::int32_t> suppressed = {};  // tokens that are never chosen
};

struct Hypothesis {
    std::vector<std::int32_t> tokens;  // without the prefix and the stop
    double score = 0;                  // of the beam: sum of log probabilities / length ** penalty
};

// By what the next tokens (of `rows` rows) are chosen.
struct Scores {
    const float* values;         // (rows, C): of a beam log probabilities, of a drawing
    std::int64_t C;              // probabilities, else anything that grows with the probability
    const std::int32_t* chosen;  // (rows) or null: the likeliest tokens, which the caller chose
};

// The search over some sources at a time: each is in a slot, of `beams` rows one after the other,
// until it is done; then the next source enters. The first ones are in the slots in their order. A
// source begins with its prefix, of which the caller has fed the first token where it is in a slot
// from the beginning.
class Search {
public:
    // No source is in more than one slot, so there are no more slots than sources.
    Search(std::vector<std::vector<std::int32_t>> prefixes, std::int64_t slots,
           const SearchOptions& options);

    std::int64_t beams() const { return options_.beams; }
    std::int64_t sources() const { return static_cast<std::int64_t>(sources_.size()); }
    std::int64_t rows() const { return static_cast<std::int64_t>(ids_.size()); }
    bool done() const { return open_ == 0; }

    bool takes_likeliest() const { return options_.beams == 1 && !options_.draws; }

    // Takes one step from the scores of the tokens that may follow; `chosen` is for a search that
    // takes the likeliest. Writes the next token of each row, and the row whose state it goes on
    // from; the rows of a source that enters get its first token and begin anew.
    void advance(const Scores& scores, std::int32_t* ids, std::int32_t* parents);

    // The slots into which a source came in the last step, and that source.
    struct Entered {
        std::int64_t slot, source;
    };
    const std::vector<Entered>& entered() const { return entered_; }

    // What was found for a source, the best first; a search that is not done gives what it has.
    std::vector<Hypothesis> found(std::int64_t source) const;

private:
    struct Source {
        std::vector<std::int32_t> prefix;
        std::vector<Hypothesis> alive;  // a beam: scores not yet divided
        std::vector<Hypothesis> ended;
        std::int64_t step = 0;  // tokens that were fed before the next advance, less one
        bool done = false;
    };

    // A sequence that goes on with a token from the one of a beam.
    struct Candidate {
        double score;
        std::int64_t beam;
        std::int32_t token;
    };

    static bool better(const Candidate& a, const Candidate& b);
    void move_on(std::int64_t slot, const Scores& scores);
    void follow(std::int64_t slot, const Scores& scores);
    void branch(std::int64_t slot, const float* scores, std::int64_t C);
    void refill();
    void end(Source& source, Hypothesis hypothesis, std::int64_t length) const;
    bool allows(std::int64_t token) const;
    std::int32_t likeliest(const float* scores, std::int64_t C) const;
    void add_best(const float* scores, std::int64_t C, const Candidate& before,
                  std::vector<Candidate>& candidates) const;
    std::int32_t draw(const float* p, std::int64_t C, std::int64_t source) const;

    SearchOptions options_;
    std::vector<Source> sources_;
    std::vector<bool> suppressed_;     // of each token up to the last such one
    std::vector<std::int64_t> slots_;  // the source in each
    std::vector<Entered> entered_;
    std::vector<std::int32_t> ids_, parents_;
    std::int64_t next_ = 0;  // the source that enters next
    std::int64_t open_ = 0;  // sources that are not done
};

}  // namespace sunhwan
