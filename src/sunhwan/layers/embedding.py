"""Embedding: ids to vectors."""

from __future__ import annotations

from typing import Any, final

import numpy as np

from sunhwan import _core
from sunhwan._engine.arguments import check_count, check_flag, optional_count
from sunhwan._engine.context import Context
from sunhwan._engine.form import Form
from sunhwan._engine.sequences import Head, Sequences
from sunhwan._engine.symbolic import is_symbolic
from sunhwan._engine.symbolic_mask import SymbolicMask
from sunhwan._engine.variable import Variable

from .layer import Shape
from .registry import LAYERS
from .treated import Treated


@final
@LAYERS.register()
class Embedding(Treated):
    """A table of vectors, one for each id.

        y[t] = embeddings[x[t]]

    Ids `(rows, steps)` give `(rows, steps, output_dim)`. The weights are the table `embeddings`
    `(input_dim, output_dim)`. Ids may be integers of any dtype, or floats that hold integers.

    Args:
        input_dim: how many ids there are: they are `0` to `input_dim - 1`.
        output_dim: numbers of a vector.
        embeddings_initializer: by default `"uniform"`, from -0.05 to 0.05.
        embeddings_regularizer: a penalty of the table, or `None`.
        embeddings_constraint: a constraint of the table, or `None`.
        mask_zero: whether id 0 marks an absent step: layers after this one skip it, or, where
            they know no masks, read row 0 of the table.
        weights: the table to begin with, or a list of it.
        input_length: steps of a row, where it is fixed; else any.
        kwargs: arguments of `Layer`, `name` among them.

    Raises:
        ValueError: a size is no positive integer; later, an id is out of range or no integer.

    >>> layer = Embedding(3, 2, weights=[[[0.0, 0.0], [1.0, 2.0], [3.0, 4.0]]])
    >>> layer([[1, 2]])
    array([[[1., 2.],
            [3., 4.]]], dtype=float32)
    >>> layer([[1, 3]])
    Traceback (most recent call last):
        ...
    ValueError: input of layer 'embedding...' must hold ids from 0 to 2 (input_dim=3), got 3
    """

    takes = "sequences"
    reads_ids = True
    embeddings: Variable

    def __init__(
        self,
        input_dim: int,
        output_dim: int,
        embeddings_initializer: Any = "uniform",
        embeddings_regularizer: Any = None,
        embeddings_constraint: Any = None,
        mask_zero: bool = False,
        weights: Any = None,
        input_length: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.input_dim = check_count("input_dim", input_dim)
        self.output_dim = check_count("output_dim", output_dim)
        self.treat(
            "embeddings", embeddings_initializer, embeddings_regularizer, embeddings_constraint
        )
        self.mask_zero = check_flag("mask_zero", mask_zero)
        self.input_length = optional_count("input_length", input_length)
        if weights is not None:
            self.ensure_built((None, self.input_length))
            listed = isinstance(weights, list) and len(weights) == 1
            self.set_weights(weights if listed else [weights])

    def get_config(self) -> dict[str, Any]:
        config = super().get_config()
        del config["weights"]
        return config

    def build(self, input_shape: Shape) -> None:
        self.embeddings = self.add_treated("embeddings", (self.input_dim, self.output_dim))

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        axes = tuple(input_shape)
        if self.input_length is not None and len(axes) == 2:
            if axes[1] not in (None, self.input_length):
                raise ValueError(
                    f"layer {self.name!r} has input_length {self.input_length}, "
                    f"got ids of shape {axes}"
                )
            axes = (axes[0], self.input_length)
        return (*axes, self.output_dim)

    @property
    def supports_masking(self) -> bool:
        return self.mask_zero

    def compute_mask(self, inputs: Any, previous_mask: Any = None) -> Any:
        if not self.mask_zero:
            return None
        return SymbolicMask(self, inputs) if is_symbolic(inputs) else np.asarray(inputs) != 0

    @property
    def saved_floats(self) -> int:
        return 1

    def keeps(self, training: bool) -> frozenset[str]:
        return frozenset({"tokens", "shared", "mask"})

    def replays(self, training: bool) -> bool:
        return not training

    def output_form(self, form: Form) -> Form:
        return form

    def forward(self, x: Sequences, context: Context) -> Sequences:
        return Sequences(x.layout, None, x.index)

    def backward(self, dy: None, context: Context) -> None:
        """Nothing: the gradient of the vectors reaches the head."""

    def forward_head(self, head: Head | None, context: Context) -> Head:
        assert head is not None
        ids = head.tokens
        assert ids is not None
        vectors = context.empty((len(ids), self.output_dim))
        _core.gather_rows(self.embeddings.value, None, ids, vectors)
        context.head_saved = ids
        return Head(tokens=vectors, row_index=head.row_index)

    def backward_head(self, dhead: Head | None, context: Context) -> None:
        assert dhead is not None
        if self.embeddings.trainable:
            _core.scatter_rows(dhead.tokens, context.head_saved, self.embeddings.grad, None)
