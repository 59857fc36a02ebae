"""The board in a process of its own, beside a training or a notebook."""

from __future__ import annotations

import atexit
import os
import secrets
import subprocess
import sys
from pathlib import Path

from sunhwan._engine.extras import require

_shown: dict[Path, Shown] = {}


class Shown:
    """A board that runs beside this program, and ends with it.

    Args:
        folder: of the runs.
        browser: whether it opens the page.
        port: as in `serve`.

    Attributes:
        address: of the page. In a notebook it can be clicked.

    >>> Shown("runs")  # doctest: +SKIP
    <board of runs: http://127.0.0.1:6116/3NYhRkZr_KmCuQGX/>
    """

    def __init__(
        self, folder: str | os.PathLike[str], browser: bool = True, port: int | None = None
    ) -> None:
        for module in ("starlette", "uvicorn", "plotly"):
            require(module, "board")
        self.folder = Path(folder)
        token = secrets.token_urlsafe(18)
        command = [sys.executable, "-m", "sunhwan.board.beside", os.fspath(folder)]
        command += ["browser" if browser else "-", "-" if port is None else str(port)]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{token}\n")  # where other users of the machine do not see it
        self._process.stdin.flush()
        self.address = self._process.stdout.readline().strip()
        if not self.address:
            raise OSError("the board did not start; `sunhwan board` says why")
        atexit.register(self.close)

    @property
    def running(self) -> bool:
        """Whether it is still there."""
        return self._process.poll() is None

    def close(self) -> None:
        """End it."""
        if self.running:
            self._process.terminate()
            self._process.wait(5)
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                stream.close()

    def __repr__(self) -> str:
        return f"<board of {self.folder}: {self.address}>"

    def _repr_html_(self) -> str:
        return f'<a href="{self.address}" target="_blank" rel="noopener">{self.address}</a>'


def show(folder: str | os.PathLike[str] = "runs", browser: bool | None = None) -> Shown:
    """Show the runs in a folder while this program goes on.

    Args:
        folder: where `callbacks.Board` records.
        browser: whether to open the page; by default where it is not shown already.

    Returns:
        The board, which has the `address`; the same one for the same folder. It ends with the
        program, or by its `close()`.

    Raises:
        ImportError: a package of the board is missing.
        OSError: it cannot be started.

    >>> import sunhwan.board
    >>> sunhwan.board.show("runs")  # doctest: +SKIP
    <board of runs: http://127.0.0.1:6116/3NYhRkZr_KmCuQGX/>
    """
    place = Path(folder).resolve()
    shown = _shown.get(place)
    if shown is None or not shown.running:
        shown = _shown[place] = Shown(folder, browser is not False)
        print(shown.address, flush=True)
    return shown
