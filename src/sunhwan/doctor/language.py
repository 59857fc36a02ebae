"""The language that the doctor speaks."""

from __future__ import annotations

import os

LANGUAGES = ("en", "ko")

_chosen: list[str] = []


def language(name: str | None = None) -> str:
    """Choose the language of the doctor's words, or ask which it is.

    The environment variable ``SUNHWAN_LANGUAGE`` chooses it before a program does.

    Args:
        name: ``"en"`` (the default) or ``"ko"``; `None` only asks.

    Returns:
        The language that is spoken from now on.

    Raises:
        ValueError: it is not spoken.

    >>> language("ko"), language(), language("en")
    ('ko', 'ko', 'en')
    """
    if name is not None:
        if name not in LANGUAGES:
            known = " or ".join(repr(known) for known in LANGUAGES)
            raise ValueError(f"language must be {known}, got {name!r}")
        _chosen[:] = [name]
    if _chosen:
        return _chosen[0]
    wished = os.environ.get("SUNHWAN_LANGUAGE", "")[:2].lower()
    return wished if wished in LANGUAGES else "en"
