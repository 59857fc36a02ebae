"""A learning rate too high: the loss jumps, or stays above what a constant guess has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, final

import numpy as np

from sunhwan.doctor.evidence import median
from sunhwan.doctor.training_warning import TrainingWarning

if TYPE_CHECKING:
    from sunhwan.doctor.evidence import Evidence

LEAST_EPOCHS = 3
STUCK = 6  # epochs in which the loss no longer falls
MOST_MOVED = 0.1  # mean of |update| by mean of |value|; 1e-4 to 1e-2 are healthy
WORSE = 1.1  # times a constant guess's loss
RISE = 0.3  # share of the guess's loss that training once had gained and lost again
SWING = 0.2  # share of it by which the loss goes up in every second epoch or so


@final
class LearningRateTooHigh(TrainingWarning):
    """The steps are so long that they jump over what they aim at.

    Fires where, after `LEAST_EPOCHS` epochs, the training loss has always been above that of a
    constant guess, is `WORSE` times as large and no longer falls, or has lost `RISE` of the
    guess's loss that it had gained, or swings by `SWING` of it from epoch to epoch; or where in
    two looks at steps in a row the update was more than `MOST_MOVED` of the weights. Source:
    Bengio, "Practical recommendations for gradient-based training of deep architectures", 2012.

    >>> from sunhwan.doctor.evidence import Evidence, Facts
    >>> facts = Facts(rows=1000, values=1000, parameters=100, guess=0.69)
    >>> losses = {"loss": [9.0, 5.0, 8.0, 7.0, 8.0, 8.0]}
    >>> print(LearningRateTooHigh.find(Evidence(losses, learning_rate=10.0, facts=facts)))
    learning rate too high: the training loss stays at 8, 11.6 times the 0.69 of a constant ...
    """

    english = (
        "learning rate too high: {what}. Try {lower:.2g} in place of {rate:.2g}, or clipnorm=1.0 "
        "in the optimizer."
    )
    korean = (
        "학습률이 너무 높습니다. {what_ko}. 학습률을 낮추거나({rate:.2g} → {lower:.2g}) "
        "옵티마이저에 clipnorm=1.0을 주세요."
    )

    @classmethod
    def find(cls, evidence: Evidence) -> LearningRateTooHigh | None:
        facts, loss = evidence.facts, evidence.loss
        if len(loss) < LEAST_EPOCHS or not evidence.finite:
            return None
        rate = evidence.learning_rate
        if rate is None:
            return None
        figures: dict[str, Any] = {"rate": rate, "lower": rate / 10}
        ratio = min((look.ratio for look in evidence.looks[-2:]), default=0.0)
        if ratio > MOST_MOVED and len(evidence.looks) > 1:
            figures["what"] = f"each step changes the weights by {ratio:.0%} of their size"
            figures["what_ko"] = f"가중치가 스텝마다 제 크기의 {ratio:.0%}씩 바뀝니다"
            return cls(evidence.epoch, figures)
        if facts is None or not facts.guess:
            return None
        guess, now, best = facts.guess, median(loss[-3:]), float(loss.min())
        stuck = len(loss) >= STUCK and now > 0.9 * median(loss[-STUCK : -STUCK + 3])
        rises = np.diff(loss[-9:])
        if best > guess and now > WORSE * guess and stuck:
            figures["what"] = (
                f"the training loss stays at {now:.3g}, {now / guess:.1f} times the {guess:.3g} "
                "of a constant guess"
            )
            figures["what_ko"] = (
                f"훈련 손실(지금 {now:.3g})이 늘 같은 값으로 답할 때({guess:.3g})의 "
                f"{now / guess:.1f}배에서 줄지 않습니다"
            )
        elif now - best > RISE * guess and int(loss.argmin()) < len(loss) - 2:
            at = evidence.first + int(loss.argmin()) + 1
            figures["what"] = (
                f"the training loss rose from {best:.3g} in epoch {at} to {now:.3g} "
                f"(a constant guess has {guess:.3g})"
            )
            figures["what_ko"] = (
                f"{at}번째 에포크 뒤로 훈련 손실이 늘었습니다({best:.3g} → {now:.3g}, 늘 같은 "
                f"값으로 답하면 {guess:.3g})"
            )
        elif len(rises) >= 6 and np.count_nonzero(rises > SWING * guess) >= len(rises) // 3:
            low, high = float(loss[-9:].min()), float(loss[-9:].max())
            figures["what"] = (
                f"the training loss swings between {low:.3g} and {high:.3g} from epoch to epoch"
            )
            figures["what_ko"] = f"훈련 손실이 에포크마다 크게 오르내립니다({low:.3g} ~ {high:.3g})"
        else:
            return None
        return cls(evidence.epoch, figures)
