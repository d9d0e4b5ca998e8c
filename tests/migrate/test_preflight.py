"""The preflight: one row for each kind of finding."""

from typing import Any

import pytest

from shim.migrate import preflight
from shim.migrate.preflight import CheckContext, Subject
from shim.translate.models import RETIRED, ModelMap
from shim.wire import objects

Json = dict[str, Any]
MAP = ModelMap({"mine": "gpt-6-luna", "o1": "o1"}, RETIRED, lambda: "2026-11-01")
UPSTREAM: dict[str, Any] = {
    "/models/gpt-4.1": {"id": "gpt-4.1"},
    "/vector_stores/vs_good": {"status": "completed", "file_counts": {"total": 2, "failed": 0}},
    "/vector_stores/vs_old": {"status": "expired", "file_counts": {"total": 2, "failed": 1}},
    "/vector_stores/vs_empty": {"status": "completed", "file_counts": {"total": 0, "failed": 0}},
    "/vector_stores/vs_secret": "You may not look at it.",
    "/files/file-1": {"bytes": 10},
    "/files/file-large": {"bytes": 2 * 2**30},
}


def function(name: str = "f", strict: bool = False, **parameters: Any) -> Json:
    return {"type": "function", "function": {"name": name, "strict": strict, "parameters": parameters}}


def search(*stores: str) -> Json:
    return {"tools": [{"type": "file_search"}], "tool_resources": {"file_search": {"vector_store_ids": list(stores)}}}


def code(*files: str) -> Json:
    return {"tool_resources": {"code_interpreter": {"file_ids": list(files)}}}


OBJECT = {"type": "object", "properties": {"a": {"type": "string"}}}
CLOSED = OBJECT | {"additionalProperties": False, "required": ["a"]}
#: Fields of an assistant, and the finding: level, field, a part of its text.
FOUND: dict[str, tuple[Json, list[tuple[str, str, str]]]] = {
    "nothing": ({}, []),
    "a model that ended": ({"model": "gpt-4"}, [("warning", "model", "ended on 2026-10-23: gpt-5.6-sol answers")]),
    "one that will end": ({"model": "gpt-4o"}, [("note", "model", "ends on 2027-01-14; its successor is gpt-6-luna")]),
    "one that is kept": ({"model": "o1"}, [("error", "model", "SHIM_MODEL_MAP keeps it")]),
    "one of ours": ({"model": "mine"}, [("warning", "model", "mine is mapped: gpt-6-luna answers")]),
    "one that nobody has": ({"model": "none"}, [("error", "model", "upstream has no model none")]),
    "parameters": (
        {"model": "gpt-4", "temperature": 0.2, "top_p": 0.5},
        [("warning", "model", ""), ("warning", "temperature", "left out"), ("warning", "top_p", "left out")],
    ),
    "an effort": ({"reasoning_effort": "low"}, [("warning", "reasoning_effort", "does not reason")]),
    "functions": ({"tools": [function("f", **OBJECT), function("g", strict=True, **CLOSED), function("h")]}, []),
    "a name": ({"tools": [function("a b")]}, [("error", "tools[0]", "no name of a function")]),
    "a name twice": ({"tools": [function(), function()]}, [("error", "tools[1]", "another function f")]),
    "no object": ({"tools": [function(type="string")]}, [("error", "tools[0]", "`type` is 'string'")]),
    "no properties": ({"tools": [function(type="object", properties=[])]}, [("error", "tools[0]", "is no object")]),
    "required": (
        {"tools": [function(type="object", properties={}, required=["b"])]},
        [("error", "tools[0]", "names 'b'")],
    ),
    "a strict one that is not": (
        {"tools": [function(strict=True, **OBJECT)]},
        [("error", "tools[0]", "additionalProperties: false"), ("error", "tools[0]", "not required: a")],
    ),
    "one below": (
        {"tools": [function(strict=True, **(CLOSED | {"properties": {"a": {"items": {"oneOf": []}}}}))]},
        [("error", "tools[0]", "no `oneOf` at a.items")],
    ),
    "JSON": ({"response_format": {"type": "json_object"}}, [("warning", "response_format", "the word JSON")]),
    "JSON, told": ({"response_format": {"type": "json_object"}, "instructions": "Answer in JSON."}, []),
    "a schema": (
        {"response_format": {"type": "json_schema", "json_schema": {"strict": True, "schema": OBJECT}}},
        [("error", "response_format", "additionalProperties"), ("error", "response_format", "not required: a")],
    ),
    "a schema that is not strict": ({"response_format": {"type": "json_schema", "json_schema": {"schema": {}}}}, []),
    "a search": (search("vs_good"), []),
    "a search without a store": (search(), [("note", "tools", "only the threads' vector stores")]),
    "stores": (
        search("vs_old", "vs_empty", "vs_none", "vs_secret"),
        [
            ("error", "file_search", "vs_old has expired"),
            ("warning", "file_search", "1 files of the vector store vs_old"),
            ("warning", "file_search", "vs_empty is empty"),
            ("error", "file_search", "upstream has no vector store vs_none"),
            ("warning", "file_search", "could not be checked: You may not look at it."),
        ],
    ),
    "files": (code("file-1", "file-none"), [("error", "code_interpreter", "upstream has no file file-none")]),
    "large ones": (code("file-large"), [("warning", "code_interpreter", "its files are 2.0 GB")]),
    "many": (code(*["file-1"] * 51), [("error", "code_interpreter", "takes 50 files, and these are 51")]),
}


def findings(fields: Json, fetch: preflight.Fetch | None = UPSTREAM.get) -> list[preflight.Finding]:
    body = objects.assistant("asst_a", 1, {"model": "gpt-4.1"} | fields)
    return list(preflight.check([Subject(body, "here")], CheckContext(MAP, "2026-11-01", fetch)))


@pytest.mark.parametrize("name", FOUND)
def test_the_findings_of_an_assistant(name: str) -> None:
    fields, expected = FOUND[name]
    known = {"/models/gpt-5.6-sol": {}, "/models/gpt-6-luna": {}, "/models/gpt-4o": {}, "/models/o1": {}} | UPSTREAM
    found = [
        each for each in findings(fields, known.get) if "2027-01-14" not in each.text or name == "one that will end"
    ]
    assert [(each.level, each.field) for each in found] == [(level, field) for level, field, _ in expected], found
    for each, (_, _, text) in zip(found, expected, strict=True):
        assert text in each.text
        assert (each.id, each.place) == ("asst_a", "here")


def test_offline_no_request_is_sent() -> None:
    assert [each.level for each in findings({"model": "gpt-4", **search("vs_none")}, None)] == ["warning"]


def test_a_thread_has_only_resources_and_no_request_is_repeated() -> None:
    paths: list[str] = []
    thread = {"id": "thread_a", "object": "thread", "tool_resources": code("file-x")["tool_resources"]}
    context = CheckContext(MAP, "2026-11-01", lambda path: paths.append(path) or None)  # type: ignore[func-returns-value]
    found = list(preflight.check([Subject(thread, "store")] * 2, context))
    assert [each.level for each in found] == ["error", "error"]
    assert paths == ["/files/file-x"]


def test_a_model_that_cannot_be_checked() -> None:
    finding = findings({"model": "gpt-5"}, lambda path: "Connection error.")[-1]
    assert (finding.level, finding.field) == ("warning", "model")
    assert finding.text.endswith(" could not be checked: Connection error.")
