"""What the process that `launch` starts runs: a board that ends when its parent does."""

from __future__ import annotations

import os
import sys
import threading


def main(folder: str, browser: str, port: str) -> None:
    """Serve until the parent, which holds our standard input, is gone."""
    from .serving import serve

    token = sys.stdin.readline().strip()

    def wait() -> None:
        sys.stdin.read()
        os._exit(0)

    def tell(address: str) -> None:
        print(address, flush=True)

    threading.Thread(target=wait, daemon=True).start()
    serve(
        folder,
        port=None if port == "-" else int(port),
        browser=browser == "browser",
        token=token,
        tell=tell,
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
