"""``assistants-shim serve``: the Assistants API over HTTP."""

import os
import sys
from pathlib import Path
from typing import Annotated, Any, Final, Literal

import typer

from shim.server import logs, run
from shim.server.hosts import is_loopback
from shim.settings import Settings, current_settings
from shim.store.database import database
from shim.upstream.profiles import upstream_of

REMOTE: Final = (
    "{host} is not a loopback address, and this server does not distinguish its callers: everybody who can "
    "connect could read and change every thread, and use the server's key. Choose how callers are identified: "
    "--auth pass-through (by their own keys, which are sent upstream) or --auth keys (by keys that "
    "`assistants-shim keys create` makes)."
)
NAMES: Final = "with --auth open only this machine is answered. Add --auth pass-through or --auth keys."
KEYLESS: Final = "OPENAI_API_KEY is not set: requests are sent to the upstream without a key."
ITSELF: Final = "{upstream} is this server's own address: it would send its requests to itself."
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
        help="How callers are identified: not at all (only on a loopback address); by their own keys, which are sent "
        "upstream; or by keys that `assistants-shim keys create` makes. Default: `SHIM_AUTH`, else `open`."
    ),
]
Remote = Annotated[
    bool,
    typer.Option(
        "--allow-remote",
        help="Accept requests for other host names, as through a proxy; implied by a --host that is no loopback "
        "address.",
    ),
]
Certificate = Annotated[
    Path | None, typer.Option(metavar="FILE", exists=True, help="A certificate in PEM: serve HTTPS with it.")
]
Key = Annotated[Path | None, typer.Option(metavar="FILE", exists=True, help="Its key, unless it is in the same file.")]


Level = Annotated[
    Literal["debug", "info", "warning", "error"] | None,
    typer.Option(help="The lowest level that is logged, to standard error. Default: `SHIM_LOG_LEVEL`, else `info`."),
]
Format = Annotated[
    Literal["text", "json"] | None,
    typer.Option(help="The log as text for people, or as JSON for programs. Default: `SHIM_LOG_FORMAT`."),
]
Number = Annotated[
    int | None, typer.Option(min=1, help="Processes that share the address. Default: `SHIM_WORKERS`, else 1.")
]
Descriptor = Annotated[
    int | None,
    typer.Option(metavar="N", help="The file descriptor of an open socket to listen on, as service managers pass it."),
]
Supervisor = Annotated[int | None, typer.Option(hidden=True, help="The id of the process that supervises this worker.")]


def serve(  # noqa: PLR0913 - each option is a parameter
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port to listen on; 0 chooses a free one.")] = 8787,
    upstream: Upstream = None,
    auth: Auth = None,
    allow_remote: Remote = False,
    tls_cert: Certificate = None,
    tls_key: Key = None,
    workers: Number = None,
    log_level: Level = None,
    log_format: Format = None,
    fd: Descriptor = None,
    supervisor: Supervisor = None,
) -> None:
    """Serve the Assistants API over HTTP: the old routes from here, every other path from the upstream."""
    options = {"upstream": upstream, "auth": auth, "workers": workers, "log_level": log_level, "log_format": log_format}
    settings = _settings(options)
    behind = settings.upstream or os.environ.get("OPENAI_BASE_URL") or OPENAI
    _check(settings, host, port, allow_remote, behind)
    logs.configure(settings.log_level, settings.log_format, settings.access_log)
    # If the store cannot be used, the server fails at start, not at the first request.
    database(settings.database_url, settings.database_connections, settings.keys).prepare()
    tls = run.Tls(str(tls_cert), str(tls_key) if tls_key else None) if tls_cert else None
    binding = run.Binding(host, port, fd, tls, supervisor)

    def listening(url: str) -> None:
        typer.echo(f"{url}, upstream {behind}; Ctrl-C ends it")

    if settings.workers > 1:
        run.serve_with_workers(sys.argv[1:], binding, settings, listening)
    else:
        announce = listening if fd is None else lambda url: None
        run.serve(binding, settings, allow_remote or not is_loopback(host), announce)


def _check(settings: Settings, host: str, port: int, allow_remote: bool, behind: str) -> None:
    """Raises `typer.BadParameter` for invalid combinations of options."""
    if settings.auth == "open" and not is_loopback(host):
        raise typer.BadParameter(REMOTE.format(host=host), param_hint="--host")
    if settings.auth == "open" and allow_remote:
        raise typer.BadParameter(NAMES, param_hint="--allow-remote")
    if run.is_itself(behind, host, port):
        raise typer.BadParameter(ITSELF.format(upstream=behind), param_hint="--upstream")
    if settings.auth == "keys" and not (os.environ.get("OPENAI_API_KEY") or settings.upstream == "sandbox"):
        typer.echo(KEYLESS, err=True)


def _settings(options: dict[str, Any]) -> Settings:
    options = options | upstream_of(options["upstream"])
    upstream = options["upstream"]
    if upstream not in (None, "sandbox") and not str(upstream).startswith(("http://", "https://")):
        raise typer.BadParameter(f"{upstream!r} is neither a URL nor `sandbox`", param_hint="--upstream")
    return current_settings().model_copy(update={name: value for name, value in options.items() if value is not None})
