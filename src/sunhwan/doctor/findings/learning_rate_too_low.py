"""A learning rate too low: the loss still falls as it did in the beginning, a little at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, final

import numpy as np

from sunhwan.doctor.training_warning import TrainingWarning

if TYPE_CHECKING:
    from sunhwan.doctor.evidence import Evidence

LEAST_EPOCHS = 5
FALLEN = 0.25  # share of the first loss that training has got rid of
STEADY = 0.5  # share of the first half's fall that the second half still has


@final
class LearningRateTooLow(TrainingWarning):
    """The loss falls in all epochs alike, but so slowly that training ends before it has learned.

    Fires at the end of a training of `LEAST_EPOCHS` epochs or more, in which the loss fell in nine
    of ten epochs, by less than `FALLEN` in all, and in the second half by at least `STEADY` of what
    it did in the first, and the validation loss fell too. Source: Smith, "Cyclical learning rates
    for training neural networks", 2017.

    >>> from sunhwan.doctor.evidence import Evidence
    >>> losses = {"loss": [0.70, 0.69, 0.68, 0.67, 0.66]}
    >>> print(LearningRateTooLow.find(Evidence(losses, learning_rate=1e-5)))
    learning rate too low: in 5 epochs the training loss fell steadily, but only from 0.7 to 0.66...
    """

    english = (
        "learning rate too low: in {epochs} epochs the training loss fell steadily, but only "
        "from {first:.4g} to {last:.4g}. Try {higher:.2g} in place of {rate:.2g}, or more epochs."
    )
    korean = (
        "학습률이 너무 낮습니다. {epochs}에포크 동안 훈련 손실이 꾸준히, 그러나 조금밖에 줄지 "
        "않았습니다({first:.4g} → {last:.4g}). 학습률을 높이거나({rate:.2g} → {higher:.2g}) "
        "에포크를 늘려 보세요."
    )

    @classmethod
    def find(cls, evidence: Evidence) -> LearningRateTooLow | None:
        loss, rate = evidence.loss, evidence.learning_rate
        if not evidence.ended or len(loss) < LEAST_EPOCHS or rate is None or not evidence.finite:
            return None
        first, last, middle = float(loss[0]), float(loss[-1]), float(loss[len(loss) // 2])
        falls = np.diff(loss) < 0
        val_loss = evidence.val_loss
        if val_loss is not None and val_loss[-1] >= val_loss[0]:
            return None  # more of the same would not help
        if first <= 0 or not 0 < first - last < FALLEN * first or falls.mean() < 0.9:
            return None
        if middle - last < STEADY * (first - middle):
            return None
        figures = {"epochs": len(loss), "first": first, "last": last}
        return cls(evidence.epoch, {**figures, "rate": rate, "higher": 10 * rate})
