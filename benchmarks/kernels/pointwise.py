"""What reads and writes memory and has no products: activations, embeddings, optimizers."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from benchmarks.kernels.case import Call, Kernel, normal

_ACTIVATIONS = {"tanh": 1, "sigmoid": 2, "exp": 11, "softsign": 4}
_FEW, _MANY = 1 << 13, 1 << 24  # floats: in the first cache; in memory
_TABLES = ((10000, 32, 28000), (20000, 128, 6400))  # words, width, tokens of a batch
_SLOTS = {"sgd": 0, "rmsprop": 1, "adam": 2}
_WEIGHTS = (328_353, 1 << 24)  # of the IMDB model; in memory


def kernels() -> list[Kernel]:
    """All of them."""
    found = []
    for name, kind in _ACTIVATIONS.items():
        for count in (_FEW, _MANY):
            found.append(
                Kernel(
                    f"{name}, {count} values",
                    lambda kind=kind, count=count: _activate(kind, count),
                    bytes=8.0 * count,
                )
            )
    for words, width, tokens in _TABLES:
        size = (words, width, tokens)
        moved = 4.0 * tokens * width
        name = f"{tokens} of {words} rows of {width}"
        found.append(Kernel(f"embedding gather, {name}", _with(_gather, *size), bytes=2 * moved))
        found.append(Kernel(f"embedding scatter, {name}", _with(_scatter, *size), bytes=3 * moved))
    for name, slots in _SLOTS.items():
        for count in _WEIGHTS:
            # The gradient is read; weights and slots are read and written.
            moved = 4.0 * count * (1 + 2 * (1 + slots))
            found.append(Kernel(f"{name}, {count} weights", _with(_step, name, count), bytes=moved))
    return found


def _with(prepare: Callable[..., Call], *arguments: object) -> Callable[[], Call]:
    return lambda: prepare(*arguments)


def _activate(kind: int, count: int) -> Call:
    from sunhwan import _core

    x, y = normal(count), np.zeros(count, np.float32)
    return lambda: _core.activate(kind, x, y)


def _tokens(words: int, tokens: int) -> np.ndarray:
    """Ids of which few are frequent, as in a text."""
    ids = np.random.default_rng(0).zipf(1.2, tokens)
    return (ids % words).astype(np.int32)


def _gather(words: int, width: int, tokens: int) -> Call:
    from sunhwan import _core

    table, index, out = normal(words, width), _tokens(words, tokens), normal(tokens, width)
    return lambda: _core.gather_rows(table, None, index, out)


def _scatter(words: int, width: int, tokens: int) -> Call:
    from sunhwan import _core

    table, index, dout = normal(words, width), _tokens(words, tokens), normal(tokens, width)
    return lambda: _core.scatter_rows(dout, index, table, None)


def _step(name: str, count: int) -> Call:
    from sunhwan import _core

    weights, gradient = normal(count), normal(count)
    one, two = np.zeros(count, np.float32), np.zeros(count, np.float32)
    plain = (1.0, 0.0, 0.0, 1e-3)  # scale, limit, decay, rate
    calls: dict[str, Call] = {
        "sgd": lambda: _core.sgd(weights, gradient, *plain, 0.0, False, None),
        "rmsprop": lambda: _core.rmsprop(
            weights, gradient, *plain, 0.9, 0.0, 1e-7, one, None, None
        ),
        "adam": lambda: _core.adam(weights, gradient, *plain, 0.9, 0.999, 1e-7, one, two, None),
    }
    return calls[name]
