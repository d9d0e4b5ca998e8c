"""``assistants-shim sandbox``: the offline Responses server, over HTTP."""

from typing import Annotated

import typer

from shim.sandbox import http


def sandbox(
    port: Annotated[int, typer.Option(min=1, max=65535, help="The port to listen on.")] = 8788,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
) -> None:
    """Serve a Responses API that follows rules instead of a model: no key, no network, the same answer every time."""
    typer.echo(f"sandbox on http://{host}:{port}/v1 (any key; Ctrl-C ends it)")
    http.serve(port, host)
