"""Weights that were read from elsewhere: are they numbers that can be computed with?"""

from __future__ import annotations

import warnings
from collections.abc import Iterable

import numpy as np

from .users_line import depth_of_user
from .variable import Variable


def warn_unless_finite(weights: Iterable[tuple[Variable, str]]) -> None:
    """Warn, once for all, of weights that hold NaN or infinities.

    They are kept: what became of a training that went wrong may be what the user wants to see.

    Args:
        weights: variables with their new values, and where these came from: `"of model.keras"`.
    """
    found: dict[str, str] = {}
    for variable, source in weights:
        broken = ~np.isfinite(variable.value)
        if broken.any():
            place = [int(i) for i in np.argwhere(broken)[0]]
            first = f"the first {variable.value[tuple(place)]} at {place}"
            found[variable.path] = f"{source}: {broken.sum()} of {broken.size}, {first}"
    if not found:
        return
    path, *others = found
    more = f"; the same goes for {', '.join(map(repr, others[:3]))}" if others else ""
    more += f" and {len(others) - 3} more" if len(others) > 3 else ""
    warnings.warn(
        f"weight {path!r} has numbers that are not finite ({found[path]}){more}. What the model "
        "computes with them will not be finite either",
        stacklevel=depth_of_user(),
    )
