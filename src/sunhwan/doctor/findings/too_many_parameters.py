"""More parameters than the samples can teach."""

from __future__ import annotations

from typing import TYPE_CHECKING, final

from sunhwan.doctor.training_warning import TrainingWarning

if TYPE_CHECKING:
    from sunhwan.doctor.evidence import Evidence

RATIO = 10  # parameters for each number of the targets
LEARNED = 0.3  # share of a constant guess's loss that training goes below
SAVED = 0.85  # share of it below which validation never comes


@final
class TooManyParameters(TrainingWarning):
    """The network is large enough to store the rows, and does so in place of learning a rule.

    Fires where there are `RATIO` parameters or more for each number of the targets, the training
    loss has fallen below `LEARNED` of a constant guess's, and the validation loss never came below
    `SAVED` of it. The count alone says little: networks with far more parameters than rows can
    generalize. Source: Zhang and others, "Understanding deep learning requires rethinking
    generalization", ICLR 2017.

    >>> from sunhwan.doctor.evidence import Evidence, Facts
    >>> facts = Facts(rows=40, values=40, parameters=17473, guess=0.69, val_guess=0.69)
    >>> losses = {"loss": [0.7, 0.3, 0.1], "val_loss": [0.7, 0.68, 0.9]}
    >>> print(TooManyParameters.find(Evidence(losses, facts=facts)))
    more parameters than the samples can teach: 17,473 parameters for 40 target values, ...
    """

    english = (
        "more parameters than the samples can teach: {parameters:,} parameters for {values:,} "
        "target values, which were learned by heart (training loss {loss:.3g}), while the "
        "validation loss, at best {val_loss:.3g}, hardly beats a constant guess "
        "({val_guess:.3g}). Try far fewer units or layers, Dropout, an l2 regularizer, or more "
        "rows."
    )
    korean = (
        "표본이 가르칠 수 있는 것보다 매개변수가 많습니다. 정답 {values:,}개에 매개변수가 "
        "{parameters:,}개여서 훈련 자료를 외웠습니다(훈련 손실 {loss:.3g}). 검증 손실은 가장 "
        "낮을 때도 {val_loss:.3g}, 늘 같은 값으로 답할 때({val_guess:.3g})와 별 차이가 없습니다. "
        "유닛이나 층을 크게 줄이거나, Dropout이나 l2 규제를 쓰거나, 자료를 늘려 보세요."
    )

    @classmethod
    def find(cls, evidence: Evidence) -> TooManyParameters | None:
        facts, val_loss = evidence.facts, evidence.val_loss
        if facts is None or facts.guess is None or facts.val_guess is None:
            return None
        if val_loss is None or not evidence.finite:
            return None
        loss, best = float(evidence.loss[-1]), float(val_loss.min())
        if facts.parameters < RATIO * facts.values or loss > LEARNED * facts.guess:
            return None
        if best < SAVED * facts.val_guess:
            return None
        figures = {"parameters": facts.parameters, "values": facts.values, "loss": loss}
        return cls(evidence.epoch, {**figures, "val_loss": best, "val_guess": facts.val_guess})
