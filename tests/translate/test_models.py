"""The successors of retired models, and the parameters that a model refuses."""

import re

import pytest

from shim.translate.models import RETIRED, ModelMap, Retired, refused_parameter, takes_minutes

OLD = {"old": Retired("2026-01-02", "new")}
MINE = {"exact": "a", "ft:*": "b", "ft:gpt-3.5-turbo*": "c", "old-but-mine": "d", "kept*": None}
#: The model, the date, the user's table, the model that is called.
MAPPED = [
    ("old", "2026-01-01", {}, "old"),
    ("old", "2026-01-02", {}, "new"),
    ("old", "2027-01-01", {"old": "mine"}, "mine"),
    ("old", "2026-01-01", {"old": "mine"}, "mine"),
    ("unknown", "2027-01-01", MINE, "unknown"),
    ("exact", "2026-01-01", MINE, "a"),
    ("exactly", "2026-01-01", MINE, "exactly"),
    ("ft:gpt-4o:x", "2026-01-01", MINE, "b"),
    ("ft:gpt-3.5-turbo:x", "2026-01-01", MINE, "c"),
    ("old", "2027-01-01", {"old": None}, "old"),
    ("old", "2027-01-01", {"o*": None}, "old"),
    ("kept-as-it-is", "2027-01-01", MINE, "kept-as-it-is"),
]


@pytest.mark.parametrize("model, today, mine, called", MAPPED)
def test_which_model_is_called(model, today, mine, called) -> None:
    assert ModelMap(mine, OLD, lambda: today).model_to_call(model) == called


#: The date, the server's list of models, the model that is called for the old one.
LISTED = [
    ("2026-01-01", {"old": None}, "old"),
    ("2026-01-01", {"old": "2026-01-01"}, "new"),
    ("2026-01-01", {"other": None}, "old"),
    ("2027-01-01", {"old": None}, "old"),
    ("2027-01-01", {"old": "2027-01-02"}, "old"),
    ("2027-01-01", {"old": "2027-01-01"}, "new"),
    ("2027-01-01", {"other": None}, "new"),
    ("2027-01-01", None, "new"),
]


@pytest.mark.parametrize("today, listed, called", LISTED)
def test_the_servers_list_has_priority_over_the_table(today, listed, called) -> None:
    assert ModelMap({}, OLD, lambda: today).model_to_call("old", listed) == called
    assert ModelMap({"old": "mine"}, OLD, lambda: today).model_to_call("old", listed) == "mine"
    assert ModelMap({}, OLD, lambda: today).model_to_call("unknown", listed) == "unknown"


def test_a_map_that_is_off_changes_nothing() -> None:
    assert [ModelMap().model_to_call(model) for model in ("old", "gpt-4", "gpt-4o")] == ["old", "gpt-4", "gpt-4o"]
    assert ModelMap().is_over("gpt-4", {"gpt-4": "2000-01-01"}) is False


@pytest.mark.parametrize("model", RETIRED)
def test_a_row_has_a_date_and_a_successor_that_is_not_retired(model) -> None:
    row = RETIRED[model]
    assert re.fullmatch(r"20\d\d-[01]\d-[0-3]\d", row.since)
    assert row.successor not in RETIRED


WORDS = "Unsupported parameter: '{}' is not supported with this model."
#: The refusal's parameter, code and message; the parameter that can be left out.
REFUSED = [
    ("temperature", "unsupported_parameter", WORDS.format("temperature"), "temperature"),
    ("temperature", None, WORDS.format("temperature"), "temperature"),
    (None, None, WORDS.format("top_p"), "top_p"),
    ("temperature", "unsupported_value", "Unsupported value: 'temperature' does not support 0.5", "temperature"),
    ("temperature", "decimal_below_min_value", "Invalid 'temperature'", None),
    ("temperature", None, "Invalid 'temperature'", None),
    ("tools", "unsupported_parameter", WORDS.format("tools"), None),
    (None, None, WORDS.format("tools"), None),
    ("truncation", "unknown_parameter", "Unknown parameter: 'truncation'.", "truncation"),
    (None, None, "Unrecognized request argument supplied: 'truncation'", "truncation"),
    ("include[0]", None, "Unsupported value.", "include"),
    (None, None, "Unsupported parameter: metadata", "metadata"),
    (None, None, "parallel_tool_calls is not supported", "parallel_tool_calls"),
    (None, None, "[{'loc': ['body', 'metadata'], 'msg': 'Extra inputs are not permitted'}]", "metadata"),
    (None, None, "This model is not supported; requests include text alone", None),
    ("temperature", "rate_limit_exceeded", WORDS.format("temperature"), None),
    ("reasoning.effort", "unsupported_parameter", WORDS.format("reasoning.effort"), None),
]


@pytest.mark.parametrize("param, code, message, left_out", REFUSED)
def test_refused_parameter(param, code, message, left_out) -> None:
    assert refused_parameter(param, code, message) == left_out


def test_the_reasoning_effort_is_left_out_if_that_is_allowed() -> None:
    refused = ("reasoning.effort", "unsupported_value", "Unsupported value: 'minimal' is not supported.")
    assert refused_parameter(*refused, among=("reasoning",)) == "reasoning"


@pytest.mark.parametrize(
    "model", ["o3-deep-research", "o4-mini-deep-research-2025-06-26", "o1-pro", "gpt-5-pro-20260101"]
)
def test_models_that_take_minutes(model: str) -> None:
    assert takes_minutes(model)


@pytest.mark.parametrize("model", ["gpt-4o", "o3", "gpt-5-mini", "llama-pro", "gemini-pro"])
def test_models_that_do_not_take_minutes(model: str) -> None:
    assert not takes_minutes(model)
