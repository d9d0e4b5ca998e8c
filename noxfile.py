"""The SDK matrix: every major of the official client, beside the newest of everything else.

The doors are what an SDK's version can break, so their tests run here; the rest of the suite knows no SDK.  `floors`
is the other end: the oldest of everything that pyproject.toml allows, on the oldest Python.
A Python that is not on this machine is skipped, and the summary says so.
"""

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import nox
import tomllib
from packaging.requirements import Requirement

# A Python that is not here is skipped and not fetched.
os.environ.setdefault("UV_PYTHON_DOWNLOADS", "never")
# uv, which makes in a second what takes pip half a minute; without it, pip.
nox.options.default_venv_backend = "uv|venv"
nox.options.reuse_venv = "yes"
nox.options.error_on_missing_interpreters = False
nox.options.sessions = ["floors", "sdk", "newest", "old", "frameworks", "completions"]

ROOT = Path(__file__).parent
#: What a newer Python can break: threads, tasks, processes, the end of a program.
FEW = tuple(f"tests/scenarios/doors/test_{name}.py" for name in ("ending", "handlers", "leaving", "programs"))
#: What an SDK between the oldest and the newest can: the client's own helpers besides, its options, its objects.
SOME = (
    *FEW,
    *(f"tests/scenarios/doors/test_{name}.py" for name in ("options", "order", "raw", "warnings")),
    "tests/http/test_transport.py",
    "tests/assembly/test_decoding.py",
    "tests/scenarios/ways_in/test_every_way.py",
    "tests/sdk/test_submodules.py",
)
#: An SDK without the old API's code, which is made from the one that is installed: such an SDK will be a later one, so
#: the oldest ones are tried in `floors` with `ALL=1` alone.
LEGACY = "tests/sdk/test_legacy.py"
#: Every table against the SDK as its oracle.  The newest is not pinned here: what it brings anew fails these.
ORACLES = (
    "tests/engine/api/test_routes.py",
    "tests/scenarios/protocol/test_coverage.py",
    "tests/translate/test_fields.py",
    "tests/scenarios/laws/test_tables.py",
    "tests/wire/requests/test_sdk.py",
)
#: What an old Python, an old SDK, an old pydantic or an old server can break, in a minute.
OLD = (
    *FEW,
    "tests/http/test_transport.py",
    "tests/assembly/test_decoding.py",
    "tests/assembly/test_declarations.py",
    # Of all commands this one has the most kinds of options.
    "tests/cli/test_parity.py",
    "tests/migrate/imports/test_values.py",
    "tests/runtime",
    "tests/server/test_forwarding.py",
    "tests/server/test_line.py",
    "tests/http/test_connection.py",
)
#: All that they can break: `ALL=1 nox -s floors`, three minutes more.
MOST = (
    *OLD,
    *SOME,
    LEGACY,
    *(
        f"tests/scenarios/doors/test_{name}.py"
        for name in ("bad_input", "broken", "loop", "names", "through", "upstream_fails")
    ),
    *(f"tests/scenarios/ways_in/test_{name}.py" for name in ("azure", "logs", "options")),
    *(f"tests/sdk/test_{name}.py" for name in ("install", "module", "warnings")),
    "tests/scenarios/replay/test_client.py::test_the_async_client_emits_the_recording",
    "tests/scenarios/cancelled",
)
SDKS = {
    "1": ("openai>=1.35,<2", SOME),
    "2": ("openai>=2,<3", SOME),
    # FEW run on the newest of it in `newest`; the main suite runs with one that is hardly older.
    "3": ("openai>=3,<4", (*(each for each in SOME if each not in FEW), *ORACLES)),
}
PYTHONS = ("3.13", "3.14")
FLOOR_PYTHON = "3.10"
#: The extras whose lower bounds are installed, too.
FLOORED = ("server", "postgres", "encryption", "import", "relay")
#: What these tests need; the web frameworks of the extra `test` want a newer starlette.
TOOLS = ("pytest>=8.2", "pytest-asyncio", "pytest-timeout", "pytest-xdist", "hypothesis")
#: What stands behind openai and typer is theirs to bound, but at these floors they do not run with the newest of it.
BEHIND = ("httpx==0.27.0", "click==8.1.7")
#: Pythons and an SDK that are too old to have the shim beside them; they use the server.
OLD_PYTHONS = ("3.8",)
OLD_SDK = ("openai==1.30.0", "httpx<0.28")
COMPLETIONS = "tests/scenarios/completions"
WORKERS = "tests/scenarios/field_programs/workers"
PINNED = ("-c", "constraints.txt", "-c", f"{WORKERS}/pins.txt")
#: Programs that are not ours, from the package registry, pinned: what to install beside us, which scripts to run.
FRAMEWORKS = {
    "langchain": (("-e", ".", "-r", "tests/scenarios/field_programs/langchain.txt"), "langchain_agents.py"),
    "agency-swarm": (("-e", ".", "-r", "tests/scenarios/field_programs/agency_swarm.txt"), "agency_swarm_agents.py"),
    "mcp-server": (("-e", ".", "-r", "tests/scenarios/field_programs/mcp_server.txt"), "mcp_server_of_assistants.py"),
    # And, as the same is installed for it, what forks a program after its client was made.
    "sdk-examples": (
        # pip downloads the SDK's examples.
        ("-e", ".[server]", "gunicorn", "pip", *PINNED),
        "sdk_examples.py 1.66.5",
        "workers/with_gunicorn.py gthread",
    ),
}
#: All that starts a program's processes, or runs it inside a loop of its own; a minute, and not among what runs by
#: default.
STARTERS = ("gunicorn", "celery", "notebook", "processes")
STARTED = ("-e", ".[server,postgres]", "gunicorn", "uvicorn-worker", "celery", "ipykernel", *PINNED)
#: What the SDK's version decides, so that our pins must not.
LEFT_TO_THE_SDK = ("openai", "httpx", "httpcore", "httpx2", "httpcore2", "anyio", "jiter")
#: What LiteLLM wants otherwise than we pin it, for itself and for what it brings.
LEFT_TO_LITELLM = ("python-dateutil",)
#: Most of what is installed is never imported, so it is compiled when it is; that it may be kept is seen to here.
LEAN = ("--no-compile",)
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
JOBS = os.environ.get("JOBS", "3")
SAY = "import openai, sys; print('openai', openai.__version__, 'on Python', sys.version.split()[0], flush=True)"


