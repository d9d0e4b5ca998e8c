"""No row is missing: the tables compared with the installed SDK."""

import pytest
from openai.types.responses import Tool
from openai.types.responses.response_output_text import Annotation

from shim.migrate.eject import agents
from shim.sandbox.tools import hosted
from shim.translate import citations, elsewhere, tools
from shim.translate.stream import ELSEWHERE, ITEM_ADDED, ITEM_DONE, LATE, RULES, WHOLE, Nothing
from shim.translate.turn import EMITS
from shim.wire.passed_on import PASSED_ON
from shim.wire.requests import tools as requests
from shim.wire.sse import UNREADABLE
from tests.translate import sdk

#: Rows for events that the newest SDK does not list, and the source that contains them.
BEYOND_THE_SDK = {
    "keepalive": "recorded, undocumented",
    "response.cancelled": "the published schema",
    "response.code_interpreter_call.code.delta": "the first SDKs",
    "response.code_interpreter_call.code.done": "the first SDKs",
    "response.output_text_annotation.added": "the specification of 2025",
    "response.reasoning.delta": "the specification of 2025",
    "response.reasoning.done": "the specification of 2025",
    "response.reasoning_summary.delta": "the specification of 2025",
    "response.reasoning_summary.done": "the specification of 2025",
    "response.reasoning_part.added": "vLLM",
    "response.reasoning_part.done": "vLLM",
    "response.apply_patch_call_operation_diff.delta": "the published schema",
    "response.apply_patch_call_operation_diff.done": "the published schema",
    "response.text.delta": "older proxies",
    "response.done": "older proxies",
    "response.heartbeat": "proxies that keep a slow connection open",
    "ping": "the same",
    UNREADABLE: "our own reader's word for a line that is no JSON object",
}
#: Items that a user can see: they must always become events.
VISIBLE = {"message", "function_call", "file_search_call", "code_interpreter_call"}

PLAIN = {key for key in RULES if isinstance(key, str)}
OF_ITEMS = {key for key in RULES if not isinstance(key, str)}


def test_every_event_has_a_row() -> None:
    assert PLAIN | {ITEM_ADDED, ITEM_DONE} == sdk.EVENTS | BEYOND_THE_SDK.keys()


def test_every_item_has_two_rows() -> None:
    assert {item for _, item in OF_ITEMS} == sdk.ITEMS
    assert {when for when, _ in OF_ITEMS} == {ITEM_ADDED, ITEM_DONE}
    assert len(OF_ITEMS) == 2 * len(sdk.ITEMS)


def test_items_without_a_counterpart_are_listed_once() -> None:
    assert ELSEWHERE.keys() == sdk.ITEMS - VISIBLE - {"reasoning"} - elsewhere.CAUSED_BY.keys()
    assert elsewhere.CALLS.keys() | {elsewhere.APPROVAL} == elsewhere.CAUSED_BY.keys() <= sdk.ITEMS
    assert all(RULES[ITEM_ADDED, item] is WHOLE for item in elsewhere.CALLS)


@pytest.mark.parametrize("key", RULES, ids=str)
def test_a_row_emits_events_or_has_a_reason_for_none(key: str) -> None:
    row = RULES[key]
    if isinstance(row, Nothing):
        assert row.reason.strip()
        assert row not in EMITS
    else:
        assert row in EMITS
        assert row.__doc__


@pytest.mark.parametrize("item", sorted(VISIBLE))
def test_an_item_that_a_user_can_see_emits_events(item: str) -> None:
    assert not isinstance(RULES[ITEM_ADDED, item], Nothing)
    assert not isinstance(RULES[ITEM_DONE, item], Nothing)


@pytest.mark.parametrize("event", ["response.refusal.delta", "response.output_text.delta"])
def test_text_that_a_user_can_read_emits_events(event: str) -> None:
    assert not isinstance(RULES[event], Nothing)


def test_rules_emit_only_names_of_the_old_api() -> None:
    assert frozenset().union(*EMITS.values()) <= sdk.NAMES


def test_every_rule_has_a_row() -> None:
    assert set(EMITS) == {row for row in RULES.values() if not isinstance(row, Nothing)} | {*LATE.values()}


def test_every_tool_has_a_row() -> None:
    passed_on = set(PASSED_ON)
    assert passed_on <= sdk.tags(Tool)
    assert tools.TOOLS.keys() == requests.TOOLS.keys() == agents.TOOLS.keys() == sdk.TOOLS | passed_on
    assert {name for names in elsewhere.CAUSED_BY.values() for name in names} == passed_on
    assert passed_on <= hosted.HOSTED.keys()


def test_every_annotation_is_shown_or_has_a_reason() -> None:
    assert citations.MAKERS.keys() | citations.UNSHOWN.keys() == sdk.tags(Annotation)
    assert not citations.MAKERS.keys() & citations.UNSHOWN.keys()
    assert all(citations.UNSHOWN.values())
