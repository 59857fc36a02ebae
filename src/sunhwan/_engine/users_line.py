"""Which line of the user's program a warning is about."""

from __future__ import annotations

import sys


def depth_of_user() -> int:
    """How many calls above its caller the package was entered, as `warnings.warn` counts."""
    depth, frame = 1, sys._getframe(1)
    while frame.f_back is not None and frame.f_globals.get("__name__", "").startswith("sunhwan."):
        depth, frame = depth + 1, frame.f_back
    return depth
