"""All that was found of a training, to be read."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable

from .language import language
from .training_warning import TrainingWarning

WIDTH = 96


class Diagnosis(list[TrainingWarning]):
    """The findings of a training; printed, a paragraph each.

    Args:
        findings: what was found.
        unknown: what could not be judged and why, in English and in Korean.

    >>> Diagnosis([])
    - nothing wrong was found.
    """

    def __init__(
        self, findings: Iterable[TrainingWarning], unknown: Iterable[tuple[str, str]] = ()
    ) -> None:
        super().__init__(findings)
        self.unknown = list(unknown)

    def __str__(self) -> str:
        korean = language() == "ko"
        words = [str(finding) for finding in self]
        if not words:
            words = ["이상한 점이 없습니다." if korean else "nothing wrong was found."]
        words += [pair[korean] for pair in self.unknown]
        return "\n".join(
            textwrap.fill(text, WIDTH, initial_indent="- ", subsequent_indent="  ")
            for text in words
        )

    __repr__ = __str__
