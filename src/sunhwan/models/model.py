"""What every model can do: be compiled, trained, measured, asked."""

from __future__ import annotations

import threading
from typing import Any

from sunhwan import optimizers
from sunhwan._engine.arguments import flag_or_false
from sunhwan._engine.block import Block
from sunhwan._engine.names import name_or_default
from sunhwan._engine.seeds import next_seed
from sunhwan._engine.symbolic import Use, is_symbolic
from sunhwan.layers.layer import Layer

from .as_layer import AsLayer
from .compiling import check_names, compiled
from .finding_rate import FindingRate
from .saving import load_weights, save_model, save_weights
from .structured import Structured
from .summary import print_summary, summary_text
from .tracing import shapes_of
from .training import Stepper
from .weights import Weights

# Threads that ask one fresh model must not each lay out its weights.
_MAKING_STEPPERS = threading.Lock()


class Model(FindingRate, Structured, AsLayer, Weights):
    """Layers with an optimizer and a loss: a `Sequential`, or any graph of layers.

    `Model(inputs, outputs)` makes a graph's model from symbolic tensors: `Input` gives the first,
    and a layer called on such gives others. A layer that is called twice has its weights once; a
    model may be called too, as a layer of another.

    A subclass writes `call(self, inputs)`: what its layers, attributes that `__init__` made, give
    for the inputs. It is traced once, on symbolic tensors, when the form of the data is known.

    Args:
        inputs: the tensors of the data: one, a list or a dictionary.
        outputs: the tensors of the results: one, a list or a dictionary.
        name: default `"functional"`, numbered.
        trainable: whether an optimizer may change the weights.

    Raises:
        TypeError: `inputs` or `outputs` is missing.
        ValueError: see `Functional`.

    >>> import numpy as np, sunhwan as sh
    >>> words = sh.Input((None,), name="words")
    >>> x = sh.layers.LSTM(8)(sh.layers.Embedding(100, 4)(words))
    >>> tone, kind = sh.layers.Dense(1, name="tone")(x), sh.layers.Dense(3, name="kind")(x)
    >>> model = Model(words, [tone, kind])
    >>> model.output_names, issubclass(sh.Sequential, Model)
    (['tone', 'kind'], True)

    >>> class Tone(Model):
    ...     def __init__(self):
    ...         super().__init__()
    ...         self.read, self.judge = sh.layers.GRU(8), sh.layers.Dense(1)
    ...     def call(self, inputs):
    ...         return self.judge(self.read(inputs))
    >>> Tone()(np.zeros((2, 5, 3))).shape
    (2, 1)
    """

    def __new__(cls, *args: Any, **kwargs: Any) -> Any:
        if cls is Model:
            from .functional import Functional

            return object.__new__(Functional)
        if cls.plan is Model.plan and not hasattr(cls, "call"):
            raise TypeError(
                f"{cls.__name__} cannot be made: a subclass of Model must write call(self, inputs)"
            )
        return super().__new__(cls)

    def __init__(self, name: str | None = None) -> None:
        self.name = name_or_default(name, type(self).__name__)
        self.optimizer: Any = None
        self.stop_training = False
        self.history: Any = None
        self.watching: Any = None  # a `watching.Watch` while a `fit` is watched
        self._course: Any = None  # of the running or last `fit`
        self._trainable = True
        self._seed = next_seed()
        self._stepper: Stepper | None = None
        self._objective = None
        self._measures = None
        self._compile_arguments: dict[str, Any] = {}
        self.uses: list[Use] = []  # its calls on symbolic tensors

    def __getattr__(self, name: str) -> Any:
        kind = type(self).__name__
        if "uses" not in vars(self):
            raise AttributeError(f"{kind}.__init__ must call super().__init__() before all else")
        from sunhwan._engine.instead import METHODS

        hint = f": {METHODS[name]}" if name in METHODS else ""
        raise AttributeError(f"model {self.name!r} ({kind}) has no attribute {name!r}{hint}")

    # Training's ingredients.

    def compile(
        self,
        optimizer: Any = "rmsprop",
        loss: Any = None,
        loss_weights: Any = None,
        metrics: Any = None,
        weighted_metrics: Any = None,
        run_eagerly: bool = False,
        steps_per_execution: int = 1,
        jit_compile: Any = "auto",
        auto_scale_loss: bool = True,
    ) -> None:
        """Choose how the model is trained and measured.

        Args:
            optimizer: an optimizer or its name.
            loss: a loss or its name, or a function `(y_true, y_pred) -> (value, gradient)`; of
                several outputs one for all, or a list or dictionary, with `None` for none.
            loss_weights: a factor of the loss, a list or dictionary of factors, or `None`.
            metrics: a list of metrics, names (`"accuracy"`) or functions; of several outputs a
                list or dictionary of these.
            weighted_metrics: likewise; these take sample weights into account.
            run_eagerly, steps_per_execution, jit_compile, auto_scale_loss: accepted for Keras's
                sake; there is one way of running.

        Raises:
            ValueError: a name is unknown.
        """
        chosen = optimizers.get(optimizer)
        if chosen is None:
            raise ValueError("optimizer must be an optimizer or its name, got None")
        given = loss, loss_weights, metrics, weighted_metrics
        self._objective, self._measures = None, None
        if self.built or type(self).plan is not Model.plan:
            self._objective, self._measures = compiled(self.output_structure, *given)
        else:
            check_names(loss, [metrics, weighted_metrics])
        self.optimizer = chosen
        self._compile_arguments = {
            "optimizer": optimizer,
            "loss": loss,
            "loss_weights": loss_weights,
            "metrics": metrics,
            "weighted_metrics": weighted_metrics,
        }

    def _compile_anew(self) -> None:
        """Sort what `compile` was given by the outputs, once these are known."""
        names = ("loss", "loss_weights", "metrics", "weighted_metrics")
        if self.optimizer is not None:
            given = [self._compile_arguments[name] for name in names]
            self._objective, self._measures = compiled(self.output_structure, *given)

    @property
    def loss(self) -> Any:
        """The loss that `compile` was given."""
        return self._compile_arguments.get("loss")

    @property
    def metrics(self) -> list[Any]:
        """The metrics, the mean loss first; empty before `compile`."""
        return [] if self._measures is None else self._measures.all

    @property
    def metrics_names(self) -> list[str]:
        """The names of `metrics`."""
        return [] if self._measures is None else self._measures.names

    def reset_metrics(self) -> None:
        """Start all metrics anew."""
        if self._measures is not None:
            self._measures.reset()

    def summary(
        self,
        line_length: int | None = None,
        positions: Any = None,
        print_fn: Any = None,
        expand_nested: bool = False,
        show_trainable: bool = False,
        layer_range: Any = None,
    ) -> None:
        """Print a table of the layers, their output shapes and numbers of parameters.

        Args:
            line_length: width of the table, default 80; 100 for a graph, which says of each layer
                to which others it is connected.
            positions: accepted for Keras's sake.
            print_fn: called with the whole text in place of `print`.
            expand_nested: whether wrapped layers get rows of their own.
            show_trainable: whether a column says which layers are trainable.
            layer_range: names of the first and the last layer to show.
        """
        text = summary_text(self, line_length, expand_nested, show_trainable, layer_range)
        (print_fn or print_summary)(text)

    def save(self, filepath: Any, overwrite: bool = True) -> None:
        """Write the model to one `.safetensors` file: architecture, weights, optimizer.

        Args:
            filepath: where to; the name must end in `.safetensors`.
            overwrite: whether a file of that name may be replaced.

        Raises:
            ValueError: the name asks for another format.
            FileExistsError: the file exists and `overwrite` is false.
        """
        save_model(self, filepath, overwrite)

    def save_weights(self, filepath: Any, overwrite: bool = True) -> None:
        """Write the weights alone to a `.safetensors` file.

        Args:
            filepath: where to; the name must end in `.safetensors`.
            overwrite: whether a file of that name may be replaced.

        Raises:
            ValueError: the name asks for another format, or the model is not built.
            FileExistsError: the file exists and `overwrite` is false.
        """
        save_weights(self, filepath, overwrite)

    def load_weights(self, filepath: Any) -> None:
        """Read weights that we or Keras saved to a file; `ValueError` if they do not fit."""
        load_weights(self, filepath)

    def __call__(self, inputs: Any, training: bool | None = None, mask: Any = None) -> Any:
        """The outputs for an array of rows, or for symbolic tensors.

        Args:
            inputs: `(N, ...)`, or a list of rows of different lengths; of several inputs a list or
                dictionary. Symbolic tensors make the model a layer of another.
            training: whether dropout and the like are on.
            mask: not taken; masks come from `Embedding(mask_zero=True)` and `Masking`.
        """
        if mask is not None:
            raise ValueError(
                f"model {self.name!r} takes no mask; use Masking or Embedding(mask_zero=True)"
            )
        if is_symbolic(inputs):
            if not self.built and type(self).plan is Model.plan:
                self.build(shapes_of(inputs))
            return self._call_symbolically(inputs, training)
        return self._call(inputs, flag_or_false("training", training))

    @classmethod
    def from_config(cls, config: Any, custom_objects: Any = None) -> Model:
        """The model, untrained, of the graph that `get_config` of a model described."""
        from .graph_config import graph_of_config

        return graph_of_config(config, custom_objects)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} name={self.name!r}>"

    def __getstate__(self) -> dict[str, Any]:
        # What a copy or a pickle takes along: it lays its own weights end to end on first use.
        return {**self.__dict__, "_stepper": None, "_course": None, "uses": []}

    # For the parts of the model.

    def stepper(self) -> Stepper:
        """What runs the layers; made on first use after a change of the layers.

        Made anew too where another model that shares layers has taken their weights.
        """
        stepper = self._stepper
        if stepper is not None and stepper.current:
            return stepper
        self._require_built("this")
        with _MAKING_STEPPERS:
            if self._stepper is None or not self._stepper.current:
                plan, ports = self.computed()
                self._stepper = Stepper(plan, ports, Block(self.variables), self._seed)
            return self._stepper

    def _forget_compiled_steps(self) -> None:
        self._stepper = None


Layer.register(Model)  # a model may stand wherever a layer may
