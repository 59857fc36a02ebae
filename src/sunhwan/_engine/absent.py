"""The errors for names that a module has not, with what does the work of those of Keras."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any, NoReturn

from sunhwan._engine.config import nearest


def absent_names(module: str, known: list[str]) -> Callable[[str], Any]:
    """A module's ``__getattr__`` that says what to use in place of the name.

    Args:
        module: the module's name.
        known: the names that are there.
    """

    def refuse(name: str) -> NoReturn:
        raise absent(module, name, known)

    return refuse


def absent(module: str, name: str, known: list[str]) -> AttributeError | ImportError:
    """The error for a name that a module has not, called in the module's ``__getattr__``.

    Args:
        module: the module's name.
        name: what was asked for.
        known: the names that are there.

    Returns:
        An `AttributeError`; in ``from module import name``, where Python would put words of its
        own in the place of that error's, an `ImportError`.

    >>> print(absent("sunhwan.layers", "CuDNNGRU", []))
    module 'sunhwan.layers' has no attribute 'CuDNNGRU': use GRU
    """
    hint = _hint(module, name, known)
    if not hint:
        return AttributeError(f"module {module!r} has no attribute {name!r}")
    if _imports(sys._getframe(1).f_back):
        return ImportError(f"cannot import name {name!r} from {module!r}: {hint}", name=module)
    return AttributeError(f"module {module!r} has no attribute {name!r}: {hint}")


def _hint(module: str, name: str, known: list[str]) -> str | None:
    if name.startswith("_"):
        return None
    from sunhwan._engine.instead import INSTEAD, NO_GRADIENTS  # for errors alone

    if module == "sunhwan.backend":
        return NO_GRADIENTS
    hint = INSTEAD.get(module, {}).get(name)
    close = nearest(name, known) if hint is None else None
    return f"did you mean {close[0]!r}?" if close else hint


def _imports(frame: FrameType | None) -> bool:
    """Whether a frame stands at ``from module import name``.

    There alone: `hasattr`, `inspect` and `pickle` must have their `AttributeError`.
    """
    from opcode import opmap

    return frame is not None and frame.f_code.co_code[frame.f_lasti] == opmap["IMPORT_FROM"]
