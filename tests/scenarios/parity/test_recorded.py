"""Recorded conversations of the old API, repeated with current models."""

import json
from pathlib import Path

import pytest

from shim import OpenAI
from shim.migrate import parity
from tests.scenarios.imports.test_recorded import objects
from tests.scenarios.protocol.exchanges import conversations


@pytest.mark.wire
def test_a_recorded_conversation_can_be_repeated(wire: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHIM_UPSTREAM", "sandbox")
    folder = tmp_path / "told"
    folder.mkdir()
    for number, exchanges in enumerate(conversations(wire).values()):
        answers = [one.answer for one in exchanges if one.status == 200 and objects(one.answer)]
        (folder / f"{number:04}.jsonl").write_text("".join(json.dumps(one) + "\n" for one in answers))
    with OpenAI() as client:
        report = parity.compare([folder], parity.Options(("gpt-4.1",)), client)
    assert len(report.turns) > 10
    searched = [each for each in report.turns if each.turn.answer.cited]
    assert len(searched) > 1
    for each in searched:
        answer = each.turn.answer
        assert (answer.status, answer.calls, answer.hosted) == ("completed", (), ("file_search",))
        assert answer.tokens is not None
        assert answer.tokens.prompt > answer.tokens.completion > 0
        # The vector store of the recording no longer exists.
        assert "not found" in (each.candidates[0].result.answer.error or {})["message"]
    assert {each.verdict for each in report.turns if each not in searched} <= {"same", "differs"}
    assert {each.turn.answer.status for each in report.turns} == {"completed", "expired", None}
    assert {"no_steps", "no_run", "empty"} <= {each.code for each in report.problems}
    parity.as_json(report, "")
