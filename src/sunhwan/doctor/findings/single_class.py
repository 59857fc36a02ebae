"""Labels of a single class: nothing can be told apart."""

from __future__ import annotations

from typing import TYPE_CHECKING, final

from sunhwan.doctor.training_warning import TrainingWarning

if TYPE_CHECKING:
    from sunhwan.doctor.evidence import Evidence


@final
class SingleClass(TrainingWarning):
    """All rows that the model trains on have one label.

    >>> from sunhwan.doctor.evidence import Evidence, Facts
    >>> facts = Facts(rows=1000, values=1000, parameters=100, label=1, share=1.0)
    >>> print(SingleClass.find(Evidence({"loss": [0.1]}, facts=facts)))
    a single class: all rows have label 1, so there is nothing to tell apart. ...
    """

    english = (
        "a single class: all rows have label {label}, so there is nothing to tell apart. Look at "
        "how the labels were made, and shuffle rows that are sorted by label before a part of "
        "them is taken (validation_split takes the last ones)."
    )
    korean = (
        "클래스가 하나뿐입니다. 모든 행의 레이블이 {label}이므로 가려낼 것이 없습니다. 레이블을 "
        "어떻게 만들었는지 보고, 레이블순으로 늘어선 행은 일부를 떼기 전에 섞으세요"
        "(validation_split은 마지막 행들을 뗍니다)."
    )

    @classmethod
    def find(cls, evidence: Evidence) -> SingleClass | None:
        facts = evidence.facts
        if facts is None or facts.share < 1:
            return None
        return cls(evidence.epoch, {"label": facts.label})
