"""Keras 3's elementwise activations, each beside its derivative, in float64; and softmax.

Where a function has a kink, the derivative is TensorFlow's: 0 at every kink of relu, relu6 and
hard_sigmoid, `LEAKY_RELU_SLOPE` for leaky_relu, `SELU_SCALE` for selu.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

LEAKY_RELU_SLOPE = 0.2
ELU_ALPHA = 1.0
SELU_ALPHA = 1.6732632423543772848170429916717
SELU_SCALE = 1.0507009873554804934193349852946

_erf = np.vectorize(math.erf, otypes=[np.float64])


def linear(a: Array) -> Array:
    return a


def d_linear(a: Array) -> Array:
    return np.ones_like(a)


def tanh(a: Array) -> Array:
    return np.tanh(a)


def d_tanh(a: Array) -> Array:
    return 1.0 - np.tanh(a) ** 2


def sigmoid(a: Array) -> Array:
    e = np.exp(-np.abs(a))  # in [0, 1]: nothing overflows, and small results keep all digits
    return np.where(a >= 0.0, 1.0, e) / (1.0 + e)


def d_sigmoid(a: Array) -> Array:
    return sigmoid(a) * sigmoid(-a)


def relu(a: Array) -> Array:
    return np.maximum(a, 0.0)


def d_relu(a: Array) -> Array:
    return np.where(a > 0.0, 1.0, 0.0)


def relu6(a: Array) -> Array:
    return np.minimum(np.maximum(a, 0.0), 6.0)


def d_relu6(a: Array) -> Array:
    return np.where((a > 0.0) & (a < 6.0), 1.0, 0.0)


def leaky_relu(a: Array) -> Array:
    return np.where(a > 0.0, a, LEAKY_RELU_SLOPE * a)


def d_leaky_relu(a: Array) -> Array:
    return np.where(a > 0.0, 1.0, LEAKY_RELU_SLOPE)


def softsign(a: Array) -> Array:
    return a / (1.0 + np.abs(a))


def d_softsign(a: Array) -> Array:
    return 1.0 / (1.0 + np.abs(a)) ** 2


def hard_sigmoid(a: Array) -> Array:
    return relu6(a + 3.0) / 6.0


def d_hard_sigmoid(a: Array) -> Array:
    return d_relu6(a + 3.0) / 6.0


def elu(a: Array) -> Array:
    return np.where(a > 0.0, a, ELU_ALPHA * np.expm1(np.minimum(a, 0.0)))


def d_elu(a: Array) -> Array:
    return np.where(a > 0.0, 1.0, ELU_ALPHA * np.exp(np.minimum(a, 0.0)))


def selu(a: Array) -> Array:
    return SELU_SCALE * np.where(a > 0.0, a, SELU_ALPHA * np.expm1(np.minimum(a, 0.0)))


def d_selu(a: Array) -> Array:
    return SELU_SCALE * np.where(a >= 0.0, 1.0, SELU_ALPHA * np.exp(np.minimum(a, 0.0)))


def softplus(a: Array) -> Array:
    return np.maximum(a, 0.0) + np.log1p(np.exp(-np.abs(a)))


def d_softplus(a: Array) -> Array:
    return sigmoid(a)


def gelu(a: Array) -> Array:
    """The exact form, `a * P(normal < a)`, not the tanh approximation."""
    return 0.5 * a * (1.0 + _erf(a / math.sqrt(2.0)))


def d_gelu(a: Array) -> Array:
    density = np.exp(-0.5 * a**2) / math.sqrt(2.0 * math.pi)
    return 0.5 * (1.0 + _erf(a / math.sqrt(2.0))) + a * density


def exponential(a: Array) -> Array:
    return np.exp(a)


def d_exponential(a: Array) -> Array:
    return np.exp(a)


def silu(a: Array) -> Array:
    return a * sigmoid(a)


def d_silu(a: Array) -> Array:
    return sigmoid(a) + a * d_sigmoid(a)


class Activation(NamedTuple):
    """A function of the pre-activation, and its derivative at the same pre-activation."""

    function: Callable[[Array], Array]
    derivative: Callable[[Array], Array]


ACTIVATIONS: dict[str, Activation] = {
    "linear": Activation(linear, d_linear),
    "tanh": Activation(tanh, d_tanh),
    "sigmoid": Activation(sigmoid, d_sigmoid),
    "relu": Activation(relu, d_relu),
    "relu6": Activation(relu6, d_relu6),
    "leaky_relu": Activation(leaky_relu, d_leaky_relu),
    "softsign": Activation(softsign, d_softsign),
    "hard_sigmoid": Activation(hard_sigmoid, d_hard_sigmoid),
    "elu": Activation(elu, d_elu),
    "selu": Activation(selu, d_selu),
    "softplus": Activation(softplus, d_softplus),
    "gelu": Activation(gelu, d_gelu),
    "exponential": Activation(exponential, d_exponential),
    "silu": Activation(silu, d_silu),
}


def softmax(a: Array) -> Array:
    """Over the last axis."""
    e = np.exp(a - a.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def softmax_backward(y: Array, dy: Array) -> Array:
    """The gradient of `a`, from `y = softmax(a)`."""
    return y * (dy - (y * dy).sum(axis=-1, keepdims=True))


def log_softmax(a: Array) -> Array:
    shifted = a - a.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


def activation_forward(name: str, a: Array) -> Array:
    """Any activation by name, "softmax" too, as Dense, Conv1D and Activation apply it."""
    if name == "softmax":
        return softmax(a)
    return ACTIVATIONS[name].function(a)


def activation_backward(name: str, a: Array, dy: Array) -> Array:
    """The gradient of the pre-activation `a`."""
    if name == "softmax":
        return softmax_backward(softmax(a), dy)
    return dy * ACTIVATIONS[name].derivative(a)
