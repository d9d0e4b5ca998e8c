"""``assistants-shim serve``: the Assistants API over HTTP."""

import os
from pathlib import Path
from typing import Annotated, Final, Literal

import typer

from shim.server import run
from shim.server.hosts import is_loopback
from shim.settings import Settings, settings
from shim.store.database import database

REMOTE: Final = (
    "{host} is not a loopback address, and this server does not tell its callers apart: whoever reaches it could read "
    "and change every thread, and spend the server's key. Say how it is to know them: --auth pass-through (by their "
    "own keys, which go upstream) or --auth keys (by keys that `assistants-shim keys create` makes)."
)
NAMES: Final = (
    "without a way to tell callers apart nobody but this machine is answered. Add --auth pass-through or --auth keys."
)
KEYLESS: Final = "OPENAI_API_KEY is not set: the upstream is asked without a key."
ITSELF: Final = "{upstream} is where this server is to listen: it would ask itself."
OPENAI: Final = "https://api.openai.com/v1"


Upstream = Annotated[
    str | None,
    typer.Option(
        metavar="URL|sandbox",
        help="The Responses server that does the work, or `sandbox`. Default: `SHIM_UPSTREAM`, else `OPENAI_BASE_URL`, "
        "else OpenAI.",
    ),
]
Auth = Annotated[
    Literal["open", "pass-through", "keys"] | None,
    typer.Option(
        help="How callers are told apart: not at all, on a loopback address alone; by their own keys, which go "
        "upstream; or by keys that `assistants-shim keys create` makes. Default: `SHIM_AUTH`, else `open`."
    ),
]
Remote = Annotated[
    bool,
    typer.Option(
        "--allow-remote",
        help="Take requests by way of other names, as through a proxy; implied by a --host that is no loopback "
        "address.",
    ),
]
Certificate = Annotated[
    Path | None, typer.Option(metavar="FILE", exists=True, help="A certificate in PEM: serve HTTPS with it.")
]
Key = Annotated[Path | None, typer.Option(metavar="FILE", exists=True, help="Its key, unless it is in the same file.")]


def serve(
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port to listen on; 0 takes a free one.")] = 8787,
    upstream: Upstream = None,
    auth: Auth = None,
    allow_remote: Remote = False,
    tls_cert: Certificate = None,
    tls_key: Key = None,
) -> None:
    """Serve the Assistants API over HTTP: the old routes from here, every other path from the upstream."""
    chosen = _chosen(upstream, auth)
    if chosen.auth == "open" and not is_loopback(host):
        raise typer.BadParameter(REMOTE.format(host=host), param_hint="--host")
    if chosen.auth == "open" and allow_remote:
        raise typer.BadParameter(NAMES, param_hint="--allow-remote")
    allow_remote = allow_remote or not is_loopback(host)
    behind = chosen.upstream or os.environ.get("OPENAI_BASE_URL") or OPENAI
    if run.is_itself(behind, host, port):
        raise typer.BadParameter(ITSELF.format(upstream=behind), param_hint="--upstream")
    if chosen.auth == "keys" and not (os.environ.get("OPENAI_API_KEY") or chosen.upstream == "sandbox"):
        typer.echo(KEYLESS, err=True)
    # A server whose store cannot be used says so at once, and not to its first caller.
    database(chosen.database_url, chosen.database_connections, chosen.keys).prepare()
    tls = run.Tls(str(tls_cert), str(tls_key) if tls_key else None) if tls_cert else None
    told = "{url}, upstream {behind}; Ctrl-C ends it"
    run.serve(host, port, chosen, allow_remote, lambda url: typer.echo(told.format(url=url, behind=behind)), tls)


def _chosen(upstream: str | None, auth: str | None) -> Settings:
    if upstream not in (None, "sandbox") and not str(upstream).startswith(("http://", "https://")):
        raise typer.BadParameter(f"{upstream!r} is neither a URL nor `sandbox`", param_hint="--upstream")
    given = {"upstream": upstream, "auth": auth}
    return settings().model_copy(update={name: value for name, value in given.items() if value is not None})
