"""Looking for all findings in the evidence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .diagnosis import Diagnosis
from .evidence import Evidence
from .findings import FINDINGS
from .training_warning import TrainingWarning

# In English and in Korean.
_NO_VALIDATION = (
    "overfitting cannot be seen without validation data: give fit validation_split=0.2.",
    "검증 자료가 없어 과적합은 알 수 없습니다. fit에 validation_split=0.2를 주세요.",
)
_NO_FACTS = (
    (
        "the data were not looked at (they came in batches, training took milliseconds, or fit had "
        "doctor=False): only the curves were judged."
    ),
    (
        "자료는 보지 않고 곡선만으로 판단했습니다(자료가 배치로 왔거나, 훈련이 몇 밀리초뿐이었"
        "거나, fit에 doctor=False를 주었습니다)."
    ),
)


def examine(evidence: Evidence) -> list[TrainingWarning]:
    """All findings, a cause before what comes of it."""
    evidence.found.clear()
    found = []
    for kind in FINDINGS:
        finding = kind.find(evidence)
        if finding is not None:
            evidence.found.add(finding.name)
            found.append(finding)
    return found


def diagnose(evidence: Evidence | None, history: Mapping[str, Any], first: int = 0) -> Diagnosis:
    """All findings, and what could not be judged.

    Args:
        evidence: what the doctor knows, `None` where there was none.
        history: what `History` has recorded.
        first: number, from 0, of the first epoch in it.
    """
    evidence = Evidence(history) if evidence is None else evidence
    evidence.history, evidence.first = history, first
    unknown = []
    if evidence.val_loss is None:
        unknown.append(_NO_VALIDATION)
    if evidence.facts is None:
        unknown.append(_NO_FACTS)
    return Diagnosis(examine(evidence), unknown)
