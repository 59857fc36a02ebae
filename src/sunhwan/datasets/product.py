"""Product: two numbers of a long sequence are marked, and their product is asked for.

What lies between the marks is noise, so a network succeeds only if it can carry a number through as
many steps as there are; the longer the sequence, the harder.
"""

from __future__ import annotations

import numpy as np

from sunhwan._engine.arguments import check_count


def load_data(
    samples: int = 3000, steps: int = 100, test_samples: int = 440, seed: int = 0
) -> tuple[tuple[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]:
    """Make sequences of (mark, number) and the product of the two numbers that are marked 1.

    ::

        x[n, t] = (1 if t in marked(n) else 0, number(n, t))
        y[n] = product of number(n, t) over the two t in marked(n)

    Numbers are uniform in [0, 1); the two marked steps are drawn from all pairs alike. Always
    answering 1/4 gives the mean squared error 7/144, 0.0486.

    Args:
        samples: sequences in all.
        steps: steps in each sequence, 2 or more.
        test_samples: how many of them, the last ones, are for testing.
        seed: of the numbers and marks: the same seed gives the same sequences.

    Returns:
        ``(x_train, y_train), (x_test, y_test)``: `x` of shape ``(n, steps, 2)`` and `y` of shape
        ``(n,)``, float32.

    Raises:
        ValueError: a number is no integer, `steps` is below 2, or `test_samples` is not from 0
            to `samples`.

    Source: after the multiplication problem of Hochreiter and Schmidhuber, "Long short-term
    memory", Neural Computation 9, 1997.

    >>> (x_train, y_train), (x_test, y_test) = load_data()
    >>> x_train.shape, x_test.shape
    ((2560, 100, 2), (440, 100, 2))
    >>> marked = x_train[0, :, 0] == 1
    >>> bool(x_train[0, marked, 1].prod() == y_train[0])
    True
    """
    samples = check_count("samples", samples)
    steps = check_count("steps", steps, 2)
    test_samples = check_count("test_samples", test_samples, 0)
    if not 0 <= test_samples <= samples:
        raise ValueError(f"test_samples must be from 0 to {samples}, got {test_samples}")
    random = np.random.default_rng(seed)
    numbers = random.random((samples, steps), dtype=np.float32)
    first = random.integers(steps, size=samples)
    second = (first + random.integers(1, steps, size=samples)) % steps
    rows = np.arange(samples)
    marks = np.zeros_like(numbers)
    marks[rows, first] = marks[rows, second] = 1.0
    x = np.stack([marks, numbers], axis=-1)
    y = numbers[rows, first] * numbers[rows, second]
    train = samples - test_samples
    return (x[:train], y[:train]), (x[train:], y[train:])
