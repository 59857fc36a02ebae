"""Every layer, loss and optimizer in plain float64 NumPy, written to be read.

The oracle of the kernels and the layers: names, weight layouts and semantics are those of Keras 3.
`xxx_forward` gives outputs and a cache, `xxx_backward` takes the cache and the gradients of the
outputs and gives every gradient.
"""

from .activations import ACTIVATIONS, Activation
from .check import assert_close, directional_check
from .gru import GRUCell, gru_backward, gru_forward
from .lstm import LSTMCell, lstm_backward, lstm_forward
from .recurrent import recurrent_backward, recurrent_forward
from .simple_rnn import SimpleRNNCell, simple_rnn_backward, simple_rnn_forward

__all__ = [
    "ACTIVATIONS",
    "Activation",
    "GRUCell",
    "LSTMCell",
    "SimpleRNNCell",
    "assert_close",
    "directional_check",
    "gru_backward",
    "gru_forward",
    "lstm_backward",
    "lstm_forward",
    "recurrent_backward",
    "recurrent_forward",
    "simple_rnn_backward",
    "simple_rnn_forward",
]
