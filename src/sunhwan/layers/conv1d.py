"""Convolution over the steps."""

from __future__ import annotations

from typing import Any, NamedTuple, final

import numpy as np

from sunhwan import _core, activations
from sunhwan._engine.arguments import check_flag
from sunhwan._engine.context import Context
from sunhwan._engine.sequences import Head, Sequences
from sunhwan._engine.variable import Variable
from sunhwan._engine.windows import Windows
from sunhwan.activations.rule import rule_of

from .checks import check_features, check_steps, one_integer
from .kernel_and_bias import KernelAndBias
from .layer import Shape
from .registry import LAYERS
from .window_arguments import channels_last, one_of
from .window_layer import WindowLayer


class Pass(NamedTuple):
    """What windows of a slice, or of the shared run, leave for their gradient.

    Args:
        entries: `(P, kernel_size)` int32, the window map; tokens on an edge of tokens.
        values: `(Q, features)`, the own steps, or `None`.
        z: `(P, filters)` pre-activations, where the activation's gradient reads them.
        y: `(P, filters)` outputs.
    """

    entries: np.ndarray
    values: np.ndarray | None
    z: np.ndarray | None
    y: np.ndarray


class Products(NamedTuple):
    """The tokens' products with each tap, `(U, kernel_size, filters)`.

    Args:
        kernel: `(features, kernel_size * filters)`, the taps side by side.
        products, dproducts: the products and their gradient, `None` where there is none.
    """

    kernel: np.ndarray
    products: np.ndarray
    dproducts: np.ndarray | None


class Batch(NamedTuple):
    """What the layer keeps for the whole step: products of tokens, and the shared run's pass."""

    tokens: Products | None
    run: Pass | None


