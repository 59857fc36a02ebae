"""Overfitting: the validation loss rises while the training loss falls."""

from __future__ import annotations

from typing import TYPE_CHECKING, final

from sunhwan.doctor.evidence import median
from sunhwan.doctor.training_warning import TrainingWarning

if TYPE_CHECKING:
    from sunhwan.doctor.evidence import Evidence

PATIENCE = 3  # epochs since the best one
RISE = 0.15  # share of the best validation loss
BEATEN = 0.985  # share of a constant guess's loss below which something was learned
FALL = 0.95  # of the training loss then
SPAN = 0.05  # share of the first validation loss, below which swings are noise


@final
class Overfitting(TrainingWarning):
    """The network learns its rows by heart: validation has been getting worse since an epoch.

    Fires where, `PATIENCE` epochs or more after the least validation loss, the median of the last
    three is more than `RISE` above it (and by `SPAN` of the first one), while the training loss has
    gone on falling; not where the validation loss never came below that of a constant guess
    (`NoBetterThanGuessing`). Source: Prechelt, "Early stopping - but when?", 1998.

    >>> from sunhwan.doctor.evidence import Evidence
    >>> losses = {"loss": [0.6, 0.3, 0.2, 0.1, 0.05], "val_loss": [0.6, 0.4, 0.5, 0.6, 0.7]}
    >>> print(Overfitting.find(Evidence(losses)))
    overfitting since epoch 3: the validation loss has risen from 0.4 to 0.6 while ...
    """

    english = (
        "overfitting since epoch {since}: the validation loss has risen from {best:.3g} to "
        "{now:.3g} while the training loss fell from {train_then:.3g} to {train_now:.3g}. Try "
        "Dropout, an l2 regularizer, fewer units, or EarlyStopping(patience=3, "
        "restore_best_weights=True), which would have kept the weights of epoch {kept}."
    )
    korean = (
        "{since}번째 에포크부터 과적합입니다. 훈련 손실은 줄었지만({train_then:.3g} → "
        "{train_now:.3g}) 검증 손실은 늘었습니다({best:.3g} → {now:.3g}). Dropout, l2 규제, 더 "
        "적은 유닛을 써 보세요. EarlyStopping(patience=3, restore_best_weights=True)을 쓰면 "
        "{kept}번째 에포크의 가중치가 남습니다."
    )

    @classmethod
    def find(cls, evidence: Evidence) -> Overfitting | None:
        loss, val_loss = evidence.loss, evidence.val_loss
        if val_loss is None or not evidence.finite:
            return None
        best = int(val_loss.argmin())
        if len(val_loss) - 1 - best < PATIENCE:
            return None
        now, train_now = median(val_loss[-3:]), median(loss[-3:])
        facts = evidence.facts
        if facts is not None and facts.val_guess and val_loss[best] >= BEATEN * facts.val_guess:
            return None  # nothing had been learned before: see NoBetterThanGuessing
        rise = now - val_loss[best]
        if (
            rise < RISE * val_loss[best]
            or rise < SPAN * val_loss[0]
            or train_now > FALL * loss[best]
        ):
            return None
        return cls(
            evidence.epoch,
            {
                "since": evidence.first + best + 2,
                "kept": evidence.first + best + 1,
                "best": float(val_loss[best]),
                "now": now,
                "train_then": float(loss[best]),
                "train_now": train_now,
            },
        )

    @classmethod
    def concerns(cls, evidence: Evidence) -> bool:
        """Not where a callback keeps the best weights already."""
        return not evidence.keeps_best
