"""Files with any encoding and any fault: each fault is reported with file and line, and the rest is imported."""

import gzip
import json
import sqlite3
import sys
import zipfile
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from shim.migrate import Importer, Refused, Report
from shim.migrate.imports import documents, sources
from shim.settings import current_settings
from shim.store import messages
from shim.store.database import database

Json = dict[str, Any]
THREAD = "thread_abcdefgh"


def row(number: int, text: str = "Hi", **more: Any) -> Json:
    return {
        "thread_id": THREAD,
        "message_id": f"msg_{number}",
        "role": "user",
        "text": text,
        "created_at": number,
        **more,
    }


def lines(*rows: Json | str) -> str:
    return "".join((one if isinstance(one, str) else json.dumps(one, ensure_ascii=False)) + "\n" for one in rows)


def imported(*paths: Path, **options: Any) -> Report:
    with Importer(**options) as importer:
        importer.read(*paths)
    return importer.report


def texts(thread: str = THREAD) -> list[str]:
    found = _base().read(messages.page, thread, 100, "asc").data
    return [part["text"]["value"] for one in found for part in one["content"]]


def _base() -> Any:
    return database(current_settings().database_url)


def places(report: Report, code: str) -> list[str]:
    return [str(one.place).rpartition("/")[2] for one in report.examples[code]]


ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"]


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("ending", ["jsonl", "json", "csv"])
def test_unicode_is_recognised(encoding: str, ending: str, tmp_path: Path) -> None:
    rows = [row(1, "Grüße, 世界"), row(2, "«ñ»")]
    text = {
        "jsonl": lines(*rows),
        "json": json.dumps(rows, ensure_ascii=False, indent=1),
        "csv": "thread_id,message_id,role,text,created_at\n"
        + "".join(",".join(f'"{value}"' for value in one.values()) + "\n" for one in rows),
    }[ending]
    (tmp_path / f"all.{ending}").write_bytes(text.encode(encoding))
    report = imported(tmp_path / f"all.{ending}")
    assert report.refused == 0, report.examples
    assert texts() == ["Grüße, 世界", "«ñ»"]


def test_an_unknown_encoding_is_named_with_its_line_and_read_if_it_is_given(tmp_path: Path) -> None:
    path = tmp_path / "old.jsonl"
    path.write_bytes(lines(row(1, "plain"), row(2, "Grüße"), row(3, "plain too")).encode("latin-1"))
    report = imported(path)
    assert (report.problems["broken_text"], places(report, "broken_text")) == (1, ["old.jsonl:2"])
    assert texts() == ["plain", "plain too"]
    again = imported(path, encoding="latin-1")
    assert (again.refused, again.replaced) == (0, {"threads": 1})
    assert texts() == ["plain", "Grüße", "plain too"]


@pytest.mark.parametrize("ending", ["json", "csv"])
def test_a_document_in_another_encoding(ending: str, tmp_path: Path) -> None:
    path = tmp_path / f"old.{ending}"
    text = json.dumps([row(1, "Grüße")], ensure_ascii=False)
    if ending == "csv":
        text = f"thread_id,message_id,role,text\n{THREAD},msg_1,user,Grüße\n"
    path.write_bytes(text.encode("latin-1"))
    report = imported(path)
    assert report.problems["broken_text"] == 1
    assert report.added == {}
    assert imported(path, encoding="cp1252").refused == 0
    assert texts() == ["Grüße"]


WRONG: dict[str, tuple[str, str]] = {
    "half a line": ('{"thread_id": "thread_a', "broken_json"),
    "no JSON": ("oops", "broken_json"),
    "an empty object": ("{}", "unknown_shape"),
    "a number": ("5", "unknown_shape"),
    "another role": (json.dumps(row(9, role="system")), "wrong_role"),
    "no thread": (json.dumps(row(9, thread_id=None)), "no_thread"),
    "a time that is none": (json.dumps(row(9, created_at="soon")), "wrong_kind"),
    "an id that is none": (json.dumps(row(9, message_id={})), "wrong_kind"),
    "metadata that is none": (json.dumps(row(9, metadata="x")), "wrong_kind"),
    "nothing said": (json.dumps(row(9, text=[{"type": "video"}])), "no_content"),
    "the same id, other words": (json.dumps(row(1, "Other")), "conflict"),
    "the same id in another thread": (json.dumps(row(1, thread_id="thread_other")), "conflict"),
    "a run without a status": ('{"object": "thread.run", "id": "run_1", "thread_id": "thread_a"}', "wrong_kind"),
    "a step without a run": (
        json.dumps({"object": "thread.run.step", "id": "step_1", "run_id": "run_1"})[:-1]
        + ', "status": "completed", "step_details": {"type": "tool_calls", "tool_calls": []}}',
        "no_run",
    ),
    "an assistant without a model": ('{"object": "assistant", "id": "asst_1"}', "wrong_kind"),
    "bottomless": ("[" * 100_000, "broken_json"),
    "half a surrogate": ('{"thread_id": "thread_a\\ud83d", "role": "user", "text": [{"type": "x"}]}', "no_content"),
}


