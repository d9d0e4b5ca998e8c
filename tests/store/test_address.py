import stat
from pathlib import Path
from typing import Any

import openai
import platformdirs
import pytest

import shim
from shim.store import address
from shim.store.database import Database, database
from shim.store.errors import StoreFailed


@pytest.mark.parametrize(
    "given,meant",
    [
        ("sqlite:////data/shim.db", "sqlite+pysqlite:////data/shim.db"),
        ("sqlite+aiosqlite:////data/shim.db", "sqlite+pysqlite:////data/shim.db"),
        ("sqlite:////data/../other/shim.db", "sqlite+pysqlite:////other/shim.db"),
        ("postgres://u@h/d", "postgresql+psycopg://u@h/d"),
        ("postgresql://u@h/d?sslmode=require", "postgresql+psycopg://u@h/d?sslmode=require"),
    ],
)
def test_addresses(given: str, meant: str) -> None:
    assert address.resolve(given).render_as_string(hide_password=False) == meant


def test_relative_paths_and_the_home_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", "/home/me")
    assert address.resolve("sqlite:///sub/shim.db").database == str(tmp_path / "sub" / "shim.db")
    assert address.resolve("sqlite:///~/shim.db").database == "/home/me/shim.db"
    assert address.resolve("sqlite:///file:shim.db?mode=ro&uri=true").database == "file:shim.db"


def test_the_default_is_in_the_users_own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platformdirs, "user_data_dir", lambda app, appauthor: str(tmp_path / app))
    base = database()
    base.prepare()
    base.close()
    assert (tmp_path / "assistants-shim" / "shim.db").exists()


def _no_home(monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody(_: int) -> None:
        raise KeyError("getpwuid(): uid not found")

    monkeypatch.delenv("HOME")
    monkeypatch.setattr("pwd.getpwuid", nobody)


def _read_only_home(monkeypatch: pytest.MonkeyPatch) -> None:
    # A folder that not even root can create.
    monkeypatch.setenv("HOME", "/proc")


def _home_of_somebody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    # An existing folder, to which root could write nevertheless.
    Path(platformdirs.user_data_dir("assistants-shim", appauthor=False)).mkdir(parents=True)
    monkeypatch.setattr("os.access", lambda path, mode: False)


NOWHERE = {
    "no home folder": _no_home,
    "cannot be made": _read_only_home,
    "may not write": _home_of_somebody_else,
}


@pytest.mark.parametrize("why", NOWHERE)
@pytest.mark.parametrize("kind", [shim.OpenAI, shim.AsyncOpenAI], ids=["sync", "async"])
def test_a_user_without_a_folder_for_the_default(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, why: str, kind: Any
) -> None:
    """The error is raised when the client is created, and contains the remedy."""
    for name in ("SHIM_DATABASE_URL", "XDG_DATA_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    NOWHERE[why](monkeypatch)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(openai.OpenAIError, match=f"{why}.*SHIM_DATABASE_URL"):
        kind(api_key="key")
    assert not (tmp_path / "~").exists()


@pytest.mark.parametrize(
    "url",
    ["sqlite://", "sqlite:///:memory:", "sqlite:///file::memory:?uri=true", "sqlite:///file:x?mode=memory&uri=true"],
)
def test_memory_is_refused_with_the_reason(url: str) -> None:
    with pytest.raises(StoreFailed, match=r"a database of its own.*Give it a file"):
        database(url)


@pytest.mark.parametrize(
    "url", ["", "shim.db", "/data/shim.db", "postgresql://u:secret@h:port/d", "mysql://u:secret@h/d"]
)
def test_urls_that_cannot_be_used(url: str) -> None:
    with pytest.raises(StoreFailed, match=r"sqlite:////home/me/shim\.db") as caught:
        database(url)
    assert "secret" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_new_files_are_readable_only_for_their_owner(tmp_path: Path) -> None:
    path = tmp_path / "new" / "shim.db"
    base = database(f"sqlite:///{path}")
    base.prepare()
    modes = {each.name: each.stat().st_mode & 0o777 for each in path.parent.iterdir()}
    assert modes == {"shim.db": 0o600, "shim.db-wal": 0o600, "shim.db-shm": 0o600}
    assert path.parent.stat().st_mode & 0o777 == 0o700
    base.close()


def test_the_mode_of_an_existing_file_is_unchanged(base: Database) -> None:
    if base.url.get_backend_name() != "sqlite":
        pytest.skip("no file")
    path = Path(str(base.url.database))
    path.chmod(0o640)
    base.prepare()
    assert path.stat().st_mode & 0o777 == 0o640


URIS = {
    "sqlite:///file:{folder}/a.db?uri=true": "a.db",
    "sqlite:///file:{folder}/b%2520c.db?uri=true": "b c.db",
    "sqlite:///file://{folder}/d.db?mode=rwc&uri=true": "d.db",
    "sqlite:///file://localhost{folder}/e.db?uri=true": "e.db",
    "sqlite:///{folder}/f.db": "f.db",
}


@pytest.mark.parametrize("url,name", URIS.items())
def test_a_new_file_is_private_in_every_notation_of_its_url(url: str, name: str, tmp_path: Path) -> None:
    base = Database(address.resolve(url.format(folder=tmp_path)))
    base.prepare()
    base.close()
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    assert name in modes
    assert set(modes.values()) == {0o600}


@pytest.mark.parametrize("mode,warned", [(0o600, False), (0o640, True), (0o604, True), (0o602, True), (0o700, False)])
def test_a_file_that_others_can_read_is_named(
    mode: int, warned: bool, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "shim.db"
    path.touch()
    path.chmod(mode)
    address.create_file(address.resolve(f"sqlite:///{path}"))
    assert (f"The database {path} holds conversations" in caplog.text) is warned
    assert stat.S_IMODE(path.stat().st_mode) == mode


def test_a_file_that_must_exist_is_not_created(tmp_path: Path) -> None:
    address.create_file(address.resolve(f"sqlite:///file:{tmp_path}/g.db?mode=ro&uri=true"))
    assert not (tmp_path / "g.db").exists()
