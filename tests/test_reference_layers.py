"""The reference's layers without windows: by hand, by differences, by their definition."""

import numpy as np
import pytest
import reference
from reference import assert_close, check_layer, named

ROUNDING = 1e-13  # the same float64 numbers in another order


def normal(seed, *shapes):
    random = np.random.default_rng(seed)
    return [random.standard_normal(shape) for shape in shapes]


# Softmax and activations


def test_softmax_by_hand():
    expected = np.array([1.0, 2.0, 5.0]) / 8.0
    assert_close(reference.softmax(np.log([[1.0, 2.0, 5.0]]) + 1000.0), expected[None], ROUNDING)
    assert_close(
        reference.log_softmax(np.log([[1.0, 2.0, 5.0]]) - 1000.0), np.log(expected)[None], ROUNDING
    )


@pytest.mark.parametrize("name", ["softmax", "tanh", "gelu"])
def test_activation_gradient(name):
    def forward(a):
        return reference.activation_forward(name, a), a

    def backward(a, dy):
        return {"a": reference.activation_backward(name, a, dy)}

    check_layer(forward, backward, {"a": normal(2, (7, 9, 5))[0]})


# Dense


@pytest.mark.parametrize("shape", [(1, 1), (7, 9), (2, 7, 17)])
@pytest.mark.parametrize("activation", ["linear", "sigmoid", "softmax"])
@pytest.mark.parametrize("use_bias", [True, False])
def test_dense_gradients(shape, activation, use_bias):
    x, kernel, bias = normal(3, shape, (shape[-1], 7), (7,))
    arrays = {"x": x, "kernel": kernel} | ({"bias": bias} if use_bias else {})

    def forward(x, kernel, bias=None):
        return reference.dense_forward(x, kernel, bias, activation=activation)

    check_layer(forward, lambda cache, dy: named(reference.dense_backward(cache, dy)), arrays)


def test_dense_by_hand():
    y, _ = reference.dense_forward(
        np.array([[1.0, 2.0]]), np.array([[1.0, 0.0], [3.0, -4.0]]), np.array([0.5, 0.25])
    )
    assert_close(y, np.array([[7.5, -7.75]]), ROUNDING)


# Embedding and Masking


def test_embedding_gradient():
    ids = np.random.default_rng(9).integers(0, 7, (9, 17))
    check_layer(
        lambda table: reference.embedding_forward(ids, table),
        lambda cache, dy: {"table": reference.embedding_backward(cache, dy)},
        {"table": normal(10, (9, 2))[0]},
    )
    y, _ = reference.embedding_forward(ids, np.arange(18.0).reshape(9, 2))
    assert_close(y[3, 5], np.array([2.0 * ids[3, 5], 2.0 * ids[3, 5] + 1.0]), ROUNDING)
    assert reference.embedding_mask(np.array([[0, 2], [1, 0]])).tolist() == [
        [False, True],
        [True, False],
    ]


def test_masking():
    x = np.array([[[7.0, 7.0], [7.0, 1.0], [0.0, 0.0]]])
    y, mask = reference.masking_forward(x, 7.0)
    assert mask.tolist() == [[False, True, True]]
    assert y[0].tolist() == [[0.0, 0.0], [7.0, 1.0], [0.0, 0.0]]
    dx = reference.masking_backward(mask, np.ones((1, 3, 2)))
    assert dx[0].tolist() == [[0.0, 0.0], [1.0, 1.0], [1.0, 1.0]]


# Bidirectional


@pytest.mark.parametrize("return_sequences", [True, False])
@pytest.mark.parametrize("merge_mode", ["concat", "sum", "ave", "mul"])
def test_merge_gradients(merge_mode, return_sequences):
    shape = (7, 9, 2) if return_sequences else (7, 2)
    forward, backward = normal(11, shape, shape)

    def merge(forward, backward):
        return reference.merge_forward(
            forward, backward, merge_mode=merge_mode, return_sequences=return_sequences
        )

    def merge_backward(cache, dy):
        dforward, dbackward = reference.merge_backward(cache, dy)
        return {"forward": dforward, "backward": dbackward}

    check_layer(merge, merge_backward, {"forward": forward, "backward": backward})


def test_merge_by_hand():
    """The backward layer's first output belongs to the last step."""
    forward = np.array([[[1.0], [2.0]]])
    backward = np.array([[[10.0], [20.0]]])
    for mode, expected in [
        ("concat", [[1.0, 20.0], [2.0, 10.0]]),
        ("sum", [[21.0], [12.0]]),
        ("ave", [[10.5], [6.0]]),
        ("mul", [[20.0], [20.0]]),
    ]:
        y, _ = reference.merge_forward(forward, backward, merge_mode=mode, return_sequences=True)
        assert isinstance(y, np.ndarray)
        assert y[0].tolist() == expected
    both, cache = reference.merge_forward(forward, backward, merge_mode=None, return_sequences=True)
    assert both[1][0].tolist() == [[20.0], [10.0]]
    _, dbackward = reference.merge_backward(cache, (forward, backward))
    assert dbackward[0].tolist() == [[20.0], [10.0]]


# Layers that move values


def test_shaping_gradients():
    x = normal(18, (2, 7, 9))[0]
    vectors = normal(19, (2, 7))[0]
    check_layer(
        lambda x: reference.reshape_forward(x, (9, 7)),
        lambda shape, dy: {"x": reference.reshape_backward(shape, dy)},
        {"x": x},
    )
    check_layer(
        lambda x: (reference.permute_forward(x, (2, 1)), None),
        lambda _, dy: {"x": reference.permute_backward((2, 1), dy)},
        {"x": x},
    )
    check_layer(
        lambda x: (reference.repeat_vector_forward(x, 5), None),
        lambda _, dy: {"x": reference.repeat_vector_backward(dy)},
        {"x": vectors},
    )
    multipliers = (np.random.default_rng(20).random((2, 1, 9)) < 0.5) / 0.5
    check_layer(
        lambda x: (reference.dropout_forward(x, multipliers), None),
        lambda _, dy: {"x": reference.dropout_backward(multipliers, dy)},
        {"x": x},
    )
    assert reference.permute_forward(x[:, None], (3, 1, 2)).shape == (2, 9, 1, 7)
