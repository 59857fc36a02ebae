"""What the pictures have in common: size, colours for light and dark, words."""

from __future__ import annotations

import unicodedata
import warnings
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from sunhwan._engine.extras import require

LOW, HIGH = "#2f7fd6", "#e0652b"  # both are seen on white and on black
BOXES = "Last Resort"  # matplotlib's font that has a box for every letter
MOST_WORDS = 60  # with more beneath a picture, every second, third, ... is written
LINE, LETTER = 10.0, 5.6  # points: how high a word at an axis is, and how broad a letter


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


def few_ticks(bar: Any, count: int = 3) -> None:
    """Number a colour bar at its ends and in its middle, or at its ends alone."""
    tickers = require("matplotlib.ticker", "plot")
    bar.locator, bar.formatter = tickers.LinearLocator(count), tickers.StrMethodFormatter("{x:.2g}")
    bar.update_ticks()


def write_title(axes: Any, text: str, size: str = "medium") -> None:
    """A title at the left, in whatever letters."""
    axes.set_title(plain(text), loc="left", fontsize=size, **font((text,)))


def write_words(axes: Any, words: Sequence[str], along: str = "x", most: int = MOST_WORDS) -> None:
    """Write a word at each column or row of a heat map, as far as there is room."""
    box, size = axes.get_position(), axes.figure.get_size_inches()
    room = 72 * (box.width * size[0] if along == "x" else box.height * size[1])
    most = min(most, max(int(room / LINE), 1))
    every = -(-len(words) // most)
    places = range(0, len(words), every)
    axis = axes.xaxis if along == "x" else axes.yaxis
    shown = [plain(words[place]) for place in places]
    broad = LETTER * max(map(breadth, shown), default=0) > room / max(len(shown), 1)
    rotation = 90 if along == "x" and broad else 0
    axis.set_ticks(list(places), labels=shown, rotation=rotation, **font(tuple(shown)))
    axis.set_tick_params(length=0, labelsize="small")


def breadth(text: str) -> int:
    """How broad a text is, in Latin letters."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def write_steps(axes: Any, steps: Sequence[int]) -> None:
    """Number some of the columns of a heat map by the steps that they are."""
    places = sorted({round(part * (len(steps) - 1) / 7) for part in range(8)})
    axes.set_xticks(places, labels=[str(steps[place]) for place in places])
    axes.set_xlabel("step")


def plain(word: str) -> str:
    """A word as matplotlib is to write it: no formula, no line break."""
    return " ".join(str(word).split()).replace("$", r"\$")


def font(words: Sequence[str]) -> dict[str, Any]:
    """Arguments of a text that name fonts which together have all letters of the words."""
    letters = "".join(sorted({letter for word in words for letter in word if ord(letter) > 0x2FF}))
    if not letters:
        return {}
    families, missing = _families(letters)
    if missing:
        warnings.warn(
            f"no installed font has the letters {missing[:20]!r}: boxes stand in their places; "
            "install Noto Sans CJK or another font that has them",
            stacklevel=2,
        )
    usual = require("matplotlib", "plot").rcParams["font.family"]
    return {"family": [*usual, *families]} if families else {}


def _families(letters: str) -> tuple[list[str], str]:
    """Fonts beside the usual one that have the letters, as few as are found, and what is missing.

    They are sought among the fonts that matplotlib knows, then among those installed since.
    """
    manager = require("matplotlib.font_manager", "plot")
    missing = _without(letters, manager.findfont(manager.FontProperties()))
    chosen: list[str] = []
    while missing:
        entry = _best(missing) or _best(_with_new_fonts(missing))
        if entry is None:
            break
        chosen.append(entry.name)
        missing = _without(missing, entry.fname)
    return chosen, missing


def _best(letters: str) -> Any:
    """The known font that has most of the letters, `None` where none has any."""
    manager = require("matplotlib.font_manager", "plot")
    ranked = sorted(manager.fontManager.ttflist, key=_rank)
    whole = next((entry for entry in ranked if not _without(letters, entry.fname)), None)
    best = whole or min(ranked, key=lambda entry: len(_without(letters, entry.fname)))
    return None if _without(letters, best.fname) == letters else best


def _with_new_fonts(letters: str) -> str:
    """The letters, after matplotlib was told of the installed fonts that have some of them."""
    manager = require("matplotlib.font_manager", "plot")
    known = {entry.fname for entry in manager.fontManager.ttflist}
    for path in sorted(set(manager.findSystemFonts()) - known):
        if _without(letters, path) != letters:
            manager.fontManager.addfont(path)
    return letters


def _rank(entry: Any) -> tuple[Any, ...]:
    """Upright regular fonts without serifs first, of these Korean ones."""
    name = entry.name.lower()
    plain_ones = ("sans", "gothic", "malgun")
    return (
        entry.style != "normal",
        entry.weight not in (400, "normal", "regular", "book"),
        not any(each in name for each in plain_ones),
        "kr" not in name,
        "mono" in name,
        name,
    )


@lru_cache(maxsize=4096)
def _without(letters: str, path: str) -> str:
    """The letters that a font has not."""
    try:
        face = require("matplotlib.font_manager", "plot").get_font(path)
    except (OSError, RuntimeError):
        return letters
    if face.family_name.startswith(BOXES):
        return letters
    return "".join(letter for letter in letters if not face.get_char_index(ord(letter)))
