"""Inputs of a size that saturates gates, or so small that nothing is seen of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, final

from sunhwan.doctor.training_warning import TrainingWarning

if TYPE_CHECKING:
    from sunhwan.doctor.evidence import Evidence

LARGE = 30.0  # root mean square; initial kernels are made for 1
SMALL = 1e-3


@final
class InputsNotNormalized(TrainingWarning):
    """The numbers of an input are far from the size 1 that initial weights are made for.

    Fires where the root mean square of a feature is above `LARGE`, or that of all features below
    `SMALL` but not 0, over a sample of rows, unless the first layer normalizes. Source: LeCun and
    others, "Efficient BackProp", 1998.

    >>> from sunhwan.doctor.evidence import Evidence, Facts, Scale
    >>> scale = Scale(input=0, feature=2, features=4, low=995.0, high=1031.0, size=1013.0)
    >>> facts = Facts(rows=1000, values=1000, parameters=100, scales=(scale,))
    >>> print(InputsNotNormalized.find(Evidence({"loss": [0.1]}, facts=facts)))
    inputs not normalized: x[..., 2] goes from 995 to 1031 (root mean square 1.01e+03, ...
    """

    english = (
        "inputs not normalized: {where} goes from {low:.4g} to {high:.4g} (root mean square "
        "{size:.3g}, where about 1 is best). Try x = (x - mean) / deviation, both of the "
        "training rows, or a first layer Normalization with adapt(x)."
    )
    korean = (
        "입력이 정규화되지 않았습니다. {where}의 값이 {low:.4g}부터 "
        "{high:.4g}까지입니다(제곱평균제곱근 {size:.3g}, 1쯤이 알맞습니다). 훈련 행의 평균과 "
        "표준편차로 x = (x - 평균) / 표준편차를 하거나 첫 층으로 Normalization을 두고 adapt(x)를 "
        "부르세요."
    )

    @classmethod
    def find(cls, evidence: Evidence) -> InputsNotNormalized | None:
        facts = evidence.facts
        if facts is None or not facts.scales:
            return None
        largest = max(facts.scales, key=lambda scale: scale.size)
        of_input = [scale for scale in facts.scales if scale.input == largest.input]
        worst = largest
        if largest.size <= LARGE:
            tiny = [s for s in of_input if 0 < s.size < SMALL]
            if len(tiny) < len(of_input):
                return None
            worst = tiny[0]
        inputs = len({scale.input for scale in facts.scales})
        where = "x" if inputs == 1 else f"x[{worst.input}]"
        where += f"[..., {worst.feature}]" if worst.features > 1 else ""
        figures = {"where": where, "low": worst.low, "high": worst.high, "size": worst.size}
        return cls(evidence.epoch, figures)
