"""Configs: the stored arguments of an object, as JSON can hold them.

Every argument of ``__init__`` is an attribute of its own name, so the signature alone tells the
config. The serialized form is Keras's: ``{"class_name": ..., "config": {...}}``, with
``registered_name`` where the user registered the class or function.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from sunhwan._engine.custom_objects import full_name


class Configured:
    """What a config describes: a base for classes that keep their arguments as attributes."""

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that this object was made with, as JSON can hold them."""
        return config_of(self)

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Any:
        """Build an object from what `get_config` returned."""
        return cls(**config)

    def __repr__(self) -> str:
        try:
            arguments = [f"{name}={value!r}" for name, value in self.get_config().items()]
        except AttributeError:  # before __init__ has finished
            arguments = ["..."]
        return f"{type(self).__name__}({', '.join(arguments)})"


def config_of(instance: Any) -> dict[str, Any]:
    """Return the arguments that `instance` was made with, as JSON can hold them.

    Every named argument of ``__init__`` is read from the attribute of its own name; where
    ``__init__`` passes ``**kwargs`` on, the arguments of the next class's ``__init__`` too.

    Raises:
        AttributeError: an argument is not stored under its name.
    """
    config = {}
    for name in argument_names(type(instance)):
        if not hasattr(instance, name):
            raise AttributeError(
                f"{type(instance).__name__} must keep its argument {name!r} as an attribute of "
                f"that name, or write get_config itself"
            )
        config[name] = plain(getattr(instance, name))
    return config


def argument_names(cls: type) -> list[str]:
    """Return the names of ``__init__``'s arguments, those behind its ``**kwargs`` included."""
    names: dict[str, None] = {}
    for base in cls.__mro__:
        if "__init__" not in vars(base) or base is object:
            continue
        parameters = list(inspect.signature(vars(base)["__init__"]).parameters.values())[1:]
        kinds = {parameter.kind for parameter in parameters}
        named = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
        names.update((parameter.name, None) for parameter in parameters if parameter.kind in named)
        if inspect.Parameter.VAR_KEYWORD not in kinds:
            break
    return list(names)


def nearest(name: str, known: Iterable[str]) -> list[str]:
    """The known name that is most like `name`, if one is like it."""
    import difflib  # for errors alone

    return difflib.get_close_matches(name, known, 1)


# Arguments as programs of older versions of Keras call them.
_FORMER = (
    ("lr", "learning_rate"),
    ("alpha", "negative_slope"),
    ("output_dim", "units"),
    ("nb_filter", "filters"),
    ("filter_length", "kernel_size"),
    ("period", "save_freq"),
)


def unknown_argument(cls: type, name: str) -> str:
    """Return the message for an argument of ``__init__`` that `cls` does not take."""
    known = argument_names(cls)
    close = [now for old, now in _FORMER if old == name and now in known] or nearest(name, known)
    hint = f"did you mean {close[0]!r}?" if close else f"it takes {', '.join(known)}"
    return f"{cls.__name__} got an unknown argument {name!r}: {hint}"


def plain(value: Any) -> Any:
    """Return `value` as JSON can hold it: named things serialized, arrays as lists."""
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if hasattr(value, "get_config") or (callable(value) and hasattr(value, "__name__")):
        return serialize(value)
    return value


def serialize(thing: Any) -> Any:
    """Return the serialized form of an instance (``{"class_name", "config"}``) or a function.

    `None` and names stay as they are. A function's config is its name; one of ours, which the
    decorator of its kind gave an attribute `config_name`, is that name alone.

    Args:
        thing: the instance or function, a name, a config, or `None`.

    Raises:
        ValueError: `thing` has neither a `get_config` nor a name.

    >>> import sunhwan as sh
    >>> serialize(sh.constraints.MaxNorm(3.0))
    {'class_name': 'MaxNorm', 'config': {'max_value': 3.0, 'axis': 0}}
    """
    if thing is None or isinstance(thing, (str, Mapping)):
        return thing
    if inspect.isclass(thing):
        raise ValueError(f"cannot serialize the class {thing.__name__}; serialize an instance")
    if hasattr(thing, "as_saved"):
        thing = thing.as_saved()
    if hasattr(thing, "get_config"):
        form = {"class_name": type(thing).__name__, "config": plain(thing.get_config())}
        return _registered(form, type(thing))
    if hasattr(thing, "config_name"):
        return thing.config_name
    if callable(thing) and hasattr(thing, "__name__"):
        return _registered({"class_name": "function", "config": thing.__name__}, thing)
    raise ValueError(f"cannot serialize {thing!r} of type {type(thing).__name__}: no get_config")


def _registered(form: dict[str, Any], thing: Any) -> dict[str, Any]:
    """The form with the name that the user registered `thing` under, if there is one."""
    name = full_name(thing)
    return {**form, "registered_name": name} if name else form
