"""What the pictures have in common: size, colours for light and dark, words."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from sunhwan._engine.extras import require

LOW, HIGH = "#2f7fd6", "#e0652b"  # both are seen on white and on black
BOXES = "Last Resort"  # matplotlib's font that has a box for every letter
MOST_WORDS = 60  # with more beneath a picture, every second, third, ... is written


def ground(figure: Any) -> Any:
    """The colour on which a figure's axes draw: that of the style, or of the figure."""
    colors = require("matplotlib.colors", "plot")
    own = figure.get_facecolor()
    if colors.to_rgba(own)[3] == 0:  # transparent
        return colors.to_rgb(require("matplotlib", "plot").rcParams["axes.facecolor"])
    return colors.to_rgb(own)


def diverging(figure: Any) -> Any:
    """From blue over the ground, which is zero, to orange."""
    return _colormap("sunhwan_diverging", [LOW, ground(figure), HIGH])


def rising(figure: Any) -> Any:
    """From the ground, which is zero, to blue."""
    return _colormap("sunhwan_rising", [ground(figure), LOW])


def _colormap(name: str, colors: list[Any]) -> Any:
    maps = require("matplotlib.colors", "plot")
    return maps.LinearSegmentedColormap.from_list(name, colors)


def readable(color: Any) -> str:
    """Black or white, whichever is read better on a colour."""
    red, green, blue = require("matplotlib.colors", "plot").to_rgb(color)
    return "black" if 0.299 * red + 0.587 * green + 0.114 * blue > 0.5 else "white"


def write_words(axes: Any, words: Sequence[str], along: str = "x", most: int = MOST_WORDS) -> None:
    """Write a word at each place of an axis of heat-map columns or rows."""
    every = -(-len(words) // most)
    places = range(0, len(words), every)
    axis = axes.xaxis if along == "x" else axes.yaxis
    shown = [plain(words[place]) for place in places]
    long = max(map(len, shown), default=0) > 3 or len(shown) > 25
    rotation = 90 if along == "x" and long else 0
    axis.set_ticks(list(places), labels=shown, rotation=rotation, **font(tuple(shown)))
    axis.set_tick_params(length=0, labelsize="small")


def plain(word: str) -> str:
    """A word as matplotlib is to write it: no formula, no line break."""
    return " ".join(str(word).split()).replace("$", r"\$")


def font(words: tuple[str, ...]) -> dict[str, Any]:
    """Arguments of a text that name a font which has all letters of the words."""
    letters = "".join(sorted({letter for word in words for letter in word if ord(letter) > 0x2FF}))
    if not letters:
        return {}
    family = _family(letters)
    if family is None or family.startswith(BOXES):
        warnings.warn(
            f"no installed font has all of the letters {letters[:20]!r}: boxes stand in their "
            "places; install Noto Sans CJK or another font that has them",
            stacklevel=2,
        )
    usual = require("matplotlib", "plot").rcParams["font.family"]
    return {} if family is None else {"family": [*usual, family]}


@lru_cache(maxsize=64)
def _family(letters: str) -> str | None:
    """A font that has the letters: one that matplotlib knows, or one installed since it looked."""
    manager = require("matplotlib.font_manager", "plot")
    known = {entry.fname: entry.name for entry in manager.fontManager.ttflist}
    found = [name for path, name in known.items() if _has(manager, path, letters)]
    fonts = [name for name in found if not name.startswith(BOXES)]
    if not fonts:
        for path in sorted(set(manager.findSystemFonts()) - set(known)):
            if _has(manager, path, letters):
                manager.fontManager.addfont(path)
                fonts.append(manager.fontManager.ttflist[-1].name)
    return min(fonts or found, key=_rank, default=None)


def _rank(name: str) -> tuple[bool, bool, str]:
    """Fonts without serifs first, of these Korean ones."""
    name = name.lower()
    plain_ones = ("sans", "gothic", "malgun")
    return not any(each in name for each in plain_ones), "kr" not in name, name


def _has(manager: Any, path: str, letters: str) -> bool:
    try:
        known = manager.get_font(path).get_charmap()
    except (OSError, RuntimeError):
        return False
    return all(ord(letter) in known for letter in letters)
