"""The base of the layers that slide a window over the steps."""

from __future__ import annotations

from abc import abstractmethod

from sunhwan._engine.form import Form
from sunhwan._engine.layout import Layout
from sunhwan._engine.windows import Windows

from .checks import check_steps
from .layer import Layer, Shape


class WindowLayer(Layer):
    """Steps `(rows, steps, features)` to windows `(rows, windows, channels)`.

    A mask is not kept: as in Keras, masked steps read what stands there. Of the shared run of
    padding, the windows that read nothing else are computed once for the batch.
    """

    takes = "sequences"

    @property
    @abstractmethod
    def windows(self) -> Windows:
        """Size, stride, dilation and padding of the windows."""

    def channels(self, features: int) -> int:
        """Values of an output step, for steps of so many features."""
        return features

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        features = check_steps(self, input_shape)
        steps = input_shape[1]
        windows = None if steps is None else self.windows.checked_count(steps, self.name)
        return (input_shape[0], windows, self.channels(features))

    def output_form(self, form: Form) -> Form:
        return form._replace(tokens=False)

    def output_layout(self, layout: Layout) -> Layout:
        return self.windows.output(layout, self.name)
