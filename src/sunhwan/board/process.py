"""Whether a process that writes a record, or trains in a search, is still there."""

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
    pid = os.getpid()
    return {"host": socket.gethostname(), "system": _system(), "pid": pid, "began": _began(pid)}


def is_alive(process: dict[str, Any], last_sign: float) -> bool:
    """Whether the process of a record may still write to it.

    Args:
        process: what `this_process` gave in it.
        last_sign: time of its last line, in seconds since 1970.
    """
    there = _is_there(process)
    return time.time() - last_sign < SILENCE if there is None else there


def has_ended(process: dict[str, Any]) -> bool:
    """Whether it is certain that a process is gone: it was one of this system.

    Args:
        process: what `this_process` gave in it.
    """
    return _is_there(process) is False


def _is_there(process: dict[str, Any]) -> bool | None:
    """Whether a process is there; `None` where it is one of a system that we do not see into."""
    ours, pid = {"host": socket.gethostname(), "system": _system()}, process.get("pid")
    if os.name != "posix" or type(pid) is not int or not ours.items() <= process.items():
        return None
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        pass  # it is there, and another user's
    return _began(pid) == process.get("began")


def _system() -> str:
    """What tells the processes that we can see from those elsewhere, as far as the system says.

    Linux has a number for each start of the machine, and one for each container.
    """
    parts = []
    with suppress(OSError):
        parts.append(Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip())
        parts.append(os.readlink("/proc/self/ns/pid"))
    return " ".join(parts)


def _began(pid: int) -> int | None:
    """When a process began, in the system's own unit, since its start; `None` where unknown."""
    with suppress(OSError, ValueError, IndexError):
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
        return int(text.rpartition(")")[2].split()[19])
    return None
