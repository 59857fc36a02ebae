"""The words of an `attribution` in colour, as HTML."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from .attribution_picture import summary

if TYPE_CHECKING:
    from .attribution import Attribution, Part

# Seen on white and on black pages alike, and so is the page's own text over them.
RAISED, LOWERED = "224, 101, 43", "47, 127, 214"
_STRONGEST = 0.75  # of the colours, so that the text stays readable


def page(found: Attribution) -> str:
    """A fragment of HTML; everything that came from the data is escaped."""
    lines = [f'<div style="line-height: 1.9">{_part(found, part)}</div>' for part in found.parts]
    return (
        '<div style="max-width: 50em">'
        f'{"".join(lines)}<div style="opacity: 0.7; font-size: 85%">{escape(summary(found))}; '
        f'<span style="background: rgba({RAISED}, 0.6)">raised</span> '
        f'<span style="background: rgba({LOWERED}, 0.6)">lowered</span></div></div>'
    )


def _part(found: Attribution, part: Part) -> str:
    spans = []
    for word, value, own in zip(part.named, part.values, part.own, strict=True):
        if not own:
            continue
        strength = _STRONGEST * abs(float(value)) / found.most if found.most else 0.0
        color = RAISED if value > 0 else LOWERED
        style = f"background: rgba({color}, {strength:.2f}); border-radius: 3px; padding: 1px 3px"
        spans.append(f'<span style="{style}" title="{value:+.4f}">{escape(word)}</span>')
    return " ".join(spans)
