"""What all findings of the doctor are: warnings with figures in their words."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from sunhwan._engine.registry import snake_case

from .language import language

if TYPE_CHECKING:
    from typing_extensions import Self

    from .evidence import Evidence


class TrainingWarning(UserWarning):
    """Something is wrong with a training; the base of all that the doctor finds.

    Python's filters silence it: ``warnings.filterwarnings("ignore",
    category=sunhwan.doctor.Overfitting)`` one kind, ``category=sunhwan.doctor.TrainingWarning``
    all.

    Args:
        epoch: the epoch, from 1, at whose end it was found.
        figures: what the words quote, by name.

    Attributes:
        name: of the finding, ``"overfitting"``.
        english, korean: its words, with the figures' names in braces.

    >>> import sunhwan.doctor as doctor
    >>> found = doctor.DominatingClass(1, {"share": 0.97, "label": 3, "factor": 0.031})
    >>> found.name, found.epoch, found.figures["label"]
    ('dominating_class', 1, 3)
    """

    english: ClassVar[str]
    korean: ClassVar[str]

    def __init__(self, epoch: int, figures: Mapping[str, Any]) -> None:
        super().__init__(epoch, dict(figures))
        self.epoch = epoch
        self.figures = dict(figures)

    @property
    def name(self) -> str:
        """The finding's name in snake case."""
        return snake_case(type(self).__name__)

    def __str__(self) -> str:
        words = self.korean if language() == "ko" else self.english
        return words.format(**self.figures)

    @classmethod
    @abstractmethod
    def find(cls, evidence: Evidence) -> Self | None:
        """The finding, if the evidence shows it."""

    @classmethod
    def concerns(cls, evidence: Evidence) -> bool:
        """Whether it is worth a warning during `fit`, and not only an answer when asked."""
        return True
