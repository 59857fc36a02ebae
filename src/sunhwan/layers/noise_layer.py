"""The base of layers that disturb what goes through them, in training alone."""

from __future__ import annotations

import math
from abc import abstractmethod
from typing import Any

import numpy as np

from sunhwan._engine.context import Context
from sunhwan._engine.seeds import check_seed
from sunhwan._engine.sequences import Head, Sequences

from .layer import Layer


class NoiseLayer(Layer):
    """Noise of its own at every step of every row, from the layer, the step, the row and the time.

    Steps that a mask leaves out are not disturbed: what stands there goes through as it is.

    Args:
        seed: a non-negative integer that fixes the noise; by default the model's seed does.
        kwargs: see `Layer`.
    """

    takes = "steps"

    def __init__(self, seed: int | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.seed = None if seed is None else check_seed(seed)

    @property
    @abstractmethod
    def disturbs(self) -> bool:
        """Whether the arguments ask for any noise."""

    @abstractmethod
    def disturb(self, values: np.ndarray, context: Context) -> np.ndarray:
        """The values of a slice with noise; saves in `context.saved` what `undisturb` needs."""

    @abstractmethod
    def undisturb(self, dvalues: np.ndarray, context: Context) -> np.ndarray:
        """The gradient of the values."""

    def keeps(self, training: bool) -> frozenset[str]:
        kept = {"mask"} if training and self.disturbs else {"tokens", "shared", "mask"}
        return frozenset(kept)

    def replays(self, training: bool) -> bool:
        return not (training and self.disturbs)

    def forward(self, x: Any, context: Context) -> Any:
        if not (context.training and self.disturbs):
            return Sequences(x.layout, x.values, x.index) if isinstance(x, Sequences) else x
        if isinstance(x, Sequences):
            assert x.values is not None
            return Sequences(x.layout, self.disturb(x.values, context))
        return self.disturb(x, context)

    def backward(self, dy: Any, context: Context) -> Any:
        if dy is None or not (context.training and self.disturbs):
            return dy
        return self.undisturb(dy, context) if context.wants_dx else None

    def forward_head(self, head: Head | None, context: Context) -> Head | None:
        return head

    def backward_head(self, dhead: Head | None, context: Context) -> None:
        if dhead is not None:
            dhead.add_to(context.dhead)

    def draw(
        self, kernel: Any, values: np.ndarray, context: Context, noise_shape: Any, *numbers: float
    ) -> np.ndarray:
        """Random numbers for `values`, of their shape or of one that broadcasts to it.

        Args:
            kernel: fills an array `(R, columns)` for given rows and times.
            values: of a slice, an array `(N, ...)` or packed steps.
            context: of the slice.
            noise_shape: of the dense input, with 1 where the noise is the same along an axis;
                `None` where it is nowhere.
            numbers: the kernel's further arguments.
        """
        rows, times, layout = context.rows, None, context.layout
        same = [False] * (values.ndim + (layout is not None))
        if noise_shape is not None:
            same = self._same_axes(noise_shape, len(same))
        features = same[1:]
        if layout is not None:
            rows, times = layout.step_rows, (None if same[1] else layout.times)
            features = same[2:]
        if same[0]:
            rows = np.zeros_like(rows)
        shape = [1 if one else size for one, size in zip(features, values.shape[1:], strict=True)]
        noise = context.empty((len(values), math.prod(shape)))
        kernel(noise, context.random_key(self.seed), rows, times, *numbers)
        return noise.reshape(len(values), *shape)

    def _same_axes(self, noise_shape: Any, rank: int) -> list[bool]:
        if len(noise_shape) != rank:
            raise ValueError(
                f"noise_shape of layer {self.name!r} must have {rank} axes as its input has, "
                f"got {tuple(noise_shape)}"
            )
        return [size == 1 for size in noise_shape]
