"""Starting the board."""

from __future__ import annotations

import os
import secrets
import socket
import sys
import threading
import webbrowser
from collections.abc import Callable
from pathlib import Path

from sunhwan._engine.extras import require

PORT = 6116


def serve(
    folder: str | os.PathLike[str] = "runs",
    port: int | None = None,
    host: str = "127.0.0.1",
    browser: bool = True,
    token: str | None = None,
    tell: Callable[[str], None] | None = None,
) -> None:
    """Show the runs in a folder in the browser, until Ctrl-C.

    Args:
        folder: where `callbacks.Board` records; it may be missing as yet.
        port: default 6116, or the next that is free; 0 takes any.
        host: where to listen; by default on this machine alone.
        browser: whether to open the page.
        token: the secret in the address; by default a new one.
        tell: gets the address; by default it is printed.

    Raises:
        ImportError: a package of the board is missing.
        NotADirectoryError: `folder` is a file.
        OSError: the port is taken, or the host is not this machine.
        ValueError: the port is no port.

    >>> import sunhwan.board
    >>> sunhwan.board.serve("runs")  # doctest: +SKIP
    the board of runs: http://127.0.0.1:6116/3NYhRkZr_KmCuQGX/
    """
    from .server import application

    uvicorn = require("uvicorn", "board")
    folder = Path(folder)
    if folder.exists() and not folder.is_dir():
        raise NotADirectoryError(f"{folder} is not a folder")
    token = token or secrets.token_urlsafe(18)
    listening = _listen(host, port)
    shown = f"[{host}]" if ":" in host else host
    address = f"http://{shown}:{listening.getsockname()[1]}/{token}/"
    config = uvicorn.Config(
        application(folder, token, host),
        log_level="critical",
        access_log=False,
        server_header=False,
        lifespan="off",
        timeout_graceful_shutdown=1,
    )
    server = uvicorn.Server(config)
    if tell is None:
        print(f"the board of {folder}: {address}", flush=True)
        if host not in ("127.0.0.1", "localhost", "::1"):
            print("whoever can reach this machine and knows this address can see it", flush=True)
    else:
        tell(address)
    if browser:
        threading.Timer(0.3, webbrowser.open, [address]).start()
    try:
        server.run(sockets=[listening])
    except KeyboardInterrupt:
        pass
    finally:
        listening.close()


def _listen(host: str, port: int | None) -> socket.socket:
    """A socket that listens there."""
    if port is not None and (type(port) is not int or not 0 <= port < 65536):
        raise ValueError(f"port must be an integer from 0 to 65535, got {port!r}")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    ports = [port] if port is not None else [*range(PORT, PORT + 20), 0]
    for number in ports:
        listening = socket.socket(family, socket.SOCK_STREAM)
        if sys.platform != "win32":
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((host, number))
            listening.listen(128)
        except OSError as error:
            listening.close()
            if number == ports[-1] or isinstance(error, socket.gaierror):
                reason = error.strerror or error
                raise OSError(f"cannot listen on {host}, port {number}: {reason}") from error
        else:
            listening.set_inheritable(True)
            return listening
    raise AssertionError
