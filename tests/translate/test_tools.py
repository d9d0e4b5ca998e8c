"""Tools in both directions: as an assistant shows them, and as they are sent upstream."""

import pytest

from shim.translate import tools
from shim.wire.passed_on import PASSED_ON

PARAMETERS = {"type": "object", "properties": {"x": {"type": "integer"}}}
RANKING = {"ranker": "default_2024_08_21", "score_threshold": 0.0, "hybrid_search": None}


def function(**more):
    return {"type": "function", "function": {"name": "f", **more}}


#: A tool as given, as shown, as sent (None: it is not sent), with these resources.
TOOLS = [
    (
        function(),
        function(description=None, parameters={"type": "object", "properties": {}}, strict=False),
        {"type": "function", "name": "f", "parameters": {"type": "object", "properties": {}}, "strict": False},
        {},
    ),
    (
        function(description="d", parameters=PARAMETERS, strict=True),
        function(description="d", parameters=PARAMETERS, strict=True),
        {"type": "function", "name": "f", "description": "d", "parameters": PARAMETERS, "strict": True},
        {},
    ),
    (
        {"type": "file_search"},
        {"type": "file_search", "file_search": {"ranking_options": RANKING}},
        None,
        {"file_search": {"vector_store_ids": []}},
    ),
    (
        {"type": "file_search", "file_search": {"max_num_results": 5, "ranking_options": {"score_threshold": 0.5}}},
        {
            "type": "file_search",
            "file_search": {"max_num_results": 5, "ranking_options": RANKING | {"score_threshold": 0.5}},
        },
        {
            "type": "file_search",
            "vector_store_ids": ["vs_1"],
            "max_num_results": 5,
            "ranking_options": {"score_threshold": 0.5},
        },
        {"file_search": {"vector_store_ids": ["vs_1"]}},
    ),
    *[
        (
            {"type": "file_search", "file_search": given},
            {"type": "file_search", "file_search": {"ranking_options": RANKING | shown}},
            {"type": "file_search", "vector_store_ids": ["vs_1"]},
            {"file_search": {"vector_store_ids": ["vs_1"]}},
        )
        for given, shown in (
            (None, {}),
            ({"ranking_options": None, "max_num_results": None}, {}),
            ({"ranking_options": {"ranker": None, "score_threshold": 0}}, {}),
            ({"ranking_options": dict.fromkeys(RANKING)}, {}),
            ({"ranking_options": {"ranker": "auto", "score_threshold": 0.0}}, {"ranker": "auto"}),
        )
    ],
    *[({"type": new, "x": 1}, {"type": new, "x": 1}, {"type": new, "x": 1}, {}) for new in PASSED_ON],
    (
        {"type": "code_interpreter"},
        {"type": "code_interpreter"},
        {"type": "code_interpreter", "container": {"type": "auto"}},
        {"code_interpreter": None},
    ),
    (
        {"type": "code_interpreter"},
        {"type": "code_interpreter"},
        {"type": "code_interpreter", "container": {"type": "auto", "file_ids": ["file-1"]}},
        {"code_interpreter": {"file_ids": ["file-1"]}},
    ),
]


@pytest.mark.parametrize("given, shown, sent, resources", TOOLS)
def test_a_tool_is_shown_and_sent(given, shown, sent, resources) -> None:
    assert tools.shown([given]) == [shown]
    assert tools.shown([shown]) == [shown]
    assert tools.sent([shown], resources) == ([] if sent is None else [sent])


def test_no_tools() -> None:
    assert tools.shown(None) == tools.includes([]) == tools.sent([], {}) == []


def test_the_data_for_steps_is_requested_once() -> None:
    given = [{"type": kind} for kind in ("code_interpreter", "file_search", "file_search")]
    assert tools.includes(given) == ["code_interpreter_call.outputs", "file_search_call.results"]


#: A choice of the old API, and the same for upstream.
CHOICES = [
    ("auto", "auto"),
    ("none", "none"),
    ("required", "required"),
    (function(), {"type": "function", "name": "f"}),
    ({"type": "file_search"}, {"type": "file_search"}),
    ({"type": "code_interpreter", "function": None}, {"type": "code_interpreter"}),
]


@pytest.mark.parametrize("old, new", CHOICES)
def test_a_choice_is_translated(old, new) -> None:
    assert tools.choice(old, [{"type": "file_search"}]) == new


def test_a_search_that_is_not_sent_cannot_be_chosen() -> None:
    assert tools.choice({"type": "file_search"}, [{"type": "code_interpreter"}]) == "auto"


#: Kinds of tools, the resources given, the resources shown.
RESOURCES = [
    ([], None, {}),
    (["function"], None, {}),
    (["code_interpreter"], None, {"code_interpreter": {"file_ids": []}}),
    (["file_search"], {"code_interpreter": None}, {"file_search": {"vector_store_ids": []}}),
    (["code_interpreter"], {"code_interpreter": {"file_ids": None}}, {"code_interpreter": {"file_ids": []}}),
    ([], {"file_search": {}}, {"file_search": {"vector_store_ids": []}}),
    (
        ["file_search"],
        {"file_search": {"vector_store_ids": ["vs_1"]}},
        {"file_search": {"vector_store_ids": ["vs_1"]}},
    ),
]


@pytest.mark.parametrize("kinds, given, shown", RESOURCES)
def test_resources(kinds, given, shown) -> None:
    assert tools.resources([{"type": kind} for kind in kinds], given) == shown


#: A choice, the kinds of tools, the named tool that the run does not have.
UNKNOWN = [
    ("required", [], None),
    (function(), [], "f"),
    (function(), [{"type": "function", "function": {"name": "g"}}], "f"),
    (function(), [{"type": "file_search"}, function()], None),
    ({"type": "file_search"}, [function()], "file_search"),
    ({"type": "code_interpreter"}, [{"type": "code_interpreter"}], None),
]


@pytest.mark.parametrize("chosen, given, unknown", UNKNOWN)
def test_a_choice_of_a_tool_that_the_run_does_not_have(chosen, given, unknown) -> None:
    assert tools.unknown_choice(chosen, given) == unknown
