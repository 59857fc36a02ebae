"""A folder that one process has for itself."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import Any

try:
    import fcntl
except ImportError:  # Windows: nothing is locked
    fcntl: Any = None


class FolderLock:
    """Keeps other processes from a folder that they want to lock too.

    It is a lock of the system on a file `lock` in the folder, which goes with the process, however
    that ends; children of a fork do not have it. Where the file system has no locks, nothing is
    locked.

    Args:
        folder: made where it is missing.
    """

    def __init__(self, folder: Path) -> None:
        self._folder, self._path = folder, folder / "lock"
        self._file: Any = None

    def take(self) -> None:
        """Take the folder.

        Raises:
            RuntimeError: another process has it.
        """
        while fcntl is not None and self._file is None:
            self._folder.mkdir(parents=True, exist_ok=True)
            try:
                file = self._path.open("a+", encoding="utf-8")
            except FileNotFoundError:  # the folder was removed in the meantime
                continue
            try:
                fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except (BlockingIOError, PermissionError):
                with file:
                    file.seek(0)
                    raise RuntimeError(
                        f"{str(self._folder)!r} is in use by another process "
                        f"({file.read().strip()}): wait for it, or name another folder"
                    ) from None
            except OSError:
                file.close()
                return
            if self._is(file):
                file.truncate(0)
                file.write(str(os.getpid()))
                file.flush()
                self._file = file
            else:  # removed by the one that had it before
                file.close()

    def release(self) -> None:
        """Let go of the folder, and remove it if nothing is in it."""
        if self._file is not None:
            with suppress(OSError):
                self._path.unlink()
            self._file.close()
            self._file = None
        with suppress(OSError):
            self._folder.rmdir()

    def _is(self, file: Any) -> bool:
        """Whether an open file is still the one that other processes find."""
        try:
            return os.path.samestat(os.fstat(file.fileno()), os.stat(self._path))
        except FileNotFoundError:
            return False
