"""A class that dominates: most rows have one label."""

from __future__ import annotations

from typing import TYPE_CHECKING, final

from sunhwan.doctor.training_warning import TrainingWarning

if TYPE_CHECKING:
    from sunhwan.doctor.evidence import Evidence

SHARE = 0.9


@final
class DominatingClass(TrainingWarning):
    """One class has more than `SHARE` of the rows, so that a high accuracy says little.

    Where it has all of them, `SingleClass` is said instead.
    Not said where rows have weights (`class_weight`, `sample_weight`). Source: He and Garcia,
    "Learning from imbalanced data", IEEE Transactions on Knowledge and Data Engineering, 2009.

    >>> from sunhwan.doctor.evidence import Evidence, Facts
    >>> facts = Facts(rows=1000, values=1000, parameters=100, label=0, share=0.97)
    >>> print(DominatingClass.find(Evidence({"loss": [0.1]}, facts=facts)))
    a class that dominates: 97.0% of the rows have label 0, so a network that always says 0 ...
    """

    english = (
        "a class that dominates: {share:.1%} of the rows have label {label}, so a network that "
        "always says {label} has that accuracy too. Try class_weight={{{label}: {factor:.2g}}}, "
        "and judge by metrics.F1Score, AUC or Recall rather than by accuracy."
    )
    korean = (
        "한 클래스가 지배합니다. 행의 {share:.1%}가 레이블 {label}이므로 늘 {label}이라고만 "
        "답해도 정확도가 그만큼 나옵니다. class_weight={{{label}: {factor:.2g}}}을 써 보고, "
        "정확도 대신 metrics.F1Score, AUC, Recall로 판단하세요."
    )

    @classmethod
    def find(cls, evidence: Evidence) -> DominatingClass | None:
        facts = evidence.facts
        if facts is None or facts.weighted or not SHARE < facts.share < 1:
            return None
        factor = (1 - facts.share) / facts.share
        figures = {"share": facts.share, "label": facts.label, "factor": factor}
        return cls(evidence.epoch, figures)
