"""Verdicts and sums."""

import json
from dataclasses import replace
from typing import Any

import pytest

from shim.migrate.parity.answers import Answer, Tokens
from shim.migrate.parity.conversations import Conversation, Turn
from shim.migrate.parity.prices import Price
from shim.migrate.parity.results import Compared, Options, Report, Result, as_json, judge
from shim.wire import encoding
from tests.migrate.parity.shown import report

RECORDED = Answer("completed", "gpt-4", "Hello.", calls=(), hosted=())


def turn(**recorded: Any) -> Turn:
    return Turn(1, "Hello?", (), (), replace(RECORDED, **recorded))


@pytest.mark.parametrize(
    "recorded, candidate, stopped, ignored, verdict",
    [
        ({}, {}, None, (), "same"),
        ({}, {"text": "# Hello."}, None, (), "differs"),
        ({}, {"text": "# Hello."}, None, ("markdown",), "same"),
        ({}, {"text": "# Hello."}, None, ("calls",), "differs"),
        ({}, {"status": "failed"}, None, (), "failed"),
        # A failure is reported, whatever is ignored.
        ({}, {"status": "failed"}, None, ("status",), "failed"),
        ({"status": "failed"}, {"status": "failed"}, None, (), "same"),
        ({"status": "failed"}, {}, None, (), "differs"),
        (
            {"status": "failed", "error": {"code": "a"}},
            {"status": "failed", "error": {"code": "b"}},
            None,
            (),
            "failed",
        ),
        ({"status": None}, {"status": "expired"}, None, (), "failed"),
        ({}, {"status": "incomplete", "incomplete": "max_completion_tokens"}, None, (), "differs"),
        ({}, {"status": "cancelled"}, "no recording: f", (), "differs"),
        ({"calls": None}, {"status": "cancelled"}, "no recording: f", (), "differs"),
    ],
)
def test_verdicts(recorded: Any, candidate: Any, stopped: str | None, ignored: tuple[str, ...], verdict: str) -> None:
    result = Result("gpt-b", 1, replace(RECORDED, **candidate), (), stopped)
    assert judge(turn(**recorded), result, ignored).verdict == verdict


def _report(*answers: Answer, prices: dict[str, Price] | None = None) -> Report:
    talk = Conversation("thread_1", "thread_1")
    compared = [Compared(talk, turn(), (judge(turn(), Result("gpt-b", 1, each)),)) for each in answers]
    return Report(Options(("gpt-b",)), tuple(compared), (), prices or {})


def test_unknown_values_are_not_zero() -> None:
    known = replace(RECORDED, model="gpt-b", tokens=Tokens(1000, 500, None, 7), first=0.5, seconds=2.0)
    recorded, model = _report(known, RECORDED, prices={"gpt-b": Price(1, 2)}).summaries()
    assert (recorded.tokens, recorded.tokens_unknown, recorded.cost, recorded.first) == (None, 2, None, None)
    assert (model.tokens, model.tokens_unknown) == (Tokens(1000, 500, None, 7), 1)
    assert (model.cost, model.cost_unknown) == (pytest.approx(0.002), 1)
    assert model.total == {"p50": 2.0, "p95": 2.0}
    assert _report(known).summaries()[1].cost is None


def test_times_are_the_median_and_a_high_percentile() -> None:
    answers = [replace(RECORDED, first=float(number), seconds=float(number)) for number in range(20, 0, -1)]
    assert _report(*answers).summaries()[1].first == {"p50": 10.0, "p95": 19.0}
    assert _report(*answers[:3]).summaries()[1].total == {"p50": 19.0, "p95": 20.0}


def test_the_report_of_a_help_desk() -> None:
    found = report()
    recorded, terra, luna = found.summaries()
    assert (recorded.models, recorded.answers) == (["gpt-4-turbo"], 3)
    assert (terra.same, terra.differs, luna.same, luna.differs) == (3, 0, 1, 2)
    assert luna.aspects == {"arguments": 1, "citations": 1, "form": 1, "hosted": 1, "json": 1, "markdown": 1}
    assert (found.count("differs"), found.count("failed"), found.count("same", "differs"), found.count()) == (
        2,
        0,
        6,
        0,
    )
    assert [each.verdict for each in found.turns] == ["differs", "differs", "same"]


def test_json_has_the_documented_fields() -> None:
    fields = json.loads(encoding.compact(as_json(report(), "9.9")))
    assert [*fields] == ["format", "version", "shim", "made_at", "options", "summary", "turns", "problems"]
    assert [*fields["turns"][0]] == ["thread", "turn", "question", "verdict", "recorded", "candidates"]
    first, second = fields["turns"][0]["candidates"]
    assert [*first] == ["model", "repetition", "verdict", "stopped", "differences", "calls", "answer"]
    assert [call["match"] for call in (*first["calls"], *second["calls"])] == ["equal", "differ"]
    assert second["differences"][0] == {
        "aspect": "arguments",
        "what": "look_up_order: number",
        "recorded": '"7"',
        "candidate": "7",
    }
    assert first["answer"]["tokens"] == {"prompt": 803, "completion": 141, "cached": 512, "reasoning": 64}
    assert first["answer"]["cost"] == pytest.approx((803 - 512) * 2e-6 + 512 * 0.2e-6 + 141 * 8e-6)
    assert fields["turns"][1]["recorded"]["form"]["keys"]["items[].name"] == "string"
    assert fields["turns"][0]["recorded"]["calls"] == [
        {
            "name": "look_up_order",
            "arguments": '{"number": "7"}',
            "output": '{"state": "shipped", "on": "Monday"}',
            "batch": 0,
        }
    ]
