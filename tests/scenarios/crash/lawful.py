"""Conditions that hold for every thread, whatever happened to the processes that worked on it."""

from collections import Counter
from typing import Any

from shim import lifecycle

Json = dict[str, Any]


def check_thread(threads: Any, thread_id: str) -> None:
    """Every object is in a legal state, and no run is left active without a process."""
    runs = [run.to_dict(mode="json") for run in threads.runs.list(thread_id, limit=100)]
    messages = [each.to_dict(mode="json") for each in threads.messages.list(thread_id, limit=100)]
    assert len([run for run in runs if run["status"] in lifecycle.ACTIVE]) <= 1
    for run in runs:
        _check_run(run)
        listed = threads.runs.steps.list(run["id"], thread_id=thread_id, limit=100)
        _check_steps(run, [step.to_dict(mode="json") for step in listed], messages)


def _check_run(run: Json) -> None:
    status = run["status"]
    assert status == "requires_action" or status not in lifecycle.ACTIVE, "nobody drives it"
    if status not in lifecycle.ACTIVE:
        assert run[lifecycle.STAMP[status]] is not None
        assert run["expires_at"] is None
    assert (run["required_action"] is not None) == (status == "requires_action")
    assert (run["last_error"] is not None) == (status == "failed")


def _check_steps(run: Json, steps: list[Json], messages: list[Json]) -> None:
    mine = {message["id"]: message for message in messages if message["run_id"] == run["id"]}
    written = [step["step_details"].get("message_creation") for step in steps]
    assert sorted(each["message_id"] for each in written if each) == sorted(mine), "a message for each step"
    ended = run["status"] not in lifecycle.ACTIVE
    for step in steps:
        assert step["status"] != "in_progress" or (not ended and step["type"] == "tool_calls")
        assert run["status"] != "completed" or step["status"] == "completed"
    for message in mine.values():
        assert message["status"] in ("completed", "incomplete")
        assert run["status"] != "completed" or message["status"] == "completed"


def check_history(items: list[Json], messages: list[Json]) -> None:
    """The input items that upstream has for a thread are its transcript: every message exactly once, in order, and
    every call with exactly one output.
    """
    sent = [(item["role"], _text(item["content"])) for item in items if item["type"] == "message"]
    stored = [(message["role"], _text(message["content"])) for message in messages]
    assert sent == [(role, text) for role, text in stored if text]
    calls = [item["call_id"] for item in items if item["type"] == "function_call"]
    outputs = [item["call_id"] for item in items if item["type"] == "function_call_output"]
    assert sorted(calls) == sorted(outputs)
    assert max(Counter(outputs).values(), default=0) <= 1


def _text(content: Any) -> str:
    if isinstance(content, str):
        return content
    texts = [part["text"] for part in content]
    return "".join(text if isinstance(text, str) else text["value"] for text in texts)
