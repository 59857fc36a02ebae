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
_names: dict[Any, str] = {}  # what was registered -> its full name


def find(name: str | None) -> Any:
    """Return what the innermost scope, or else the user's registrations, call `name`, or None."""
    for objects in (_scope.get(), _registered):
        if name is not None and name in objects:
            return objects[name]
    return None


def full_name(thing: Any) -> str | None:
    """Return the name ``package>name`` that a class or function was registered under, or None."""
    return _names.get(thing)


@contextmanager
def custom_object_scope(*custom_objects: Mapping[str, Any]) -> Iterator[None]:
    """Make names known to every lookup inside the ``with`` block.

    Args:
        custom_objects: dictionaries name -> class or function.

    Raises:
        TypeError: one of them is no dictionary.

    >>> import sunhwan as sh
    >>> def double(x):
    ...     return 2 * x
    >>> with custom_object_scope({"double": double}):
    ...     sh.activations.get("double")(3)
    6
    """
    objects = dict(_scope.get())
    for mapping in custom_objects:
        if not isinstance(mapping, Mapping):
            raise TypeError(
                "custom_objects must be a dictionary from names to classes or functions, "
                f"got {mapping!r}"
            )
        objects.update(mapping)
    token = _scope.set(objects)
    try:
        yield
    finally:
        _scope.reset(token)


def get_custom_objects() -> dict[str, Any]:
    """Return the dictionary of what the user registered for the whole program, to be changed.

    >>> get_custom_objects()["twice"] = lambda x: 2 * x
    >>> import sunhwan as sh
    >>> sh.activations.get("twice")(3)
    6
    >>> del get_custom_objects()["twice"]
    """
    return _registered


def register_keras_serializable(
    package: str = "Custom", name: str | None = None
) -> Callable[[Thing], Thing]:
    """Return a decorator that makes a class or function known under ``package>name``.

    Saved models that hold it are then loaded without `custom_objects`.

    Args:
        package: keeps equal names of different authors apart.
        name: the class's own name by default.

    Raises:
        TypeError: `package` is no string.
        ValueError: at the decoration, a class has no `get_config`.

    >>> import sunhwan as sh
    >>> @register_keras_serializable("house")
    ... class Half(sh.initializers.Initializer):
    ...     def __call__(self, shape, dtype=None):
    ...         return sh.initializers.Constant(0.5)(shape)
    >>> get_custom_objects()["house>Half"] is Half
    True
    >>> layer = sh.layers.Dense(2, kernel_initializer=Half())
    >>> sh.layers.Dense.from_config(layer.get_config()).kernel_initializer
    Half()
    """
    if not isinstance(package, str):
        raise TypeError(
            f"package must be a string, got {package!r}: the decorator is written with brackets, "
            "@register_keras_serializable()"
        )

    def add(thing: Any) -> Any:
        if inspect.isclass(thing) and not hasattr(thing, "get_config"):
            raise ValueError(f"a class to register must have a get_config, got {thing.__name__}")
        registered = f"{package}>{name or thing.__name__}"
        _registered[registered] = thing
        _names[thing] = registered
        return thing

    return add


def get_registered_name(obj: Any) -> str:
    """Return the name that a class or function was registered under, else its own name.

    Args:
        obj: the class or function.

    >>> get_registered_name(dict)
    'dict'
    """
    return full_name(obj) or obj.__name__


def get_registered_object(
    name: str,
    custom_objects: Mapping[str, Any] | None = None,
    module_objects: Mapping[str, Any] | None = None,
) -> Any:
    """Return the class or function of a name, or `None`.

    Args:
        name: what a scope calls it, or ``package>name``.
        custom_objects: where else to look.
        module_objects: where to look last.

    >>> get_registered_object("no>such") is None
    True
    >>> get_registered_object("mine", {"mine": dict})
    <class 'dict'>
    """
    found = find(name)
    for objects in (custom_objects or {}, module_objects or {}):
        if found is None:
            found = objects.get(name)
    return found
