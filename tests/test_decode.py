"""Greedy search, sampling and beam search against searches written out in Python."""

import itertools

import numpy as np
import pytest

import sunhwan as sh
from sunhwan import decode, layers
from sunhwan.decode.decoder import Decoder

WORDS = 11
STOP = 2


def numbers(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


def language_model(scores=None, seed=0):
    sh.utils.set_random_seed(seed)
    model = sh.Sequential(
        [
            layers.Embedding(WORDS, 4, embeddings_initializer="normal"),
            layers.LSTM(6, return_sequences=True),
            layers.Dropout(0.3),
            layers.GRU(5, return_sequences=True),
            scores or layers.Dense(WORDS, activation="softmax"),
        ]
    )
    model.build((None, None))
    model.set_weights([3 * weight for weight in model.get_weights()])
    return model


def translator():
    """A decoder with two inputs besides ids and states, and one state from outside."""
    ids, state = layers.Input((1,)), layers.Input((5,))
    memory, bias = layers.Input((None, 3)), layers.Input((4,))
    x = layers.Embedding(WORDS, 4)(ids)
    y, after = layers.GRU(5, return_sequences=True, return_state=True)(x, initial_state=state)
    read = layers.GRU(5)(memory)
    joined = layers.Concatenate()([layers.Flatten()(y), read, bias])
    model = sh.Model([ids, state, memory, bias], [layers.Dense(WORDS)(joined), after])
    model.set_weights([2 * weight for weight in model.get_weights()])
    return model


def logs_after(model, tokens):
    """Log probabilities of the next token by the whole model, read from the beginning."""
    return np.log(model.predict(np.array([tokens]), verbose=0)[0, -1].astype(np.float64))


def greedy_by_hand(model, prefix, most):
    tokens = []
    while len(tokens) < most:
        token = int(logs_after(model, [*prefix, *tokens]).argmax())
        if token == STOP:
            break
        tokens.append(token)
    return tokens


def beam_by_hand(model, prefix, most, beams, penalty):
    alive, ended = [(0.0, [])], []
    for length in range(1, most + 1):
        candidates = [
            (score + logs[token], tokens, token)
            for score, tokens in alive
            for logs in [logs_after(model, [*prefix, *tokens])]
            for token in range(WORDS)
        ]
        candidates = sorted(candidates, key=lambda each: -each[0])[: 2 * beams]
        ended += [
            (score / length**penalty, tokens)
            for score, tokens, token in candidates[:beams]
            if token == STOP
        ]
        ended = sorted(ended, key=lambda each: -each[0])[:beams]
        alive = [(s, [*tokens, token]) for s, tokens, token in candidates if token != STOP][:beams]
        if len(ended) == beams and ended[-1][0] >= alive[0][0] / length**penalty:
            return ended
    ended += [(score / most**penalty, tokens) for score, tokens in alive]
    return sorted(ended, key=lambda each: -each[0])[:beams]


@pytest.fixture(params=["native", "python"])
def loop(request, monkeypatch):
    closed = Decoder._closed
    if request.param == "python":
        monkeypatch.setattr(Decoder, "_closed", lambda *_: False)
        monkeypatch.setattr(Decoder, "_warn", lambda _: None)
    else:  # and it must be native indeed
        monkeypatch.setattr(
            Decoder, "_closed", lambda *given: closed(*given) or pytest.fail("not recorded")
        )
    return request.param


PREFIXES = [[1], [3, 4, 5], [7], [9, 1]]


@pytest.mark.parametrize("scores", [None, lambda: layers.Dense(WORDS)])
def test_greedy(loop, scores):
    model = language_model(scores and scores())
    if scores:
        found = decode.greedy(decode.one_step(model), PREFIXES, STOP, max_steps=8)
        with_softmax = language_model()
        with_softmax.set_weights(model.get_weights())
        model = with_softmax
    else:
        found = decode.greedy(decode.one_step(model), PREFIXES, STOP, max_steps=8)
    assert [row.tolist() for row in found] == [greedy_by_hand(model, p, 8) for p in PREFIXES]
    assert len({len(row) for row in found}) > 1


@pytest.mark.parametrize("penalty", [0.0, 0.7, 1.0])
@pytest.mark.parametrize("beams", [2, 5])
def test_beam(loop, beams, penalty):
    model = language_model()
    found = decode.beam(
        decode.one_step(model),
        PREFIXES,
        STOP,
        max_steps=6,
        beams=beams,
        length_penalty=penalty,
        hypotheses=beams,
    )
    for row, prefix in zip(found, PREFIXES, strict=True):
        expected = beam_by_hand(model, prefix, 6, beams, penalty)
        assert [tokens.tolist() for tokens, _ in row] == [tokens for _, tokens in expected]
        np.testing.assert_allclose(
            [score for _, score in row], [score for score, _ in expected], rtol=1e-5
        )


def test_a_wide_beam_finds_the_likeliest_of_all_sequences():
    model = language_model()
    best = max(
        itertools.product(range(WORDS), repeat=2),
        key=lambda pair: logs_after(model, [1])[pair[0]] + logs_after(model, [1, pair[0]])[pair[1]],
    )
    found = decode.beam(decode.one_step(model), [[1]], max_steps=2, beams=WORDS)
    assert found[0].tolist() == list(best)


def test_samples_have_the_models_distribution():
    model = language_model()
    drawn = decode.sample(decode.one_step(model), [1] * 20000, max_steps=1, seed=1)
    shares = np.bincount([int(row[0]) for row in drawn], minlength=WORDS) / 20000
    np.testing.assert_allclose(shares, np.exp(logs_after(model, [1])), atol=0.015)
    cold = decode.sample(decode.one_step(model), [1] * 5000, max_steps=1, seed=1, temperature=0.5)
    shares = np.bincount([int(row[0]) for row in cold], minlength=WORDS) / 5000
    squared = np.exp(2 * logs_after(model, [1]))
    np.testing.assert_allclose(shares, squared / squared.sum(), atol=0.03)


def test_top_k_and_top_p_leave_the_likeliest():
    model = language_model()
    order = np.argsort(-logs_after(model, [1]))
    sums = np.cumsum(np.exp(logs_after(model, [1]))[order])
    step = decode.one_step(model)

    def seen(**options):
        return {
            int(row[0]) for row in decode.sample(step, [1] * 3000, max_steps=1, seed=2, **options)
        }

    assert seen(top_k=3) == set(order[:3].tolist())
    assert seen(top_k=1) == {int(order[0])}
    for share in (0.3, 0.7):
        count = int(np.searchsorted(sums, share)) + 1
        assert seen(top_p=share) == set(order[:count].tolist())
    both = seen(top_k=4, top_p=0.99)
    assert both <= set(order[:4].tolist())


@pytest.mark.parametrize("forbidden", [[4, 7, 2], range(1, WORDS)])
def test_suppressed_tokens_are_never_chosen(loop, forbidden):
    model = language_model()
    step, kept = decode.one_step(model), sorted({*range(WORDS)} - {*forbidden})
    told = {"max_steps": 6, "suppress_tokens": forbidden}
    tokens = []
    for _ in range(6):
        logits = logs_after(model, [1, *tokens])
        tokens.append(max(kept, key=lambda token: logits[token]))
    assert decode.greedy(step, 1, STOP, **told)[0].tolist() == tokens
    logits = logs_after(model, [1])
    drawn = decode.sample(step, [1] * 5000, seed=1, **{**told, "max_steps": 1})
    shares = np.bincount([int(row[0]) for row in drawn], minlength=WORDS) / 5000
    expected = np.where(np.isin(np.arange(WORDS), kept), np.exp(logits), 0)
    np.testing.assert_allclose(shares, expected / expected.sum(), atol=0.03)
    likeliest = {int(kept[place]) for place in np.argsort(-logits[kept])[:3]}
    drawn = decode.sample(step, [1] * 300, seed=1, top_k=3, **{**told, "max_steps": 1})
    assert {int(row[0]) for row in drawn} == likeliest
    drawn = decode.sample(step, [1] * 50, seed=1, top_p=1e-6, **{**told, "max_steps": 1})
    assert {int(row[0]) for row in drawn} == {max(kept, key=lambda token: logits[token])}

    def score(tokens):
        return sum(logs_after(model, [1, *tokens[:n]])[token] for n, token in enumerate(tokens))

    told["max_steps"] = 2
    found = decode.beam(step, 1, beams=WORDS, hypotheses=WORDS, **told)[0]
    pairs = sorted(map(list, itertools.product(kept, repeat=2)), key=lambda pair: -score(pair))
    assert [tokens.tolist() for tokens, _ in found] == pairs[:WORDS]
    np.testing.assert_allclose(found[0][1], score(pairs[0]) / 2, rtol=1e-5)


@pytest.mark.usefixtures("loop")
def test_what_the_embedding_masks_is_never_chosen():
    model = language_model()
    last = model.layers[-1]
    last.bias.assign(10.0 * (np.arange(WORDS) == 0))
    assert not decode.greedy(decode.one_step(model), 1, max_steps=4)[0].any()
    masking = sh.Sequential(
        [layers.Embedding(WORDS, 4, mask_zero=True), *model.layers[1:]],
    )
    masking.build((None, None))
    masking.layers[0].set_weights(model.layers[0].get_weights())
    step = decode.one_step(masking)
    for search in (decode.greedy, decode.sample, decode.beam):
        assert search(step, 1, max_steps=4)[0].all()
    assert not len(decode.greedy(step, 1, 0)[0])  # as a stop it may be
    with pytest.raises(ValueError, match="at least one of 11 tokens, of which 0 is masked"):
        decode.greedy(step, 1, suppress_tokens=range(1, WORDS))
    with pytest.raises(ValueError, match=r"start must not hold 0, which layer '.*' masks"):
        decode.greedy(step, [[0, 1]])


def test_draws_depend_on_seed_row_and_step_alone(loop):
    step = decode.one_step(language_model())
    options = {"max_steps": 20, "seed": 7, "top_k": 6}
    drawn = decode.sample(step, [1, 3, 1, 4], **options)
    again = decode.sample(step, [1, 3, 1], **options)
    threads = sh.num_threads()
    try:
        sh.set_num_threads(1)
        alone = decode.sample(step, [1, 3, 1, 4], **options)
    finally:
        sh.set_num_threads(threads)
    for one, other, third in zip(drawn, alone, [*again, drawn[3]], strict=True):
        np.testing.assert_array_equal(one, other)
        np.testing.assert_array_equal(one, third)
    assert drawn[0].tolist() != drawn[2].tolist()  # the same start, another row
    other = decode.sample(step, [1], **{**options, "seed": 8})
    assert other[0].tolist() != drawn[0].tolist()
    sh.utils.set_random_seed(3)
    first = decode.sample(step, [1], max_steps=20)
    sh.utils.set_random_seed(3)
    np.testing.assert_array_equal(first[0], decode.sample(step, [1], max_steps=20)[0])


@pytest.mark.parametrize("ragged", [False, True])
def test_states_and_context(loop, ragged):
    model = translator()
    states, bias = numbers(3, 5), numbers(3, 4, seed=1)
    memory = [numbers(n, 3, seed=n) for n in ((2, 5, 3) if ragged else (4, 4, 4))]
    context = [memory if ragged else np.stack(memory), bias]
    found = decode.greedy(model, 1, STOP, states=states, context=context, max_steps=6)
    beams = decode.beam(model, 1, STOP, states=[states], context=context, max_steps=6, beams=3)
    for n in range(3):
        token, state, tokens = 1, states[n : n + 1], []
        for _ in range(6):
            given = [np.array([[token]]), state, memory[n][None], bias[n : n + 1]]
            scores, state = model.predict(given, verbose=0)
            token = int(scores[0].argmax())
            if token == STOP:
                break
            tokens.append(token)
        assert found[n].tolist() == tokens
        alone = decode.beam(
            model,
            1,
            STOP,
            states=states[n : n + 1],
            context=[memory[n][None], bias[n : n + 1]],
            max_steps=6,
            beams=3,
        )
        np.testing.assert_array_equal(beams[n], alone[0])


def test_the_model_goes_on_training_beside_its_decoder():
    model = language_model()
    step = decode.one_step(model)
    before = decode.greedy(step, 1, max_steps=9)[0].tolist()
    x = np.random.default_rng(0).integers(0, WORDS, (64, 7))
    model.compile("adam", "sparse_categorical_crossentropy")
    model.fit(x[:, :-1], x[:, 1:], epochs=20, verbose=0)
    after = decode.greedy(step, 1, max_steps=9)[0].tolist()
    assert after != before
    assert after == _without_stop(model, [1], 9)


def _without_stop(model, prefix, most):
    tokens = []
    for _ in range(most):
        tokens.append(int(logs_after(model, [*prefix, *tokens]).argmax()))
    return tokens


def test_a_cell_in_numpy_decodes_too():
    class Sum(layers.Cell):
        state_size = 4

        def step(self, inputs, states, training):
            h = np.tanh(inputs + states[0])
            return h, [h], None

        def step_back(self, doutput, dstates, saved):
            raise NotImplementedError

    model = sh.Sequential(
        [
            layers.Embedding(WORDS, 4),
            layers.RNN(Sum(), return_sequences=True),
            layers.Dense(WORDS, activation="softmax"),
        ]
    )
    model.build((None, None))
    with pytest.warns(UserWarning, match=r"each step in Python, .* since what layer 'rnn.*' does"):
        found = decode.greedy(decode.one_step(model), [[1], [3, 4]], max_steps=5)
    for row, prefix in zip(found, [[1], [3, 4]], strict=True):
        assert row.tolist() == _without_stop(model, prefix, 5)


def test_errors_name_what_is_wrong():
    model = language_model()
    step = decode.one_step(model)
    cases = [
        (lambda: decode.greedy("x", 1), "decoder must be a model"),
        (lambda: decode.greedy(model, 1), "layer 'lstm.*' .* has no initial_state, so it would"),
        (lambda: decode.greedy(translator(), 1), "got a context of 0"),
        (lambda: decode.greedy(step, 1, states=numbers(1, 6)), "has 3 states, got 1"),
        (lambda: decode.greedy(step, WORDS), f"start must be an id from 0 to {WORDS - 1}, got 11"),
        (lambda: decode.greedy(step, 1, -3), "stop must be an id from 0 to 10, got -3"),
        (lambda: decode.greedy(step, 1.5), "start must be an id"),
        (lambda: decode.greedy(step, "<s>"), "start must be an id.*, got '<s>'"),
        (lambda: decode.greedy(step, [[[1], [2, 3]]]), "start must be an id.*2, 3"),
        (lambda: decode.greedy(step, 1, states=[None] * 3), r"states\[0\] must have shape"),
        (lambda: decode.greedy(step, ["<s>", "a"]), "start must be an id.*, got '<s>'"),
        (lambda: decode.greedy(step, 1, "</s>"), "stop must be an id, an integer, got '</s>'"),
        (lambda: decode.greedy(step, 1, suppress_tokens=3), "must be a list of ids, got 3"),
        (lambda: decode.greedy(step, 1, suppress_tokens=[11]), "suppress_tokens must be an id"),
        (
            lambda: decode.beam(step, 1, suppress_tokens=range(WORDS)),
            "suppress_tokens must leave at least one of 11 tokens, got",
        ),
        (lambda: decode.greedy(step, []), "at least one row"),
        (lambda: decode.greedy(step, [[1], []]), "each of at least one"),
        (lambda: decode.greedy(step, 1, max_steps=0), "max_steps"),
        (lambda: decode.sample(step, 1, temperature=0), "temperature must be above 0"),
        (lambda: decode.sample(step, 1, top_k=0), "top_k"),
        (lambda: decode.sample(step, 1, top_p=1.5), r"top_p must be in \(0, 1\]"),
        (lambda: decode.beam(step, 1, beams=1), "beams must be at least 2"),
        (lambda: decode.beam(step, 1, beams=3, hypotheses=4), "at most beams=3, got 4"),
        (lambda: decode.beam(step, 1, length_penalty=-1), "length_penalty"),
        (lambda: decode.one_step(step), "takes a Sequential that is built"),
    ]
    for call, message in cases:
        with pytest.raises(ValueError, match=message):
            call()
    for stack, message in [
        ([layers.GRU(3)], "must have return_sequences=True"),
        ([layers.GRU(3, return_sequences=True, go_backwards=True)], "go_backwards=False"),
        ([layers.GRU(3, return_sequences=True), layers.GlobalMaxPooling1D()], "steps alike"),
        ([layers.Dense(3)], "has no recurrent layer"),
    ]:
        model = sh.Sequential([layers.Embedding(5, 2), *stack])
        model.build((None, None))
        with pytest.raises(ValueError, match=message):
            decode.one_step(model)
    spoilt = language_model()
    spoilt.set_weights([weight * np.nan for weight in spoilt.get_weights()])
    for search in (decode.greedy, decode.sample, decode.beam):
        with pytest.raises(ValueError, match="must score the tokens by numbers, got nan"):
            search(decode.one_step(spoilt), 1)
    states, memory, bias = numbers(2, 5), numbers(2, 4, 3), numbers(2, 4)
    cases = [
        ({"states": numbers(2, 4)}, r"states must have shape \(2, 5\) for decoder .* \(2, 4\)"),
        ({"states": numbers(3, 5)}, r"states must have 2 rows as start has, got \(3, 5\)"),
        ({"states": states * np.nan}, "states.* must be finite, got nan"),
        ({"context": [bias, bias]}, r"context\[0\] must have shape \(2, None, 3\)"),
        ({"context": [memory, [[1], [2, 3]]]}, r"context\[1\] .* got rows of different lengths"),
        ({"context": [memory, "ab"]}, r"context\[1\] must have shape"),
        ({"context": [memory]}, "reads 2 inputs besides ids and states, got a context of 1"),
    ]
    for change, message in cases:
        given = {"states": states, "context": [memory, bias], **change}
        with pytest.raises(ValueError, match=message):
            decode.greedy(translator(), [1, 1], **given)
    wide = language_model(layers.Dense(WORDS + 1))
    with pytest.raises(ValueError, match="scores 12 tokens, but its Embedding takes 11"):
        decode.greedy(decode.one_step(wide), 1)
