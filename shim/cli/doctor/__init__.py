"""``assistants-shim doctor``: tests what an upstream can do, and prints how the shim will work there."""

import os
import re
from typing import Annotated, Final
from urllib.parse import urlsplit

import openai
import typer
from rich.console import Console

from shim.assembly.upstream_profile import SANDBOX
from shim.assembly.wiring import AZURE_PATH
from shim.cli.doctor import probes, screen, verdict
from shim.cli.doctor.examined import CAP, ExaminedServer, Finding
from shim.http import chat, offline, transport
from shim.http.guard import guarded
from shim.settings import current_settings
from shim.upstream import profiles
from shim.upstream.profiles import CHAT, upstream_of
from shim.upstream.responses import Upstream

OPENAI: Final = "https://api.openai.com/v1"
#: Variables with the key for profiles that have one of their own.
KEYS: Final = {"azure": "AZURE_OPENAI_API_KEY"}
#: The form of keys, which are removed from the output.
SECRET: Final = re.compile(r"\b(sk|key)-[\w*.-]{6,}")


def doctor(
    upstream: Annotated[
        str | None,
        typer.Option(
            help="The base URL to test, or `sandbox`. Default: `SHIM_UPSTREAM`, else `OPENAI_BASE_URL`, else "
            "OpenAI. The key is `OPENAI_API_KEY`, for Azure `AZURE_OPENAI_API_KEY`; it is never shown."
        ),
    ] = None,
    model: Annotated[
        str | None, typer.Option(help="The model to use. Default: a cheap one that the server lists.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
    timeout: Annotated[float, typer.Option(min=0.1, help="Seconds to wait for each answer.")] = 60.0,
) -> None:
    """Test with a few tiny calls what a Responses server can do.  Exits with 1 if the shim cannot work there."""
    options = upstream_of(upstream)
    settings, address = current_settings().model_copy(update=options), _address(options.get("upstream"))
    kind = CHAT if settings.upstream_profile == CHAT else None
    console = Console(stderr=as_json, highlight=False)
    key = _key(address)
    console.print(screen.announcement(_shown(address), len(probes.COSTLY), CAP), soft_wrap=True)
    with _client(address, key, timeout, kind) as client, console.status("asking") as status:
        server = ExaminedServer(
            Upstream(lambda: client, transport.BROKEN, lambda: profiles.choose(address, kind)), model
        )
        try:
            findings = probes.examine(server, lambda name: status.update(f"asking: {name}"))
        finally:
            # Delete stored responses also after an interruption.
            server.clean_up()
    findings = {name: Finding(each.state, _hidden(each.words, key)) for name, each in findings.items()}
    judged = verdict.judge(address, settings, findings, server)
    if as_json:
        typer.echo(screen.as_json(_shown(address), server, findings, judged))
    else:
        screen.show(console, server, findings, judged)
    raise typer.Exit(0 if judged.ok else 1)


def _address(option: str | None) -> str:
    addresses = {
        "--upstream": option,
        "SHIM_UPSTREAM": current_settings().upstream,
        "OPENAI_BASE_URL": os.environ.get("OPENAI_BASE_URL"),
    }
    name, address = next(((name, value) for name, value in addresses.items() if value), ("", OPENAI))
    if not (address == SANDBOX or _is_url(address)):
        raise typer.BadParameter(f"{_shown(address)!r} is neither an http or https URL nor `sandbox`", param_hint=name)
    if profiles.choose(address).name != "azure":
        return address
    # Azure has the Responses API only below this path.
    return AZURE_PATH.sub("", address.rstrip("/")) + "/openai/v1"


def _is_url(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _shown(address: str) -> str:
    """An address without user name and password."""
    return re.sub(r"//[^/@]*@", "//", address)


def _key(address: str) -> str:
    variable = KEYS.get(profiles.choose(address).name, "OPENAI_API_KEY")
    return os.environ.get(variable) or "none"


def _client(address: str, key: str, timeout: float, kind: str | None) -> openai.OpenAI:
    """The official client, without retries and with a short timeout."""
    network = offline.client(offline.sandbox()) if address == SANDBOX else None
    url = OPENAI if address == SANDBOX else address
    client = openai.OpenAI(api_key=key, base_url=url, max_retries=0, timeout=timeout, http_client=network)
    # As in every client of the shim: no redirect to another origin is followed with the key.
    client._client = guarded(client._client, current_settings().max_event_bytes)
    if kind == CHAT:
        client._client = chat.bridged(client)
    return client


def _hidden(message: str, key: str) -> str:
    """The server's message, without the key if it repeats it."""
    return SECRET.sub("***", message.replace(key, "***") if len(key) > len("none") else message)
