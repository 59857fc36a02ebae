"""Classes and functions of the user that configs may name."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from types import MappingProxyType
from typing import Any, TypeVar

Thing = TypeVar("Thing")

_scope: ContextVar[Mapping[str, Any]] = ContextVar(
    "sunhwan_custom_objects", default=MappingProxyType({})
)
_registered: dict[str, Any] = {}


def find(name: str | None) -> Any:
    """Return what the innermost scope, or else the user's registrations, call `name`, or None."""
    for objects in (_scope.get(), _registered):
        if name is not None and name in objects:
            return objects[name]
    return None


@contextmanager
def custom_object_scope(*custom_objects: Mapping[str, Any]) -> Iterator[None]:
    """Make names known to every lookup inside the ``with`` block.

    Args:
        custom_objects: dictionaries name -> class or function.

    >>> with custom_object_scope({"plain": dict}):
    ...     find("plain")
    <class 'dict'>
    """
    objects = dict(_scope.get())
    for mapping in custom_objects:
        objects.update(mapping)
    token = _scope.set(objects)
    try:
        yield
    finally:
        _scope.reset(token)


def get_custom_objects() -> dict[str, Any]:
    """Return the dictionary of what the user registered for the whole program, to be changed."""
    return _registered


def register_keras_serializable(
    package: str = "Custom", name: str | None = None
) -> Callable[[Thing], Thing]:
    """Return a decorator that makes a class or function known under ``package>name``.

    Args:
        package: keeps equal names of different authors apart.
        name: the class's own name by default.

    >>> @register_keras_serializable("house")
    ... class Tower:
    ...     pass
    >>> get_custom_objects()["house>Tower"] is Tower
    True
    """

    def add(thing: Any) -> Any:
        full = f"{package}>{name or thing.__name__}"
        if inspect.isclass(thing):
            thing._registered_name = full  # pyright: ignore[reportAttributeAccessIssue]
        _registered[full] = thing
        return thing

    return add
