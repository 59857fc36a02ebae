"""Nothing is learned: labels shuffled against the inputs, or inputs that do not tell."""

from __future__ import annotations

from typing import TYPE_CHECKING, final

from sunhwan.doctor.nothing_learned import nothing_learned
from sunhwan.doctor.training_warning import TrainingWarning

if TYPE_CHECKING:
    from sunhwan.doctor.evidence import Evidence

LONG_EPOCHS = 20  # after which half of the planned epochs are enough
CAUSES = (
    "learning_rate_too_high",
    "learning_rate_too_low",
    "inputs_not_normalized",
    "dying_gradients",
    "exploding_gradients",
    "saturated_gates",
    "dead_filters",
)
BY_HEART = 0.9  # the same for training, where rows are learned by heart


@final
class NoBetterThanGuessing(TrainingWarning):
    """Rows that were not trained on are predicted no better than by one constant for all.

    Fires where the validation loss (without validation, the training loss) never came below
    `BEATEN` of that of the best constant, after `LEAST_EPOCHS` epochs if training meanwhile learns
    its rows by heart, else at the end or at half of a long training. The same curve comes of labels
    that were shuffled against their rows, of inputs that do not hold the answer, and of a network
    that cannot learn it; a cause that was found (`CAUSES`) is said in its place.

    >>> from sunhwan.doctor.evidence import Evidence, Facts
    >>> facts = Facts(rows=1000, values=1000, parameters=100, guess=0.69)
    >>> losses = {"loss": [0.71, 0.70, 0.70, 0.70, 0.70]}
    >>> print(NoBetterThanGuessing.find(Evidence(losses, steps=500, facts=facts)))
    no better than guessing: after 5 epochs the training loss, at best 0.7, is not below 0.69, ...
    """

    english = (
        "no better than guessing: after {epochs} epochs the {kind} loss, at best {best:.3g}, is "
        "not below {guess:.3g}, that of one constant answer for all rows{by_heart}. Check that "
        "each row of x still belongs to its row of y (were they shuffled or sorted apart?) and "
        "that x holds what y asks for; then try another learning rate or a larger network."
    )
    korean = (
        "찍는 것보다 낫지 않습니다. {epochs}에포크가 지나도 {kind_ko} 손실(최저 {best:.3g})이 "
        "모든 행에 같은 값을 답할 때의 손실({guess:.3g}) 아래로 내려가지 "
        "않았습니다{by_heart_ko}. x의 행과 y의 행이 여전히 짝이 맞는지(따로 섞거나 정렬하지 "
        "않았는지), x에 y를 알아낼 단서가 있는지 먼저 확인하고, 그다음에 다른 학습률이나 더 큰 "
        "신경망을 써 보세요."
    )

    @classmethod
    def find(cls, evidence: Evidence) -> NoBetterThanGuessing | None:
        nothing, facts = nothing_learned(evidence), evidence.facts
        if nothing is None or facts is None or facts.guess is None:
            return None
        if not evidence.found.isdisjoint(CAUSES):
            return None
        epochs, loss = evidence.seen, evidence.loss
        by_heart = float(loss[-1]) < BY_HEART * facts.guess
        waited = epochs >= max(LONG_EPOCHS, evidence.planned / 2)
        if not (by_heart or waited or evidence.ended):
            return None
        figures = {"epochs": epochs, "best": nothing.best, "guess": nothing.guess}
        words = ("validation", "검증") if nothing.validated else ("training", "훈련")
        figures["kind"], figures["kind_ko"] = words
        figures["by_heart"] = figures["by_heart_ko"] = ""
        if by_heart:
            now = float(loss[-1])
            figures["by_heart"] = f", though the training rows are learned by heart ({now:.3g})"
            figures["by_heart_ko"] = f"(훈련 자료는 외우고 있습니다: {now:.3g})"
        return cls(evidence.epoch, figures)
