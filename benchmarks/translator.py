"""The translation model: a GRU reads a sentence, another writes one and attends to what was read.

    read, state = GRU(Embedding(source));  d = GRU(Embedding(before), state)
    scores = Dense(tanh(Dense([Attention(d, read), d])))

Its weights are, in this order, the tables of source and target, those of the two GRUs, and those
of the two Dense layers, each in the layout of Keras; at last the scale of additive attention.
"""

from __future__ import annotations

from typing import Any

import numpy as np

STOP, START = 2, 1
COUNT = (
    0.9  # the first unit of the writing GRU of a model that counts is multiplied by it each step
)
Arrays = dict[str, np.ndarray]


def sentences(batches: int, batch: int, words: int) -> Arrays:
    """Pairs of sentences with the lengths of short captions, zeros behind.

    Returns:
        ``x`` (rows, T) the source, ``before`` and ``y`` (rows, U) the target as it is read and as
        it is to be written, ``lengths`` (rows,) of the source, ``blocks`` (rows,) an order by
        length, ``code`` (rows,) of a model that counts.
    """
    random = np.random.default_rng(0)
    rows = batches * batch
    source = np.clip(np.rint(random.gamma(10.0, 1.3, rows)), 4, 36).astype(int)
    target = np.clip(source + random.integers(-2, 3, rows), 4, 38)
    often = 1 / (np.arange(words - 4) + 10.0)

    def drawn(lengths: np.ndarray) -> np.ndarray:
        ids = np.zeros((rows, lengths.max() + 1), np.int32)
        for row, length in enumerate(lengths):
            ids[row, :length] = 4 + random.choice(words - 4, length, p=often / often.sum())
        return ids

    x, y = drawn(source)[:, :-1], drawn(target)
    before = np.concatenate([np.full((rows, 1), START, np.int32), y[:, :-1]], axis=1)
    y[np.arange(rows), target] = STOP
    return {
        "x": np.ascontiguousarray(x),
        "before": before,
        "y": y,
        "lengths": source.astype(np.int32),
        "blocks": np.lexsort((target, source)),
        "code": (0.5 * COUNT ** -(target + 0.5)).astype(np.float32),
    }


def weights(layer: dict[str, Any], random: Any, fresh: bool) -> list[np.ndarray]:
    """Random weights.

    Of a model that `counts` the first unit of the writing GRU is multiplied by `COUNT` each step
    and makes the model stop where it falls below a half, so that sentences have known lengths.
    """
    U, words = layer["units"], layer["words"]

    def normal(inputs: int, outputs: int) -> np.ndarray:
        return random.standard_normal((inputs, outputs)) / np.sqrt(inputs)

    found = [random.uniform(-0.05, 0.05, (words, U)) for _ in range(2)]
    for _ in range(2):
        bias = np.zeros((2, 3 * U)) if fresh else 0.1 * random.random((2, 3 * U))
        found += [normal(U, 3 * U), normal(U, 3 * U), bias]
    found += [normal(2 * U, U), np.zeros(U), normal(U, words), np.zeros(words)]
    if layer.get("counts"):
        _, _, _, _, _, kernel, recurrent, bias, mixing, mixed, scores, level = found
        for part in (kernel, recurrent, bias):
            part[:, ::U] = 0.0
        bias[0, 0] = np.log(COUNT / (1 - COUNT))
        mixing[:, 0], mixing[U] = 0.0, 0.0
        mixing[U, 0], mixed[0] = 40.0, -20.0
        scores[0], scores[:, 0] = 0.0, 0.0
        scores[0, STOP], level[0] = -50.0, -100.0
    if layer.get("attention") == "AdditiveAttention":
        found.append(random.uniform(-0.1, 0.1, U))
    return found


def operations(
    layer: dict[str, Any], arrays: Arrays, batches: int, training: bool, scores: bool = True
) -> float:
    """Operations of one batch, of the steps that exist: see `operations.py`.

    Args:
        layer: the translator.
        arrays: of all batches.
        batches: so many.
        training: with the way back.
        scores: whether the scores of all words are computed at each step.
    """
    U, words = layer["units"], layer["words"]
    read, written = (np.count_nonzero(arrays[name], axis=1) for name in ("x", "y"))
    gru, last = 6 * U * U, 2 * U * U + U * words * scores
    pairs = gru * read.sum() + (gru + last) * written.sum() + 2 * U * (read * written).sum()
    return 2.0 * float(pairs) * (3 if training else 1) / batches
