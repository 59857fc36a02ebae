"""Where variables lie in the flat arrays."""

from __future__ import annotations

from collections.abc import Sequence

from sunhwan.optimizers.step import Piece, Range, merge


def trainable(ranges: Sequence[Range]) -> list[Range]:
    """Return the ranges that may be trained."""
    return [entry for entry in ranges if entry.trainable]


def trainable_spans(ranges: Sequence[Range]) -> list[slice]:
    """Return the places of the ranges that may be trained, neighbours as one."""
    pieces = merge([Piece(entry.start, entry.stop) for entry in trainable(ranges)])
    return [slice(piece.start, piece.stop) for piece in pieces]


def check_places(ranges: Sequence[Range], first: Sequence[Range], optimizer: str) -> None:
    """Check that `ranges` are those, or the first of those, that an optimizer was built for.

    Raises:
        ValueError: they are others.
    """
    known = [(entry.name, entry.start, entry.stop) for entry in first]
    given = [(entry.name, entry.start, entry.stop) for entry in ranges]
    if given == known[: len(given)]:
        return
    names = {name for name, *_ in known}
    new = next((name for name, *_ in given if name not in names), None)
    raise ValueError(
        f"optimizer {optimizer!r} keeps state for the weights that it trained first, got "
        + (f"the new weight {new!r}" if new else "others in their place")
        + ": compile the model with a new optimizer"
    )
