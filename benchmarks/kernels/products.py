"""Matrix products: of the shapes that the workloads have, and a square one."""

from __future__ import annotations

import numpy as np

from benchmarks.kernels.case import Call, Kernel, normal

# M, K, N, and which operand is stored transposed: "" none, "a" as in a weight's gradient, "b" as
# in an input's gradient.
_SHAPES = (
    (512, 512, 512, ""),
    (512, 512, 512, "a"),
    (512, 512, 512, "b"),
    (128, 32, 20000, ""),
    (20000, 32, 128, ""),
    (4000, 32, 128, ""),
    (32, 28000, 128, "a"),
    (28000, 128, 32, "b"),
    (6400, 64, 1024, ""),
    (256, 6400, 1024, "a"),
    (3200, 1024, 4096, ""),
    (1024, 3200, 4096, "a"),
    (3200, 4096, 1024, "b"),
    (64, 256, 1024, ""),
    (12, 30, 90, ""),
)


def kernels() -> list[Kernel]:
    """A kernel for each shape."""
    return [
        Kernel(
            f"product {m} x {k} x {n}" + (f", {side} transposed" if side else ""),
            lambda m=m, k=k, n=n, side=side: _prepare(m, k, n, side),
            operations=2.0 * m * k * n,
        )
        for m, k, n, side in _SHAPES
    ]


def _prepare(m: int, k: int, n: int, side: str) -> Call:
    from sunhwan import _core

    a = normal(k, m) if side == "a" else normal(m, k)
    b = normal(n, k) if side == "b" else normal(k, n)
    out = np.zeros((m, n), np.float32)
    return lambda: _core.product(a, b, out, side == "a", side == "b")
