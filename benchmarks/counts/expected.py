"""What each case is expected to cost, and which counts are beyond it."""

from __future__ import annotations

import json
from pathlib import Path

PATH = Path(__file__).with_name("expected.json")
Counts = dict[str, dict[str, dict[str, float]]]  # case -> instruction set -> what is counted

# By how much a count may be above the expected one: a factor, and a number for small counts.
# Instructions and memory depend a little on the versions of Python and NumPy, calls of `malloc`
# hardly; all but memory is the same in every run.
_SPARE = {
    "instructions": (1.05, 5000),
    "mallocs": (1.02, 0),
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
    rounded = {
        case: {
            isa: {what: round(number, 2) for what, number in of_set.items()}
            for isa, of_set in of_case.items()
        }
        for case, of_case in counts.items()
    }
    PATH.write_text(json.dumps(rounded, indent=1) + "\n")


def merge(one: Counts, other: Counts) -> Counts:
    """Both together; those of `other` where both have a count.

    >>> merge({"a": {"avx2": {"mallocs": 3}}}, {"a": {"avx2": {"scratch": 2}, "neon": {}}})
    {'a': {'avx2': {'mallocs': 3, 'scratch': 2}, 'neon': {}}}
    """
    merged = {case: dict(of_case) for case, of_case in one.items()}
    for case, of_case in other.items():
        mine = merged.setdefault(case, {})
        for isa, counts in of_case.items():
            mine[isa] = mine.get(isa, {}) | counts
    return merged


def beyond(found: Counts, expected: Counts) -> list[str]:
    """One line for each count that is above what is expected; none where all is well.

    An instruction set that no machine has been counted under yet expects nothing.

    >>> beyond({"a": {"avx2": {"scratch": 3}}}, {"a": {"avx2": {"scratch": 2}}})
    ['a, avx2: 3 scratch a step, expected at most 2']
    >>> beyond({"a": {"neon": {"scratch": 3}}}, {"a": {"avx2": {"scratch": 2}}})
    []
    """
    return [
        f"{case}, {isa}: {number:.6g} {what} a step, expected at most {most:.6g}"
        for case, of_case in found.items()
        for isa, counts in of_case.items()
        if isa in expected[case]
        for what, number in counts.items()
        if number > (most := _most(what, expected[case][isa][what]))
    ]


def _most(what: str, number: float) -> float:
    factor, more = _SPARE[what]
    return number * factor + more
