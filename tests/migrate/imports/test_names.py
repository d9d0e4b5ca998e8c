"""A field is found under each usual name, in any spelling, wherever a message may stand."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from shim.migrate import Importer, Report
from shim.migrate.imports import names
from shim.settings import current_settings
from shim.store import messages
from shim.store.database import database

Json = dict[str, Any]
THREAD, AT = "thread_FF000001", 1_714_557_600
#: Where a message may stand, from the message and from its thread's id.
PLACES: dict[str, Callable[[Json], Any]] = {
    "a row": lambda message: {"thread_id": THREAD, **message},
    "a bundle": lambda message: {"thread_id": THREAD, "messages": [message]},
    "a bundle with text": lambda message: {"thread_id": THREAD, "messages": json.dumps([message])},
    "a bundle with a thread": lambda message: {"thread": {"id": THREAD}, "messages": [message]},
    "a bundle with a page": lambda message: {"thread_id": THREAD, "messages": {"object": "list", "data": [message]}},
    "a page": lambda message: {"data": [{"thread_id": THREAD, **message}]},
    "a list by thread": lambda message: {THREAD: [message]},
    "a backup": lambda message: {"threads": [{"id": THREAD}], "messages": {THREAD: [message]}},
    "a list of bundles": lambda message: {"threads": [{"id": THREAD, "messages": [message]}]},
}
#: How a name of two words may be spelt.
SPELLINGS: dict[str, Callable[[str], str]] = {
    "as the API": lambda name: name,
    "camel case": lambda name: name[0] + name.title().replace("_", "")[1:],
    "Pascal case": lambda name: name.title().replace("_", ""),
    "with spaces": lambda name: name.title().replace("_", " "),
    "with hyphens": lambda name: name.replace("_", "-"),
    "large": str.upper,
}
#: The fields of a message whose names vary, with a value.
VALUES: Json = {"id": "msg_FF01", "role": "user", "content": "Hi", "created_at": "2024-05-01T10:00:00Z"}


def imported(value: Any) -> Report:
    with Importer() as importer:
        for one in value if isinstance(value, list) else [value]:
            importer.add(one)
    return importer.report


def stored(thread: str = THREAD) -> list[Json]:
    return database(current_settings().database_url).read(messages.page, thread, 100, "asc").data


def check(report: Report) -> None:
    assert set(report.problems) <= {"made_thread"}, report.examples
    [found] = stored()
    assert (found["id"], found["role"], found["created_at"]) == ("msg_FF01", "user", AT)
    assert found["content"][0]["text"]["value"] == "Hi"


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("field, name", [(field, name) for field in VALUES for name in names.MESSAGE[field]])
def test_a_field_under_another_name(field: str, name: str, place: str) -> None:
    given = {(name if each == field else each): value for each, value in VALUES.items()}
    check(imported(PLACES[place](given)))


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_name_in_another_spelling(spelling: str, place: str) -> None:
    check(imported(PLACES[place]({SPELLINGS[spelling](name): value for name, value in VALUES.items()})))


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("name", names.MESSAGE["thread_id"])
def test_the_id_of_the_thread(name: str, spelling: str) -> None:
    check(imported({SPELLINGS[spelling](name): THREAD, **VALUES}))


@pytest.mark.parametrize("object", [{}, {"object": "thread.message"}])
@pytest.mark.parametrize("place", PLACES)
def test_an_object_of_the_api_with_other_names(place: str, object: Json) -> None:
    given = {"id": "msg_FF01", "role": "user", "content": "Hi", "createdAt": AT, "runId": None, "fileIds": "", **object}
    check(imported(PLACES[place](given)))


@pytest.mark.parametrize("place", PLACES)
def test_an_id_of_the_api_comes_before_the_number_of_a_row(place: str) -> None:
    given = {"message_id": "msg_FF01", **VALUES, "id": 17}
    report = imported(PLACES[place](given))
    assert set(report.problems) <= {"made_thread", "field"}
    assert [one["id"] for one in stored()] == ["msg_FF01"]


@pytest.mark.parametrize("empty", [None, ""])
@pytest.mark.parametrize("place", PLACES)
def test_an_empty_member_is_no_loss(place: str, empty: Any) -> None:
    more = ("assistant_id", "run_id", "runId", "metadata", "attachments", "Assistant ID", "mood", "text")
    check(imported(PLACES[place]({**VALUES, **dict.fromkeys(more, empty)})))


@pytest.mark.parametrize("place", PLACES)
def test_what_no_object_had_is_named(place: str) -> None:
    report = imported(PLACES[place]({**VALUES, "mood": "good"}))
    assert report.problems["field"] == 1
    assert "mood" in report.examples["field"][0].detail


@pytest.mark.parametrize("name", names.TIMES)
@pytest.mark.parametrize("spelling", SPELLINGS)
def test_the_time_of_a_thread(name: str, spelling: str) -> None:
    from shim.store import threads

    inner = {"messages": [VALUES]}
    at = {SPELLINGS[spelling](name): AT - 5}
    for number, value in enumerate(({"thread": {"id": THREAD, **at}, **inner}, {"thread_id": THREAD, **at, **inner})):
        with Importer(tenant=str(number)) as importer:
            importer.add(value)
        assert importer.report.problems == {}
        found = database(current_settings().database_url).of(str(number)).read(threads.get, THREAD)
        assert found is not None
        assert found["created_at"] == AT - 5


#: Values as `mongoexport` writes them.
MONGO: dict[str, Json] = {
    "a date": {"createdAt": {"$date": "2024-05-01T10:00:00Z"}},
    "a date with thousandths": {"createdAt": {"$date": "2024-05-01T10:00:00.123Z"}},
    "a date as a number": {"createdAt": {"$date": {"$numberLong": "1714557600000"}}},
    "a date as an old number": {"createdAt": {"$date": 1714557600000}},
    "a number": {"createdAt": {"$numberLong": "1714557600"}},
    "ids": {"_id": {"$oid": "6631f2a0c1d2e3f4a5b6c7d8"}, "createdAt": AT},
}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("what", MONGO)
def test_values_of_mongodb(what: str, place: str) -> None:
    report = imported(PLACES[place]({"role": "user", "content": "Hi", **MONGO[what]}))
    assert report.refused == report.count("lost") == 0, report.examples
    [found] = stored()
    assert found["created_at"] == AT
    assert found["metadata"].get("imported_id") == ("6631f2a0c1d2e3f4a5b6c7d8" if what == "ids" else None)


def test_a_document_of_mongodb_with_its_messages() -> None:
    report = imported({"_id": {"$oid": "6631f2a0"}, "createdAt": {"$date": AT * 1000}, "messages": [VALUES]})
    assert report.count("lost") == report.refused == 0, report.examples
    assert [one["id"] for one in stored(report.ids["6631f2a0"])] == ["msg_FF01"]
