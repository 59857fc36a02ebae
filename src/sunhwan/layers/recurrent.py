"""The base of the recurrent layers: all that does not depend on the cell."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from sunhwan import activations
from sunhwan._engine.arguments import check_count, check_flag, check_number
from sunhwan._engine.context import Context
from sunhwan._engine.seeds import check_seed
from sunhwan._engine.sequences import Head, Sequences
from sunhwan._engine.variable import Variable
from sunhwan.activations.rule import rule_of

from .cell_run import Cell, CellSizes
from .checks import check_steps
from .kernel_and_bias import KernelAndBias
from .layer import Shape
from .over_steps import OverSteps
from .recurrent_batch import RecurrentBatch


class Recurrent(KernelAndBias, OverSteps):
    """A cell run over the steps of each row. Abstract: `SimpleRNN`, `LSTM` and `GRU` are concrete.

    Args:
        units: `H`, numbers of a state.
        activation: a name or one of our functions.
        use_bias: whether the inputs have a bias.
        kernel_initializer, recurrent_initializer, bias_initializer: of the weights.
        kernel_regularizer, recurrent_regularizer, bias_regularizer: penalties, or `None`.
        kernel_constraint, recurrent_constraint, bias_constraint: constraints, or `None`.
        dropout: share of the input's features that training drops, the same at all steps of a row.
        recurrent_dropout: share of the state's units that training drops where the state meets the
            recurrent kernel, the same at all steps of a row.
        return_sequences: whether the output is that of every step, or of the last alone.
        return_state: whether a call returns `[output, *states]`.
        go_backwards: whether rows go from their last step to their first; sequences come out in
            the order of computation, and so does their mask.
        stateful: whether row `i` of a batch goes on from the state where row `i` of the batch
            before ended, until `reset_states()`.
        zero_output_for_mask: whether masked steps give zeros rather than repeat the output before.
        seed: of the dropout; by default that of the training.
        unroll: accepted for Keras's sake, without effect.
        kwargs: arguments of `Layer`.

    Raises:
        ValueError: `units` is no positive integer, a dropout is not in [0, 1), or an activation is
            not among those of the native cells.

    >>> from sunhwan.layers import GRU
    >>> isinstance(GRU(3), Recurrent), GRU(3).bias_shape
    (True, (2, 9))
    """

    cell: ClassVar[str]
    kernel: Variable
    recurrent_kernel: Variable
    bias: Variable | None
    recurrent_initializer: Any
    recurrent_regularizer: Any
    recurrent_constraint: Any

    def __init__(
        self,
        units: int,
        activation: Any = "tanh",
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        recurrent_initializer: Any = "orthogonal",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        recurrent_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        recurrent_constraint: Any = None,
        bias_constraint: Any = None,
        dropout: float = 0.0,
        recurrent_dropout: float = 0.0,
        return_sequences: bool = False,
        return_state: bool = False,
        go_backwards: bool = False,
        stateful: bool = False,
        unroll: bool = False,
        zero_output_for_mask: bool = False,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        kwargs.pop("implementation", None)
        super().__init__(activity_regularizer=activity_regularizer, **kwargs)
        self.units = check_count("units", units)
        self.activation = activations.get(activation)
        self.use_bias = check_flag("use_bias", use_bias)
        self.treat("kernel", kernel_initializer, kernel_regularizer, kernel_constraint)
        self.treat("recurrent", recurrent_initializer, recurrent_regularizer, recurrent_constraint)
        self.treat("bias", bias_initializer, bias_regularizer, bias_constraint)
        self.dropout = _check_dropout("dropout", dropout)
        self.recurrent_dropout = _check_dropout("recurrent_dropout", recurrent_dropout)
        self.run_as(return_sequences, return_state, go_backwards, stateful, zero_output_for_mask)
        self.unroll = check_flag("unroll", unroll)
        self.seed = None if seed is None else check_seed(seed)
        self.states = None

    # What a cell declares.

    recurrent_activation: Any = None  # of cells with gates

    @property
    def cell_name(self) -> str:
        """Name of the native cell."""
        return self.cell

    @property
    def bias_shape(self) -> tuple[int, ...]:
        return (self.sizes.gates * self.units,)

    @property
    def sizes(self) -> CellSizes:
        return CellSizes.of(self.cell_name)

    @property
    def state_sizes(self) -> list[int]:
        return [self.units] * (1 + self.sizes.has_c)

    @property
    def output_size(self) -> int:
        return self.units

    def native_cell(self) -> Cell:
        """The cell with its weights as they are now."""
        bias = self.bias if self.sizes.has_recurrent_bias else None
        return Cell(
            self.cell_name,
            self._kinds(),
            self.recurrent_kernel.value,
            None if bias is None else bias.value[1],
        )

    def _kinds(self) -> tuple[int, int]:
        """Numbers of the two activations."""
        kinds = []
        for argument in ("activation", "recurrent_activation"):
            function = getattr(self, argument)
            kind = 0 if function is None else rule_of(function).kind
            if kind is None:
                raise ValueError(
                    f"layer {self.name!r}: {argument} must be one that the native cells have, "
                    f"got {activations.serialize(function)!r}"
                )
            kinds.append(kind)
        return kinds[0], kinds[1]

    def build(self, input_shape: Shape) -> None:
        features = check_steps(self, input_shape)
        self._kinds()
        columns = self.sizes.gates * self.units
        self.kernel = self.add_treated("kernel", (features, columns))
        shape = self.units, columns
        self.recurrent_kernel = self.add_treated("recurrent", shape, "recurrent_kernel")
        self.bias = self.add_bias(self.bias_shape)

    @property
    def saved_floats(self) -> int:
        sizes = self.sizes
        gates = sizes.gates if sizes.in_place else 3 * sizes.gates + sizes.saved
        return (gates + 2 + sizes.has_c) * self.units

    @property
    def least_rows(self) -> int:
        # Every thread wants a tile of rows; a larger recurrent kernel is read anew for each tile.
        return 16 if self.units <= 32 else 32 if self.units <= 64 else 128

    def keeps(self, training: bool) -> frozenset[str]:
        kept = {"tokens", "shared", "mask"}
        dropped = training and (self.dropout or self.recurrent_dropout)
        if dropped or self.go_backwards or self.stateful:
            kept -= {"shared"}
        return frozenset(kept)

    def replays(self, training: bool) -> bool:
        random = training and (self.dropout or self.recurrent_dropout)
        return not (self.stateful or random)

    # The phases of a step.

    def forward_head(self, head: Head | None, context: Context) -> Head | None:
        batch = context.head_saved = RecurrentBatch(self, head, context)
        return batch.output_head() if self.return_sequences else None

    def backward_head(self, dhead: Head | None, context: Context) -> None:
        context.head_saved.finish(dhead)

    def forward_aligned(self, x: Sequences, context: Context) -> np.ndarray:
        return context.head_saved.forward(x)

    def backward_aligned(self, dy: np.ndarray, context: Context) -> np.ndarray | None:
        return context.head_saved.backward(dy)


def _check_dropout(name: str, value: Any) -> float:
    expected = "a number of at least 0 and below 1"
    return check_number(name, value, expected, lambda number: 0 <= number < 1)
