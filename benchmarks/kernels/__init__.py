"""Each native kernel alone, as a share of what the machine can do."""

from __future__ import annotations

from benchmarks.kernels import convolution, pointwise, products, recurrent
from benchmarks.kernels.case import Kernel


def kernels() -> list[Kernel]:
    """All of them."""
    return [*products.kernels(), *recurrent.kernels(), *convolution.kernels(), *pointwise.kernels()]
