"""Tables of Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table, its numbers to the right.

    >>> print(table(["what", "ms"], [["LSTM", "3"], ["GRU", "2"]]))
    | what | ms |
    |---|--:|
    | LSTM | 3 |
    | GRU | 2 |
    """
    rule = ["---", *["--:"] * (len(head) - 1)]
    lines = ["| " + " | ".join(head) + " |", "|" + "|".join(rule) + "|"]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])
