"""``assistants-shim serve``: the Assistants API over HTTP."""

import os
from typing import Annotated, Final

import typer

from shim.server import run
from shim.server.loopback import is_loopback
from shim.settings import Settings, settings
from shim.store.database import database

REMOTE: Final = (
    "{host} is not a loopback address. Whoever reaches the server may read and change every thread, and spend the "
    "server's key. If that is meant, add --allow-remote."
)
ITSELF: Final = "{upstream} is where this server is to listen: it would ask itself."
OPENAI: Final = "https://api.openai.com/v1"


def serve(
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port to listen on; 0 takes a free one.")] = 8787,
    upstream: Annotated[
        str | None,
        typer.Option(
            metavar="URL|sandbox",
            help="The Responses server that does the work, or `sandbox`. Default: `SHIM_UPSTREAM`, else "
            "`OPENAI_BASE_URL`, else OpenAI.",
        ),
    ] = None,
    allow_remote: Annotated[
        bool, typer.Option("--allow-remote", help="Take requests from other machines, and by way of other names.")
    ] = False,
) -> None:
    """Serve the Assistants API over HTTP: the old routes from here, every other path from the upstream."""
    if not (allow_remote or is_loopback(host)):
        raise typer.BadParameter(REMOTE.format(host=host), param_hint="--host")
    chosen = _chosen(upstream)
    behind = chosen.upstream or os.environ.get("OPENAI_BASE_URL") or OPENAI
    if run.is_itself(behind, host, port):
        raise typer.BadParameter(ITSELF.format(upstream=behind), param_hint="--upstream")
    # A server whose store cannot be used says so at once, and not to its first caller.
    database(chosen.database_url, chosen.database_connections, chosen.keys).prepare()
    run.serve(host, port, chosen, allow_remote, lambda url: typer.echo(f"{url}, upstream {behind}; Ctrl-C ends it"))


def _chosen(upstream: str | None) -> Settings:
    if upstream is None:
        return settings()
    if upstream != "sandbox" and not upstream.startswith(("http://", "https://")):
        raise typer.BadParameter(f"{upstream!r} is neither a URL nor `sandbox`", param_hint="--upstream")
    return settings().model_copy(update={"upstream": upstream})
