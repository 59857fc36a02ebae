"""TimeDistributed does to every step what its layer does to a row."""

from __future__ import annotations

import numpy as np
import pytest
from packed_batches import Packed, Run
from recurrent_layers import BATCHES, TOLERANCE, check_packed, masks, normal, randomize
from reference import assert_close

from sunhwan import layers
from sunhwan._engine.call import try_layer

ROWS, STEPS = 5, 7


class Scale(layers.Layer):
    """A layer as users write them."""

    def build(self, input_shape):
        self.factor = self.add_weight("factor", input_shape[1:], "ones")

    def forward(self, x, context):
        context.saved = x
        return x * self.factor.value

    def backward(self, dy, context):
        self.factor.grad += (dy * context.saved).sum(axis=0)
        return dy * self.factor.value


CHILDREN = {
    "of arrays": (Scale, (3, 2), (3, 2)),
    "recurrent": (lambda: layers.LSTM(4), (5, 2), (4,)),
    "recurrent sequences": (lambda: layers.GRU(4, return_sequences=True), (5, 2), (5, 4)),
    "convolution": (lambda: layers.Conv1D(4, 3), (6, 2), (4, 4)),
    "images": (lambda: layers.Conv2D(4, 2, activation="relu"), (4, 3, 2), (3, 2, 4)),
    "pooled images": (layers.MaxPooling2D, (4, 5, 2), (2, 2, 2)),
    "pooling": (layers.GlobalMaxPooling1D, (6, 3), (3,)),
}


@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("child", CHILDREN)
def test_steps_are_rows_of_the_layer(child, masked):
    make, features, output = CHILDREN[child]
    layer = layers.TimeDistributed(make())
    layer.ensure_built((None, STEPS, *features))
    assert layer.compute_output_shape((None, STEPS, *features)) == (None, STEPS, *output)
    randomize(layer, 0)
    x, dy = normal(ROWS, STEPS, *features), normal(ROWS, STEPS, *output, seed=1)
    mask = masks() if masked else None
    if masked:
        x[~mask] = 0.0
    trial = try_layer(layer, x, dy, mask=mask)
    alone = try_layer(layer.layer, x.reshape(-1, *features), dy.reshape(-1, *output))
    assert_close(trial.output, alone.output.reshape(dy.shape), TOLERANCE)
    dx = alone.dx.reshape(x.shape)
    if masked:
        dx[~mask] = 0.0
    assert_close(trial.dx, dx, TOLERANCE)
    for actual, gradient in zip(trial.gradients, alone.gradients, strict=True):
        assert_close(actual, gradient, TOLERANCE)


@pytest.mark.parametrize("batch", BATCHES)
def test_packed_batches(batch):
    layer = layers.TimeDistributed(Scale())
    layer.ensure_built((None, None, 3))
    randomize(layer, 0)
    packed = Packed(np.random.default_rng(3), features=3, **BATCHES[batch])
    check_packed([layer], packed, cuts=[1])
    for row, y in zip(packed.rows, Run([layer], packed.batch).outputs, strict=True):
        assert_close(y, row * layer.layer.factor.value, TOLERANCE)


class Double(layers.StepsLayer):
    def apply(self, values, context, saved):
        return 2 * values

    def apply_backward(self, dvalues, context, saved):
        return 2 * dvalues


def test_layers_of_steps_stand_alone_already():
    layer = layers.TimeDistributed(Double())
    assert layer.takes == "steps"
    x = normal(ROWS, STEPS, 3)
    np.testing.assert_array_equal(layer(x), 2 * x)
    packed = Packed(np.random.default_rng(3), features=3, **BATCHES["shared tokens"])
    check_packed([layer], packed)


def test_shapes_names_and_config():
    layer = layers.TimeDistributed(layers.LSTM(4, name="inner"), name="outer")
    layer.ensure_built((None, None, 5, 2))
    assert [v.path for v in layer.variables][:1] == ["outer/inner/kernel"]
    assert layer.compute_mask(None, masks()) is not None
    copy = layers.deserialize(layers.serialize(layer))
    assert copy.get_config() == layer.get_config()
    with pytest.raises(ValueError, match="layer must be a layer such as"):
        layers.TimeDistributed("dense")
    with pytest.raises(ValueError, match=r"'outer' needs an input of at least three axes"):
        layer.compute_output_shape((None, 3))
