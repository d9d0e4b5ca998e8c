"""Record the cassettes: ``make cassettes``, from the sandbox; from another server with two variables.

``CASSETTES_UPSTREAM`` is the server's base URL and ``OPENAI_API_KEY`` its key.  What only the sandbox can do is then
left as it is.  A cassette in which nothing has changed keeps its date.
"""

import datetime
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import openai

import shim
from cassettes import application, tape
from cassettes.scenarios import BAD_KEY, KEY, SCENARIOS, WAYS, Scenario
from shim.sandbox import Sandbox
from shim.sandbox.http import running
from shim.upstream import profiles

#: The sandbox's time while it is recorded, 2026-08-26 00:00 UTC: ids and dates in a cassette are made from it.
MIDNIGHT: Final = 1_787_702_400.0
#: Recorded and played so: the model that is named is the one that is called, whatever was retired since.
SETTINGS: Final = {"SHIM_MODEL_MAP": "off"}
#: Whether upstream's background is asked for, in each way.
BACKGROUND: Final = {"streamed": "never", "background": "always"}
#: The server whose ways the sandbox has.
LIKE: Final = "openai"


def record(path: Path, name: str, way: str, base_url: str, key: str, server: str, profile: str) -> bool:
    """Record one scenario into ``path``; says whether anything has changed."""
    scenario = SCENARIOS[name]
    if scenario.key != BAD_KEY:
        scenario = replace(scenario, key=key)
    origin = {
        "server": server,
        "profile": profile,
        "recorded": datetime.datetime.now(datetime.timezone.utc).date().isoformat(),
        "shim": shim.__version__,
        "openai": openai.__version__,
    }
    old = path.read_text() if path.exists() else None
    before = tape.read(path)["interactions"] if old else None
    path.unlink(missing_ok=True)
    with _world(profile, way), tape.record(path, base_url, origin, (key,) if key != KEY else ()):
        _run(scenario, base_url, way)
    if old is not None and tape.read(path)["interactions"] == before:
        path.write_text(old)
        return False
    return True


def from_sandbox(path: Path, name: str, way: str) -> bool:
    """Record one scenario over loopback HTTP from a new sandbox."""
    with running(Sandbox(seed=name, clock=lambda: MIDNIGHT)) as base_url:
        return record(path, name, way, base_url, KEY, f"assistants-shim sandbox {shim.__version__}", LIKE)


def _run(scenario: Scenario, base_url: str, way: str) -> None:
    client: Any = shim.OpenAI(base_url=base_url, api_key=scenario.key, max_retries=scenario.max_retries)
    with client:
        application.run(client, scenario, way == "streamed")


@contextmanager
def _world(profile: str, way: str) -> Iterator[None]:
    """A database of our own, and the settings of the recorded server, whatever the shell says."""
    before = dict(os.environ)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        for name in [name for name in os.environ if name.startswith(("SHIM_", "OPENAI_"))]:
            del os.environ[name]
        os.environ["SHIM_DATABASE_URL"] = f"sqlite:///{Path(folder) / 'shim.db'}"
        os.environ |= SETTINGS | {"SHIM_UPSTREAM_PROFILE": profile, "SHIM_BACKGROUND": BACKGROUND[way]}
        try:
            yield
        finally:
            os.environ.clear()
            os.environ.update(before)


def _wanted(profile: str | None) -> Iterator[tuple[str, str]]:
    """Scenarios and ways that a server can do; ``profile`` is None for the sandbox, which can do all."""
    for name, scenario in SCENARIOS.items():
        for way in WAYS:
            able = way == "streamed" or profile is None or profiles.PROFILES[profile].background
            if able and (profile is None or not scenario.only_sandbox):
                yield name, way


def main() -> int:
    """Record all; prints a line for each."""
    base_url, key = os.environ.get("CASSETTES_UPSTREAM"), os.environ.get("OPENAI_API_KEY", KEY)
    profile = profiles.choose(base_url).name if base_url else None
    for name, way in _wanted(profile):
        path = tape.file(name, way)
        if base_url and profile:
            changed = record(path, name, way, base_url, key, base_url, profile)
        else:
            changed = from_sandbox(path, name, way)
        print(f"{'recorded ' if changed else 'unchanged'}  {path.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
