"""A server of one file, on this machine, that is good, slow to recover, broken or hostile."""

import http.server
import re

import numpy as np

CONTENT = np.random.default_rng(0).bytes(300_001)  # more than one block, and odd


class Server(http.server.ThreadingHTTPServer):
    """Serves CONTENT; `plan` holds what to do with each request in turn, then all goes well."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.plan: list[str] = []
        self.requests: list[str | None] = []  # the Range header of each request

    def handle_error(self, *_):
        pass  # a client that hangs up is no error here


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        asked = self.headers.get("Range")
        self.server.requests.append(asked)
        deed = self.server.plan.pop(0) if self.server.plan else "good"
        first = int(re.fullmatch(r"bytes=(\d+)-", asked)[1]) if asked else 0
        body, headers, status = CONTENT[first:], {}, 206 if asked else 200
        if asked:
            span = f"bytes {first}-{len(CONTENT) - 1}/{len(CONTENT)}"
            headers["Content-Range"] = span
        if deed.isdigit():
            body, headers, status = b"no", {}, int(deed)
        elif deed == "whole":  # a server that knows no ranges
            body, headers, status = CONTENT, {}, 200
        elif deed == "other part":
            headers["Content-Range"] = f"bytes 1-{len(CONTENT) - 1}/{len(CONTENT)}"
        elif deed == "wrong":
            body = body[:-1] + bytes([body[-1] ^ 1])
        elif deed == "silent":
            self.close_connection = True
            return
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if deed != "unsized":
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if deed == "truncated":
            body = body[: len(body) // 2]
        self.wfile.write(body + (b"more" if deed == "unsized longer" else b""))
        self.close_connection = deed != "good"

    def log_message(self, *_):
        pass
