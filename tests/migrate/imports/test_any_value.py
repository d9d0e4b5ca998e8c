"""Any JSON value in an export leads to a complete object or to a reported problem, and never to an exception."""

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openai.types.beta import Assistant, Thread
from openai.types.beta.threads import Message, Run
from openai.types.beta.threads.runs import RunStep
from pydantic import BaseModel

from shim.migrate.imports import contents, objects, shapes, timeline
from shim.migrate.imports.objects_read import Hint
from shim.migrate.imports.report import PROBLEMS, Place, Refused
from shim.migrate.imports.stage import Staged
from shim.wire import encoding
from tests.scenarios.imports import exported

Json = dict[str, Any]
TYPES: dict[str, type[BaseModel]] = {
    "assistant": Assistant,
    "thread": Thread,
    "message": Message,
    "run": Run,
    "step": RunStep,
}
#: Each of these replaces every value of every object.
ODD: list[Any] = [
    None,
    True,
    0,
    -1,
    1.5,
    10**20,
    float("inf"),
    float("nan"),
    "",
    "x",
    "\ud83d",
    "\x00",
    [],
    [None],
    [[]],
    {},
    {"a": 1},
    {"type": 5},
]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["id", "object", "role", "content", "messages", "data", "thread_id", "type", "mapping", "text"]
            )
            | st.text(max_size=3),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


def brought(value: Any) -> Iterator[tuple[str, Json]]:
    """The objects that are read from a value; checks that every problem's code is in the table."""

    def report(code: str, detail: str) -> None:
        assert code in PROBLEMS
        assert isinstance(detail, str)

    for found in shapes.read(value, Hint()):
        assert all(code in PROBLEMS for code, _ in found.dropped)
        if found.kind is None:
            assert found.dropped
            continue
        try:
            body = objects.clean(objects.renamed(found), report)
        except Refused as refused:
            report(refused.code, refused.detail)
            continue
        yield found.kind, body


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path to every value within a value."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, one in inner:
        yield (*path, name)
        yield from places(one, (*path, name))


def check(found: list[tuple[str, Json]]) -> None:
    """Check that the objects are valid by the SDK's types, and that threads can be made of them."""
    staged: dict[str, list[Staged]] = {}
    for number, (kind, body) in enumerate(found):
        assert encoding.is_finite(body)
        thread = body["id"] if kind == "thread" else body.get("thread_id")
        if kind in TYPES:
            whole = body | {"created_at": body["created_at"] or 0}
            TYPES[kind].model_validate(whole | ({"thread_id": whole["thread_id"] or "t"} if kind == "step" else {}))
        if thread is not None:
            staged.setdefault(thread, []).append(Staged(number, kind, body, Place("test")))
    for thread, parts in staged.items():
        assert timeline.plan(thread, parts, lambda *_: None).thread["id"] == thread


@pytest.mark.parametrize("whole", exported.everything(), ids=lambda value: value["id"])
def test_an_object_with_one_odd_value(whole: Json) -> None:
    for path in places(whole):
        for odd in ODD:
            changed = copy.deepcopy(whole)
            inner = changed
            for name in path[:-1]:
                inner = inner[name]
            inner[path[-1]] = odd
            check(list(brought(changed)))


@given(JSON)
@settings(max_examples=300)
def test_any_json(value: Any) -> None:
    check(list(brought(value)))


def test_an_object_with_everything_twice() -> None:
    values = [*exported.everything(), *exported.everything()]
    check(list(brought(json.loads(json.dumps(values)))))


TOOLS: list[tuple[Json, list[Json], str | None]] = [
    ({"type": "retrieval"}, [{"type": "file_search"}], "v1"),
    (
        {"type": "file_search", "file_search": {"max_num_results": None}},
        [{"type": "file_search", "file_search": {}}],
        None,
    ),
    ({"type": "file_search", "file_search": {"other": 5}}, [{"type": "file_search"}], "tool"),
    ({"type": "bing_grounding", "bing_grounding": {}}, [], "tool"),
]


@pytest.mark.parametrize("given, expected, code", TOOLS)
def test_a_tool_that_the_old_api_did_not_have_is_named(given: Json, expected: list[Json], code: str | None) -> None:
    problems: list[str] = []
    assert contents.tools([given], lambda code, detail: problems.append(code)) == expected
    assert problems == ([code] if code else [])


NO_FILES, NO_STORES = {"code_interpreter": {"file_ids": []}}, {"file_search": {"vector_store_ids": []}}
#: Tools and resources of an exported assistant, and its resources as they are imported.
RESOURCES: list[tuple[list[str], Json, Json]] = [
    ([], {}, {}),
    (["code_interpreter", "file_search"], {}, NO_FILES | NO_STORES),
    ([], {"code_interpreter": None, "file_search": {"vector_store_ids": None}}, NO_STORES),
    (["file_search"], {"file_search": {"vector_stores": None}, "code_interpreter": {}}, NO_FILES | NO_STORES),
    ([], {"code_interpreter": ["file-1"]}, {}),
    ([], {"azure_ai_search": {"indexes": []}}, {"azure_ai_search": {"indexes": []}}),
]


@pytest.mark.parametrize("kinds, given, expected", RESOURCES)
def test_resources_have_their_lists(kinds: list[str], given: Json, expected: Json) -> None:
    tools = [{"type": kind} for kind in kinds]
    whole = exported.everything()[0] | {"tools": tools, "tool_resources": given}
    assert [body["tool_resources"] for _, body in brought(whole)] == [expected]
