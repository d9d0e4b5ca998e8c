"""Fixtures for every test: the developer's settings and database are not used; recordings are used if they exist."""

import logging
import os
import ssl
from collections.abc import Iterator
from pathlib import Path

import openai
import pytest
import sqlalchemy as sa
from hypothesis import settings
from packaging.version import Version

from shim.store import sealing
from shim.store.database import database
from shim.store.sealing import Seal
from tests.recordings import REQUIRED, WIRE
from tests.scenarios.laws import table as generated
from tests.scenarios.replay import table as played
from tests.stores import POSTGRES, Databases, Files, Stores

# The command line's library turns colours on for any value of this variable, and reads it only when it is imported.
os.environ.pop("PY_COLORS", None)

settings.register_profile("here", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "here")

SDK = Version(openai.__version__)
PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--store",
        choices=("sqlite", "postgres"),
        default="sqlite",
        help="where threads live in all tests; postgres: on the server of SHIM_TEST_POSTGRES (.ci/postgres.sh)",
    )


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skips tests marked ``wire`` if there are no recordings; with REQUIRE_WIRE=1 they run, and fail when they read a
    recording. Skips tests marked ``sdk`` if the installed SDK is older than the version in the mark.
    """
    for item in items:
        if item.get_closest_marker("wire") and not (WIRE.is_dir() or REQUIRED):
            item.add_marker(pytest.mark.skip(reason=f"no recordings in {WIRE}"))
        needed = [mark.args[0] for mark in item.iter_markers("sdk") if Version(mark.args[0]) > SDK]
        if needed:
            item.add_marker(pytest.mark.skip(reason=f"needs openai {max(needed, key=Version)}"))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """The summaries are printed here because with several workers pytest reads the other conftest files only in the
    workers.
    """
    generated.show(terminalreporter)
    played.show(terminalreporter)


@pytest.fixture(scope="session", autouse=True)
def _one_day() -> Iterator[None]:
    """Fix the date that is compared with the retirement dates of models, so that results do not change with the
    calendar.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("shim.assembly.models.today", lambda: "2026-11-01")
        yield


@pytest.fixture(scope="session")
def ready_files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    """Makes new SQLite stores: upgraded once and then copied, as the migrations take longer than most tests."""
    path = tmp_path_factory.mktemp("new") / "shim.db"
    made = database(f"sqlite:///{path}")
    made.prepare()
    made.close()
    return Files(path)


@pytest.fixture(scope="session")
def stores(request: pytest.FixtureRequest) -> Iterator[Stores]:
    """Makes databases of the kind that the tests run on."""
    if request.config.getoption("store") == "postgres":
        assert POSTGRES, "no SHIM_TEST_POSTGRES"
        server = Databases(POSTGRES)
        yield server
        server.close()
        return
    yield request.getfixturevalue("ready_files")


@pytest.fixture(autouse=True)
def _nobodys_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, stores: Stores) -> Iterator[None]:
    """Environment variables of the developer's shell must not affect a test, and no test may use the developer's
    database.
    """
    for name in [name for name in os.environ if name.startswith(("SHIM_", "OPENAI_", "AZURE_OPENAI_"))]:
        monkeypatch.delenv(name)
    for name in PROXIES:
        monkeypatch.delenv(name, raising=False)
    mine = stores.new(tmp_path)
    monkeypatch.setenv("SHIM_DATABASE_URL", mine)
    yield
    stores.drop(mine)


@pytest.fixture(autouse=True)
def _same_log() -> Iterator[None]:
    """A command that serves configures the log of its process; the tests after it must not see its lines."""
    root, loggers = logging.getLogger(), [logging.getLogger(name) for name in (None, "shim", "shim.access")]
    handlers, before = set(root.handlers), [(each.level, each.disabled) for each in loggers]
    yield
    for added in set(root.handlers) - handlers:
        root.removeHandler(added)
    for each, (level, disabled) in zip(loggers, before, strict=True):
        each.setLevel(level)
        each.disabled = disabled


@pytest.fixture(autouse=True)
def _shown_before(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once for each process, the shim sends two requests to an unknown server to find out how it treats previous
    responses. Those requests are turned off here, as tests count requests; tests marked ``proof`` check them and leave
    them on.
    """
    if request.node.get_closest_marker("proof") is None:
        monkeypatch.setattr("shim.engine.capabilities.Capabilities.must_test", lambda *_: False)


@pytest.fixture(scope="session", autouse=True)
def _one_certificate(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Every new HTTP client reads all certificates of the environment's bundle; tests need only one."""
    known = ssl.create_default_context().get_ca_certs(binary_form=True)
    if not known:
        yield
        return
    path = tmp_path_factory.mktemp("certificates") / "one.pem"
    path.write_text(ssl.DER_cert_to_PEM_cert(known[0]))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SSL_CERT_FILE", str(path))
        yield


@pytest.fixture(scope="session", autouse=True)
def _compiled_once() -> Iterator[None]:
    """Every engine compiles its statements anew, which was a sixth of what the tests computed: here the engines of all
    SQLite stores without encryption share what is compiled.
    """
    use, first = sealing.use, list[sa.Engine]()

    def used(engine: sa.Engine, seal: Seal | None) -> None:
        if seal is None and engine.dialect.name == "sqlite":
            # A dialect is a part of the cache's keys; those of two files differ in nothing but their seals.
            first.append(engine)
            del first[1:]
            engine.dialect, engine._compiled_cache = first[0].dialect, first[0]._compiled_cache
        use(engine, seal)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sealing, "use", used)
        yield


@pytest.fixture(scope="session")
def wire() -> Path:
    """The folder of recordings, with ``assistants/``, ``responses/`` and ``openapi/`` in it."""
    if not WIRE.is_dir():
        if REQUIRED:
            pytest.fail(f"REQUIRE_WIRE=1, and no recordings in {WIRE}")
        pytest.skip(f"no recordings in {WIRE}")
    return WIRE
