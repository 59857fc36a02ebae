"""Exploding gradients: they grow with each step back."""

from __future__ import annotations

from typing import TYPE_CHECKING, final

from sunhwan.doctor.cell_advice import bounded_advice, gates_advice
from sunhwan.doctor.training_warning import TrainingWarning

if TYPE_CHECKING:
    from sunhwan.doctor.evidence import Evidence

GROWTH = 100.0
FEW_STEPS = 8  # rows no longer than this are not worth the question


@final
class ExplodingGradients(TrainingWarning):
    """The gradient of a recurrent layer grows on its way back, so that single steps throw all over.

    ::

        dL/dh[t - k] = dL/dh[t] * d h[t]/d h[t-1] * ... * d h[t-k+1]/d h[t-k]

    Fires where in the last two looks at steps (or in one, `GROWTH` times as much) a gradient that
    comes in at the last step has become `GROWTH` times as large some steps back or more, unless the
    optimizer clips. What outputs of earlier steps add to it is left out. Source: Pascanu, Mikolov
    and Bengio, "On the difficulty of training recurrent neural networks", 2013.

    >>> from sunhwan.doctor.evidence import Evidence, Look, Reach
    >>> look = Look(epoch=2, ratio=1e-3, reaches={"rnn": Reach(100, 100, 31000.0, 99)})
    >>> print(ExplodingGradients.find(Evidence({"loss": [0.7]}, looks=[look])))
    exploding gradients: in 'rnn' the gradient becomes 3.1e+04 times as large on its way 99 steps...
    """

    english = (
        "exploding gradients: in {layer!r} the gradient becomes {growth:.2g} times as large on "
        "its way {at} steps back. Try clipnorm=1.0 in the optimizer, {cure}or shorter sequences."
    )
    korean = (
        "기울기가 폭발합니다. {layer!r} 층에서 기울기가 {at}스텝을 거슬러 가는 동안 "
        "{growth:.2g}배로 커집니다. 옵티마이저의 clipnorm=1.0, {cure_ko}또는 더 짧은 시퀀스를 "
        "써 보세요."
    )

    @classmethod
    def find(cls, evidence: Evidence) -> ExplodingGradients | None:
        if evidence.clips or not evidence.looks:
            return None
        last = evidence.looks[-1].reaches
        before = evidence.looks[-2].reaches if len(evidence.looks) > 1 else {}
        for layer, reach in last.items():
            again = layer in before and before[layer].growth >= GROWTH
            long = reach.length >= FEW_STEPS
            if long and reach.growth >= (GROWTH if again else GROWTH**2):
                pairs = zip(gates_advice(reach), bounded_advice(reach), strict=True)
                cure, cure_ko = map("".join, pairs)
                figures = {"layer": layer, "at": reach.at, "growth": reach.growth}
                return cls(evidence.epoch, {**figures, "cure": cure, "cure_ko": cure_ko})
        return None
