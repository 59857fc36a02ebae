"""What decoding refuses, and in which words."""

import numpy as np
import pytest
from decode_case import WORDS, language_model, translator
from random_arrays import numbers

import sunhwan as sh
from sunhwan import decode, layers


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
