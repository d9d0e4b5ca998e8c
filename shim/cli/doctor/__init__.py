"""``assistants-shim doctor``: what an upstream can do, and how the shim will work there."""

import os
import re
from typing import Annotated, Final
from urllib.parse import urlsplit

import openai
import typer
from rich.console import Console

from shim.assembly.wiring import AZURE_PATH, SANDBOX
from shim.cli.doctor import probes, screen, verdict
from shim.cli.doctor.patient import CAP, Finding, Patient
from shim.http import chat, offline, transport
from shim.http.guard import guarded
from shim.settings import settings, upstream_of
from shim.upstream import profiles
from shim.upstream.profiles import CHAT
from shim.upstream.responses import Upstream

OPENAI: Final = "https://api.openai.com/v1"
#: Keys by profile, where they have a variable of their own.
KEYS: Final = {"azure": "AZURE_OPENAI_API_KEY"}
#: What looks like a key, whoever repeats it.
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
    """Ask a Responses server what it can do: a few tiny calls. Exits with 1 where the shim cannot work."""
    given = upstream_of(upstream)
    chosen, address = settings().model_copy(update=given), _address(given.get("upstream"))
    kind = CHAT if chosen.upstream_profile == CHAT else None
    console = Console(stderr=as_json, highlight=False)
    key = _key(address)
    console.print(screen.announcement(_shown(address), len(probes.COSTLY), CAP), soft_wrap=True)
    with _client(address, key, timeout, kind) as client, console.status("asking") as status:
        patient = Patient(Upstream(lambda: client, transport.BROKEN, lambda: profiles.choose(address, kind)), model)
        try:
            found = probes.examine(patient, lambda name: status.update(f"asking: {name}"))
        finally:
            # Nothing is left there if this was broken off.
            patient.clean_up()
    found = {name: Finding(each.state, _hidden(each.words, key)) for name, each in found.items()}
    judged = verdict.judge(address, chosen, found, patient)
    if as_json:
        typer.echo(screen.as_json(_shown(address), patient, found, judged))
    else:
        screen.show(console, patient, found, judged)
    raise typer.Exit(0 if judged.ok else 1)


def _address(given: str | None) -> str:
    places = {
        "--upstream": given,
        "SHIM_UPSTREAM": settings().upstream,
        "OPENAI_BASE_URL": os.environ.get("OPENAI_BASE_URL"),
    }
    name, found = next(((name, value) for name, value in places.items() if value), ("", OPENAI))
    if not (found == SANDBOX or _is_url(found)):
        raise typer.BadParameter(f"{_shown(found)!r} is neither an http or https URL nor `sandbox`", param_hint=name)
    if profiles.choose(found).name != "azure":
        return found
    # Azure answers Responses below this path alone.
    return AZURE_PATH.sub("", found.rstrip("/")) + "/openai/v1"


def _is_url(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _shown(address: str) -> str:
    """An address without the name and the password that may stand in it."""
    return re.sub(r"//[^/@]*@", "//", address)


def _key(address: str) -> str:
    variable = KEYS.get(profiles.choose(address).name, "OPENAI_API_KEY")
    return os.environ.get(variable) or "none"


def _client(address: str, key: str, timeout: float, kind: str | None) -> openai.OpenAI:
    """The official client, which neither tries again nor waits for long."""
    network = offline.client(offline.sandbox()) if address == SANDBOX else None
    url = OPENAI if address == SANDBOX else address
    made = openai.OpenAI(api_key=key, base_url=url, max_retries=0, timeout=timeout, http_client=network)
    # As every client of ours: no redirect takes the key to another origin.
    made._client = guarded(made._client, settings().max_event_bytes)
    if kind == CHAT:
        made._client = chat.bridged(made)
    return made


def _hidden(words: str, key: str) -> str:
    """What the server said, without the key if it repeats it."""
    return SECRET.sub("***", words.replace(key, "***") if len(key) > len("none") else words)
