"""Cells, native and in NumPy, and masked rows for them."""

import numpy as np

from sunhwan import layers

MASK = np.array([[1, 1, 1, 1, 1], [1, 1, 0, 1, 0], [0, 0, 0, 0, 0], [0, 0, 1, 1, 1]], bool)
NATIVE = [
    (layers.SimpleRNNCell, layers.SimpleRNN, {"activation": "relu"}),
    (layers.LSTMCell, layers.LSTM, {"recurrent_activation": "hard_sigmoid"}),
    (layers.GRUCell, layers.GRU, {"reset_after": False}),
]


class Plain(layers.Cell):
    """SimpleRNN's cell, written in NumPy."""

    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units

    @property
    def state_size(self):
        return self.units

    def build(self, input_shape):
        self.kernel = self.add_weight("kernel", (input_shape[-1], self.units))
        self.recurrent = self.add_weight("recurrent_kernel", (self.units, self.units), "orthogonal")
        self.bias = self.add_weight("bias", (self.units,), "zeros")

    def step(self, inputs, states, training):
        total = inputs @ self.kernel.value + states[0] @ self.recurrent.value + self.bias.value
        h = np.tanh(total)
        return h, [h], (inputs, states[0], h)

    def step_back(self, doutput, dstates, saved):
        inputs, before, h = saved
        dtotal = (doutput + dstates[0]) * (1 - h * h)
        self.kernel.grad += inputs.T @ dtotal
        self.recurrent.grad += before.T @ dtotal
        self.bias.grad += dtotal.sum(axis=0)
        return dtotal @ self.kernel.value.T, [dtotal @ self.recurrent.value.T]
