"""Activation as a layer."""

import numpy as np
import pytest
from reference import (
    ACTIVATIONS,
    activation_backward,
    activation_forward,
    softmax,
    softmax_backward,
)
from steps_layer_case import check_everywhere

from sunhwan import layers

TOLERANCE = 2e-6


@pytest.mark.parametrize("name", sorted(ACTIVATIONS))
def test_every_activation(name):
    def forward(x):
        return activation_forward(name, x), x

    def backward(x, dy):
        return activation_backward(name, x, dy), []

    rng = np.random.default_rng(1)
    check_everywhere(layers.Activation(name), 5, forward, backward, TOLERANCE, rng)


def test_softmax():
    def forward(x):
        return softmax(x), softmax(x)

    def backward(y, dy):
        return softmax_backward(y, dy), []

    rng = np.random.default_rng(2)
    layer = layers.Activation("softmax")
    check_everywhere(layer, 5, forward, backward, TOLERANCE, rng)
    assert layer.output_activation == "softmax"


def test_config_and_bad_input():
    layer = layers.Activation("relu", name="a")
    assert layer.get_config()["activation"] == "relu"
    assert layers.Activation.from_config(layer.get_config()).activation is layer.activation
    assert layer.compute_output_shape((None, 3)) == (None, 3)
    with pytest.raises(ValueError, match="unknown activation 'rlu'"):
        layers.Activation("rlu")
