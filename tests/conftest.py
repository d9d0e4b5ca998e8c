"""What holds in every test: nobody's own settings, nobody's own database, recordings if they are there."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

from tests.recordings import REQUIRED, WIRE

settings.register_profile("here", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "here")

PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A test marked ``wire`` is skipped without recordings; with REQUIRE_WIRE=1 it runs, and fails where it reads."""
    if WIRE.is_dir() or REQUIRED:
        return
    for item in items:
        if item.get_closest_marker("wire"):
            item.add_marker(pytest.mark.skip(reason=f"no recordings in {WIRE}"))


@pytest.fixture(autouse=True)
def _nobodys_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Variables of somebody's shell must not decide a test, and his database must not see one."""
    for name in [name for name in os.environ if name.startswith(("SHIM_", "OPENAI_", "AZURE_OPENAI_"))]:
        monkeypatch.delenv(name)
    for name in PROXIES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SHIM_DATABASE_URL", f"sqlite:///{tmp_path / 'shim.db'}")


@pytest.fixture(scope="session")
def wire() -> Path:
    """The folder of recordings, with ``assistants/``, ``responses/`` and ``openapi/`` in it."""
    if not WIRE.is_dir():
        if REQUIRED:
            pytest.fail(f"REQUIRE_WIRE=1, and no recordings in {WIRE}")
        pytest.skip(f"no recordings in {WIRE}")
    return WIRE
