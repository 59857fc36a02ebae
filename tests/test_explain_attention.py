"""`explain.attention`: the weights that the layers return."""

import numpy as np
from explain_case import random_weights, series, two_inputs
from reference.check import assert_close

import sunhwan as sh
from sunhwan import explain, layers


def test_attention_weights_are_those_that_the_layer_returns():
    model = two_inputs()
    source, target = np.array([0, 5, 3, 1]), np.array([7, 2, 0, 0])
    found = explain.attention(model, [source, target], words={5: "five"})
    assert list(found.weights) == ["heads", "add"]
    assert found.sources["heads"] == ["five", "3", "1"]
    assert found.targets["add"] == ["7", "2"]
    assert found.weights["heads"].shape == (2, 2, 3)
    for weights in found.weights.values():
        assert_close(weights.sum(axis=2), np.ones(weights.shape[:2]), 1e-6)
    alone = explain.attention(model, {"source": source, "target": target}, layer="add")
    np.testing.assert_array_equal(alone.weights["add"], found.weights["add"])
    x = series()
    look = sh.Input((9, 2))
    small = random_weights(sh.Model(look, layers.MultiHeadAttention(2, 3, name="self")(look, look)))
    _, weights = small.get_layer("self")(x, x, return_attention_scores=True)
    for row in range(len(x)):
        mine = explain.attention(small, x[row]).weights["self"]
        assert_close(mine, np.asarray(weights)[row], 1e-6)
    both = explain.attribution(model, [source, target])
    assert [part.name for part in both.parts] == ["source", "target"]
    assert abs(both.gap) < 1e-5
    assert explain.memory(model, [source[None], target[None]]).norms["GRU"].shape[0] == 1


def test_steps_without_words_are_numbered_as_they_stand():
    x = sh.Input((6, 2))
    shown = layers.Masking()(x)
    model = sh.Model(x, layers.Attention(name="look")([shown, shown]))
    row = series(1, 6, 2)[0]
    row[:2] = 0
    found = explain.attention(model, row)
    assert found.weights["look"].shape == (1, 4, 4)
    assert found.sources["look"] == found.targets["look"] == ["2", "3", "4", "5"]
