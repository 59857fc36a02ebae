"""Keras's serialized forms as ours: nothing is looked up by module, and no code is run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sunhwan._engine.custom_objects import find

_PACKAGES = ("None", "keras", "tf_keras", "tensorflow")
_LITERALS = {"__tuple__": "items", "__tensor__": "value", "__numpy__": "value"}


def translated(value: Any, where: str) -> Any:
    """A value of a config with every serialized form in it as this package writes it.

    Args:
        value: what JSON gave.
        where: what messages call its place, such as ``layer 'lstm': argument 'activation'``.

    Raises:
        ValueError: a form holds code, or names what is neither Keras's nor the user's.
    """
    if isinstance(value, list):
        return [translated(item, where) for item in value]
    if not isinstance(value, Mapping):
        return value
    name = value.get("class_name")
    if name is None:
        return {key: translated(item, where) for key, item in value.items()}
    if name in _LITERALS:
        inside = value.get("config", value)
        return translated(inside.get(_LITERALS[name]), where)
    check_origin(value, where)
    if name == "function":
        return {**value, "config": str(value.get("config"))}
    config = translated(value.get("config") or {}, where)
    if isinstance(config, dict):
        config = _as_today(str(name), config)
    return {
        "class_name": name,
        "config": config,
        "registered_name": value.get("registered_name"),
    }


def check_origin(form: Mapping[str, Any], where: str) -> None:
    """Raise a `ValueError` if a form holds code, or names a stranger's class or function."""
    name, module = str(form.get("class_name")), form.get("module")
    if name in ("__lambda__", "Lambda"):
        raise ValueError(
            f"{where} holds Python code, which is never run: write a layer of your own in its place"
        )
    if name.startswith("__"):
        raise ValueError(f"{where} holds a {name!r}, which is not known here")
    if is_custom(form):
        return
    registered = form.get("registered_name") if name != "function" else None
    registered = None if registered == name else registered
    ours = str(module).partition(".")[0] in _PACKAGES
    if not ours or registered is not None:
        shown = f"{module}.{name}" if module else name
        if name == "function":
            shown = f"the function {form.get('config')!r}"
        if registered is not None:
            shown += f" (registered as {registered!r})"
        raise ValueError(
            f"{where} names {shown}, which is not part of Keras: pass it as custom_objects"
        )


def is_custom(form: Mapping[str, Any]) -> bool:
    """Whether the user registered what a form names, or passed it as custom object."""
    name = form.get("config") if form.get("class_name") == "function" else form.get("class_name")
    names = (form.get("registered_name"), name)
    return any(isinstance(one, str) and find(one) is not None for one in names)


def _as_today(name: str, config: dict[str, Any]) -> dict[str, Any]:
    """An initializer's config, without what older and newer versions of Keras add to it."""
    today = {
        key: item
        for key, item in config.items()
        if not (key in ("input_axes", "output_axes") and item is None)
        and not (key == "dtype" and item == "float32")
    }
    if name == "VarianceScaling" and today.get("distribution") == "normal":
        today["distribution"] = "truncated_normal"
    return today
