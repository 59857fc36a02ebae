"""Where downloaded files are kept."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def cache_folder() -> Path:
    r"""Return the folder in which downloaded data sets are kept; it need not exist yet.

    It is the first of these: the folder that the environment variable `SUNHWAN_CACHE` names; on
    Windows ``%LOCALAPPDATA%\sunhwan\Cache``; on macOS ``~/Library/Caches/sunhwan``; elsewhere
    ``$XDG_CACHE_HOME/sunhwan`` or ``~/.cache/sunhwan``.

    >>> from unittest.mock import patch
    >>> with patch.dict(os.environ, SUNHWAN_CACHE="/data/sunhwan"):
    ...     cache_folder().as_posix()
    '/data/sunhwan'
    """
    own = os.environ.get("SUNHWAN_CACHE")
    if own:
        return Path(own).expanduser()
    if sys.platform == "win32":
        local = os.environ.get("LOCALAPPDATA")
        base = Path(local) if local else Path.home() / "AppData" / "Local"
        return base / "sunhwan" / "Cache"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "sunhwan"
    # The XDG specification says that a path that is not absolute must be ignored.
    shared = Path(os.environ.get("XDG_CACHE_HOME", ""))
    return (shared if shared.is_absolute() else Path.home() / ".cache") / "sunhwan"
