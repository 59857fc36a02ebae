"""Convolution over the steps the other way: every step is spread over a window of the output."""

from __future__ import annotations

from typing import Any, NamedTuple, final

import numpy as np

from sunhwan import _core, activations
from sunhwan._engine.arguments import check_count, check_flag
from sunhwan._engine.context import Context
from sunhwan._engine.sequences import Sequences
from sunhwan._engine.variable import Variable
from sunhwan.activations.rule import rule_of

from .checks import check_features, check_steps, one_integer
from .kernel_and_bias import KernelAndBias
from .layer import Shape
from .moved_steps import MovedSteps
from .registry import LAYERS
from .window_arguments import channels_last, one_of


class Pass(NamedTuple):
    """What a slice leaves for its gradient.

    Args:
        entries: `(P, kernel_size)` int32, which input step each tap of each output step reads.
        values: `(Q, features)`, the input steps.
        kernel: `(kernel_size, features, filters)`, the kernel with its last axes exchanged.
        z: `(P, filters)` pre-activations, where the activation's gradient reads them.
        y: `(P, filters)` outputs.
    """

    entries: np.ndarray
    values: np.ndarray
    kernel: np.ndarray
    z: np.ndarray | None
    y: np.ndarray


@final
@LAYERS.register("Convolution1DTranspose")
class Conv1DTranspose(KernelAndBias, MovedSteps):
    """A transposed convolution: makes rows longer again that a `Conv1D` with strides made shorter.

        y[t] = activation(bias + sum over k of x[i] kernel[k].T),  t = i * strides + k - before

    Inputs `(rows, steps, features)` give `(rows, windows, filters)`. For `"same"` there are
    `steps * strides` windows: of what lies over, `before = max(kernel_size - strides, 0) // 2`
    steps are cut off in front. For `"valid"` all is kept, `(steps - 1) * strides + max(kernel_size,
    strides)`. With `dilation_rate` a kernel is `(kernel_size - 1) *
    dilation_rate + 1` steps long. A mask is ignored, as in Keras. The weights are the kernel
    `(kernel_size, filters, features)` and the bias `(filters,)`. (Zeiler et al., "Deconvolutional
    networks", 2010)

    Args:
        filters: values of an output step.
        kernel_size: output steps that an input step is spread over.
        strides: output steps from an input step to the next; default 1.
        padding: `"valid"` or `"same"`.
        output_padding: with `"valid"` there are `(steps - 1) * strides + kernel_size +
            output_padding` windows, with `"same"` `(steps - 1) * strides + kernel_size % 2 +
            output_padding`; less than `strides`. Default `None`: as above.
        data_format: `None` or `"channels_last"`.
        dilation_rate: output steps from a tap to the next; default 1.
        activation: a name or a function; default none.
        use_bias: whether there is a bias; default true.
        kernel_initializer, bias_initializer: by default `"glorot_uniform"` and `"zeros"`.
        kernel_regularizer, bias_regularizer, activity_regularizer: penalties, or `None`.
        kernel_constraint, bias_constraint: constraints, or `None`.
        kwargs: arguments of `Layer`, `name` and `input_shape` among them.

    Raises:
        ValueError: an argument is out of range; or `strides` and `dilation_rate` are both above 1.

    >>> import numpy as np
    >>> layer = Conv1DTranspose(1, 2, strides=2, kernel_initializer="ones")
    >>> layer(np.array([[[1.0], [5.0]]])).ravel()
    array([1., 1., 5., 5.], dtype=float32)
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
        output_padding: Any = None,
        data_format: str | None = None,
        dilation_rate: Any = 1,
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
        self.padding = one_of(padding, "padding", ("valid", "same"))
        self.output_padding = None
        if output_padding is not None:
            more = output_padding
            more = more[0] if isinstance(more, (tuple, list)) and len(more) == 1 else more
            self.output_padding = (check_count("output_padding", more, least=0),)
        self.data_format = channels_last(data_format)
        self.dilation_rate = one_integer(dilation_rate, "dilation_rate")
        self.activation = activations.get(activation)
        self.use_bias = check_flag("use_bias", use_bias)
        self.treat("kernel", kernel_initializer, kernel_regularizer, kernel_constraint)
        self.treat("bias", bias_initializer, bias_regularizer, bias_constraint)
        if self.strides[0] > 1 and self.dilation_rate[0] > 1:
            raise ValueError(
                "strides and dilation_rate must not both be above 1, "
                f"got {self.strides[0]} and {self.dilation_rate[0]}"
            )
        if self.output_padding is not None and self.output_padding[0] >= self.strides[0]:
            raise ValueError(
                f"output_padding must be less than strides, {self.strides[0]}, "
                f"got {self.output_padding[0]}"
            )

    @property
    def span(self) -> int:
        """Output steps that one input step is spread over, those between taps counted."""
        return (self.kernel_size[0] - 1) * self.dilation_rate[0] + 1

    def count(self, steps: Any) -> Any:
        stride = self.strides[0]
        if self.output_padding is None:
            last = max(self.span, stride) if self.padding == "valid" else stride
        else:
            last = self.span if self.padding == "valid" else self.span % 2
            last += self.output_padding[0]
        return ((steps - 1) * stride + last) * (steps > 0)

    def places(self, times: np.ndarray, steps: np.ndarray) -> np.ndarray:
        """Which input step each tap of each output step reads, `(P, kernel_size)`; -1 for none."""
        stride, before = self.strides[0], 0
        if self.padding == "same":
            over = (steps - 1) * stride + self.span - self.count(steps)
            before = (np.maximum(over, 0) // 2)[:, np.newaxis]
        taps = np.arange(self.kernel_size[0]) * self.dilation_rate[0]
        spread = times[:, np.newaxis] + before - taps
        step, rest = np.divmod(spread, stride)
        return np.where((rest == 0) & (step >= 0) & (step < steps[:, np.newaxis]), step, -1)

    def build(self, input_shape: Shape) -> None:
        features = check_steps(self, input_shape)
        self.kernel = self.add_treated("kernel", (self.kernel_size[0], self.filters, features))
        self.bias = self.add_bias((self.filters,))

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        return (*super().compute_output_shape(input_shape)[:2], self.filters)

    @property
    def saved_floats(self) -> int:
        return (2 * self.filters + self.kernel_size[0]) * self.strides[0]

    def replays(self, training: bool) -> bool:
        return rule_of(self.activation).native

    def forward(self, x: Sequences, context: Context) -> Sequences:
        values, layout, output = x.values, x.layout, self.output_layout(x.layout)
        assert values is not None
        check_features(self, values.shape, features=self.kernel.shape[2])
        rows = np.repeat(np.arange(layout.rows), output.lengths)
        places = self.places(output.times, layout.lengths[rows])
        own = layout.offsets[rows, np.newaxis] + places
        entries = np.where(places < 0, _core.NOTHING, own).astype(np.int32)
        rule = rule_of(self.activation)
        z = context.empty((output.steps, self.filters))
        taps, filters, features = self.kernel.shape
        kernel = context.empty((taps, features, filters))
        _core.gather_rows(_column(self.kernel.value), None, self._exchange, _column(kernel))
        bias = None if self.bias is None else self.bias.value
        _core.convolution(entries, values, None, kernel, bias, 1, z)
        y = context.empty(z.shape) if rule.needs_input else z
        rule.forward(z, y)
        context.saved = Pass(entries, values, kernel, z if rule.needs_input else None, y)
        return Sequences(output, y)

    def backward(self, dy: np.ndarray, context: Context) -> np.ndarray | None:
        done: Pass = context.saved
        dz = context.empty(dy.shape)
        rule_of(self.activation).backward(done.z, done.y, dy, dz)
        if self.bias is not None:
            _core.column_sums(dz, self.bias.grad)
        dkernel = context.zeros(done.kernel.shape)
        _core.convolution_weights(done.entries, done.values, None, 1, dz, dkernel)
        _core.scatter_rows(_column(dkernel), self._exchange, _column(self.kernel.grad), None)
        if not context.wants_dx:
            return None
        dx = context.empty(done.values.shape)
        _core.convolution_inputs(done.entries, done.kernel, 1, 1, dz, dx, None)
        return dx

    @property
    def _exchange(self) -> np.ndarray:
        """Where each number of the kernel with its last axes exchanged stands in the kernel."""
        order = np.arange(self.kernel.size, dtype=np.int32).reshape(self.kernel.shape)
        return np.ascontiguousarray(order.transpose(0, 2, 1)).reshape(-1)


def _column(values: np.ndarray) -> np.ndarray:
    """All numbers below one another, as rows of one."""
    return values.reshape(-1, 1)
