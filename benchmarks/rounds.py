"""Rounds on a machine that others disturb: a disturbed round is measured again."""

from __future__ import annotations

from collections.abc import Callable
from statistics import median

_LEAST = 0.9  # of the median peak, that a round's must be


def undisturbed(measure: Callable[[int], float], rounds: int) -> tuple[list[int], int]:
    """Measure rounds; for each that was disturbed another, at most half as many as were asked for.

    A round is disturbed if the peak of the machine lies more than 10 % below the median of all.

    Args:
        measure: measures a round, given its number from 0, and returns the peak after it.
        rounds: how many to keep.

    Returns:
        The numbers of the rounds to keep, those with the highest peaks, and how many rounds were
        repeated.
    """
    peaks = [measure(turn) for turn in range(rounds)]
    most = rounds + (rounds + 1) // 2
    while _calm(peaks) < rounds and len(peaks) < most:
        peaks.append(measure(len(peaks)))
    falling = sorted(range(len(peaks)), key=lambda turn: -peaks[turn])
    return sorted(falling[:rounds]), len(peaks) - rounds


def _calm(peaks: list[float]) -> int:
    """How many rounds were not disturbed."""
    least = _LEAST * median(peaks)
    return sum(peak >= least for peak in peaks)
