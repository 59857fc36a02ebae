"""What every model can do: be compiled, trained, measured, asked."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from typing import Any

import numpy as np

from sunhwan import optimizers
from sunhwan._engine.arguments import check_number, flag_or_false
from sunhwan._engine.block import Block
from sunhwan._engine.names import name_or_default
from sunhwan._engine.seeds import next_seed
from sunhwan.layers.layer import Layer, Shape

from .fitting import Fitting
from .measures import Measures
from .objective import Objective
from .saving import load_weights, save_model, save_weights
from .summary import print_summary, summary_text
from .training import Stepper
from .weights import Weights

# Threads that ask one fresh model must not each lay out its weights.
_MAKING_STEPPERS = threading.Lock()


class Model(Fitting, Weights, ABC):
    """Layers with an optimizer and a loss; see `Sequential`.

    Args:
        name: default the class's name in snake case, numbered.

    >>> import sunhwan as sh
    >>> issubclass(sh.Sequential, Model)
    True
    """

    def __init__(self, name: str | None = None) -> None:
        self.name = name_or_default(name, type(self).__name__)
        self.optimizer: Any = None
        self.stop_training = False
        self.history: Any = None
        self._trainable = True
        self._seed = next_seed()
        self._stepper: Stepper | None = None
        self._objective = None
        self._measures = None
        self._compile_arguments: dict[str, Any] = {}

    # Structure, from the concrete model.

    @property
    @abstractmethod
    def layers(self) -> list[Layer]:
        """The layers."""

    @property
    def preparation(self) -> Any:
        """The layer that prepares the user's data before batches are cut, or `None`."""
        return next((layer for layer in self.layers if getattr(layer, "prepares", False)), None)

    @property
    def computing_layers(self) -> list[Layer]:
        """The layers that batches go through."""
        return [layer for layer in self.layers if layer is not self.preparation]

    @property
    @abstractmethod
    def built(self) -> bool:
        """Whether the weights exist."""

    @property
    @abstractmethod
    def layer_shapes(self) -> list[Shape]:
        """The output shape of each layer."""

    @abstractmethod
    def build(self, input_shape: Any = None) -> None:
        """Make the weights for inputs of shape `input_shape`, `(None, ...)`."""

    @abstractmethod
    def get_config(self) -> dict[str, Any]:
        """What makes such a model again, untrained."""

    def get_layer(self, name: str | None = None, index: int | None = None) -> Layer:
        """The layer of a name or at an index; `ValueError` if there is none."""
        if (name is None) == (index is None):
            raise ValueError("get_layer needs one of name and index")
        if index is not None:
            if not isinstance(index, (int, np.integer)):
                raise ValueError(f"index must be an integer, got {index!r}")
            if not -len(self.layers) <= index < len(self.layers):
                raise ValueError(
                    f"model {self.name!r} has {len(self.layers)} layers, got index {index}"
                )
            return self.layers[index]
        for layer in self.layers:
            if layer.name == name:
                return layer
        names = ", ".join(layer.name for layer in self.layers)
        raise ValueError(f"model {self.name!r} has no layer named {name!r}; its layers: {names}")

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
            loss: a loss or its name, or a function `(y_true, y_pred) -> (value, gradient)`.
            loss_weights: a factor of the loss, or `None`.
            metrics: a list of metrics, names (`"accuracy"`) or functions.
            weighted_metrics: likewise; these take sample weights into account.
            run_eagerly, steps_per_execution, jit_compile, auto_scale_loss: accepted for Keras's
                sake; there is one way of running.

        Raises:
            ValueError: a name is unknown.
        """
        chosen = optimizers.get(optimizer)
        if chosen is None:
            raise ValueError("optimizer must be an optimizer or its name, got None")
        self._objective = Objective(loss, _single(loss_weights, "loss_weights"))
        self._measures = Measures(_flat(metrics), _flat(weighted_metrics))
        self.optimizer = chosen
        self._compile_arguments = {
            "optimizer": optimizer,
            "loss": loss,
            "loss_weights": loss_weights,
            "metrics": metrics,
            "weighted_metrics": weighted_metrics,
        }

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
        return [metric.name for metric in self.metrics]

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
            line_length: width of the table, default 80 or as wide as it needs.
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
        """Write the weights alone to a `.safetensors` file."""
        save_weights(self, filepath, overwrite)

    def load_weights(self, filepath: Any) -> None:
        """Read weights that we or Keras saved to a file; `ValueError` if they do not fit."""
        load_weights(self, filepath)

    def __call__(self, inputs: Any, training: bool | None = False, mask: Any = None) -> Any:
        """The outputs for an array of rows.

        Args:
            inputs: `(N, ...)`, or a list of rows of different lengths.
            training: whether dropout and the like are on.
            mask: not taken; masks come from `Embedding(mask_zero=True)` and `Masking`.
        """
        if mask is not None:
            raise ValueError(
                f"model {self.name!r} takes no mask; use Masking or Embedding(mask_zero=True)"
            )
        return self._call(inputs, flag_or_false("training", training))

    def __repr__(self) -> str:
        return f"<{type(self).__name__} name={self.name!r}>"

    def __getstate__(self) -> dict[str, Any]:
        # What a copy or a pickle takes along: it lays its own weights end to end on first use.
        return {**self.__dict__, "_stepper": None}

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
                block, direct = Block(self.variables), self.preparation is None
                self._stepper = Stepper(self.computing_layers, block, self._seed, direct)
            return self._stepper

    def _forget_compiled_steps(self) -> None:
        self._stepper = None


def _flat(values: Any) -> list[Any]:
    """Metrics as Keras takes them for one output: a list, one alone, or a list in a list."""
    if values is None:
        return []
    if not isinstance(values, (list, tuple)):
        return [values]
    if len(values) == 1 and isinstance(values[0], (list, tuple)):
        return list(values[0])
    return list(values)


def _single(value: Any, name: str) -> float:
    """The factor of the one output's loss."""
    if value is None:
        return 1.0
    if isinstance(value, (list, tuple)) and len(value) == 1:
        value = value[0]
    return check_number(name, value, "a finite number, or a list of one, for one output")
