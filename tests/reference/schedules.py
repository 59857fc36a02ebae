"""Keras's learning-rate schedules: the rate after `step` steps, 0 at the first."""

from __future__ import annotations

import math


def exponential_decay(
    step: int, initial: float, decay_steps: int, decay_rate: float, staircase: bool = False
) -> float:
    periods = step / decay_steps
    return initial * decay_rate ** (math.floor(periods) if staircase else periods)


def inverse_time_decay(
    step: int, initial: float, decay_steps: int, decay_rate: float, staircase: bool = False
) -> float:
    periods = step / decay_steps
    return initial / (1.0 + decay_rate * (math.floor(periods) if staircase else periods))


def piecewise_constant_decay(step: int, boundaries: list[float], values: list[float]) -> float:
    """`values[0]` up to and with `boundaries[0]`, then `values[1]`, ..."""
    passed = sum(step > boundary for boundary in boundaries)
    return values[passed]


def polynomial_decay(
    step: int,
    initial: float,
    decay_steps: int,
    end: float = 0.0001,
    power: float = 1.0,
    cycle: bool = False,
) -> float:
    """From `initial` to `end` in `decay_steps`; `cycle` starts again with a longer period."""
    length = float(decay_steps)
    if cycle:
        length *= max(1, math.ceil(step / decay_steps))
    part = min(step / length, 1.0)
    return (initial - end) * (1.0 - part) ** power + end


def cosine_decay(
    step: int,
    initial: float,
    decay_steps: int,
    alpha: float = 0.0,
    warmup_target: float | None = None,
    warmup_steps: int = 0,
) -> float:
    """Half a cosine down to `alpha` of the start; before it, if asked, a straight warm-up."""
    start = initial
    if warmup_target is not None:
        if step < warmup_steps:
            return initial + (warmup_target - initial) * step / warmup_steps
        step -= warmup_steps
        start = warmup_target
    part = min(step / decay_steps, 1.0)
    return start * ((1.0 - alpha) * 0.5 * (1.0 + math.cos(math.pi * part)) + alpha)


def cosine_decay_restarts(
    step: int,
    initial: float,
    first_decay_steps: int,
    t_mul: float = 2.0,
    m_mul: float = 1.0,
    alpha: float = 0.0,
) -> float:
    """Cosines one after another, each `t_mul` times as long and starting `m_mul` times as high."""
    length, height, begin = float(first_decay_steps), 1.0, 0.0
    while step >= begin + length:
        begin += length
        length *= t_mul
        height *= m_mul
    part = (step - begin) / length
    cosine = 0.5 * height * (1.0 + math.cos(math.pi * part))
    return initial * ((1.0 - alpha) * cosine + alpha)


def warmup(step: int, after: float, warmup_steps: int, initial: float = 0.0) -> float:
    """A straight line up to the rate that stays."""
    return initial + (after - initial) * min(step / warmup_steps, 1.0)


def one_cycle(
    step: int,
    highest: float,
    total_steps: int,
    warmup_share: float = 0.3,
    div_factor: float = 25.0,
    final_div_factor: float = 1e4,
) -> float:
    """Half a cosine up to the highest rate, and half a cosine down to the end."""
    first = highest / div_factor
    last = first / final_div_factor
    top, end = warmup_share * total_steps - 1, total_steps - 1
    if step < top:
        return first + (highest - first) * 0.5 * (1.0 - math.cos(math.pi * step / top))
    part = min((step - top) / (end - top), 1.0)
    return last + (highest - last) * 0.5 * (1.0 + math.cos(math.pi * part))
