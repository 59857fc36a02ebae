"""The base of all layers."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, ClassVar, Literal

from sunhwan import constraints, initializers, regularizers
from sunhwan._engine.allowed_shapes import claim_shape
from sunhwan._engine.arguments import check_flag, check_shape
from sunhwan._engine.changes import Watched
from sunhwan._engine.config import config_of, unknown_argument
from sunhwan._engine.context import Context
from sunhwan._engine.form import ARRAY, Form
from sunhwan._engine.layout import Layout
from sunhwan._engine.names import name_or_default
from sunhwan._engine.seeds import next_seed
from sunhwan._engine.sequences import Head
from sunhwan._engine.symbolic import Use
from sunhwan._engine.variable import Variable, assign_all
from sunhwan._engine.weighted import Weighted

from .called import Called
from .declared import built_once, given_shape, of_checked_shape

_AROUND = {"build": built_once, "compute_output_shape": of_checked_shape}
Shape = tuple["int | None", ...]


class Layer(Called, Watched, Weighted):
    """A function of a batch with parameters, and its gradient.

    A layer of your own takes and returns dense float32 arrays whose first axis is the batch:
    declare the parameters in `build`, write `forward` and `backward`, and
    `compute_output_shape` if it is not the input's.

    Args:
        name: unique within a model; by default the class's name in snake case, numbered.
        trainable: whether an optimizer may change the parameters.
        dtype: `"float32"` or `None`; no other is computed in.
        input_shape: shape of one row, for the first layer of a model; `input_dim=n` stands for
            `(n,)`, and `batch_input_shape` has the batch axis in front, whose length is not kept.
        activity_regularizer: a regularizer of the layer's output, or `None`.

    >>> import numpy as np
    >>> class Scale(Layer):
    ...     def build(self, input_shape):
    ...         self.factor = self.add_weight("factor", (input_shape[-1],), "ones")
    ...     def forward(self, x, context):
    ...         context.saved = x
    ...         return x * self.factor.value
    ...     def backward(self, dy, context):
    ...         self.factor.grad += (dy * context.saved).sum(axis=0)
    ...         return dy * self.factor.value
    >>> Scale()(np.ones((1, 2), np.float32))
    array([[1., 1.]], dtype=float32)
    """

    takes: Literal["array", "steps", "sequences"] = "array"  # `build` may say another
    couples_rows: ClassVar[bool] = False  # whether a row's result depends on other rows
    joins: ClassVar[bool] = False  # whether it takes a list of inputs
    shares_memory: ClassVar[bool] = False  # whether rows may read a memory by `Layout.readers`

    def __init__(
        self,
        *,
        name: str | None = None,
        trainable: bool = True,
        dtype: str | None = None,
        input_shape: Any = None,
        activity_regularizer: Any = None,
        **unknown: Any,
    ) -> None:
        if unknown:
            input_shape = given_shape(input_shape, unknown)
        if unknown:
            raise TypeError(unknown_argument(type(self), next(iter(unknown))))
        if dtype not in (None, "float32"):
            raise ValueError(f"dtype must be 'float32' or None, got {dtype!r}")
        self.name = name_or_default(name, type(self).__name__)
        self.dtype = dtype
        self.input_shape = None
        if input_shape is not None:
            self.input_shape = check_shape("input_shape", input_shape)
        self.activity_regularizer = regularizers.get(activity_regularizer)
        self.built = self.building = False
        self.build_shape: Shape | None = None
        self._variables: list[Variable] = []
        self._trainable = check_flag("trainable", trainable)
        self.seed_of_weights = next_seed()
        self.uses: list[Use] = []  # its calls on symbolic tensors

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        for name, around in _AROUND.items():
            if name in cls.__dict__:
                setattr(cls, name, around(cls.__dict__[name]))

    # What a layer declares.

    @built_once
    def build(self, input_shape: Shape) -> None:
        """Make the parameters for inputs of `input_shape`, `(None, ...)`."""

    @of_checked_shape
    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Shape of the output for inputs of `input_shape`, both with the batch axis."""
        return tuple(input_shape)

    @abstractmethod
    def forward(self, x: Any, context: Context) -> Any:
        """The output of a slice of the batch; saves in `context.saved` what `backward` needs."""

    @abstractmethod
    def backward(self, dy: Any, context: Context) -> Any:
        """The gradient of the input from that of the output; adds to the variables' gradients."""

    # What a layer of sequences declares besides.

    def keeps(self, training: bool) -> frozenset[str]:
        """Which of `"tokens"`, `"shared"` and `"mask"` the input may have."""
        return frozenset()

    def output_form(self, form: Form) -> Form:
        """Kind of the output edge for inputs of kind `form`."""
        return form if self.takes == "steps" else ARRAY

    @property
    def keeps_steps(self) -> bool:
        """Whether sequences that come out have the steps that went in."""
        return self.takes == "steps"

    def output_layout(self, layout: Layout) -> Layout:
        """Where the steps of the output stand, for inputs of `layout`; both are sequences."""
        return layout

    def forward_head(self, head: Head | None, context: Context) -> Head | None:
        """The head of the output edge, once for the batch."""
        return None

    def backward_head(self, dhead: Head | None, context: Context) -> None:
        """From the whole gradient of the output edge's head to `context.dhead`."""

    @property
    def saved_floats(self) -> int:
        """Numbers that a step of a row leaves saved, roughly; cuts the batch into slices."""
        return 64

    @property
    def least_rows(self) -> int:
        """Rows of a slice below which the layer's products get slow, if memory allows so many."""
        return 1

    @property
    def output_activation(self) -> str | None:
        """The activation that `forward` leaves out where `context.logits`, if it can."""
        return None

    def replays(self, training: bool) -> bool:
        """Whether a step can be done again by its native calls alone, on other data.

        All that `forward` and `backward` do with numbers must then be native calls on arrays of
        the context, the same ones at each step of one shape (see `_engine/recorded.py`).
        """
        return False

    @property
    def supports_masking(self) -> bool:
        """Whether a mask goes through the layer."""
        return self.takes == "steps"

    def compute_mask(self, inputs: Any, previous_mask: Any = None) -> Any:
        """The mask that the output carries, for `previous_mask` of the inputs."""
        return previous_mask if self.supports_masking else None

    # Parameters.

    def add_weight(
        self,
        name: str | None = None,
        shape: tuple[int, ...] = (),
        initializer: Any = "glorot_uniform",
        regularizer: Any = None,
        constraint: Any = None,
        trainable: bool = True,
    ) -> Variable:
        """Declare a parameter and return its variable.

        Args:
            name: its name within the layer; default `"variable"`, numbered.
            shape: its shape; default a single number.
            initializer, regularizer, constraint: an instance, a name or `None`.
            trainable: false for what training does not learn (moving averages).
        """
        if name is None:
            name = f"variable_{len(self._variables)}" if self._variables else "variable"
        if not isinstance(name, str):
            raise TypeError(
                f"add_weight of layer {self.name!r} takes a name, then a shape, got {name!r}; "
                "pass the shape as shape=..."
            )
        initialize: Any = initializers.get(initializer)
        if initialize is None:
            raise ValueError(f"weight {name!r} of layer {self.name!r} needs an initializer")
        claim_shape(shape, f"weight {name!r} of layer {self.name!r}")
        values = initialize(shape)
        variable = Variable(
            name, values, regularizers.get(regularizer), constraints.get(constraint)
        )
        variable.path = f"{self.name}/{name}"
        variable.learned = trainable
        variable.trainable = trainable and self._trainable
        self._variables.append(variable)
        return variable

    def ensure_built(self, input_shape: Shape) -> None:
        """Build on first use."""
        if not self.built:
            self.build(input_shape)

    @property
    def children(self) -> list[Layer]:
        """The layers that this one wraps."""
        return []

    @property
    def variables(self) -> list[Variable]:
        """The layer's variables and its children's, in Keras's order."""
        learned = [v for v in self._variables if v.learned]
        others = [v for v in self._variables if not v.learned]
        return learned + others + [v for child in self.children for v in child.variables]

    @property
    def trainable(self) -> bool:
        """Whether an optimizer may change the parameters."""
        return self._trainable

    @trainable.setter
    def trainable(self, value: bool) -> None:
        self._trainable = check_flag("trainable", value)
        for variable in self._variables:
            variable.trainable = variable.learned and self._trainable
        for child in self.children:
            child.trainable = value

    def set_weights(self, weights: Any) -> None:
        """Overwrite the weights; `ValueError` if their number or a shape differs."""
        assign_all(self.variables, weights, f"layer {self.name!r}")

    def count_params(self) -> int:
        """How many numbers the weights hold; `ValueError` before the layer is built."""
        if not self.built:
            raise ValueError(
                f"layer {self.name!r} has no weights yet: build it, or call it on data, first"
            )
        return sum(variable.size for variable in self.variables)

    # Configuration.

    def get_config(self) -> dict[str, Any]:
        """The arguments that make such a layer again, as JSON can hold them."""
        return config_of(self)

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Layer:
        """A layer made from what `get_config` gave."""
        return cls(**config)

    def __getstate__(self) -> dict[str, Any]:
        # A copy of a layer is not part of the graphs that the layer is part of.
        return {**self.__dict__, "uses": []}

    def __repr__(self) -> str:
        return f"<{type(self).__name__} name={self.name!r}>"
