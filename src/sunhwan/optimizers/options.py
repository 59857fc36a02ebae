"""What all optimizers take, and the checks of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypedDict

from sunhwan._engine import arguments
from sunhwan._engine.config import unknown_argument


class CommonOptions(TypedDict, total=False):
    """The arguments of every optimizer, as `Optimizer` explains them."""

    clipnorm: float | None
    clipvalue: float | None
    global_clipnorm: float | None
    use_ema: bool
    ema_momentum: float
    ema_overwrite_frequency: int | None
    loss_scale_factor: float | None
    gradient_accumulation_steps: int | None
    name: str | None


class Options(CommonOptions, total=False):
    """The arguments of every optimizer but `AdamW`, whose weight decay is its own."""

    weight_decay: float | None


def check_rate(value: Any) -> float:
    """Return a learning rate as a float.

    Raises:
        ValueError: it is no finite number of zero or more.
    """
    expected = "a finite number of zero or more, a schedule or a function"
    return arguments.check_number("learning_rate", value, expected, lambda number: number >= 0)


def check_optional(value: Any, name: str) -> float | None:
    """Return `None` or a finite number of zero or more, else raise a ValueError."""
    return None if value is None else check_number(value, name)


def check_number(value: Any, name: str) -> float:
    """Return a finite number of zero or more, else raise a ValueError."""
    return arguments.check_not_negative(name, value)


def check_share(value: Any, name: str) -> float:
    """Return a number in [0, 1], else raise a ValueError."""
    return arguments.check_share(name, value)


def check_beta(value: Any, name: str) -> float:
    """Return a number in [0, 1), else raise a ValueError."""
    expected = "a number in [0, 1)"
    return arguments.check_number(name, value, expected, lambda number: 0 <= number < 1)


def check_count(value: Any, name: str, least: int) -> int | None:
    """Return `None` or a whole number from `least` on, else raise a ValueError."""
    return arguments.optional_count(name, value, least)


def check_one_clip(
    clipnorm: float | None, clipvalue: float | None, global_clipnorm: float | None
) -> None:
    """Raise a ValueError where more than one way of clipping is given."""
    given = {"clipnorm": clipnorm, "clipvalue": clipvalue, "global_clipnorm": global_clipnorm}
    given = {name: value for name, value in given.items() if value is not None}
    if len(given) > 1:
        text = ", ".join(f"{name}={value}" for name, value in given.items())
        raise ValueError(
            f"only one of clipnorm, clipvalue and global_clipnorm may be set, got {text}"
        )


def unknown(cls: type, rate: Any, given: Mapping[str, Any]) -> str:
    """Return the message for arguments that an optimizer does not take.

    Args:
        cls: the optimizer.
        rate: its learning rate.
        given: the arguments.
    """
    name = "decay" if "decay" in given else next(iter(given))
    if name != "decay":
        return unknown_argument(cls, name)
    message = f"{cls.__name__} got an unknown argument 'decay'"
    decay, rate = given["decay"], given.get("lr", rate)
    if not decay:
        return f"{message}: leave it out, {decay!r} does nothing"
    if not isinstance(rate, (int, float)):
        return f"{message}: learning_rate is a schedule already, put the decay into that"
    return (
        f"{message}: in its place, learning_rate=sunhwan.optimizers.schedules.InverseTimeDecay("
        f"{rate!r}, decay_steps=1, decay_rate={decay!r}) is {rate!r} / (1 + {decay!r} * step)"
    )