@pytest.mark.parametrize("what", WRONG)
def test_invalid_lines_are_named_and_the_rest_is_imported(what: str, tmp_path: Path) -> None:
    line, code = WRONG[what]
    path = tmp_path / "some.jsonl"
    path.write_text(lines(row(1, "first"), line, row(3, "third")))
    report = imported(path)
    assert places(report, code) == ["some.jsonl:2"]
    assert report.refused == 1, report.examples
    assert texts() == ["first", "third"]


@pytest.mark.parametrize("what", WRONG)
def test_with_strict_an_invalid_line_stops_the_import(what: str, tmp_path: Path) -> None:
    path = tmp_path / "some.jsonl"
    path.write_text(lines(row(1, "first"), WRONG[what][0], row(3, "third")))
    with pytest.raises(Refused), Importer(strict=True) as importer:
        importer.read(path)
    assert texts() == []


def test_an_invalid_line_at_the_end_of_a_large_file(tmp_path: Path) -> None:
    path = tmp_path / "long.jsonl"
    path.write_text("\n" * 299_999 + lines("oops", row(1)))
    report = imported(path)
    assert places(report, "broken_json") == ["long.jsonl:300000"]
    assert texts() == ["Hi"]


BROKEN = {
    "cut off": lambda text: text[:-20],
    "a comma too many": lambda text: text.replace('"role": "user"', '"role": "user",,', 1),
    "something behind it": lambda text: text + "x",
    "no UTF-8": lambda text: text.encode().replace(b"Hi", b"\xff\xfe", 1),
}


