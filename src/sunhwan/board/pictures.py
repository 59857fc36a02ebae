"""Figures kept in a run's record, for the page to show."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from .record import check_name, is_name

FOLDER = "pictures"
MOST = 24  # of a run
INCHES, DOTS = 12.0, 110  # at most so wide, at so many dots an inch


def keep(place: Path, name: str, figure: Any) -> Path:
    """Write a figure into the record of the run at `place`; one of the same name is replaced.

    Args:
        place: the run's folder.
        name: of the picture; as a run's.
        figure: a matplotlib figure, or anything with `savefig`.

    Raises:
        TypeError: it has no `savefig`.
        ValueError: the name is not one for a file, or the run has all the pictures it may have.
    """
    check_name(name)
    if not hasattr(figure, "savefig"):
        raise TypeError(f"figure must be a matplotlib figure, as plot() returns, got {figure!r}")
    folder = place / FOLDER
    folder.mkdir(exist_ok=True)
    if name not in names(place) and len(names(place)) >= MOST:
        raise ValueError(f"a run keeps {MOST} pictures at most: give one of their names again")
    path, beside = folder / f"{name}.png", folder / f".{name}.png"
    dots = min(DOTS, DOTS * INCHES / max(figure.get_size_inches()[0], 1e-6))
    try:
        figure.savefig(beside, format="png", dpi=dots)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
    return path


def names(place: Path) -> list[str]:
    """The pictures of the run at `place`, in the order of their names."""
    try:
        files = list((place / FOLDER).iterdir())
    except OSError:
        return []
    own = [path for path in files if path.suffix == ".png" and not path.is_symlink()]
    return sorted(path.stem for path in own if is_name(path.stem))


def read(place: Path, name: str) -> bytes | None:
    """A picture; `None` where the run has none of that name."""
    if (place / FOLDER).is_symlink() or name not in names(place):
        return None
    try:
        return (place / FOLDER / f"{name}.png").read_bytes()
    except OSError:
        return None


def stamps(place: Path) -> dict[str, int]:
    """When each picture was drawn, so that a page knows of a new one: name -> nanoseconds."""
    found = {}
    for name in names(place):
        try:
            found[name] = (place / FOLDER / f"{name}.png").stat().st_mtime_ns
        except OSError:
            continue
    return found
