"""How many threads the kernels may use."""

from __future__ import annotations

from sunhwan import _core
from sunhwan._engine.arguments import check_count


def set_num_threads(count: int) -> None:
    """Set the number of threads that kernels may use; it changes no bit of any result.

    Args:
        count: 1 or more.

    Raises:
        ValueError: `count` is no positive integer.

    >>> import sunhwan as sh
    >>> sh.set_num_threads(sh.num_threads())
    """
    _core.set_num_threads(check_count("count", count))
