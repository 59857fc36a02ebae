"""Greedy search, sampling and beam search against searches written out in Python."""

import itertools

import numpy as np
import pytest
from decode_case import STOP, WORDS, language_model, logs_after, translator
from random_arrays import numbers

import sunhwan as sh
from sunhwan import decode, layers


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
