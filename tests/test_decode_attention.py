"""Decoding with attention over an encoder's steps, against a loop of `predict` of one row."""

import numpy as np
import pytest
from decode_case import STOP, WORDS
from random_arrays import numbers

import sunhwan as sh
from sunhwan import decode, layers
from sunhwan.decode import decoder as decoders

ROWS, MOST = 9, 7


def decoder(kind):
    """Two states, a memory that is projected, and a vector of each row."""
    sh.utils.set_random_seed(4)
    ids, h, c = layers.Input((1,), dtype="int32"), layers.Input((6,)), layers.Input((6,))
    memory, topic = layers.Input((None, 5)), layers.Input((3,))
    x = layers.Embedding(WORDS, 4, embeddings_initializer="normal")(ids)
    x = layers.Concatenate()([x, layers.RepeatVector(1)(topic)])
    y, *states = layers.LSTM(6, return_sequences=True, return_state=True)(x, initial_state=[h, c])
    keys = layers.Dense(6, activation="tanh")(memory)
    if kind == "heads":
        mixed = layers.MultiHeadAttention(2, 3)(y, keys)
    else:
        mixed = {"dot": layers.Attention, "additive": layers.AdditiveAttention}[kind]()([y, keys])
    last = layers.Dense(WORDS, activation="softmax")
    scores = last(layers.Concatenate()([y, mixed]))
    model = sh.Model([ids, h, c, memory, topic], [scores, *states])
    model.set_weights([3 * weight for weight in model.get_weights()])
    last.set_weights([last.get_weights()[0], 3.5 * (np.arange(WORDS) == STOP)])
    return model


def given(lengths):
    """First states, and memories of these lengths with a vector each."""
    memories = [numbers(length, 5, seed=length + n) for n, length in enumerate(lengths)]
    states = [numbers(len(lengths), 6, seed=seed) for seed in (1, 2)]
    return states, memories, numbers(len(lengths), 3, seed=3)


def by_hand(model, states, memory, topic, start):
    """The likeliest tokens of one row, by a loop of `predict`."""
    h, c = (state[None] for state in states)
    tokens, token = [], start
    while len(tokens) < MOST:
        scores, h, c = model.predict(
            [np.array([[token]]), h, c, memory[None], topic[None]], verbose=0
        )
        token = int(scores.argmax())
        if token == STOP:
            break
        tokens.append(token)
    return tokens


@pytest.fixture(params=[256, 4, 1], ids="{} rows at once".format)
def at_once(request, monkeypatch):
    monkeypatch.setattr(decoders, "_ROWS_AT_ONCE", request.param)
    return request.param


@pytest.mark.parametrize("kind", ["dot", "additive", "heads"])
@pytest.mark.parametrize("ragged", [False, True])
@pytest.mark.usefixtures("loop", "at_once")
def test_greedy(kind, ragged):
    model = decoder(kind)
    lengths = [3, 1, 5, 2, 2, 4, 1, 6, 3] if ragged else [4] * ROWS
    states, memories, topics = given(lengths)
    starts = np.arange(ROWS) + 1
    context = [memories if ragged else np.stack(memories), topics]
    found = decode.greedy(model, starts, STOP, states=states, context=context, max_steps=MOST)
    expected = [
        by_hand(model, [state[n] for state in states], memories[n], topics[n], int(starts[n]))
        for n in range(ROWS)
    ]
    assert [row.tolist() for row in found] == expected
    assert len({len(row) for row in found}) > 1


