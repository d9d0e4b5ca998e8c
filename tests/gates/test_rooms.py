"""The laws of the rooms that import-linter cannot express: which libraries and which calls each room may use."""

import ast
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.gates.files import ours, short

#: What starts a thread or a task.
STARTS = {"Thread", "Timer", "ThreadPoolExecutor", "ProcessPoolExecutor", "create_task", "ensure_future", "TaskGroup"}
HTTP = {"httpx", "httpx2", "httpcore", "httpcore2"}


def imported(tree: ast.AST) -> Iterator[str]:
    """The first part of the name of every imported module."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (each.name.partition(".")[0] for each in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]


def called(tree: ast.AST) -> Iterator[str]:
    """The last part of the name of every called function."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield getattr(node.func, "attr", getattr(node.func, "id", ""))


class Law(NamedTuple):
    """``found`` returns names in a file; those in ``names`` may be used only in ``rooms`` and in ``exceptions``, each
    with a reason.
    """

    found: Callable[[ast.AST], Iterator[str]]
    names: set[str]
    rooms: tuple[str, ...]
    exceptions: dict[str, str]


LAWS = {
    "only http knows an HTTP library": Law(imported, HTTP, ("shim/http/",), {}),
    "threads and tasks start in runtime": Law(
        called,
        STARTS,
        ("shim/runtime/",),
        {
            "shim/store/database.py": "a transaction behind asyncio runs in a thread of the store's own pool",
            "shim/store/turns.py": "a transaction that waits for its turn goes on if its caller is cancelled",
            "shim/upstream/waiting.py": "a timer ends a wait for an upstream that says nothing",
            "shim/upstream/colours.py": "a timer ends a connection that does not end by itself",
            "shim/server/run.py": "a server that is told to stop ends its streams meanwhile",
            "shim/migrate/scan/scanner.py": "code is read in several processes, which end with the scan",
            "shim/sandbox/http.py": "a sandbox for tests is served from a thread",
        },
    ),
    "settings are read where parts are joined": Law(
        called,
        {"current_settings"},
        ("shim/assembly/", "shim/cli/"),
        {
            "shim/server/app.py": "the server's own, where its caller gives none",
            "shim/migrate/imports/importer.py": "the store that an import writes to",
        },
    ),
    "translate knows no clock, no chance and no library": Law(
        imported,
        {"time", "datetime", "random", "secrets", "uuid", "asyncio", "threading", "sqlalchemy", "openai", *HTTP},
        (),
        {
            f"shim/{room}/": "not this law's room"
            for room in (
                "assembly",
                "cli",
                "engine",
                "http",
                "migrate",
                "relay",
                "runtime",
                "sandbox",
                "sdk",
                "server",
                "store",
            )
        }
        | {"shim/upstream/": "not this law's room", "shim/wire/": "ids are made of chance there"},
    ),
}


def _breaking(law: Law, path: Path) -> bool:
    name = short(path)
    if name.startswith((*law.rooms, *law.exceptions)) or name.count("/") == 1:
        return False
    return not law.names.isdisjoint(law.found(ast.parse(path.read_text())))


@pytest.mark.parametrize("name", LAWS)
def test_a_law_is_obeyed(name: str) -> None:
    assert [short(path) for path in ours("shim") if _breaking(LAWS[name], path)] == []


@pytest.mark.parametrize(
    "name, file", [(name, file) for name, law in LAWS.items() for file in law.exceptions if file.endswith(".py")]
)
def test_an_exception_is_needed(name: str, file: str) -> None:
    (path,) = [path for path in ours("shim") if short(path) == file]
    assert not LAWS[name].names.isdisjoint(LAWS[name].found(ast.parse(path.read_text())))


def test_a_broken_law_is_found() -> None:
    tree = ast.parse("import httpx2.x\nfrom time import sleep\nthreading.Thread(target=f)")
    assert {*imported(tree)} == {"httpx2", "time"}
    assert {*called(tree)} == {"Thread"}


def test_a_json_object_has_one_type() -> None:
    defining = [short(path) for path in ours("shim") if "\nJson = " in path.read_text()]
    assert defining == ["shim/wire/types.py"]
