"""Convolution over images."""

from __future__ import annotations

from typing import Any, NamedTuple, final

import numpy as np

from sunhwan import _core, activations
from sunhwan._engine.arguments import check_flag
from sunhwan._engine.context import Context
from sunhwan._engine.image_windows import ImageWindows
from sunhwan._engine.variable import Variable
from sunhwan.activations.rule import rule_of

from .checks import one_integer
from .image_arguments import check_image, image_format, two_integers
from .kernel_and_bias import KernelAndBias
from .layer import Shape
from .registry import LAYERS
from .window_arguments import one_of


class Pass(NamedTuple):
    """What a slice leaves for its gradient.

    Args:
        entries: `(P, taps)` int32, the window map.
        x: `(N, height, width, channels)`, the input.
        z: `(P, filters)` pre-activations, where the activation's gradient reads them.
        y: `(P, filters)` outputs.
    """

    entries: np.ndarray
    x: np.ndarray
    z: np.ndarray | None
    y: np.ndarray


@final
@LAYERS.register("Convolution2D")
class Conv2D(KernelAndBias):
    """A convolution over images: each output pixel is a function of a window of pixels.

        y[i, j] = activation(bias + sum over k, l of x[i * s + k * d, j * s + l * d] kernel[k, l])

    Inputs `(rows, height, width, channels)` give `(rows, windows down, windows across, filters)`;
    along each axis, with `span = (kernel_size - 1) * dilation_rate + 1`, there are
    `(pixels - span) // strides + 1` windows for `"valid"`, else `ceil(pixels / strides)`. The
    weights are the kernel `(height, width, channels / groups, filters)` and the bias `(filters,)`.

    Args:
        filters: values of an output pixel.
        kernel_size: height and width of a window, or one number for both.
        strides: pixels from a window to the next, likewise; default 1.
        padding: `"valid"` (windows inside the image alone) or `"same"` (zeros around it, evenly).
        data_format: `None` or `"channels_last"`.
        dilation_rate: pixels from a tap of a window to the next, likewise; default 1.
        groups: parts of the channels and of the filters, each convolved alone; default 1.
        activation: a name or a function; default none.
        use_bias: whether there is a bias; default true.
        kernel_initializer, bias_initializer: by default `"glorot_uniform"` and `"zeros"`.
        kernel_regularizer, bias_regularizer, activity_regularizer: penalties, or `None`.
        kernel_constraint, bias_constraint: constraints, or `None`.
        kwargs: arguments of `Layer`, `name` and `input_shape` among them.

    Raises:
        ValueError: an argument is out of range; `groups` does not divide filters and channels; an
            image is smaller than a window, with `"valid"`.

    >>> import numpy as np
    >>> layer = Conv2D(1, 2, kernel_initializer="ones")
    >>> layer(np.array([[[[1.0], [5.0]], [[2.0], [0.0]], [[1.0], [1.0]]]])).ravel()
    array([8., 4.], dtype=float32)
    >>> [weight.shape for weight in layer.weights]
    [(2, 2, 1, 1), (1,)]
    """

    kernel: Variable
    bias: Variable | None

    def __init__(
        self,
        filters: int,
        kernel_size: Any,
        strides: Any = (1, 1),
        padding: str = "valid",
        data_format: str | None = None,
        dilation_rate: Any = (1, 1),
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
        self.kernel_size = two_integers(kernel_size, "kernel_size")
        self.strides = two_integers(strides, "strides")
        self.padding = one_of(padding, "padding", ("valid", "same"))
        self.data_format = image_format(data_format)
        self.dilation_rate = two_integers(dilation_rate, "dilation_rate")
        self.groups = one_integer(groups, "groups")[0]
        self.activation = activations.get(activation)
        self.use_bias = check_flag("use_bias", use_bias)
        self.treat("kernel", kernel_initializer, kernel_regularizer, kernel_constraint)
        self.treat("bias", bias_initializer, bias_regularizer, bias_constraint)
        if self.filters % self.groups:
            raise ValueError(f"groups must divide the filters, {self.filters}, got {self.groups}")

    @property
    def windows(self) -> ImageWindows:
        """Size, strides, dilation and padding of the windows."""
        return ImageWindows(self.kernel_size, self.strides, self.dilation_rate, self.padding)

    def build(self, input_shape: Shape) -> None:
        channels = check_image(self, input_shape)
        if channels % self.groups:
            raise ValueError(
                f"layer {self.name!r}: groups must divide the channels, {channels}, "
                f"got {self.groups}"
            )
        shape = *self.kernel_size, channels // self.groups, self.filters
        self.kernel = self.add_treated("kernel", shape)
        self.bias = self.add_bias((self.filters,))

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        check_image(self, input_shape)
        rows, height, width, _ = input_shape
        return (rows, *self.windows.checked_count(height, width, self.name), self.filters)

    def replays(self, training: bool) -> bool:
        return rule_of(self.activation).native

    def forward(self, x: np.ndarray, context: Context) -> np.ndarray:
        check_image(self, x.shape, self.kernel.shape[2] * self.groups)
        images, height, width, channels = x.shape
        down, across = self.windows.checked_count(height, width, self.name)
        entries = self.windows.map(images, height, width)
        rule = rule_of(self.activation)
        bias = None if self.bias is None else self.bias.value
        z = context.empty((len(entries), self.filters))
        pixels, kernel = x.reshape(-1, channels), _by_taps(self.kernel.value)
        _core.convolution(entries, pixels, None, kernel, bias, self.groups, z)
        y = context.empty(z.shape) if rule.needs_input else z
        rule.forward(z, y)
        context.saved = Pass(entries, x, z if rule.needs_input else None, y)
        return y.reshape(images, down, across, self.filters)

    def backward(self, dy: np.ndarray, context: Context) -> np.ndarray | None:
        saved: Pass = context.saved
        dy = dy.reshape(saved.y.shape)
        dz = context.empty(dy.shape)
        rule_of(self.activation).backward(saved.z, saved.y, dy, dz)
        if self.bias is not None and self.bias.trainable:
            _core.column_sums(dz, self.bias.grad)
        pixels = saved.x.reshape(-1, saved.x.shape[-1])
        if self.kernel.trainable:
            dkernel = _by_taps(self.kernel.grad)
            _core.convolution_weights(saved.entries, pixels, None, self.groups, dz, dkernel)
        if not context.wants_dx:
            return None
        dx = context.empty(saved.x.shape)
        kernel, step = _by_taps(self.kernel.value), self.windows.tap_step
        dpixels = dx.reshape(pixels.shape)
        _core.convolution_inputs(saved.entries, kernel, self.groups, step, dz, dpixels, None)
        return dx


def _by_taps(kernel: np.ndarray) -> np.ndarray:
    """`(height, width, channels, filters)` as `(taps, channels, filters)`."""
    return kernel.reshape(-1, *kernel.shape[2:])
