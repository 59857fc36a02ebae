"""Models to files and back: weights, and a description in JSON.

Nothing in a file is run, and no class is looked up but those of this package and those that the
user registered or passed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sunhwan._engine.allowed_shapes import allowed_shapes
from sunhwan._engine.arguments import check_path
from sunhwan._engine.config import serialize
from sunhwan._engine.custom_objects import custom_object_scope, find
from sunhwan._engine.finite_weights import warn_unless_finite
from sunhwan._engine.seeds import check_seed

from .model_file import FORMAT, FORMAT_VERSION, KERAS_SUFFIXES, checked_path, read, write

if TYPE_CHECKING:
    from .model import Model


def save_model(model: Model, filepath: Any, overwrite: bool = True) -> None:
    """Write a model to one `.safetensors` file: architecture, weights, optimizer.

    Args:
        model: a built model.
        filepath: where to; the name must end in `.safetensors`.
        overwrite: whether a file of that name may be replaced.

    Raises:
        ValueError: the model is not built, or the name asks for another format.
        FileExistsError: the file exists and `overwrite` is false.
        FileNotFoundError: the folder does not exist.

    >>> import tempfile
    >>> import sunhwan as sh
    >>> path = Path(tempfile.mkdtemp()) / "model.safetensors"
    >>> model = sh.Sequential([sh.layers.Input((2,)), sh.layers.Dense(1)])
    >>> save_model(model, path)
    >>> path.exists()
    True
    """
    path = checked_path(filepath, overwrite)
    model._require_built("save")
    description: dict[str, Any] = {
        "format": FORMAT,
        "version": FORMAT_VERSION,
        "model": serialize(model),
        "seed": model._seed,
        "weights": [variable.path for variable in model.variables],
    }
    arrays = _weight_arrays(model)
    if model.optimizer is not None:
        description["training"] = _training_of(model)
        arrays.update({f"optimizer/{name}": slot for name, slot in _slots_of(model).items()})
    write(path, arrays, description)


def save_weights(model: Model, filepath: Any, overwrite: bool = True) -> None:
    """Write the weights of a model alone.

    Args:
        model: a built model.
        filepath: where to; the name must end in `.safetensors`.
        overwrite: whether a file of that name may be replaced.

    Raises:
        ValueError: the model is not built, or the name asks for another format.
        FileExistsError: the file exists and `overwrite` is false.

    >>> import tempfile
    >>> import sunhwan as sh
    >>> path = Path(tempfile.mkdtemp()) / "model.safetensors"
    >>> model = sh.Sequential([sh.layers.Input((2,)), sh.layers.Dense(1)])
    >>> save_weights(model, path)
    >>> path.exists()
    True
    """
    path = checked_path(filepath, overwrite)
    model._require_built("save_weights")
    description = {
        "format": FORMAT,
        "version": FORMAT_VERSION,
        "weights": [variable.path for variable in model.variables],
    }
    write(path, _weight_arrays(model), description)


def load_weights(model: Model, filepath: Any) -> None:
    """Read the weights of a file into a model.

    Args:
        model: a built model, with weights of the same shapes.
        filepath: what `save_weights` or `save` wrote, or a `.weights.h5`, `.h5` or `.keras` file of
            Keras.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: it is no file of ours or Keras's, or its weights have other shapes.

    >>> import tempfile
    >>> import sunhwan as sh
    >>> path = Path(tempfile.mkdtemp()) / "model.safetensors"
    >>> model = sh.Sequential([sh.layers.Input((2,)), sh.layers.Dense(1)])
    >>> save_weights(model, path)
    >>> load_weights(model, path)
    """
    model._require_built("load_weights")
    path = check_path("filepath", filepath)
    if path.suffix in KERAS_SUFFIXES:
        from sunhwan.interop.keras_model import load_keras_weights

        with _told_as_value_errors(path, "holds no weights that can be read"):
            load_keras_weights(model, path)
        return
    arrays, description = read(path)
    model.set_weights(_weights_in(arrays, description))
    warn_unless_finite((variable, f"of {path}") for variable in model.variables)


def load_model(
    filepath: Any, custom_objects: Mapping[str, Any] | None = None, compile: bool = True
) -> Model:
    """Read a model that `Model.save` wrote, or one that Keras 2 or 3 saved.

    Files of Keras are read without Keras. Code in them is never run.

    Args:
        filepath: the file: `.safetensors`, or Keras's `.keras`, `.h5` or `.hdf5`.
        custom_objects: name -> class or function, for those that are not this package's.
        compile: whether the training configuration is restored too.

    Returns:
        A model that predicts the same bits, and trains on with the same bits.

    Raises:
        FileNotFoundError: there is no such file.
        TypeError: `custom_objects` is no such dictionary.
        ValueError: it is no model of ours, or names a class or argument that is not known.

    >>> import tempfile
    >>> import sunhwan as sh
    >>> path = Path(tempfile.mkdtemp()) / "model.safetensors"
    >>> model = sh.Sequential([sh.layers.Input((2,)), sh.layers.Dense(1)])
    >>> model.save(path)
    >>> load_model(path).count_params()
    3
    """
    path = check_path("filepath", filepath)
    with custom_object_scope(custom_objects or {}):
        pass  # which says here what is wrong with them: below, the file would be to blame
    if path.suffix in KERAS_SUFFIXES:
        from sunhwan.interop.keras_model import load_keras

        with _told_as_value_errors(path):
            return load_keras(path, custom_objects, compile)
    arrays, description = read(path)
    if "model" not in description:
        raise ValueError(f"{path} holds weights alone; build the model and use load_weights")
    with _told_as_value_errors(path):
        model = _model_of(arrays, description, dict(custom_objects or {}), compile)
    warn_unless_finite((variable, f"of {path}") for variable in model.variables)
    return model


@contextmanager
def _told_as_value_errors(
    path: Path, problem: str = "describes no model that can be made"
) -> Iterator[None]:
    """Make a `ValueError` that names the file of what a wrong description can cause."""
    try:
        yield
    except (
        KeyError,
        ValueError,
        TypeError,
        AttributeError,
        OverflowError,
        MemoryError,
        RecursionError,
    ) as error:
        if isinstance(error, ValueError) and str(error).startswith(str(path)):
            raise
        kind = "" if isinstance(error, ValueError) else f"{type(error).__name__}: "
        raise ValueError(f"{path} {problem}: {kind}{error}") from error


def _model_of(
    arrays: Mapping[str, np.ndarray],
    description: Any,
    custom_objects: dict[str, Any],
    compile: bool,
) -> Model:
    from sunhwan.layers import deserialize

    from .model import Model

    weights = _weights_in(arrays, description)
    with allowed_shapes(weight.shape for weight in weights):
        model = deserialize(description["model"], custom_objects)
    if not isinstance(model, Model):
        raise ValueError(f"it describes {model!r}, which is no model")
    model._seed = check_seed(description["seed"])
    model.set_weights(weights)
    training = description.get("training")
    if compile and training is not None:
        _restore_training(model, training, arrays, custom_objects)
    return model


def _weights_in(arrays: Mapping[str, np.ndarray], description: Any) -> list[np.ndarray]:
    """The weights of a file in the model's order; `ValueError` where one is missing."""
    paths = description.get("weights")
    if not isinstance(paths, list):
        raise ValueError(f"the list of weights must be a list, got {paths!r}")
    names = [f"weight/{number}" for number in range(len(paths))]
    for name, path in zip(names, paths, strict=True):
        if name not in arrays:
            raise ValueError(f"the tensor {name!r}, of {path!r}, is missing")
    return [arrays[name] for name in names]


