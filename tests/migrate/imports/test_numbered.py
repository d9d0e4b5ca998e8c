"""Exports with ids of their own: no message is lost, however a program numbers them."""

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from shim.migrate import Importer, Report
from shim.migrate.imports import objects, values
from shim.settings import current_settings
from shim.store import messages
from shim.store.database import database

Json = dict[str, Any]
TEXTS: dict[str, list[str]] = {"thread_CC000001": ["one", "two"], "thread_CC000002": ["three", "four", "five"]}
#: The id of a message, from the number of its thread, its number there and its number in the export.
NUMBERS: dict[str, Callable[[int, int, int], Any]] = {
    "by thread": lambda thread, here, all: here,
    "by thread, from 0": lambda thread, here, all: here - 1,
    "by thread, as text": lambda thread, here, all: str(here),
    "by thread, with a word": lambda thread, here, all: f"m-{here}",
    "in all": lambda thread, here, all: all,
    "by thread, with a name": lambda thread, here, all: f"{thread}/{here}",
    "none": lambda thread, here, all: None,
}


def exported(number: Callable[[int, int, int], Any]) -> dict[str, list[Json]]:
    """The messages of each thread."""
    count, threads = 0, {}
    for place, (thread, texts) in enumerate(TEXTS.items(), 1):
        threads[thread] = [
            {"id": number(place, here, count + here), "role": ("assistant", "user")[here % 2], "content": text}
            for here, text in enumerate(texts, 1)
        ]
        count += len(texts)
    return threads


def _rows(threads: dict[str, list[Json]]) -> list[Json]:
    return [{"thread_id": thread, **one} for thread, all in threads.items() for one in all]


def _bundles(threads: dict[str, list[Json]], folder: Path) -> None:
    bundles = [{"thread_id": thread, "messages": all} for thread, all in threads.items()]
    (folder / "all.json").write_text(json.dumps(bundles))


def _keyed(threads: dict[str, list[Json]], folder: Path) -> None:
    (folder / "all.json").write_text(json.dumps(threads))


def _lines(threads: dict[str, list[Json]], folder: Path) -> None:
    (folder / "all.jsonl").write_text("".join(json.dumps(row) + "\n" for row in _rows(threads)))


def _table(threads: dict[str, list[Json]], folder: Path) -> None:
    with (folder / "all.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, ["thread_id", "id", "role", "content"])
        writer.writeheader()
        writer.writerows(_rows(threads))


def _files(threads: dict[str, list[Json]], folder: Path) -> None:
    for thread, all in threads.items():
        _lines({thread: all}, folder)
        (folder / "all.jsonl").rename(folder / f"{thread[-3:]}.jsonl")


SHAPES: dict[str, Callable[[dict[str, list[Json]], Path], None]] = {
    "bundles": _bundles,
    "lists by thread": _keyed,
    "rows": _lines,
    "a table": _table,
    "a file for each thread": _files,
}


def imported(*paths: Path) -> Report:
    with Importer() as importer:
        importer.read(*paths)
    return importer.report


def stored(thread: str) -> list[Json]:
    return database(current_settings().database_url).read(messages.page, thread, 100, "asc").data


def check() -> None:
    for thread, texts in TEXTS.items():
        assert [one["content"][0]["text"]["value"] for one in stored(thread)] == texts


@pytest.mark.parametrize("numbers", NUMBERS)
@pytest.mark.parametrize("shape", SHAPES)
def test_all_messages_are_imported_and_a_second_time_adds_nothing(shape: str, numbers: str, tmp_path: Path) -> None:
    SHAPES[shape](exported(NUMBERS[numbers]), tmp_path)
    report = imported(tmp_path)
    assert (report.refused, report.added) == (0, {"threads": 2, "messages": 5})
    check()
    again = imported(tmp_path)
    assert (again.refused, again.added, again.already_stored) == (0, {}, report.added)


@pytest.mark.parametrize("numbers", NUMBERS)
def test_threads_that_are_imported_one_after_the_other(numbers: str, tmp_path: Path) -> None:
    _files(exported(NUMBERS[numbers]), tmp_path)
    assert [imported(path).refused for path in sorted(tmp_path.glob("*.jsonl"))] == [0, 0]
    check()


def _by_number_alone(kind: str, original: Any, within: Any, note: objects.Note, *seeds: Any) -> tuple[str, Json]:
    """How ids were made before threads were part of them."""
    return values.derived_id(kind, original), {"imported_id": str(original)}


@pytest.mark.parametrize("numbers", [name for name in NUMBERS if name != "none"])
def test_what_an_earlier_version_imported_is_recognised(
    numbers: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where it left messages out, they are added."""
    _bundles(exported(NUMBERS[numbers]), tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(objects, "_id", _by_number_alone)
        before = imported(tmp_path)
    again = imported(tmp_path)
    assert again.refused == 0
    assert again.replaced == ({"threads": 1} if before.refused else {})
    check()
