"""The pages and their addresses."""

import asyncio
import logging
from collections.abc import AsyncGenerator
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shim.engine.api import declared
from shim.engine.context import Context
from shim.server.window import pages, reading
from shim.store import assistants
from shim.store.errors import NoSuchCursor
from shim.wire import encoding
from shim.wire.pages import Page

log = logging.getLogger("shim")
ROOT: Final = "/ui"
#: Seconds between two reads of a run that is shown live, and between two heartbeats.
POLL_SECONDS: Final = 0.4
ALIVE: Final = 15.0
#: Headers of every page: no content from other hosts, no inline content, no frames, no caching.
HEADERS: Final = (
    (
        b"content-security-policy",
        b"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        b"form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    ),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cache-control", b"no-store"),
)


def serves(path: str) -> bool:
    """Whether a path is one of these pages."""
    return path == ROOT or path.startswith(f"{ROOT}/")


def window() -> ASGIApp:
    """The application with the pages.  Each request has ``request.state.context``: the engine's context for the
    caller's tenant.
    """
    routes = [
        Route("/", _home),
        Route("/threads", _threads),
        Route("/threads/{id}", _thread),
        Route("/runs", _runs),
        Route("/runs/{id}", _run),
        Route("/runs/{id}/live", _live),
        Route("/responses/{id}", _by_id),
        Route("/assistants", _assistants),
        Route("/assistants/{id}", _assistant),
        Mount("/static", StaticFiles(directory=Path(__file__).parent / "static")),
    ]
    handlers: dict[Any, Any] = {HTTPException: _refused, Exception: _broken}
    return Starlette(routes=[Mount(ROOT, routes=routes)], middleware=[Middleware(Guard)], exception_handlers=handlers)


class Guard:
    """Sends `HEADERS` with every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                names = {name for name, _ in HEADERS}
                others = [(name, value) for name, value in message.get("headers", ()) if name not in names]
                message = {**message, "headers": [*others, *HEADERS]}
            await send(message)

        await self._app(scope, receive, guarded)


def _context(request: Request) -> Context:
    context: Context = request.state.context
    return context


async def _read(request: Request, work: Any, *arguments: Any) -> Any:
    context = _context(request)
    return await context.store.read(work, *arguments)


def _page(name: str, request: Request, code: int = 200, **values: Any) -> Response:
    return HTMLResponse(pages.render(name, path=request.url.path, **values), code)


def _before(request: Request) -> int | None:
    """The position in a list before which the page begins."""
    value = request.query_params.get("before", "")
    return int(value) if value.isascii() and value.isdecimal() and len(value) < 19 else None


def _missing(what: str, id: str) -> HTTPException:
    return HTTPException(404, f"There is no {what} {id} here.")


async def _home(request: Request) -> Response:
    return RedirectResponse(f"{ROOT}/threads", 307)


async def _threads(request: Request) -> Response:
    words = request.query_params.get("q", "").strip()
    if not words:
        return _page("threads.html", request, words="", list=await _read(request, reading.latest, _before(request)))
    location = await _read(request, reading.page_of, words)
    if location:
        return RedirectResponse(location, 303)
    return _page("threads.html", request, words=words, list=await _read(request, reading.search, words))


async def _thread(request: Request) -> Response:
    id, before = request.path_params["id"], _before(request)
    thread_page = await _read(request, reading.thread, id, before)
    if thread_page is None:
        raise _missing("thread", id)
    return _page("thread.html", request, page=thread_page, before=before)


async def _runs(request: Request) -> Response:
    query = request.query_params
    status, assistant = query.get("status") or None, query.get("assistant") or None
    run_list = await _read(request, reading.run_list, _before(request), status, assistant)
    return _page("runs.html", request, list=run_list, status=status, assistant=assistant)


async def _run(request: Request) -> Response:
    id = request.path_params["id"]
    run_page = await _read(request, reading.run, id)
    if run_page is None:
        raise _missing("run", id)
    return _page("run.html", request, **pages.run_values(run_page))


async def _by_id(request: Request) -> Response:
    id = request.path_params["id"]
    location = await _read(request, reading.page_of, id)
    if location is None:
        raise _missing("response", id)
    return RedirectResponse(location, 303)


async def _assistants(request: Request) -> Response:
    context, after = _context(request), request.query_params.get("after")
    try:
        wanted = Page(limit=reading.PAGE, order="desc", after=after, before=None)
        listed = await context.store.read(declared.page, context, wanted)
    except NoSuchCursor:
        raise _missing("assistant", str(after)) from None
    return _page("assistants.html", request, list=listed, declared=context.declared)


async def _assistant(request: Request) -> Response:
    context, id = _context(request), request.path_params["id"]
    entry = context.declared.get(id)
    body = entry.body if entry else await _read(request, assistants.get, id)
    if body is None:
        raise _missing("assistant", id)
    runs = await _read(request, reading.run_list, None, None, id)
    return _page("assistant.html", request, assistant=body, place=entry.place if entry else None, runs=runs)


async def _live(request: Request) -> Response:
    """The run's part of its page, as it changes, as server-sent events; ``end`` when the run has come to its end."""
    id = request.path_params["id"]
    if await _read(request, reading.version, id) is None:
        raise _missing("run", id)
    return StreamingResponse(_changes(request, id), media_type="text/event-stream")


async def _changes(request: Request, id: str) -> AsyncGenerator[bytes, None]:
    shown, silent = None, 0.0
    while True:
        now = await _read(request, reading.version, id)
        if now is not None and now[0] != shown:
            run_page = await _read(request, reading.run, id)
            part = pages.render("timeline.html", **pages.run_values(run_page))
            yield b"event: change\ndata: " + encoding.compact(part) + b"\n\n"
            shown, silent = now[0], 0.0
        if now is None or not pages.is_active(now[1]):
            yield b"event: end\ndata: \n\n"
            return
        if silent >= ALIVE:
            yield b": still here\n\n"
            silent = 0.0
        await asyncio.sleep(POLL_SECONDS)
        silent += POLL_SECONDS


async def _refused(request: Request, problem: Exception) -> Response:
    assert isinstance(problem, HTTPException)
    title = HTTPStatus(problem.status_code).phrase
    return _page("problem.html", request, problem.status_code, title=title, detail=problem.detail)


async def _broken(request: Request, problem: Exception) -> Response:
    detail = "The page could not be made. The reason is in the server's log."
    return _page("problem.html", request, 500, title="Internal Server Error", detail=detail)