def _training_of(model: Model) -> dict[str, Any]:
    """The arguments of `compile` and the state of the optimizer, as JSON can hold them."""
    arguments = dict(model._compile_arguments)
    arguments["optimizer"] = model.optimizer
    state = {"iterations": int(model.optimizer.iterations)}
    return {
        "compile": {name: _plain(value) for name, value in arguments.items()},
        "trainable": [variable.trainable for variable in model.variables],
        "optimizer_state": {**state, **model.optimizer.state_numbers()},
    }


def _slots_of(model: Model) -> dict[str, np.ndarray]:
    return dict(model.optimizer.slots)


def _restore_training(
    model: Model, training: Any, arrays: Mapping[str, np.ndarray], custom_objects: dict[str, Any]
) -> None:
    from sunhwan import losses, metrics, optimizers

    arguments = dict(training["compile"])
    with custom_object_scope(custom_objects):
        arguments["optimizer"] = optimizers.deserialize(arguments["optimizer"])
        arguments["loss"] = _each(arguments["loss"], lambda one: losses.get(_named(one)))
        for name in ("metrics", "weighted_metrics"):
            arguments[name] = _each(arguments[name], metrics.deserialize, names=False)
        model.compile(**arguments)
    for variable, trainable in zip(model.variables, training["trainable"], strict=True):
        variable.trainable = trainable
    slots = {
        name.removeprefix("optimizer/"): array
        for name, array in arrays.items()
        if name.startswith("optimizer/")
    }
    state = training["optimizer_state"]
    if slots or state["iterations"]:  # else it has not taken a step
        model.optimizer.restore(model.stepper().block.ranges, slots, state)


def _named(form: Any) -> Any:
    """A function's serialized form as the function that was registered, or as its name."""
    if isinstance(form, Mapping) and form.get("class_name") == "function":
        return find(form.get("registered_name")) or form["config"]
    return form


def _each(given: Any, make: Callable[[Any], Any], names: bool = True) -> Any:
    """What `make` makes of each serialized form, and of names, in lists and dictionaries."""
    if isinstance(given, list):
        return [_each(one, make, names) for one in given]
    if isinstance(given, Mapping) and "class_name" not in given:
        return {key: _each(one, make, names) for key, one in given.items()}
    return make(given) if names or isinstance(given, Mapping) else given


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, (int, float)):
        return value
    return serialize(value)


def _weight_arrays(model: Model) -> dict[str, np.ndarray]:
    return {f"weight/{i}": variable.numpy() for i, variable in enumerate(model.variables)}
