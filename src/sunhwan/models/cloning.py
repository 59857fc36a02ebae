"""Untrained models like another: a copy, or from JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sunhwan._engine.config import serialize
from sunhwan._engine.custom_objects import custom_object_scope

from .model import Model


def clone_model(model: Model) -> Model:
    """A model of the same layers with weights of its own, which begin anew; not compiled.

    Args:
        model: any; of a subclass with a `call` its graph is made again.

    Raises:
        ValueError: it is no model, or one with a `call` that is not built.

    >>> import sunhwan as sh
    >>> model = sh.Sequential([sh.Input((2,)), sh.layers.Dense(1)])
    >>> clone_model(model).count_params()
    3
    """
    if not isinstance(model, Model):
        raise ValueError(f"model must be a model, got {model!r} of type {type(model).__name__}")
    classes = {type(layer).__name__: type(layer) for layer in model.layers}
    with custom_object_scope(classes):
        return _made(serialize(model))


def model_from_json(json_string: str, custom_objects: Mapping[str, Any] | None = None) -> Model:
    """The model that `Model.to_json` described, with fresh weights; not compiled.

    Args:
        json_string: the JSON; of Keras's only what its classes and arguments have in common with
            ours: `load_model` reads whole files of Keras.
        custom_objects: name -> class or function, for those that are not this package's.

    Raises:
        ValueError: it describes no model.

    >>> import sunhwan as sh
    >>> model = sh.Sequential([sh.Input((2,)), sh.layers.Dense(1)])
    >>> model_from_json(model.to_json()).output_shape
    (None, 1)
    """
    try:
        with custom_object_scope(dict(custom_objects or {})):
            return _made(json.loads(json_string))
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise ValueError(
            f"json_string must describe a model: {type(error).__name__}: {error}"
        ) from error


def _made(form: Any) -> Model:
    from sunhwan.layers import deserialize

    model = deserialize(form)
    if not isinstance(model, Model):
        raise ValueError(f"it describes {model!r}, which is no model")
    return model
