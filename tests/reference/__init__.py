"""Every layer, loss and optimizer in plain float64 NumPy, written to be read.

The oracle of the kernels and the layers: names, weight layouts and semantics are those of Keras 3.
`xxx_forward` gives outputs and a cache, `xxx_backward` takes the cache and the gradients of the
outputs and gives every gradient.
"""

from .activations import (
    ACTIVATIONS,
    Activation,
    activation_backward,
    activation_forward,
    log_softmax,
    softmax,
    softmax_backward,
)
from .bidirectional import merge_backward, merge_forward
from .check import assert_close, check_layer, directional_check, named
from .convolution import conv1d_backward, conv1d_forward
from .dense import dense_backward, dense_forward
from .embedding import (
    embedding_backward,
    embedding_forward,
    embedding_mask,
    masking_backward,
    masking_forward,
)
from .epsilon import EPSILON
from .gru import GRUCell, gru_backward, gru_forward
from .losses import LOSSES, loss_value_and_gradient, reduction_weights
from .lstm import LSTMCell, lstm_backward, lstm_forward
from .normalization import (
    Statistics,
    adapt,
    batch_normalization_backward,
    batch_normalization_forward,
    layer_normalization_backward,
    layer_normalization_forward,
    normalization_backward,
    normalization_forward,
)
from .optimizers import OPTIMIZERS, Optimizer
from .pooling import (
    average_pool_backward,
    average_pool_forward,
    global_average_pool_backward,
    global_average_pool_forward,
    global_max_pool_backward,
    global_max_pool_forward,
    max_pool_backward,
    max_pool_forward,
)
from .recurrent import recurrent_backward, recurrent_forward
from .regularization import l1_l2, max_norm, min_max_norm, non_negative, orthogonal, unit_norm
from .shaping import (
    dropout_backward,
    dropout_forward,
    permute_backward,
    permute_forward,
    repeat_vector_backward,
    repeat_vector_forward,
    reshape_backward,
    reshape_forward,
)
from .simple_rnn import SimpleRNNCell, simple_rnn_backward, simple_rnn_forward
from .windows import window_positions

__all__ = [
    "ACTIVATIONS",
    "EPSILON",
    "LOSSES",
    "OPTIMIZERS",
    "Activation",
    "GRUCell",
    "LSTMCell",
    "Optimizer",
    "SimpleRNNCell",
    "Statistics",
    "activation_backward",
    "activation_forward",
    "adapt",
    "assert_close",
    "average_pool_backward",
    "average_pool_forward",
    "batch_normalization_backward",
    "batch_normalization_forward",
    "check_layer",
    "conv1d_backward",
    "conv1d_forward",
    "dense_backward",
    "dense_forward",
    "directional_check",
    "dropout_backward",
    "dropout_forward",
    "embedding_backward",
    "embedding_forward",
    "embedding_mask",
    "global_average_pool_backward",
    "global_average_pool_forward",
    "global_max_pool_backward",
    "global_max_pool_forward",
    "gru_backward",
    "gru_forward",
    "l1_l2",
    "layer_normalization_backward",
    "layer_normalization_forward",
    "log_softmax",
    "loss_value_and_gradient",
    "lstm_backward",
    "lstm_forward",
    "masking_backward",
    "masking_forward",
    "max_norm",
    "max_pool_backward",
    "max_pool_forward",
    "merge_backward",
    "merge_forward",
    "min_max_norm",
    "named",
    "non_negative",
    "normalization_backward",
    "normalization_forward",
    "orthogonal",
    "permute_backward",
    "permute_forward",
    "recurrent_backward",
    "recurrent_forward",
    "reduction_weights",
    "repeat_vector_backward",
    "repeat_vector_forward",
    "reshape_backward",
    "reshape_forward",
    "simple_rnn_backward",
    "simple_rnn_forward",
    "softmax",
    "softmax_backward",
    "unit_norm",
    "window_positions",
]
