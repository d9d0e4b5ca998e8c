"""CSV as spreadsheets, databases and pandas write it."""

import csv
import json
from itertools import product
from pathlib import Path

import pytest

from shim.migrate import Importer, Report
from shim.settings import current_settings
from shim.store import messages
from shim.store.database import database

THREAD = "thread_DD000001"
HEADING = ["thread_id", "role", "content", "created_at"]
ROWS = [[THREAD, "user", "Hi", "2024-05-01 10:00:00"], [THREAD, "assistant", "Hello", "2024-05-01 10:00:05"]]


def imported(path: Path) -> Report:
    with Importer() as importer:
        importer.read(path)
    return importer.report


def written(path: Path, rows: list[list[str]], separator: str = ",") -> Path:
    with path.open("w", newline="") as file:
        csv.writer(file, delimiter=separator).writerows(rows)
    return path


def texts() -> list[str]:
    found = database(current_settings().database_url).read(messages.page, THREAD, 100, "asc").data
    return [one["content"][0]["text"]["value"] for one in found]


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("name", ["", " ", "Unnamed: 0", "index"])
@pytest.mark.parametrize("at", [0, 2, 4])
def test_a_column_with_the_numbers_of_the_rows_is_no_loss(at: int, name: str, separator: str, tmp_path: Path) -> None:
    """What `DataFrame.to_csv` writes before the columns, and `read_csv` names when it is written again."""
    rows = [[*row[:at], one, *row[at:]] for one, row in zip([name, "0", "1"], [HEADING, *ROWS], strict=True)]
    report = imported(written(tmp_path / "all.csv", rows, separator))
    assert (report.refused, report.count("lost")) == (0, 0), report.examples
    assert texts() == ["Hi", "Hello"]


def test_a_column_without_a_name_that_says_something_is_named(tmp_path: Path) -> None:
    rows = [[*row, one] for one, row in zip(["", "good", "bad"], [HEADING, *ROWS], strict=True)]
    report = imported(written(tmp_path / "all.csv", rows))
    assert report.problems["field"] == 2
    assert texts() == ["Hi", "Hello"]


def test_a_name_that_stands_twice_hides_no_column(tmp_path: Path) -> None:
    rows = [[*row, one] for one, row in zip(["role", "user", ""], [HEADING, *ROWS], strict=True)]
    report = imported(written(tmp_path / "all.csv", rows))
    assert report.problems["field"] == 1
    assert texts() == ["Hi", "Hello"]


def test_a_column_of_numbers_may_be_mapped(tmp_path: Path) -> None:
    rows = [[one, *row] for one, row in zip(["index", "7", "8"], [HEADING, *ROWS], strict=True)]
    with Importer(columns={"id": "index"}) as importer:
        importer.read(written(tmp_path / "all.csv", rows))
    found = database(current_settings().database_url).read(messages.page, THREAD, 100, "asc").data
    assert [one["metadata"]["imported_id"] for one in found] == ["7", "8"]


@pytest.mark.parametrize("heading, rows", list(product((0, 2), (0, 1, 3))))
def test_empty_columns_at_the_end(heading: int, rows: int, tmp_path: Path) -> None:
    """As spreadsheets write them; a row with fewer fields than the heading has lost some."""
    path = tmp_path / "all.csv"
    written(path, [HEADING + [""] * heading, *(row + [""] * rows for row in ROWS)])
    report = imported(path)
    assert report.problems["broken_csv"] == (2 if rows < heading else 0)
    assert texts() == ([] if rows < heading else ["Hi", "Hello"])


@pytest.mark.parametrize("before", range(4))
def test_a_place_is_the_first_line_of_a_row(before: int, tmp_path: Path) -> None:
    """Quoted fields may have several lines, and lines may be empty."""
    good = [[THREAD, "user", "one\ntwo\r\n\nthree", "2024-05-01"]] * before
    bad = [THREAD, "You", "four\nfive", "2024-05-01"]
    path = written(tmp_path / "all.csv", [HEADING, *good, bad, [], bad])
    lines = path.read_bytes().split(b"\n")
    expected = [number for number, line in enumerate(lines, 1) if b",You," in line]
    assert len(expected) == 2
    report = imported(path)
    assert [one.place.line for one in report.examples["wrong_role"]] == expected


def test_the_line_of_a_quote_that_is_never_closed(tmp_path: Path) -> None:
    path = written(tmp_path / "all.csv", [HEADING, *ROWS])
    path.write_text(path.read_text() + f'{THREAD},user,"never closed\nand more\nand more\n')
    assert "line 4:" in imported(path).examples["broken_csv"][0].detail


@pytest.mark.parametrize(
    "heading",
    ["Thread ID,Role,Message,Timestamp", "THREAD_ID,ROLE,CONTENT,CREATED_AT", "threadId,sender,text,createdAt"],
)
def test_headings_in_any_spelling(heading: str, tmp_path: Path) -> None:
    report = imported(written(tmp_path / "all.csv", [heading.split(","), *ROWS]))
    assert (report.refused, report.count("lost")) == (0, 0), report.examples
    assert texts() == ["Hi", "Hello"]


def test_empty_fields_of_some_rows_are_no_loss(tmp_path: Path) -> None:
    heading = ["thread_id", "message_id", "role", "content", "created_at", "assistant_id", "run_id"]
    rows = [
        [THREAD, "msg_1", "user", "Hi", "1714557600", "", ""],
        [THREAD, "msg_2", "assistant", "Hello", "1714557605", "asst_1", "run_1"],
    ]
    report = imported(written(tmp_path / "all.csv", [heading, *rows]))
    assert set(report.problems) == {"made_thread"}, report.examples
    assert texts() == ["Hi", "Hello"]


def test_a_column_with_all_messages_of_a_thread(tmp_path: Path) -> None:
    said = [{"role": row[1], "content": row[2], "created_at": row[3]} for row in ROWS]
    report = imported(written(tmp_path / "all.csv", [["thread_id", "messages"], [THREAD, json.dumps(said)]]))
    assert (report.refused, report.count("lost")) == (0, 0), report.examples
    assert texts() == ["Hi", "Hello"]
