"""One small application in each framework: ``GET /chat?text=...`` answers with the events of a run.

The stream covers all tool rounds of the run; a request with ``Last-Event-ID`` resumes it after that event.
"""

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from shim import AsyncOpenAI, OpenAI
from shim.relay import stream_run, to_sse
from tests.relay.talking import get_time, get_weather

TOOLS = [get_weather, get_time]
#: Makes an application, from the ids of an assistant and a thread.
Application = Callable[[str, str], Any]


def stream_answer(client: OpenAI, assistant: str, thread: str, text: str, last: str | None) -> Any:
    """The code that all blocking applications share."""
    if last is None:
        client.beta.threads.messages.create(thread, role="user", content=text)
    stream = stream_run(client, thread_id=thread, assistant_id=assistant, tools=TOOLS)
    return to_sse(stream, last_event_id=last)


async def ask_async(client: AsyncOpenAI, assistant: str, thread: str, text: str, last: str | None) -> Any:
    """The code that all asynchronous applications share."""
    if last is None:
        await client.beta.threads.messages.create(thread, role="user", content=text)
    stream = stream_run(client, thread_id=thread, assistant_id=assistant, tools=TOOLS)
    return to_sse(stream, last_event_id=last)


def fastapi_app(assistant: str, thread: str) -> Any:
    from fastapi import FastAPI, Header
    from fastapi.responses import StreamingResponse

    app, client = FastAPI(), AsyncOpenAI()

    @app.get("/chat")
    async def chat(text: str = "", last_event_id: str | None = Header(None)) -> StreamingResponse:
        body = await ask_async(client, assistant, thread, text, last_event_id)
        return StreamingResponse(body, headers=body.headers)

    return app


def fastapi_blocking_app(assistant: str, thread: str) -> Any:
    from fastapi import FastAPI, Header
    from fastapi.responses import StreamingResponse

    app, client = FastAPI(), OpenAI()

    @app.get("/chat")
    def chat(text: str = "", last_event_id: str | None = Header(None)) -> StreamingResponse:
        body = stream_answer(client, assistant, thread, text, last_event_id)
        return StreamingResponse(body, headers=body.headers)

    return app


def flask_app(assistant: str, thread: str) -> Any:
    from flask import Flask, Response, request

    app, client = Flask(__name__), OpenAI()

    @app.get("/chat")
    def chat() -> Response:
        last = request.headers.get("Last-Event-ID")
        body = stream_answer(client, assistant, thread, request.args.get("text", ""), last)
        return Response(body, headers=body.headers)

    return app


def _django(view: Any) -> None:
    import django
    from django.conf import settings
    from django.urls import path

    if not settings.configured:
        settings.configure(DEBUG=True, ALLOWED_HOSTS=["*"], SECRET_KEY="x", ROOT_URLCONF=URLS)
        django.setup()
    URLS.urlpatterns = [path("chat", view)]
    from django.urls import clear_url_caches

    clear_url_caches()


class URLS:
    """Django's URL configuration."""

    urlpatterns: list[Any] = []


def django_app(assistant: str, thread: str) -> Any:
    from django.core.wsgi import get_wsgi_application
    from django.http import StreamingHttpResponse

    client = OpenAI()

    def chat(request: Any) -> Any:
        last = request.headers.get("Last-Event-ID")
        body = stream_answer(client, assistant, thread, request.GET.get("text", ""), last)
        return StreamingHttpResponse(body, headers=body.headers)

    _django(chat)
    return get_wsgi_application()


def django_async_app(assistant: str, thread: str) -> Any:
    from django.core.asgi import get_asgi_application
    from django.http import StreamingHttpResponse

    client = AsyncOpenAI()

    async def chat(request: Any) -> Any:
        last = request.headers.get("Last-Event-ID")
        body = await ask_async(client, assistant, thread, request.GET.get("text", ""), last)
        return StreamingHttpResponse(body, headers=body.headers)

    _django(chat)
    return get_asgi_application()


def aiohttp_app(assistant: str, thread: str) -> Any:
    from aiohttp import web

    app, client = web.Application(), AsyncOpenAI()

    async def chat(request: web.Request) -> web.Response:
        last = request.headers.get("Last-Event-ID")
        body = await ask_async(client, assistant, thread, request.query.get("text", ""), last)
        return web.Response(body=body, headers=body.headers)

    app.router.add_get("/chat", chat)
    return app


@contextmanager
def asgi(app: Any) -> Iterator[str]:
    import uvicorn

    # uvloop would warn about connections that are still open at the end of the test.
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="off", loop="asyncio"))
    with listening() as (listener, url), running(lambda: server.run(sockets=[listener])):
        yield url
        server.should_exit = True


@contextmanager
def wsgi(app: Any) -> Iterator[str]:
    from wsgiref.simple_server import WSGIRequestHandler, make_server

    class Quiet(WSGIRequestHandler):
        def log_message(self, *_: Any) -> None: ...

    with make_server("127.0.0.1", 0, app, handler_class=Quiet) as server, running(lambda: server.serve_forever(0.01)):
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@contextmanager
def aiohttp_server(app: Any) -> Iterator[str]:
    from aiohttp import web

    loop = asyncio.new_event_loop()
    ended = asyncio.Event()

    async def serve(listener: socket.socket) -> None:
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await runner.setup()
        await web.SockSite(runner, listener).start()
        await ended.wait()
        await runner.cleanup()

    with listening() as (listener, url), running(lambda: loop.run_until_complete(serve(listener))):
        yield url
        loop.call_soon_threadsafe(ended.set)
    loop.close()


@contextmanager
def listening() -> Iterator[tuple[socket.socket, str]]:
    """A listening socket and its URL: a connection that arrives before the server has started waits in the socket's
    queue.
    """
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener, f"http://127.0.0.1:{listener.getsockname()[1]}"


@contextmanager
def running(serve: Callable[[], Any]) -> Iterator[None]:
    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield
    thread.join(30)


#: How each application is made, and how it is served.
FRAMEWORKS: dict[str, tuple[Application, Any]] = {
    "fastapi": (fastapi_app, asgi),
    "fastapi, blocking": (fastapi_blocking_app, asgi),
    "flask": (flask_app, wsgi),
    "django": (django_app, wsgi),
    "django, async": (django_async_app, asgi),
    "aiohttp": (aiohttp_app, aiohttp_server),
}
