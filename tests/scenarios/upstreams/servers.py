"""Third-party Responses servers, each in its own process.

Their scripts are outside the project, in ``../shared/upstreams`` or where UPSTREAMS_DIR says; each prints READY once it
listens.  They install into UPSTREAMS_WORK or, without that variable, into a folder in the user's cache.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Timer
from typing import Any, Final

import platformdirs
import pytest

from tests.listening import free_port
from tests.recordings import ROOT
from tests.scenarios.upstreams import model

Json = dict[str, Any]
FOLDER: Final = Path(os.environ.get("UPSTREAMS_DIR", ROOT.parent / "shared" / "upstreams"))
WORK: Final = Path(os.environ.get("UPSTREAMS_WORK", Path(platformdirs.user_cache_dir("assistants-shim")) / "upstreams"))
#: A missing server is a failure, not a reason to skip.
REQUIRED: Final = os.environ.get("REQUIRE_UPSTREAMS") == "1"
#: Seconds within which a server must start, its installation included.
PATIENCE: Final = float(os.environ.get("UPSTREAMS_PATIENCE", "240"))


@dataclass(frozen=True)
class Server:
    """``log`` is the URL of the model's log of requests, if the model has one."""

    url: str
    model: str
    log: str | None = None

    def seen_by_model(self) -> list[Json]:
        """The chat requests that the server has sent to its model."""
        assert self.log is not None
        with urllib.request.urlopen(self.log) as answer:
            found: list[Json] = json.load(answer)
        return found


def missing(why: str) -> None:
    """Skip, or fail where the servers are required."""
    if REQUIRED:
        pytest.fail(f"REQUIRE_UPSTREAMS=1, and {why}")
    pytest.skip(why)


def python312() -> str | None:
    """A Python that OGX runs on: PYTHON312, or the first one that is new enough."""
    pyenv = sorted(Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")).glob("versions/3.1[2-9]*/bin/python"))
    candidates = [os.environ.get("PYTHON312"), sys.executable, *map(shutil.which, ("python3.12", "python3.13")), *pyenv]
    check = "import sys; sys.exit(sys.version_info < (3, 12))"
    for path in filter(None, map(str, filter(None, candidates))):
        if subprocess.run([path, "-c", check], capture_output=True, check=False).returncode == 0:
            return path
    return None


@contextmanager
def started(script: str, **environment: str) -> Iterator[tuple[str, str]]:
    """Run a script until the block ends; yields the server's base URL and its model."""
    if not (FOLDER / script).is_file():
        missing(f"no {script} in {FOLDER}")
    WORK.mkdir(parents=True, exist_ok=True)
    port = free_port()
    variables = {**os.environ, "UPSTREAMS_WORK": str(WORK), **environment}
    command = ["bash", str(FOLDER / script), str(port)]
    with subprocess.Popen(command, env=variables, stdout=subprocess.PIPE, text=True, start_new_session=True) as process:
        try:
            yield _ready(process, script)
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)


def _ready(process: "subprocess.Popen[str]", script: str) -> tuple[str, str]:
    assert process.stdout is not None
    late = Timer(PATIENCE, process.send_signal, [signal.SIGTERM])
    late.start()
    try:
        for line in process.stdout:
            if line.startswith("READY"):
                fields = dict(field.split("=", 1) for field in line.split() if "=" in field)
                return fields["base_url"], fields["model"]
    finally:
        late.cancel()
    missing(f"{script} did not come up within {PATIENCE:.0f} s")
    raise AssertionError


@contextmanager
def ogx() -> Iterator[Server]:
    """A stateful server with a model that follows rules, and logs its requests."""
    python = python312()
    if python is None:
        missing("there is no Python 3.12 or newer (PYTHON312 may name one)")
    with (
        started("start_fakechat.sh") as (model_url, _),
        model.in_steps(model_url) as in_steps_url,
        started("start_ogx.sh", MODEL_BASE_URL=in_steps_url, PYTHON312=str(python)) as (url, name),
    ):
        yield Server(url, name, model_url.removesuffix("/v1") + "/_log")


@contextmanager
def llamacpp() -> Iterator[Server]:
    """A stateless server with a small real model."""
    with started("start_llamacpp.sh") as (url, name):
        yield Server(url, name)
