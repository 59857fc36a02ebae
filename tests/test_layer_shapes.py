"""`build` and `compute_output_shape` called by hand, with shapes and with nonsense."""

import numpy as np
import pytest

import sunhwan as sh
from sunhwan import layers

LAYERS = {
    "Activation": lambda: layers.Activation("relu"),
    "Add": layers.Add,
    "BatchNormalization": layers.BatchNormalization,
    "Bidirectional": lambda: layers.Bidirectional(layers.LSTM(2)),
    "Concatenate": layers.Concatenate,
    "Conv1D": lambda: layers.Conv1D(2, 2),
    "Conv2D": lambda: layers.Conv2D(2, 2),
    "Dense": lambda: layers.Dense(2),
    "Dot": lambda: layers.Dot(1),
    "Embedding": lambda: layers.Embedding(3, 2),
    "Flatten": layers.Flatten,
    "GlobalAveragePooling2D": layers.GlobalAveragePooling2D,
    "GlobalMaxPooling1D": layers.GlobalMaxPooling1D,
    "GRU": lambda: layers.GRU(2),
    "LayerNormalization": layers.LayerNormalization,
    "Masking": layers.Masking,
    "MaxPooling1D": layers.MaxPooling1D,
    "MultiHeadAttention": lambda: layers.MultiHeadAttention(1, 2),
    "Reshape": lambda: layers.Reshape((2,)),
    "RNN": lambda: layers.RNN(layers.LSTMCell(2)),
    "Sequential": lambda: sh.Sequential([layers.Dense(2)]),
    "SpatialDropout1D": lambda: layers.SpatialDropout1D(0.5),
    "TextVectorization": layers.TextVectorization,
    "TimeDistributed": lambda: layers.TimeDistributed(layers.Dense(2)),
    "ZeroPadding1D": layers.ZeroPadding1D,
}
NONSENSE = [3, None, "abc", (), (None, "a"), (None, -1, 2), (None, 2.5), [[1], "a"], {"a": 1}, True]


@pytest.mark.parametrize("shape", NONSENSE, ids=repr)
@pytest.mark.parametrize("make", LAYERS.values(), ids=LAYERS)
def test_nonsense_is_an_error_that_names_the_shape(make, shape):
    with pytest.raises(ValueError, match=r"shape|inputs, got"):
        make().compute_output_shape(shape)
    if make is not LAYERS["Sequential"] or shape is not None:  # which has a meaning there
        with pytest.raises(ValueError, match=r"shape|inputs, got"):
            make().build(shape)


def test_the_layer_is_named():
    with pytest.raises(ValueError, match=r"input_shape of layer 'd' must be a tuple .*, got 3"):
        layers.Dense(2, name="d").build(3)  # pyright: ignore[reportArgumentType]


def test_a_layer_that_was_built_by_hand_keeps_its_weights():
    layer = layers.Dense(2)
    layer.build((None, 3))
    assert layer.built
    kept = layer.get_weights()
    layer.build((None, 3))
    layer(np.ones((1, 3)))
    assert [value.tolist() for value in layer.get_weights()] == [value.tolist() for value in kept]


def test_first_weights_are_the_same_when_built_by_hand():
    found = []
    for by_hand in (True, False):
        sh.utils.set_random_seed(3)
        layer = layers.GRU(2)
        if by_hand:
            layer.build((None, None, 4))
        layer(np.ones((1, 5, 4)))
        found.append([value.tolist() for value in layer.get_weights()])
    assert found[0] == found[1]


def test_a_layer_of_the_user_may_end_with_its_base_s_build():
    class Scale(layers.Layer):
        def build(self, input_shape):
            self.factor = self.add_weight("factor", (input_shape[-1] or 0,), "ones")
            super().build(input_shape)

        def forward(self, x, context):
            return x * self.factor.value

        def backward(self, dy, context):
            return dy * self.factor.value

    class Twice(Scale):
        def build(self, input_shape):
            super().build(input_shape)
            self.more = self.add_weight("more", (input_shape[-1] or 0,), "zeros")

    layer = Twice()
    layer(np.ones((2, 3), np.float32))
    assert [variable.shape for variable in layer.weights] == [(3,), (3,)]
    assert layer.build_shape == (None, 3)


@pytest.mark.parametrize("path", [3, None, b"model.safetensors", ["model.safetensors"]], ids=repr)
def test_what_is_no_path(path):
    model = sh.Sequential([layers.Input((2,)), layers.Dense(1)])
    calls = (model.save, model.save_weights, model.load_weights, sh.load_model)
    for call in (*calls, sh.callbacks.ModelCheckpoint, sh.callbacks.CSVLogger):
        with pytest.raises(TypeError, match=r"file(path|name) must be the path of a file, got"):
            call(path)
