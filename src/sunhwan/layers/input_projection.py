"""The product of a layer's inputs with its input kernel, once for each distinct token."""

from __future__ import annotations

import numpy as np

from sunhwan import _core
from sunhwan._engine.context import Context
from sunhwan._engine.variable import Variable

from .cell_run import Inputs

LEAST_ROWS = 8  # with fewer, one product over all steps uses the processor better
MOST_FEATURES = 384  # the terms of one running sum of `product`
STEPS_A_TOKEN = 4  # from which on two gradients of the tokens' products pay


class InputProjection:
    """`x W + b` of a batch's tokens (once), or of any steps, and back.

    Args:
        kernel: `W`, `(I, X)`.
        bias: the variable of `b`, or `None`.
        context: of the layer's node.
        tokens: `(U, I)` values of the batch's tokens, or `None`.

    Attributes:
        products: of the tokens, `(U, X)`.
    """

    def __init__(
        self,
        kernel: Variable,
        bias: Variable | None,
        context: Context,
        tokens: np.ndarray | None,
    ) -> None:
        self._kernel, self._bias, self._context = kernel, bias, context
        self._tokens = tokens
        self.products = None
        # Added to slice by slice, (parts, U, X): none, one or two parts.
        self._dproducts = np.empty((0, 0, 0), np.float32)
        if tokens is None:
            return
        self.products = self.forward(tokens)
        if context.differentiable:
            steps = 0 if context.layout is None else context.layout.steps
            parts = 2 if steps >= STEPS_A_TOKEN * len(tokens) else 1
            self._dproducts = context.zeros((parts, *self.products.shape))

    def forward(self, values: np.ndarray) -> np.ndarray:
        """`(R, X)` of values `(R, I)`."""
        products = self._context.empty((len(values), self._kernel.shape[1]))
        bias = None if self._bias is None else _first_row(self._bias.value)
        _core.product(values, self._kernel.value, products, bias=bias)
        return products

    def within_loop(self, values: np.ndarray, rows: int, units: int) -> Inputs | None:
        """What the recurrent loop makes the products of itself, where that is faster.

        Then they are not written to memory and read again. The bits are the same.
        """
        if rows < LEAST_ROWS or values.shape[1] > min(MOST_FEATURES, 4 * units):
            return None
        bias = None if self._bias is None else _first_row(self._bias.value)
        return Inputs(values, self._kernel.value, bias)

    def backward(self, values: np.ndarray, dproducts: np.ndarray) -> np.ndarray | None:
        """The gradient of the values, `None` unless wanted; adds to the variables' gradients."""
        kernel, bias, context = self._kernel, self._bias, self._context
        dkernel = kernel.grad if kernel.trainable else None
        dbias = None
        if bias is not None and bias.trainable:
            dbias = _first_row(bias.grad)
        dvalues = context.empty(values.shape) if context.wants_dx else None
        _core.linear_backward(values, kernel.value, dproducts, dkernel, dbias, dvalues)
        return dvalues

    def add(self, dproducts: np.ndarray, index: np.ndarray) -> None:
        """Add the gradient of the products of `tokens[index]`."""
        if len(self._dproducts) > 1:
            _core.scatter_halves(dproducts, index, self._dproducts)
        else:
            _core.scatter_rows(dproducts, index, self._dproducts[0], None)

    def finish(self) -> None:
        """Take the gradient of the tokens' products back, once for the batch."""
        if self._tokens is None or len(self._dproducts) == 0:
            return
        total, *others = self._dproducts
        for other in others:
            _core.add_into(total, other)
        dtokens = self.backward(self._tokens, total)
        if dtokens is not None and self._context.dhead is not None:
            _core.add_into(self._context.dhead.tokens, dtokens)


def _first_row(bias: np.ndarray) -> np.ndarray:
    """The inputs' bias: GRU's variable holds the recurrent one in a second row."""
    return bias if bias.ndim == 1 else bias[0]
