"""What calling a layer means: on arrays to compute, on symbolic tensors to note its place."""

from __future__ import annotations

from typing import Any

from sunhwan._engine.arguments import flag_or_false
from sunhwan._engine.symbolic import Use, call_layer_symbolically, is_symbolic

from .declared import explain_abstract


class Called:
    """The calls of a layer; the layer has the attributes."""

    name: str
    uses: list[Use]
    compute_output_shape: Any

    def __new__(cls, *args: Any, **kwargs: Any) -> Any:
        if getattr(cls, "__abstractmethods__", None):
            raise TypeError(explain_abstract(cls))
        return super().__new__(cls)

    def __call__(
        self,
        inputs: Any,
        mask: Any = None,
        training: bool | None = None,
        initial_state: Any = None,
    ) -> Any:
        """Compute the layer on a dense array, or note its place in a graph; builds it on first use.

        Args:
            inputs: `(N, ...)`; for layers of sequences `(N, T, features)`, or `(N, T)` ids. A
                symbolic tensor (see `Input`) gives symbolic tensors, from which a `Model` is made.
            mask: `(N, T)` bool, true where a step is real; `None` where all are.
            training: whether dropout and the like are on.
            initial_state: for recurrent layers, a state `(N, units)` or a list of them.

        Returns:
            An array, or a list of arrays where the layer returns states or several outputs.

        Raises:
            ValueError: the inputs, the mask or the states do not fit the layer.
        """
        if is_symbolic(inputs):
            return call_layer_symbolically(self, inputs, mask, training, initial_state)
        from sunhwan._engine.call import call_layer

        return call_layer(self, inputs, mask, flag_or_false("training", training), initial_state)

    def call_with(self, inputs: Any, mask: Any, training: Any, options: dict[str, Any]) -> Any:
        """As `__call__`; `context.options` then has the `options` of this call.

        A layer that is told something at each call has a `__call__` of its own that ends here, and
        `shapes_with(input_shape, options)`.
        """
        if is_symbolic(inputs):
            return call_layer_symbolically(self, inputs, mask, training, None, options)
        from sunhwan._engine.call import call_layer

        return call_layer(self, inputs, mask, flag_or_false("training", training), None, options)

    def shapes_with(self, input_shape: Any, options: dict[str, Any]) -> Any:
        """As `compute_output_shape`, for a call with these options."""
        return self.compute_output_shape(input_shape)

    @property
    def input(self) -> Any:
        """What the layer was called on, symbolically: a tensor or a list of them.

        Raises:
            AttributeError: it was not called on symbolic tensors, or more than once.
        """
        use = self._only_use("input")
        return use.inputs if use.joins else use.inputs[0]

    @property
    def output(self) -> Any:
        """What the layer gave, symbolically; raises as `input` does."""
        use = self._only_use("output")
        return use.outputs if len(use.outputs) > 1 else use.outputs[0]

    def _only_use(self, what: str) -> Use:
        if len(self.uses) != 1:
            hint = "" if self.uses else "; a model has them where it begins with an Input"
            raise AttributeError(
                f"layer {self.name!r} has no {what} of its own: it was called on symbolic tensors "
                f"{len(self.uses)} times{hint}"
            )
        return self.uses[0]
