"""Every transition of a run's life cycle, and its status names compared with the SDK's."""

from typing import get_args

import pytest
from openai.types.beta.threads import Message, RunStatus
from openai.types.beta.threads.message import IncompleteDetails
from openai.types.beta.threads.run import Run
from openai.types.beta.threads.runs import RunStep

from shim import lifecycle
from shim.lifecycle import AFTER, MESSAGE_END, STAMP, STEP_END, Happening, Impossible, after, before, mermaid
from shim.translate.turn import Turn
from shim.wire import objects

STATUSES = get_args(RunStatus)
HAPPENINGS = get_args(Happening)
#: Rows are statuses, columns are happenings; a dot is an impossible transition.
GRID = """
                began        action_required  answered  cancel      stopped    finished   cut_short   failed  lapsed
queued          in_progress  .                .         cancelling  .          .          .           failed  expired
in_progress     .            requires_action  .         cancelling  .          completed  incomplete  failed  expired
requires_action .            .                queued    cancelling  .          .          .           failed  expired
cancelling      .            cancelled        .         .           cancelled  completed  cancelled   failed  expired
cancelled       .            .                .         .           .          .          .           .       .
failed          .            .                .         .           .          .          .           .       .
completed       .            .                .         .           .          .          .           .       .
incomplete      .            .                .         .           .          .          .           .       .
expired         .            .                .         .           .          .          .           .       .
"""
HEAD, *ROWS = [line.split() for line in GRID.strip().splitlines()]
CELLS = [(row[0], what, then) for row in ROWS for what, then in zip(HEAD, row[1:], strict=True)]


def _literals(model: type, field: str) -> set[str]:
    annotation = model.model_fields[field].annotation  # type: ignore[attr-defined]
    inner = [get_args(each) or (each,) for each in get_args(annotation)]
    return {value for values in inner for value in values if isinstance(value, str)} or set(get_args(annotation))


def test_the_grid_has_every_status_and_happening() -> None:
    assert {(status, what) for status, what, _ in CELLS} == {(s, h) for s in STATUSES for h in HAPPENINGS}


@pytest.mark.parametrize("status, what, then", CELLS, ids=lambda cell: cell)
def test_every_transition(status: lifecycle.RunStatus, what: Happening, then: str) -> None:
    if then == ".":
        with pytest.raises(Impossible, match=status):
            after(status, what)
        assert status not in before(what)
    else:
        assert after(status, what) == then
        assert status in before(what)


def test_statuses_are_those_of_the_sdk() -> None:
    assert set(get_args(lifecycle.RunStatus)) == set(STATUSES)
    assert set(get_args(lifecycle.StepStatus)) == _literals(RunStep, "status")
    assert set(get_args(lifecycle.MessageStatus)) == _literals(Message, "status")


def test_every_final_status_has_a_status_for_open_steps() -> None:
    ends = set(STATUSES) - AFTER.keys()
    assert STEP_END.keys() == ends
    assert {status for status, _ in STEP_END.values()} <= _literals(RunStep, "status")
    assert {stamp for _, stamp in STEP_END.values()} <= RunStep.model_fields.keys()


def test_every_final_status_but_completed_has_a_reason_for_incomplete_messages() -> None:
    assert MESSAGE_END.keys() == set(STATUSES) - AFTER.keys() - {"completed"}
    assert set(MESSAGE_END.values()) <= _literals(IncompleteDetails, "reason")


@pytest.mark.parametrize("status, what, then", [cell for cell in CELLS if cell[2] != "."], ids=lambda cell: cell)
def test_every_transition_sets_its_timestamp(
    status: lifecycle.RunStatus, what: Happening, then: lifecycle.RunStatus
) -> None:
    blank = objects.run("run_1", 0, "thread_1", "asst_1") | {"status": status}
    turn = Turn(blank, str, lambda: 7)
    name, run = turn.happen(what)
    changed = {key for key in blank if turn.run[key] != blank[key]}
    assert name == f"thread.run.{then}"
    assert changed == {"status"} | ({STAMP[then]} if then in STAMP else set()) | (
        set() if then in AFTER else {"expires_at", "usage"}
    )
    if then in STAMP:
        assert run[STAMP[then]] == 7


def test_timestamps_are_fields_of_a_run() -> None:
    assert set(STAMP.values()) <= Run.model_fields.keys()
    assert STAMP.keys() == (set(STATUSES) - AFTER.keys()) | {"in_progress"}


def test_the_diagram_has_every_arrow() -> None:
    drawn = mermaid()
    assert drawn.startswith("stateDiagram-v2\n    [*] --> queued\n")
    for status, what, then in CELLS:
        assert (f"    {status} --> {then}: {what}" in drawn) == (then != ".")