@pytest.mark.parametrize("ragged", [False, True])
@pytest.mark.usefixtures("loop")
def test_beams_and_draws_are_those_of_all_rows_at_once(ragged, monkeypatch):
    model = decoder("additive")
    lengths = [3, 1, 5, 2, 2, 4, 1, 6, 3] if ragged else [4] * ROWS
    states, memories, topics = given(lengths)
    told = {
        "start": [[1, 3]] * ROWS,
        "stop": STOP,
        "states": states,
        "context": [memories if ragged else np.stack(memories), topics],
        "max_steps": MOST,
    }
    found = []
    for rows in (256, 7, 1):
        monkeypatch.setattr(decoders, "_ROWS_AT_ONCE", rows)
        beams = decode.beam(model, beams=3, hypotheses=3, **told)
        drawn = decode.sample(model, seed=5, top_k=6, **told)
        found.append(([(t.tolist(), s) for row in beams for t, s in row], [*map(list, drawn)]))
    for tokens, drawn in found[1:]:
        assert [t for t, _ in tokens] == [t for t, _ in found[0][0]]
        np.testing.assert_array_equal([s for _, s in tokens], [s for _, s in found[0][0]])
        assert drawn == found[0][1]


@pytest.mark.usefixtures("loop", "at_once")
def test_a_masked_context_is_masked():
    sh.utils.set_random_seed(4)
    ids, state, words = layers.Input((1,)), layers.Input((5,)), layers.Input((None,))
    memory = layers.Embedding(WORDS, 5, mask_zero=True)(words)
    y, after = layers.GRU(5, return_sequences=True, return_state=True)(
        layers.Embedding(WORDS, 4)(ids), initial_state=state
    )
    mixed = layers.Attention()([y, memory])
    scores = layers.Dense(WORDS)(layers.Concatenate()([y, mixed]))
    model = sh.Model([ids, state, words], [scores, after])
    model.set_weights([4 * weight for weight in model.get_weights()])
    padded = np.array([[3, 4, 0, 0], [5, 0, 6, 7], [8, 9, 3, 0], [1, 0, 0, 0], [4, 4, 4, 4]])
    told = {"start": 1, "states": numbers(5, 5), "max_steps": 6}
    found = decode.greedy(model, context=padded, **told)
    shorter = [row[row != 0] for row in padded]
    assert [*map(list, found)] == [*map(list, decode.greedy(model, context=[shorter], **told))]


@pytest.mark.usefixtures("loop", "at_once")
def test_a_mask_of_attention_is_one_of_the_context():
    sh.utils.set_random_seed(4)
    ids, state = layers.Input((1,)), layers.Input((5,))
    memory, seen = layers.Input((4, 3)), layers.Input((1, 4), dtype="bool")
    y, after = layers.GRU(5, return_sequences=True, return_state=True)(
        layers.Embedding(WORDS, 4)(ids), initial_state=state
    )
    mixed = layers.MultiHeadAttention(2, 3)(y, memory, attention_mask=seen)
    scores = layers.Dense(WORDS)(layers.Concatenate()([y, mixed]))
    model = sh.Model([ids, state, memory, seen], [scores, after])
    model.set_weights([4 * weight for weight in model.get_weights()])
    whole, mask = numbers(ROWS, 4, 3), np.arange(4) < np.arange(ROWS)[:, None, None] % 4 + 1
    told = {"start": 1, "states": numbers(ROWS, 5), "max_steps": 6}
    found = decode.greedy(model, context=[whole, mask], **told)
    for n in range(ROWS):
        state, token, tokens = told["states"][n : n + 1], 1, []
        for _ in range(6):
            given = [np.array([[token]]), state, whole[n : n + 1], mask[n : n + 1]]
            scores, state = model.predict(given, verbose=0)
            token = int(scores.argmax())
            tokens.append(token)
        assert found[n].tolist() == tokens


@pytest.mark.parametrize("kind", ["additive", "heads"])
def test_the_context_is_projected_once(kind):
    model = decoder(kind)
    states, memories, topics = given([4] * ROWS)
    ready = decoders.Decoder(model, ROWS, states, [np.stack(memories), topics])
    left = [type(node.layer).__name__ for node in ready._path.nodes]
    assert left.count("Dense") == 1  # the scores'
    assert not {"RepeatVector", "MultiHeadAttention"} & {*left}
    assert left.count("AttendingProjected") == (kind == "heads")
