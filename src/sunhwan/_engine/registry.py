"""Named things: looked up by a string, described by a config, built again from it.

There is one `Registry` for each kind (initializers, losses, layers, ...). The serialized form is
Keras's, ``{"class_name": ..., "config": {...}}``; a key `module` is ignored. Nothing is ever
imported by name: what is not in a registry must be passed as `custom_objects` or registered by
the user.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from sunhwan._engine.config import config_of, nearest, serialize
from sunhwan._engine.custom_objects import custom_object_scope, find

__all__ = [
    "Registry",
    "build_from_config",
    "config_of",
    "deserializer",
    "serialize",
    "snake_case",
]

Thing = TypeVar("Thing")


class Registry:
    """The named things of one kind.

    Args:
        kind: what one of them is called in messages: ``"initializer"``.
        base: the class that `get` must give an instance of; by default anything callable will do.
        snake: whether classes are known by their names in snake case too.

    >>> shapes = Registry("shape")
    >>> @shapes.register("ring")
    ... class FlatRing:
    ...     def __init__(self, radius=1.0):
    ...         self.radius = radius
    >>> shapes.lookup("flat_ring")().radius
    1.0
    >>> shapes.lookup("rong")
    Traceback (most recent call last):
        ...
    ValueError: unknown shape 'rong': did you mean 'ring'?
    """

    def __init__(self, kind: str, base: type | None = None, snake: bool = True) -> None:
        self.kind = kind
        self.base = base
        self.snake = snake
        self._things: dict[str, Any] = {}
        self._folded: dict[str, str] = {}

    def register(self, *aliases: str) -> Callable[[Thing], Thing]:
        """Return a decorator that adds what it decorates under its name and `aliases`."""

        def add(thing: Any) -> Any:
            name = thing.__name__
            snake = [snake_case(name)] if self.snake and inspect.isclass(thing) else []
            self.add(thing, name, *snake, *aliases)
            return thing

        return add

    def add(self, thing: Any, *names: str) -> None:
        """Add `thing` under `names`. The first name of a thing is the one that configs carry."""
        for name in names:
            self._things.setdefault(name, thing)
            self._folded.setdefault(name.lower(), name)

    def names(self) -> list[str]:
        """Return every name that `lookup` knows, sorted."""
        return sorted(self._things)

    def lookup(self, name: str, custom_objects: Mapping[str, Any] | None = None) -> Any:
        """Return what is called `name`.

        `custom_objects` come first, then those of the scope, then what the user registered, then
        what is known here: exactly so, or else regardless of case.

        Raises:
            ValueError: nothing has that name; the message suggests the nearest one.
        """
        with custom_object_scope(custom_objects or {}):
            custom = find(name)
        if custom is not None:
            return custom
        if name in self._things:
            return self._things[name]
        if name.lower() in self._folded:
            return self._things[self._folded[name.lower()]]
        raise ValueError(f"unknown {self.kind} {name!r}{self._suggestion(name, custom_objects)}")

    def get(self, identifier: Any, custom_objects: Mapping[str, Any] | None = None) -> Any:
        """Return the instance or function that `identifier` means.

        Args:
            identifier: a name, a config, a class (built with its defaults), an instance or a
                function, or `None`, which stays `None`.
            custom_objects: further names -> classes or functions.

        Raises:
            ValueError: the name is unknown or the identifier is of no such type.

        >>> import sunhwan as sh
        >>> sh.metrics.get("auc").num_thresholds
        200
        >>> type(sh.layers.get({"class_name": "Dense", "config": {"units": 2}})).__name__
        'Dense'
        """
        if identifier is None:
            return None
        thing = identifier
        if isinstance(identifier, Mapping):
            thing = build_from_config(self, identifier, custom_objects)
        elif isinstance(identifier, str):
            thing = self.lookup(identifier, custom_objects)
        if inspect.isclass(thing):
            thing = self._with_defaults(thing, identifier)
        if isinstance(thing, self.base) if self.base else callable(thing):
            return thing
        function = "" if self.base else " or a function"
        raise ValueError(
            f"{self.kind} must be a name, a config, a class, an instance{function}, "
            f"got {identifier!r} of type {type(identifier).__name__}"
        )

    def _with_defaults(self, cls: type, identifier: Any) -> Any:
        """An instance, else `ValueError`: there are arguments without defaults."""
        try:
            parameters = inspect.signature(cls).parameters.values()
        except (TypeError, ValueError):  # a class whose arguments nobody tells
            parameters = ()
        variable = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
        needed = [
            each.name
            for each in parameters
            if each.default is each.empty and each.kind not in variable
        ]
        if needed:
            given = identifier.__name__ if inspect.isclass(identifier) else identifier
            example = ", ".join(f"{name}=..." for name in needed)
            raise ValueError(
                f"{self.kind} {given!r} needs {' and '.join(needed)}, which a name or a class does "
                f"not say: pass {cls.__name__}({example})"
            )
        return cls()

    def _suggestion(self, name: str, custom_objects: Mapping[str, Any] | None) -> str:
        known = {*self._things, *(custom_objects or {})}
        # Of "LSTM" and "lstm", the one that is written as the name is.
        folded = {other.lower(): other for other in sorted(known, reverse=not name.islower())}
        near = nearest(name.lower(), folded)
        if near:
            return f": did you mean {folded[near[0]]!r}?"
        return f"; known are {', '.join(sorted(known))}" if known else ""


def snake_case(name: str) -> str:
    """Return a class's name as Keras writes it in strings.

    >>> snake_case("GlorotUniform"), snake_case("LSTM"), snake_case("L1L2")
    ('glorot_uniform', 'lstm', 'l1l2')
    """
    name = re.sub(r"\W+", "", name)
    name = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", name).lower()


def _is_serialized(config: Any) -> bool:
    """Whether `config` has the form of what `serialize` gave."""
    if not isinstance(config, Mapping) or not isinstance(config.get("class_name"), str):
        return False
    arguments = config.get("config") or {}
    return isinstance(arguments, Mapping) or config["class_name"] == "function"


def build_from_config(
    registry: Registry, config: Any, custom_objects: Mapping[str, Any] | None = None
) -> Any:
    """Build what `serialize` described, through the class's ``from_config`` where it has one.

    Args:
        registry: where the class is looked up.
        config: a serialized form, or a bare name.
        custom_objects: name -> class or function, known besides the registry, also to every
            config inside this one.

    Raises:
        ValueError: the form is no such form, or a name is unknown.
        TypeError: the config has an argument that the class does not take.
    """
    if isinstance(config, str):
        return registry.lookup(config, custom_objects)
    if not _is_serialized(config):
        raise ValueError(
            f"a serialized {registry.kind} must be a dict with 'class_name' and 'config', "
            f"got {config!r}"
        )
    name, arguments = config["class_name"], config.get("config") or {}
    with custom_object_scope(custom_objects or {}):
        registered = find(config.get("registered_name"))
        if name == "function":
            return registered or registry.lookup(str(arguments))
        cls = registered or registry.lookup(name)
        if not inspect.isclass(cls):
            return cls
        try:
            from_config = getattr(cls, "from_config", None)
            return from_config(dict(arguments)) if from_config else cls(**arguments)
        except TypeError as error:
            raise TypeError(f"{registry.kind} {name}: {error}") from error


def deserializer(registry: Registry) -> Callable[..., Any]:
    """Return Keras's function ``deserialize(config, custom_objects=None)`` of one kind."""

    def deserialize(config: Any, custom_objects: Mapping[str, Any] | None = None) -> Any:
        """Build what `serialize` described.

        Args:
            config: a serialized form, or a name.
            custom_objects: further names -> classes or functions.

        Raises:
            ValueError: it is no such form, or a name is unknown.
            TypeError: the config has an argument that the class does not take.

        >>> import sunhwan as sh
        >>> form = sh.initializers.serialize(sh.initializers.Constant(2.0))
        >>> sh.initializers.deserialize(form)
        Constant(value=2.0)
        """
        thing = build_from_config(registry, config, custom_objects)
        return thing() if inspect.isclass(thing) else thing

    return deserialize
