"""Whether the process that writes a record is still there."""

from __future__ import annotations

import os
import socket
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

SILENCE = 120.0  # seconds without a line after which an unknown process counts as gone


def this_process() -> dict[str, Any]:
    """What tells this process from every other, as far as the system says."""
    return {"host": socket.gethostname(), "pid": os.getpid(), "began": _began(os.getpid())}


def is_alive(process: dict[str, Any], last_sign: float) -> bool:
    """Whether the process of a record may still write to it.

    Args:
        process: what `this_process` gave in it.
        last_sign: time of its last line, in seconds since 1970.
    """
    pid = process.get("pid")
    if process.get("host") == socket.gethostname() and os.name == "posix" and type(pid) is int:
        try:
            os.kill(pid, 0)
        except (ProcessLookupError, OverflowError):
            return False
        except PermissionError:
            pass  # it is there, and another user's
        return _began(pid) == process.get("began")
    return time.time() - last_sign < SILENCE


def _began(pid: int) -> int | None:
    """When a process began, in the system's own unit, since its start; `None` where unknown."""
    with suppress(OSError, ValueError, IndexError):
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
        return int(text.rpartition(")")[2].split()[19])
    return None
