#include <nanobind/nanobind.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/variant.h>
#include <nanobind/stl/vector.h>

#include <cstring>
#include <variant>

#include "bindings/arrays.h"
#include "bindings/decode.h"
#include "decode/search.h"
#include "runtime/float_state.h"

namespace sunhwan {
namespace {

using Prefixes = std::vector<std::vector<std::int32_t>>;
using ScoresOrTokens = std::variant<FloatMatrix, Int32Vector>;
using States =
    std::vector<std::pair<FloatMatrix, FloatMatrixOut>>;  // after a step, before the next

void init(Search* self, Prefixes prefixes, std::int64_t slots, std::int64_t beams,
          std::int64_t stop, std::int64_t most, double length_penalty, bool draws,
          std::int64_t top_k, double top_p, std::uint64_t seed,
          std::vector<std::int32_t> suppressed) {
    for (const std::int32_t token : suppressed) CHECK(token >= 0, "a suppressed token is negative");
    CHECK(beams >= 1 && most >= 1, "beams and most must be positive");
    for (const auto& prefix : prefixes) CHECK(!prefix.empty(), "a prefix is empty");
    CHECK(slots >= 1 && slots <= static_cast<std::int64_t>(prefixes.size()),
          "there must be a slot, and a prefix for each");
    new (self) Search(
        std::move(prefixes), slots,
        {beams, stop, most, length_penalty, draws, top_k, top_p, seed, std::move(suppressed)});
}

Scores scores_of(const Search& search, const ScoresOrTokens& given) {
    if (const auto* chosen = std::get_if<Int32Vector>(&given)) {
        CHECK(search.takes_likeliest(), "a search by beams or drawing needs scores, got tokens");
        check_shape("scores", *chosen, {search.rows()});
        return {nullptr, 0, chosen->data()};
    }
    const auto& scores = std::get<FloatMatrix>(given);
    CHECK(scores.extent(1) > 0, "there are no scores");
    check_shape("scores", scores, {search.rows(), scores.extent(1)});
    return {scores.data(), scores.extent(1), nullptr};
}

void check(const Search& search, const Int32VectorOut& ids, const Int32VectorOut& parents) {
    check_shape("ids", ids, {search.rows()});
    check_shape("parents", parents, {search.rows()});
}

bool advance(Search& search, const ScoresOrTokens& given, Int32VectorOut& ids,
             Int32VectorOut& parents) {
    const Scores scores = scores_of(search, given);
    check(search, ids, parents);
    const ReleasedLock lock;
    search.advance(scores, ids.data(), parents.data());
    return search.done();
}

void go_on(const std::int32_t* parents, const States& states) {
    for (const auto& [after, before] : states) {
        const std::int64_t H = after.extent(1);
        for (std::int64_t n = 0; n < after.extent(0); ++n)
            std::memcpy(before.data() + n * H, after.data() + parents[n] * H,
                        sizeof(float) * static_cast<std::size_t>(H));
    }
}

// Gives the rows of the slots that sources came into what these begin with.
void begin(const Search& search, const States& starts, std::int32_t* readers) {
    const std::int64_t K = search.beams();
    for (const auto& [slot, source] : search.entered())
        for (std::int64_t n = slot * K; n < (slot + 1) * K; ++n) {
            readers[n] = static_cast<std::int32_t>(source);
            for (const auto& [all, rows] : starts) {
                const std::int64_t H = all.extent(1);
                std::memcpy(rows.data() + n * H, all.data() + source * H,
                            sizeof(float) * static_cast<std::size_t>(H));
            }
        }
}

// Steps of the decoder that `calls` computes from `ids` and the states, until all sequences have
// ended or `steps` are done; `fresh` says that the scores are those of the ids already.
bool run(Search& search, Recording& calls, const ScoresOrTokens& given, Int32VectorOut& ids,
         Int32VectorOut& parents, const States& states, const States& starts,
         Int32VectorOut& readers, std::int64_t steps, bool fresh) {
    const Scores scores = scores_of(search, given);
    check(search, ids, parents);
    check_shape("readers", readers, {search.rows()});
    for (const auto& [all, rows] : starts) {
        CHECK(all.extent(0) >= search.sources(), "starts must have a row for each source");
        check_shape("starts", rows, {search.rows(), all.extent(1)});
    }
    for (const auto& [after, before] : states) {
        check_shape("states", after, {search.rows(), after.extent(1)});
        check_same_shape("states", before, "what they become", after);
    }
    const ReleasedLock lock;
    const FloatState float_state;
    for (std::int64_t i = 0; i < steps && !search.done(); ++i) {
        if (i > 0 || !fresh) calls.again();
        search.advance(scores, ids.data(), parents.data());
        go_on(parents.data(), states);
        begin(search, starts, readers.data());
    }
    return search.done();
}

nb::list entered(const Search& search) {
    nb::list all;
    for (const auto& [slot, source] : search.entered()) all.append(nb::make_tuple(slot, source));
    return all;
}

nb::list found(const Search& search, std::int64_t source) {
    CHECK(source >= 0 && source < search.sources(), "source must be in [0, " +
                                                        std::to_string(search.sources()) +
                                                        "), got " + std::to_string(source));
    nb::list all;
    for (const Hypothesis& each : search.found(source))
        all.append(nb::make_tuple(each.tokens, each.score));
    return all;
}

}  // namespace

void bind_decode(nb::module_& m) {
    nb::class_<Search>(m, "Search", "Which tokens follow, step by step, of many sequences at once.")
        .def("__init__", &init, nb::arg("prefixes"), nb::arg("slots"), nb::arg("beams"),
             nb::arg("stop"), nb::arg("most"), nb::arg("length_penalty"), nb::arg("draws"),
             nb::arg("top_k"), nb::arg("top_p"), nb::arg("seed"),
             nb::arg("suppressed") = std::vector<std::int32_t>())
        .def(
            "advance", &advance, nb::arg("scores"), nb::arg("ids"), nb::arg("parents"),
            "Takes a step from scores (R, C), or from the likeliest tokens (R,) themselves; writes "
            "the next tokens (R,) and the rows (R,) whose states they go on from. Returns whether "
            "all sequences have ended.")
        .def("entered", &entered,
             "The slots into which a source came in the last step, with that source.")
        .def("run", &run, nb::arg("calls"), nb::arg("scores"), nb::arg("ids"), nb::arg("parents"),
             nb::arg("states"), nb::arg("starts"), nb::arg("readers"), nb::arg("steps"),
             nb::arg("fresh"),
             "Takes steps of a recorded decoder, which reads ids and states and writes scores and "
             "states; `states` are pairs (written, read), `starts` pairs (of all sources, read), "
             "`readers` gets the source of each row. Returns whether all have ended.")
        .def("found", &found, nb::arg("source"),
             "The sequences found for a source with their scores, the best first.");
}

}  // namespace sunhwan