@pytest.mark.parametrize("small", [True, False], ids=["small", "large"])
@pytest.mark.parametrize("what", BROKEN)
def test_nothing_of_a_broken_document_is_imported(
    what: str, small: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("ijson")
    monkeypatch.setattr(documents, "SMALL", documents.SMALL if small else 10)
    broken: Any = BROKEN[what](json.dumps([row(1), row(2)], indent=1))
    (tmp_path / "all.json").write_bytes(broken if isinstance(broken, bytes) else broken.encode())
    (tmp_path / "good.jsonl").write_text(lines(row(5, "good", thread_id="thread_good1234")))
    report = imported(tmp_path)
    assert report.refused == 1
    [(code, _)] = report.problems.items() - {("made_thread", 1)}
    assert code in ("broken_json", "broken_text")
    assert "line " in report.examples[code][0].detail
    assert (texts(), texts("thread_good1234")) == ([], ["good"])


DOCUMENTS: dict[str, Any] = {
    "an array": [row(1), row(2)],
    "a page": {"object": "list", "data": [row(1), row(2)], "first_id": "msg_1", "has_more": False},
    "a bundle": {"thread_id": THREAD, "messages": [row(1, thread_id=None), row(2, thread_id=None)]},
    "by thread": {THREAD: [row(1, thread_id=None), row(2, thread_id=None)]},
    "by user": {"user_1": {"thread_id": THREAD, "messages": [row(1, thread_id=None), row(2, thread_id=None)]}},
    "by user, in a list": {"users": [{"thread_id": THREAD, "messages": [row(1), row(2)]}]},
    "by user, with more": {"exported_at": 5, "users": [{"chats": [{"id": THREAD, "messages": [row(1), row(2)]}]}]},
    "messages as text": [{"thread_id": THREAD, "messages": json.dumps([row(1), row(2)])}],
    "a backup": {"exported_at": 5, "threads": [{"id": THREAD}], "messages": {THREAD: [row(1), row(2)]}},
}


@pytest.mark.parametrize("what", DOCUMENTS)
def test_a_large_document_is_read_like_a_small_one(what: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("ijson")
    path = tmp_path / "all.json"
    path.write_text(json.dumps(DOCUMENTS[what], indent=1))
    small = imported(path, dry_run=True)
    monkeypatch.setattr(documents, "SMALL", 10)
    large = imported(path)
    assert small.added == large.added
    assert large.added["messages"] == 2
    assert large.refused == 0, large.examples


@pytest.mark.parametrize("small", [True, False], ids=["small", "large"])
def test_a_long_line_is_read_in_pieces_of_any_size(
    small: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("ijson")
    monkeypatch.setattr(documents, "SMALL", documents.SMALL if small else 10)
    expected = ["x" * number + "世" * 40_000 for number in range(3)]
    path = tmp_path / "all.json"
    path.write_text(json.dumps([row(number, text) for number, text in enumerate(expected)], ensure_ascii=False))
    report = imported(path)
    assert report.refused == 0, report.examples
    assert texts() == expected


def test_a_large_document_without_the_package_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "SMALL", 10)
    monkeypatch.setitem(sys.modules, "ijson", None)
    (tmp_path / "all.json").write_text(json.dumps([row(1)], indent=1))
    report = imported(tmp_path)
    assert (report.problems, report.added) == ({"needs_ijson": 1}, {})


def test_compressed_files_and_archives(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress(lines(row(1, "packed")).encode()))
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as archive:
        archive.writestr("export/thread_second12.json", json.dumps([{"role": "user", "content": "archived"}]))
        archive.writestr("export/readme.txt", "nothing to see")
    report = imported(tmp_path / "a.jsonl.gz", tmp_path / "b.zip")
    assert report.refused == 0, report.examples
    assert (texts(), texts("thread_second12")) == (["packed"], ["archived"])


def test_unreadable_files_are_named(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl.gz").write_bytes(b"this is not packed")
    (tmp_path / "b.jsonl").write_text(lines(row(1)))
    report = imported(tmp_path)
    assert places(report, "unreadable") == ["a.jsonl.gz"]
    assert report.added["messages"] == 1
    with pytest.raises(OSError, match="none"):
        imported(tmp_path / "none.json")


def sqlite(path: Path) -> bytes:
    with closing(sqlite3.connect(path)) as db:
        db.execute("CREATE TABLE messages (id INTEGER PRIMARY KEY, thread_id TEXT, role TEXT, content TEXT)")
        db.commit()
    return path.read_bytes()


@pytest.mark.parametrize("ending", [*sources.DATABASES, ".json", ".jsonl", ".csv"])
@pytest.mark.parametrize("way", ["a file", "a folder", "a packed file", "an archive"])
def test_a_database_is_named_with_the_way_out(way: str, ending: str, tmp_path: Path) -> None:
    content = sqlite(tmp_path / "made")
    folder = tmp_path / "export"
    folder.mkdir()
    path = folder / f"chats{ending}"
    if way == "an archive":
        path = folder / "all.zip"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr(f"chats{ending}", content)
    else:
        path = Path(f"{path}.gz") if way == "a packed file" else path
        path.write_bytes(gzip.compress(content) if way == "a packed file" else content)
    report = imported(folder if way == "a folder" else path)
    assert report.problems == {"sqlite": 1}
    assert "sqlite3 -json" in str(report.examples["sqlite"][0])


def test_the_store_itself_may_be_in_the_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inner = tmp_path / "inner"
    inner.mkdir()
    (inner / "all.jsonl").write_text(lines(row(1)))
    monkeypatch.chdir(inner)
    for folder in (inner, Path()):
        report = imported(folder, database_url="sqlite:///store.db")
        assert report.refused == 0, report.examples
    assert (inner / "store.db").exists()


def test_another_file_with_the_ending_of_a_database_is_passed_over_in_a_folder(tmp_path: Path) -> None:
    (tmp_path / "thumbs.db").write_bytes(b"something else")
    (tmp_path / "words.jsonl").write_text("SQLi is short for something\n")
    assert imported(tmp_path).problems == {"broken_json": 1}


def test_columns_by_a_mapping_and_rows_with_missing_columns(tmp_path: Path) -> None:
    path = tmp_path / "chat.csv"
    path.write_text(
        "session;who;said;when\ns1;customer;Hello;2024-01-01T00:00:00Z\ns1;bot\ns1;bot;Hi there;2024-01-01T00:00:01Z\n"
    )
    names = {"thread_id": "session", "role": "who", "content": "said", "created_at": "when"}
    report = imported(path, columns=names)
    assert places(report, "broken_csv") == ["chat.csv:3"]
    assert texts(report.ids["s1"]) == ["Hello", "Hi there"]
    report = imported(path, columns={"role": "nobody"})
    assert "no column nobody" in report.examples["broken_csv"][0].detail


def test_an_empty_file(tmp_path: Path) -> None:
    for ending in ("jsonl", "json", "csv"):
        (tmp_path / f"empty.{ending}").write_text("")
    report = imported(tmp_path)
    assert (report.batch, report.added) == (None, {})
