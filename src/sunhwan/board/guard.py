"""Who may talk to the board: nobody but the page that it serves itself.

Every address begins with a secret token, so there is no cookie that a foreign page could make the
browser send along. Besides, a request must name this machine as its host (which a page that has its
own name point to 127.0.0.1 cannot), and must not come from a page of another origin.
"""

from __future__ import annotations

import hmac
import ipaddress
import socket
from typing import Any

HEADERS = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data: blob:; connect-src 'self'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}


class Guard:
    """Lets an application see only the requests of its own page.

    Args:
        application: an ASGI application; it sees paths without the token.
        token: with which each path must begin.
        host: the name under which the server was told to listen.
    """

    def __init__(self, application: Any, token: str, host: str) -> None:
        self._application, self._token = application, token
        self._hosts = {"localhost", host.lower(), socket.gethostname().lower()}

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer a request, or refuse it."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self._application(scope, receive, send)
            return
        pairs = scope["headers"]
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in pairs}

        async def guarded(message: Any) -> None:
            if message["type"] == "http.response.start":
                names = {name for name, _ in message["headers"]}
                message["headers"] = [
                    *message["headers"],
                    *(
                        (name.encode(), value.encode())
                        for name, value in HEADERS.items()
                        if name.encode() not in names
                    ),
                ]
            await send(message)

        path = self._inner_path(scope["path"])
        if path is None or not self._is_ours(headers, scope["method"], path):
            await _refuse(guarded)
            return
        await self._application(
            {**scope, "path": path, "raw_path": path.encode()}, receive, guarded
        )

    def _inner_path(self, path: str) -> str | None:
        """The path behind the token; `None` where that is wrong."""
        token, slash, rest = path[1:].partition("/")
        right = hmac.compare_digest(token.encode(), self._token.encode())
        return f"/{rest}" if right and slash else None

    def _is_ours(self, headers: dict[str, str], method: str, path: str) -> bool:
        host = headers.get("host", "")
        if not self._knows(host):
            return False
        origin = headers.get("origin")
        if origin is not None and origin != f"http://{host}":
            return False
        if method not in ("GET", "HEAD") and origin is None:
            return False
        site = headers.get("sec-fetch-site", "none")
        opened = headers.get("sec-fetch-dest") == "document" and method == "GET" and path == "/"
        return site in ("none", "same-origin") or opened  # a link that was clicked elsewhere

    def _knows(self, host: str) -> bool:
        """Whether a request's host is this machine, by number or by a name of its own."""
        name = host.rpartition(":")[0] if not host.endswith("]") and ":" in host else host
        name = name.strip("[]").lower()
        if name in self._hosts:
            return True
        try:
            ipaddress.ip_address(name)
        except ValueError:
            return False
        return True


async def _refuse(send: Any) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8")]
    await send({"type": "http.response.start", "status": 403, "headers": headers})
    await send({"type": "http.response.body", "body": b"forbidden\n"})
