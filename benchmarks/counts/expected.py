"""What each case is expected to cost, and which counts are beyond it."""

from __future__ import annotations

import json
from pathlib import Path

PATH = Path(__file__).with_name("expected.json")
Counts = dict[str, dict[str, float]]  # case -> what is counted -> for one step

# By how much a count may be above the expected one: a factor, and a number for small counts.
# Instructions and memory depend a little on the versions of Python and NumPy.
_SPARE = {
    "instructions": (1.05, 5000),
    "mallocs": (1.2, 4),
    "kernel_calls": (1, 0),
    "shared_jobs": (1, 0),
    "scratch": (1, 0),
    "kilobytes": (1.1, 64),
}


def read() -> Counts:
    """The expected counts."""
    return json.loads(PATH.read_text())


def write(counts: Counts) -> None:
    """Make `counts` the expected ones."""
    rounded = {case: {what: round(n, 1) for what, n in c.items()} for case, c in counts.items()}
    PATH.write_text(json.dumps(rounded, indent=1) + "\n")


def merge(one: Counts, other: Counts) -> Counts:
    """Both counts together; the greater where both have one.

    >>> merge({"a": {"calls": 3}}, {"a": {"calls": 2, "scratch": 0}, "b": {"calls": 1}})
    {'a': {'calls': 3, 'scratch': 0}, 'b': {'calls': 1}}
    """
    merged = {case: dict(counts) for case, counts in one.items()}
    for case, counts in other.items():
        mine = merged.setdefault(case, {})
        for what, number in counts.items():
            mine[what] = max(number, mine.get(what, number))
    return merged


def beyond(found: Counts, expected: Counts) -> list[str]:
    """One line for each count that is above what is expected; none where all is well.

    >>> beyond({"a": {"kernel_calls": 3}}, {"a": {"kernel_calls": 2}})
    ['a: 3 kernel_calls a step, expected at most 2']
    """
    lines = []
    for case, counts in found.items():
        for what, number in counts.items():
            factor, more = _SPARE[what]
            most = expected[case][what] * factor + more
            if number > most:
                lines.append(f"{case}: {number:.6g} {what} a step, expected at most {most:.6g}")
    return lines