def _see_pyenv() -> None:
    """A pyenv puts launchers on the path for Pythons that it does not let run: put the Pythons themselves there."""
    root = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    found = [
        str(home / "bin")
        for version in (FLOOR_PYTHON, *PYTHONS, *OLD_PYTHONS)
        for home in sorted(root.glob(f"{version}*"))
    ]
    os.environ["PATH"] = os.pathsep.join([*found, os.environ.get("PATH", "")])


_see_pyenv()


def _pins(session: nox.Session, left_out: tuple[str, ...]) -> str:
    """A file with our pins but for these."""
    pins = (ROOT / "constraints.txt").read_text().splitlines()
    loose = Path(session.create_tmp()) / "constraints.txt"
    loose.write_text("\n".join(pin for pin in pins if pin.split("==")[0].lower() not in left_out) + "\n")
    return str(loose)


def _check(session: nox.Session, sdk: str, tests: tuple[str, ...]) -> None:
    pins = (ROOT / "constraints.txt").read_text().splitlines()
    if session.python is None and f"openai=={_newest(session, sdk)}" in pins:
        session.skip("the suite itself runs on this SDK and this Python")
    session.install(*LEAN, "-e", ".[test]", sdk, "-c", _pins(session, LEFT_TO_THE_SDK), silent=True)
    session.run("python", "-c", SAY)
    args = session.posargs or ["-q", "-n", JOBS, "-m", "not slow and not bench"]
    session.run("python", "-m", "pytest", *tests, *args)


