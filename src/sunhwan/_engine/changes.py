"""Notices that something was changed on which the course of a step depends."""

from __future__ import annotations

from typing import Any

_NOTHING = object()


class Changes:
    """How often an attribute was set of what is watched, in this process.

    What is derived from layers, variables and losses stays good as long as the count does.
    """

    count = 0


class Watched:
    """A base for what a step is derived from.

    After `watch`, setting an attribute to another object counts as a change.
    """

    _watched = False

    def watch(self) -> None:
        """Count what is set from now on."""
        object.__setattr__(self, "_watched", True)

    def __setattr__(self, name: str, value: Any) -> None:
        if self._watched and self.__dict__.get(name, _NOTHING) is not value:
            Changes.count += 1
        object.__setattr__(self, name, value)
