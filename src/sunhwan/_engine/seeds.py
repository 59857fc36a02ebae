"""The package's sequence of seeds: a root and a counter give 64-bit seeds.

Seed number `n` is ``mix(root + n * GOLDEN)``: the SplitMix64 generator (Steele, Lea, Flood, "Fast
splittable pseudorandom number generators", OOPSLA 2014). `mix` is a bijection and `GOLDEN` is odd,
so the seeds of one root do not repeat before 2**64 of them were drawn.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import numpy as np

_MASK = (1 << 64) - 1
_GOLDEN = 0x9E3779B97F4A7C15


class _Sequence:
    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.root: int | None = None
        self.count = 0
        self.chosen = False  # whether the user chose the root

    def start(self, root: int) -> None:
        with self.lock:
            self.root, self.count, self.chosen = root, 0, True

    def next(self) -> int:
        with self.lock:
            self.count += 1
            return _mix((self._begun() + self.count * _GOLDEN) & _MASK)

    def copy(self) -> _Sequence:
        """One that goes on with the same seeds."""
        other = _Sequence()
        with self.lock:
            other.root, other.count = self._begun(), self.count
        return other

    def _begun(self) -> int:
        if self.root is None:
            self.root = int.from_bytes(os.urandom(8), "little")
        return self.root

    def renew_in_child(self) -> None:
        # Another thread may have held the lock when the process forked. A root from entropy must
        # not be shared by parent and child; a root that the user chose is kept, so that the
        # program's course stays fixed.
        self.lock = threading.Lock()
        if not self.chosen:
            self.root = None


_sequence = _Sequence()
_inner: ContextVar[_Sequence | None] = ContextVar("sunhwan_seeds", default=None)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_sequence.renew_in_child)


def set_seed(seed: int) -> None:
    """Start the sequence of seeds anew from `seed`.

    Args:
        seed: a non-negative integer of any size. Neighbouring seeds give unrelated sequences.

    Raises:
        TypeError: `seed` is no integer.
        ValueError: `seed` is negative.

    >>> set_seed(7)
    >>> first = next_seed()
    >>> set_seed(7)
    >>> next_seed() == first
    True
    """
    _sequence.start(_spread(check_seed(seed)))


def next_seed() -> int:
    """Return the next seed, an integer in [0, 2**64).

    If `set_seed` was never called, the sequence starts from the operating system's entropy. Threads
    may call it at the same time: each gets a seed of its own.

    >>> set_seed(7)
    >>> next_seed() != next_seed()
    True
    """
    return (_inner.get() or _sequence).next()


@contextmanager
def seeds_from(root: int) -> Iterator[None]:
    """Let `next_seed` give the seeds of another sequence inside the ``with`` block.

    >>> with seeds_from(3):
    ...     first = next_seed()
    >>> with seeds_from(3):
    ...     next_seed() == first
    True
    """
    sequence = _Sequence()
    sequence.start(root)
    with _inside(sequence):
        yield


@contextmanager
def seeds_again() -> Iterator[None]:
    """Let the seeds that are drawn inside the ``with`` block be drawn again behind it.

    >>> with seeds_again():
    ...     first = next_seed()
    >>> next_seed() == first
    True
    """
    with _inside((_inner.get() or _sequence).copy()):
        yield


@contextmanager
def _inside(sequence: _Sequence) -> Iterator[None]:
    token = _inner.set(sequence)
    try:
        yield
    finally:
        _inner.reset(token)


def generator() -> np.random.Generator:
    """Return a NumPy generator that starts from the next seed.

    >>> set_seed(7)
    >>> numbers = generator().random(3)
    >>> set_seed(7)
    >>> bool((generator().random(3) == numbers).all())
    True
    """
    return np.random.default_rng(next_seed())


def check_seed(seed: int) -> int:
    """Return `seed` as an `int`.

    Raises:
        TypeError: `seed` is no integer.
        ValueError: `seed` is negative.

    >>> check_seed(np.int32(3))
    3
    """
    if isinstance(seed, bool) or not isinstance(seed, (int, np.integer)):
        raise TypeError(f"seed must be an integer, got {seed!r} of type {type(seed).__name__}")
    if seed < 0:
        raise ValueError(f"seed must not be negative, got {seed}")
    return int(seed)


def check_small_seed(seed: int) -> int:
    """Return `seed` as an `int` that NumPy's `RandomState` takes.

    Raises:
        ValueError: it is no integer from 0 to 2**32 - 1.

    >>> check_small_seed(-1)
    Traceback (most recent call last):
        ...
    ValueError: seed must be an integer from 0 to 4294967295, got -1
    """
    whole = isinstance(seed, (int, np.integer)) and not isinstance(seed, bool)
    if not whole or not 0 <= seed < 2**32:
        raise ValueError(f"seed must be an integer from 0 to {2**32 - 1}, got {seed!r}")
    return int(seed)


def _spread(seed: int) -> int:
    """Hash an integer of any size to 64 bits."""
    return int(np.random.SeedSequence(seed).generate_state(1, np.uint64)[0])


def _mix(z: int) -> int:
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & _MASK
    return z ^ (z >> 31)


def derive(seed: int, *places: int) -> int:
    """Return a 64-bit seed for the place `places` (of a layer, a step, ...) under `seed`."""
    state = _mix(seed & _MASK)
    for place in places:
        state = _mix((state + (place + 1) * _GOLDEN) & _MASK)
    return state