def _newest(session: nox.Session, sdk: str) -> str:
    """The version that would be installed."""
    asked = ("install", "--dry-run", "--no-deps", "--ignore-installed", "--quiet", "--report", "-", sdk)
    # This environment's pip, as the session's environment has none.
    told = str(session.run(sys.executable, "-m", "pip", *asked, silent=True, external=True))
    found = json.loads(told[told.index("{") : told.rindex("}") + 1])
    return str(found["install"][0]["metadata"]["version"])


def _floors() -> Iterator[str]:
    """The lower bound of everything that pyproject.toml asks for, as a pin."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    for wanted in map(Requirement, (*project["dependencies"], *(each for name in FLOORED for each in extras[name]))):
        (lowest,) = (bound.version for bound in wanted.specifier if bound.operator == ">=")
        yield f"{wanted.name}=={lowest}"


@nox.session(python=FLOOR_PYTHON)
def floors(session: nox.Session) -> None:
    """The lowest version of each package that pyproject.toml allows, on the lowest Python."""
    pins = Path(session.create_tmp()) / "floors.txt"
    pins.write_text("\n".join((*_floors(), *BEHIND)) + "\n")
    session.install(*LEAN, "-e", f".[{','.join(FLOORED)}]", *TOOLS, "-c", str(pins), silent=True)
    session.run("python", "-c", SAY)
    args = session.posargs or ["-q", "-n", JOBS, "-m", "not slow and not bench"]
    # On this Python the loops that pytest-asyncio makes for itself are left to the garbage collector.
    asked = MOST if os.environ.get("ALL") else OLD
    session.run("python", "-m", "pytest", *asked, *args, "-W", "ignore::pytest.PytestUnraisableExceptionWarning")


@nox.session
@nox.parametrize("name", list(SDKS), ids=list(SDKS))
def sdk(session: nox.Session, name: str) -> None:
    """One SDK on this Python."""
    _check(session, *SDKS[name])


@nox.session(python=PYTHONS)
def newest(session: nox.Session) -> None:
    """The newest SDK on a newer Python."""
    _check(session, SDKS["3"][0], FEW)


@nox.session(python=OLD_PYTHONS)
def old(session: nox.Session) -> None:
    """A program of 2024 with the Python and the SDK of its time, against the server in this environment."""
    session.install(*LEAN, *OLD_SDK, silent=True)
    folder = "tests/scenarios/field_programs"
    python = f"{session.bin}/python"
    words = (f"{folder}/through_the_server.py", python, f"{folder}/old_program.py")
    session.run(sys.executable, *words, external=True, env={"PYTHONPATH": str(ROOT)})


@nox.session
@nox.parametrize("name", list(FRAMEWORKS), ids=list(FRAMEWORKS))
def frameworks(session: nox.Session, name: str) -> None:
    """A framework that drives the old API, unmodified, on `shim.install`; it fails if nothing was asked of upstream."""
    wanted, *scripts = FRAMEWORKS[name]
    session.install(*LEAN, *wanted, silent=True)
    for script in scripts:
        session.run("python", *f"tests/scenarios/field_programs/{script}".split(), env={"PYTHONPATH": str(ROOT)})


@nox.session
def completions(session: nox.Session) -> None:
    """An upstream that speaks Chat Completions alone, by way of LiteLLM: the extra `chat`."""
    session.install(*LEAN, "-e", ".[server,chat]", *TOOLS, "-c", _pins(session, LEFT_TO_LITELLM), silent=True)
    # Its import is most of what this takes, so one process does all.
    args = session.posargs or ["-q", "-n", "0"]
    session.run("python", "-m", "pytest", COMPLETIONS, *args, env={"REQUIRE_LITELLM": "1"})


@nox.session
def workers(session: nox.Session) -> None:
    """Servers, queues, notebooks and pools that fork, start or embed a program, on SQLite or SHIM_TEST_POSTGRES."""
    session.install(*LEAN, *STARTED, silent=True)
    for name in STARTERS:
        session.run("python", f"{WORKERS}/with_{name}.py", env={"PYTHONPATH": str(ROOT)})
