"""One turn of the model: which calls are complete when."""

from types import SimpleNamespace as Thing
from typing import Any

from shim.relay.tools import Call
from shim.relay.turn import Turn


def piece(index: int, arguments: str, id: str | None = None, name: str | None = None, kind: str = "function") -> Any:
    function = Thing(name=name, arguments=arguments)
    call = Thing(index=index, id=id, type=kind, function=function)
    details = Thing(type="tool_calls", tool_calls=[call])
    return Thing(event="thread.run.step.delta", data=Thing(id="step_1", delta=Thing(step_details=details)))


def seen(turn: Turn, *events: Any) -> list[Call]:
    return [call for event in events for call in turn.see(event)]


def test_arguments_are_complete_after_their_last_brace() -> None:
    turn = Turn()
    assert seen(turn, piece(0, "", "call_1", "f"), piece(0, '{"a": {"b": "}'), piece(0, '"}')) == []
    assert seen(turn, piece(0, "}")) == [Call("call_1", "f", '{"a": {"b": "}"}}')]
    assert seen(turn, piece(0, " "), piece(0, "")) == [], "not twice"


def test_parallel_calls() -> None:
    turn = Turn()
    found = seen(turn, piece(0, '{"a"', "call_1", "f"), piece(1, "{}", "call_2", "g"), piece(0, ": 1}"))
    assert found == [Call("call_2", "g", "{}"), Call("call_1", "f", '{"a": 1}')]


def test_other_items_are_ignored() -> None:
    odd = Thing(event="thread.run.step.delta", data=Thing(id="step_1", delta=Thing(step_details=None)))
    unknown = Thing(event="thread.created", data=Thing(object="thread"))
    assert seen(Turn(), odd, unknown, piece(0, "{}", "call_1", "f", kind="code_interpreter")) == []


def test_the_run_and_the_calls_that_it_waits_for() -> None:
    call = Thing(id="call_1", function=Thing(name="f", arguments="{}"))
    run = Thing(object="thread.run", required_action=Thing(submit_tool_outputs=Thing(tool_calls=[call])))
    turn = Turn()
    assert seen(turn, Thing(event="thread.run.requires_action", data=run)) == []
    assert turn.run is run
    assert turn.calls == [Call("call_1", "f", "{}")]
