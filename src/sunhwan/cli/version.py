"""What runs here."""

from __future__ import annotations

import platform

import numpy as np


def version_line() -> str:
    """The version, the instruction set and threads in use, and what they run under."""
    import sunhwan
    from sunhwan import _core

    threads = _core.num_threads()
    return (
        f"sunhwan {sunhwan.__version__} ({_core.isa()}, {threads} thread{'s' * (threads != 1)}; "
        f"Python {platform.python_version()}, NumPy {np.__version__})"
    )
