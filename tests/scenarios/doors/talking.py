"""An application with tools, written in each of the SDK's ways, and the events and objects that it receives."""

import json
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]
Function = Callable[[Json], str]
#: Seconds after which a run that is being polled counts as stuck.
PATIENCE = 20.0

WAYS = ("stream", "events", "poll", "retrieve")
STREAMED = ("stream", "events")
ENDED = {"requires_action", "completed", "failed", "cancelled", "expired", "incomplete"}


@dataclass
class RunResult:
    """A run as its caller sees it: each round's events (none where it was polled), calls and outputs."""

    rounds: list[list[tuple[str, Json]]] = field(default_factory=list)
    calls: list[list[tuple[str, str, Json]]] = field(default_factory=list)
    outputs: list[dict[str, str]] = field(default_factory=list)
    run: Json = field(default_factory=dict)
    messages: list[Json] = field(default_factory=list)
    steps: list[Json] = field(default_factory=list)

    @property
    def names(self) -> list[list[str]]:
        """The event names of each round, with consecutive equal names counted as one."""
        return [_folded([name for name, _ in events]) for events in self.rounds]

    @property
    def text(self) -> str:
        """The text of all the run's messages."""
        mine = [message for message in self.messages if message["run_id"] == self.run["id"]]
        return "\n".join(part["text"]["value"] for message in mine for part in message["content"])


def _folded(names: list[str]) -> list[str]:
    return [name for place, name in enumerate(names) if not (place and name == names[place - 1])]


def tool(name: str, strict: bool | None = None, **properties: str) -> Json:
    """A function tool whose properties are given by name and JSON type."""
    schema = {"type": "object", "properties": {key: {"type": kind} for key, kind in properties.items()}}
    function: Json = {"name": name, "description": f"Does {name}.", "parameters": schema}
    if strict is not None:
        function["strict"] = strict
        schema |= {"required": list(properties), "additionalProperties": False}
    return {"type": "function", "function": function}


def secret(length: int = 24) -> str:
    """A random result, which no fixed answer can contain."""
    return "".join(random.choices("abcdefghijklmnopqrstuvwxyz0123456789", k=length))


def carry_out(
    client: Any, way: str, thread_id: str, assistant_id: str, functions: dict[str, Function], **more: Any
) -> RunResult:
    """Start a run and submit outputs for its calls, to its end."""
    result, threads = RunResult(), client.beta.threads
    run = _ROUND[way](threads, result, thread_id=thread_id, assistant_id=assistant_id, **more)
    where = {"thread_id": thread_id, "run_id": run["id"]}
    while run["status"] == "requires_action":
        calls = run["required_action"]["submit_tool_outputs"]["tool_calls"]
        parsed = [(each["id"], each["function"]["name"], json.loads(each["function"]["arguments"])) for each in calls]
        outputs = {call_id: functions[name](arguments) for call_id, name, arguments in parsed}
        result.calls.append(parsed)
        result.outputs.append(outputs)
        listed = [{"tool_call_id": call_id, "output": output} for call_id, output in outputs.items()]
        run = _ROUND[way](threads, result, **where, tool_outputs=listed)
    result.run = threads.runs.retrieve(**where).to_dict(mode="json")
    result.messages = [each.to_dict(mode="json") for each in threads.messages.list(thread_id, order="asc")]
    result.steps = [each.to_dict(mode="json") for each in threads.runs.steps.list(**where, order="asc")]
    return result


def _stream(threads: Any, result: RunResult, **parameters: Any) -> Json:
    method = threads.runs.submit_tool_outputs_stream if "run_id" in parameters else threads.runs.stream
    with method(**parameters) as events:
        return _receive(events, result)


def _events(threads: Any, result: RunResult, **parameters: Any) -> Json:
    method = threads.runs.submit_tool_outputs if "run_id" in parameters else threads.runs.create
    return _receive(method(**parameters, stream=True), result)


def _receive(events: Any, result: RunResult) -> Json:
    received = [(event.event, event.data.to_dict(mode="json")) for event in events]
    result.rounds.append(received)
    run = [data for name, data in received if name.startswith("thread.run.") and data["object"] == "thread.run"][-1]
    assert run["status"] in ENDED
    return run


def _poll(threads: Any, result: RunResult, **parameters: Any) -> Json:
    method = threads.runs.submit_tool_outputs_and_poll if "run_id" in parameters else threads.runs.create_and_poll
    run: Json = method(**parameters).to_dict(mode="json")
    return run


def _retrieve(threads: Any, result: RunResult, **parameters: Any) -> Json:
    method = threads.runs.submit_tool_outputs if "run_id" in parameters else threads.runs.create
    run = method(**parameters).to_dict(mode="json")
    assert run["status"] == "queued"
    assert run["required_action"] is None
    return until_ended(threads, run["thread_id"], run["id"])


def until_ended(threads: Any, thread_id: str, run_id: str) -> Json:
    """Poll the run until it has ended or requires action."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        run: Json = threads.runs.retrieve(run_id, thread_id=thread_id).to_dict(mode="json")
        if run["status"] in ENDED:
            return run
        time.sleep(0.005)
    raise AssertionError(f"the run is still {run['status']}")


_ROUND: dict[str, Callable[..., Json]] = {"stream": _stream, "events": _events, "poll": _poll, "retrieve": _retrieve}
