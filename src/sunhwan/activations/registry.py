"""The activations, by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from sunhwan._engine import config
from sunhwan._engine.registry import Registry, build_from_config

from .rule import Rule

ACTIVATIONS = Registry("activation")

Function = TypeVar("Function", bound=Callable[..., Any])


def activation(rule: Rule, *aliases: str) -> Callable[[Function], Function]:
    """Return a decorator that registers a function, with its rule, under its name and `aliases`."""

    def add(function: Function) -> Function:
        function.__dict__.update(rule=rule, config_name=function.__name__)
        return ACTIVATIONS.register(*aliases)(function)

    return add


def get(identifier: Any) -> Callable[..., Any]:
    """Return the activation function that `identifier` means.

    Args:
        identifier: a name (``"relu"``), a config, a function, or `None`, which means ``linear``.
            A function of your own takes and returns an array; so that layers can train with it,
            its attribute ``gradient(x, y, dy)`` returns the gradient of ``x``.

    Raises:
        ValueError: the name is unknown or the identifier is none of these.

    >>> get("relu").__name__, get(None).__name__
    ('relu', 'linear')
    >>> get("sigmoyd")
    Traceback (most recent call last):
        ...
    ValueError: unknown activation 'sigmoyd': did you mean 'sigmoid'?
    """
    return ACTIVATIONS.get("linear" if identifier is None else identifier)


def serialize(function: Any) -> Any:
    """Return the name of one of our activations, or the config of a function of the user.

    Args:
        function: an activation.

    >>> serialize(get("relu"))
    'relu'
    """
    return config.serialize(function)


def deserialize(identifier: Any, custom_objects: Mapping[str, Any] | None = None) -> Any:
    """Return the function that `serialize` described.

    Args:
        identifier: a name or a config.
        custom_objects: further names -> functions.

    >>> deserialize("tanh").__name__
    'tanh'
    """
    return build_from_config(ACTIVATIONS, identifier, custom_objects)