@final
@LAYERS.register("Convolution1D")
class Conv1D(KernelAndBias, WindowLayer):
    """A convolution: every output step is a linear function of the steps of a window, activated.

        y[t] = activation(bias + sum over k of x[t * strides + k * dilation_rate] kernel[k])

    Inputs `(rows, steps, features)` give `(rows, windows, filters)`. With
    `span = (kernel_size - 1) * dilation_rate + 1` there are `(steps - span) // strides + 1` windows
    for `"valid"`, else `ceil(steps / strides)`. A mask is ignored, as in Keras: masked steps are
    convolved as they stand. The weights are the kernel `(kernel_size, features / groups, filters)`
    and the bias `(filters,)`.

    Args:
        filters: values of an output step.
        kernel_size: steps of a window.
        strides: steps from a window to the next; default 1.
        padding: `"valid"` (windows inside the row alone), `"same"` (zeros before and behind the
            row, evenly) or `"causal"` (zeros before the row: no window looks ahead).
        data_format: `None` or `"channels_last"`.
        dilation_rate: steps from a tap of a window to the next; default 1.
        groups: parts of the features and of the filters, each convolved alone; default 1.
        activation: a name or a function; default none.
        use_bias: whether there is a bias; default true.
        kernel_initializer, bias_initializer: by default `"glorot_uniform"` and `"zeros"`.
        kernel_regularizer, bias_regularizer, activity_regularizer: penalties, or `None`.
        kernel_constraint, bias_constraint: constraints, or `None`.
        kwargs: arguments of `Layer`, `name` and `input_shape` among them.

    Raises:
        ValueError: an argument is out of range; `groups` does not divide filters and features; a
            row is shorter than a window, with `"valid"`.

    >>> import numpy as np
    >>> layer = Conv1D(1, 2, kernel_initializer="ones")
    >>> layer(np.array([[[1.0], [5.0], [2.0]]])).ravel()
    array([6., 7.], dtype=float32)
    >>> [weight.shape for weight in layer.weights]
    [(2, 1, 1), (1,)]
    """

    kernel: Variable
    bias: Variable | None

    def __init__(
        self,
        filters: int,
        kernel_size: Any,
        strides: Any = 1,
        padding: str = "valid",
        data_format: str | None = None,
        dilation_rate: Any = 1,
        groups: int = 1,
        activation: Any = None,
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        bias_constraint: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(activity_regularizer=activity_regularizer, **kwargs)
        self.filters = one_integer(filters, "filters")[0]
        self.kernel_size = one_integer(kernel_size, "kernel_size")
        self.strides = one_integer(strides, "strides")
        self.padding = one_of(padding, "padding", ("valid", "same", "causal"))
        self.data_format = channels_last(data_format)
        self.dilation_rate = one_integer(dilation_rate, "dilation_rate")
        self.groups = one_integer(groups, "groups")[0]
        self.activation = activations.get(activation)
        self.use_bias = check_flag("use_bias", use_bias)
        self.treat("kernel", kernel_initializer, kernel_regularizer, kernel_constraint)
        self.treat("bias", bias_initializer, bias_regularizer, bias_constraint)
        if self.filters % self.groups:
            raise ValueError(f"groups must divide the filters, {self.filters}, got {self.groups}")

    @property
    def windows(self) -> Windows:
        return Windows(
            self.kernel_size[0], self.strides[0], self.dilation_rate[0], padding=self.padding
        )

    def channels(self, features: int) -> int:
        return self.filters

    def keeps(self, training: bool) -> frozenset[str]:
        return frozenset({"shared", "tokens"} if self.groups == 1 else {"shared"})

    def build(self, input_shape: Shape) -> None:
        features = check_steps(self, input_shape)
        if features % self.groups:
            raise ValueError(
                f"layer {self.name!r}: groups must divide the features, {features}, "
                f"got {self.groups}"
            )
        shape = self.kernel_size[0], features // self.groups, self.filters
        self.kernel = self.add_treated("kernel", shape)
        self.bias = self.add_bias((self.filters,))

    @property
    def saved_floats(self) -> int:
        return (2 * self.filters + self.kernel_size[0]) // self.strides[0] + 1

    @property
    def least_rows(self) -> int:
        # A slice of windows is many short calls.
        return 128

    def replays(self, training: bool) -> bool:
        # Tokens, whose products begin with a copy of the kernel, come from layers that never do.
        return rule_of(self.activation).native

    def forward_head(self, head: Head | None, context: Context) -> Head | None:
        context.head_saved = Batch(None, None)
        layout = context.layout
        if head is None or layout is None:
            return None
        tokens = None if head.tokens is None else self._products(head.tokens, context)
        context.head_saved = Batch(tokens, None)
        output = self.output_layout(layout)
        if not output.shared:
            return None
        entries = self.windows.run_map(layout, output, head.row_index)
        run = self._convolve(entries, None, context)
        context.head_saved = Batch(tokens, run)
        return Head(rows=run.y)

    def forward(self, x: Sequences, context: Context) -> Sequences:
        if x.values is not None:
            features = self.kernel.shape[1] * self.groups
            check_features(self, x.values.shape, features=features)
        output = self.output_layout(x.layout)
        run_index = None if context.head is None else context.head.row_index
        entries = self.windows.map(x.layout, output, x.index, run_index)
        context.saved = self._convolve(entries, x.values, context)
        return Sequences(output, context.saved.y)

    def backward(self, dy: np.ndarray, context: Context) -> np.ndarray | None:
        values = context.saved.values
        dx = None if values is None or not context.wants_dx else context.empty(values.shape)
        self._convolve_backward(context.saved, dy, dx, context)
        return dx

    def backward_head(self, dhead: Head | None, context: Context) -> None:
        saved: Batch = context.head_saved
        if saved.run is not None and dhead is not None and dhead.rows is not None:
            self._convolve_backward(saved.run, dhead.rows, None, context)
        if saved.tokens is not None:
            self._products_backward(saved.tokens, context)

    def _convolve(self, entries: np.ndarray, values: np.ndarray | None, context: Context) -> Pass:
        """The windows of `entries`, over own steps and the head."""
        rule = rule_of(self.activation)
        bias = None if self.bias is None else self.bias.value
        z = context.empty((len(entries), self.filters))
        tokens = context.head_saved.tokens
        if tokens is None:
            kernel = self.kernel.value
            _core.convolution(entries, values, _rows(context.head), kernel, bias, self.groups, z)
        else:
            _core.tap_sum(entries, tokens.products, bias, z)
        y = context.empty(z.shape) if rule.needs_input else z
        rule.forward(z, y)
        return Pass(entries, values, z if rule.needs_input else None, y)

    def _convolve_backward(
        self, done: Pass, dy: np.ndarray, dvalues: np.ndarray | None, context: Context
    ) -> None:
        """Overwrite `dvalues` and add to the gradients of weights, tokens' products and head."""
        dz = context.empty(dy.shape)
        rule_of(self.activation).backward(done.z, done.y, dy, dz)
        if self.bias is not None:
            _core.column_sums(dz, self.bias.grad)
        tokens = context.head_saved.tokens
        if tokens is not None:
            _core.tap_scatter(done.entries, dz, tokens.dproducts)
            return
        head, dhead = _rows(context.head), _rows(context.dhead)
        _core.convolution_weights(
            done.entries, done.values, head, self.groups, dz, self.kernel.grad
        )
        if dvalues is not None or dhead is not None:
            kernel, step = self.kernel.value, self.windows.tap_step
            _core.convolution_inputs(done.entries, kernel, self.groups, step, dz, dvalues, dhead)

    def _products(self, tokens: np.ndarray, context: Context) -> Products:
        """The distinct tokens' products with all taps, at once."""
        check_features(self, tokens.shape, features=self.kernel.shape[1])
        size, features, filters = self.kernel.shape
        kernel = context.empty((features, size * filters))
        order = np.arange(size * features, dtype=np.int32).reshape(size, features).T.reshape(-1)
        taps = self.kernel.value.reshape(-1, filters)
        _core.gather_rows(taps, None, order, kernel.reshape(-1, filters))
        shape = len(tokens), size, filters
        products = context.empty(shape)
        _core.product(tokens, kernel, _matrix(products))
        return Products(kernel, products, context.zeros(shape) if context.differentiable else None)

    def _products_backward(self, tokens: Products, context: Context) -> None:
        """From the gradients of the products to those of the kernel and of the tokens."""
        assert context.head is not None
        assert tokens.dproducts is not None
        size, features, filters = self.kernel.shape
        dproducts, dkernel = _matrix(tokens.dproducts), context.empty(tokens.kernel.shape)
        _core.product(context.head.tokens, dproducts, dkernel, transpose_a=True)
        self.kernel.grad += dkernel.reshape(features, size, filters).transpose(1, 0, 2)
        if context.dhead is not None:
            dtokens = context.dhead.tokens
            _core.product(dproducts, tokens.kernel, dtokens, transpose_b=True, accumulate=True)


def _rows(head: Head | None) -> np.ndarray | None:
    """The rows of a head, or of its gradient."""
    return None if head is None else head.rows


def _matrix(values: np.ndarray) -> np.ndarray:
    """`(U, kernel_size, filters)` with its taps side by side."""
    tokens, size, filters = values.shape
    return values.reshape(tokens, size * filters)
