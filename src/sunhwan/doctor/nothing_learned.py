"""Whether a training has learned anything that holds for other rows."""

from __future__ import annotations

from typing import NamedTuple

from .evidence import Evidence

LEAST_EPOCHS = 5
LEAST_STEPS = 200
BEATEN = 0.985  # share of a constant guess's loss below which something was learned


class NothingLearned(NamedTuple):
    """The best loss, which is no better than that of a constant guess.

    Args:
        best: the least validation loss, or without validation the least training loss.
        guess: the loss of the constant guess on the same rows.
        validated: whether it is the validation loss.
    """

    best: float
    guess: float
    validated: bool


def nothing_learned(evidence: Evidence) -> NothingLearned | None:
    """The figures, where `LEAST_EPOCHS` epochs and `LEAST_STEPS` steps taught nothing."""
    facts, val_loss = evidence.facts, evidence.val_loss
    if facts is None or not facts.guess or not evidence.finite:
        return None
    if evidence.seen < LEAST_EPOCHS or evidence.steps < LEAST_STEPS:
        return None
    best, guess, validated = float(evidence.loss.min()), facts.guess, False
    if val_loss is not None and facts.val_guess:
        best, guess, validated = float(val_loss.min()), facts.val_guess, True
    return None if best < BEATEN * guess else NothingLearned(best, guess, validated)
