"""The cells of SimpleRNN, LSTM and GRU by themselves, for `RNN` and `StackedRNNCells`."""

from __future__ import annotations

from typing import Any, ClassVar, final

import numpy as np

from sunhwan._engine.call import try_layer
from sunhwan._engine.config import argument_names

from .cell_base import Arrays, CellBase
from .gru import GRU
from .layer import Shape
from .lstm import LSTM
from .over_steps import OverSteps
from .recurrent import Recurrent
from .registry import LAYERS
from .simple_rnn import SimpleRNN

# Arguments of the layers that say how a cell is run over the steps.
_OF_RUNS = (
    "return_sequences",
    "return_state",
    "go_backwards",
    "stateful",
    "unroll",
    "zero_output_for_mask",
    "use_cudnn",
    "activity_regularizer",
)


class NativeCell(CellBase):
    """A cell that the native loop runs. Abstract: `SimpleRNNCell`, `LSTMCell`, `GRUCell`.

    Args:
        units: numbers of a state.
        arguments, named: those of the layer of the same cell, but for those of its run over the
            steps (`return_sequences` and the like), which `RNN` takes.

    Raises:
        ValueError: an argument is one of `RNN`, or the layer refuses it.

    >>> from sunhwan.layers import LSTMCell
    >>> isinstance(LSTMCell(3), NativeCell)
    True
    """

    layer_class: ClassVar[type[Recurrent]]

    def __init__(self, units: int, *arguments: Any, **named: Any) -> None:
        for name in named:
            if name in _OF_RUNS:
                raise ValueError(f"{type(self).__name__} takes no {name!r}: RNN does")
        super().__init__(name=named.pop("name", None), trainable=named.pop("trainable", True))
        self.run = self.layer_class(
            units, *arguments, name=self.name, trainable=self.trainable, **named
        )

    @property
    def units(self) -> int:
        """Numbers of a state."""
        return self.run.units

    @property
    def state_size(self) -> Any:
        sizes = self.run.state_sizes
        return sizes if len(sizes) > 1 else sizes[0]

    @property
    def children(self) -> list[Any]:
        return [self.run]

    def build(self, input_shape: Shape) -> None:
        self.run.ensure_built((input_shape[0], None, input_shape[-1]))

    def get_config(self) -> dict[str, Any]:
        config = self.run.get_config()
        return {
            name: config[name]
            for name in argument_names(type(self.run))
            if name in config and name not in (*_OF_RUNS, "input_shape", "dtype", "implementation")
        }

    def over_steps(self, **how: Any) -> OverSteps:
        for name, value in how.items():
            setattr(self.run, name, value)
        return self.run

    def _one_step(
        self, inputs: np.ndarray, states: Arrays, training: bool
    ) -> tuple[np.ndarray, Arrays]:
        run = self.run.twin(
            return_sequences=False, go_backwards=False, stateful=False, return_state=True
        )
        trial = try_layer(run, inputs[:, None], training=training, initial_state=states)
        return trial.output, trial.states


@final
@LAYERS.register()
class SimpleRNNCell(NativeCell):
    """The cell of `SimpleRNN`: `h = activation(x W + b + h U)`.

    Args:
        units: numbers of a state.
        arguments, named: those of `SimpleRNN` up to `seed`, without those of the run.

    >>> import numpy as np
    >>> output, states = SimpleRNNCell(4)(np.ones((2, 3)), np.zeros((2, 4)))
    >>> output.shape, len(states)
    ((2, 4), 1)
    """

    layer_class = SimpleRNN


@final
@LAYERS.register()
class LSTMCell(NativeCell):
    """The cell of `LSTM`, with the states h and c.

    Args:
        units: numbers of a state.
        arguments, named: those of `LSTM`, without those of the run.

    >>> import numpy as np
    >>> output, (h, c) = LSTMCell(4)(np.ones((2, 3)), [np.zeros((2, 4)), np.zeros((2, 4))])
    >>> output.shape, bool((output == h).all())
    ((2, 4), True)
    """

    layer_class = LSTM


@final
@LAYERS.register()
class GRUCell(NativeCell):
    """The cell of `GRU`, `reset_after` or not.

    Args:
        units: numbers of a state.
        arguments, named: those of `GRU`, without those of the run.

    >>> import numpy as np
    >>> output, states = GRUCell(4)(np.ones((2, 3)), np.zeros((2, 4)))
    >>> output.shape, len(states)
    ((2, 4), 1)
    """

    layer_class = GRU
