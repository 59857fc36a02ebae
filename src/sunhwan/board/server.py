"""What the board's server answers."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from sunhwan._engine.extras import require

from .control import ask_for_rate, ask_to_stop
from .guard import Guard
from .pictures import read as read_picture
from .runs import Followed, Runs, histograms, thinned

KINDS = ("steps", "epochs", "snapshots", "messages")  # that a page is sent as they come
POLL = 0.5  # seconds from one look at the files to the next
PAGE = Path(__file__).parent / "page"
TYPES = {".html": "text/html", ".js": "text/javascript", ".css": "text/css"}


def application(folder: Path, token: str, host: str) -> Any:
    """The ASGI application that shows the runs in a folder to whoever knows the token.

    Raises:
        ImportError: a package of the board is missing.
    """
    require("starlette", "board")
    from starlette.applications import Starlette
    from starlette.middleware.gzip import GZipMiddleware
    from starlette.responses import JSONResponse, Response, StreamingResponse
    from starlette.routing import Route

    runs = Runs(folder)
    files = {path.name: path for path in PAGE.iterdir() if path.suffix in TYPES}
    charts = plotly_file()

    async def page(request: Any) -> Any:
        return _file(Response, files["index.html"])

    async def static(request: Any) -> Any:
        name = request.path_params["name"]
        if name == "plotly.min.js":
            return _file(Response, charts, {"cache-control": "private, max-age=86400"})
        if name not in files:
            return JSONResponse({"error": "no such file"}, 404)
        return _file(Response, files[name])

    async def listed(request: Any) -> Any:
        return JSONResponse(await asyncio.to_thread(lambda: runs.listed(runs.names())))

    async def shown_histograms(request: Any) -> Any:
        place = runs.place(request.query_params.get("run", ""))
        if place is None:
            return JSONResponse({"error": "no such run"}, 404)
        parameter = request.query_params.get("parameter", "")
        return JSONResponse(await asyncio.to_thread(histograms, place, parameter))

    async def picture(request: Any) -> Any:
        place = runs.place(request.query_params.get("run", ""))
        name = request.query_params.get("name", "")
        drawn = None if place is None else await asyncio.to_thread(read_picture, place, name)
        if drawn is None:
            return JSONResponse({"error": "no such picture"}, 404)
        return Response(drawn, media_type="image/png")

    async def events(request: Any) -> Any:
        wanted = request.query_params.getlist("run")
        return StreamingResponse(
            _events(runs, wanted, request.is_disconnected),
            media_type="text/event-stream",
            headers={"content-encoding": "identity"},  # packed, it would be held back
        )

    async def stop(request: Any) -> Any:
        place = runs.place((await _body(request)).get("run", ""))
        if place is None:
            return JSONResponse({"error": "no such run"}, 404)
        ask_to_stop(place)
        return JSONResponse({})

    async def learning_rate(request: Any) -> Any:
        body = await _body(request)
        place = runs.place(body.get("run", ""))
        if place is None:
            return JSONResponse({"error": "no such run"}, 404)
        try:
            rate = ask_for_rate(place, body.get("rate", 0))
        except (TypeError, ValueError) as error:
            return JSONResponse({"error": str(error)}, 400)
        return JSONResponse({"rate": rate})

    routes = [
        Route("/", page),
        Route("/static/{name}", static),
        Route("/runs", listed),
        Route("/histograms", shown_histograms),
        Route("/picture", picture),
        Route("/events", events),
        Route("/stop", stop, methods=["POST"]),
        Route("/learning_rate", learning_rate, methods=["POST"]),
    ]
    inner = Starlette(routes=routes)
    inner.add_middleware(GZipMiddleware, minimum_size=2000, compresslevel=5)
    return Guard(inner, token, host)


def plotly_file() -> Path:
    """The charts' library, as it lies in the package plotly.

    Raises:
        ImportError: plotly is missing.
    """
    package = require("plotly", "board")
    return Path(str(package.__file__)).parent / "package_data" / "plotly.min.js"


def _file(response: Any, path: Path, headers: dict[str, str] | None = None) -> Any:
    return response(path.read_bytes(), media_type=TYPES[path.suffix], headers=headers)


async def _body(request: Any) -> dict[str, Any]:
    """The JSON object that a request brings; empty where it brings none."""
    try:
        body = json.loads(await request.body())
    except ValueError:
        return {}
    found = body if isinstance(body, dict) else {}
    return {**found, "run": str(found.get("run", ""))}


async def _events(runs: Runs, wanted: list[str], is_gone: Any) -> AsyncIterator[bytes]:
    """Server-sent events: the runs that there are, and the lines of the wanted ones."""
    places = {name: place for name in wanted if (place := runs.place(name)) is not None}
    followed = {
        (name, kind): Followed(place, kind) for name, place in places.items() for kind in KINDS
    }
    known: Any = None
    quiet = 0.0
    while not await is_gone():
        found = await asyncio.to_thread(runs.listed, places)
        if found != known:
            known, quiet = found, 0.0
            yield _event("runs", found)
        for (name, kind), lines in followed.items():
            again, news = await asyncio.to_thread(lines.news)
            if news or again:
                quiet = 0.0
                part = {"run": name, "kind": kind, "again": again, "lines": thinned(news)}
                yield _event("lines", part)
        if quiet > 15:
            quiet = 0.0
            yield b": still here\n\n"
        quiet += POLL
        await asyncio.sleep(POLL)


def _event(name: str, thing: Any) -> bytes:
    return f"event: {name}\ndata: {json.dumps(thing, separators=(',', ':'))}\n\n".encode()
