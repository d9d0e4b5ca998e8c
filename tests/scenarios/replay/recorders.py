"""Event handlers of the official SDK that record every call."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import openai

Json = dict[str, Any]
CLOSING = {
    f"thread.run.{status}"
    for status in ("requires_action", "completed", "incomplete", "failed", "cancelled", "expired")
}
#: Last events of a message or of a step, without their prefix.
ENDS = {"completed", "incomplete", "failed", "cancelled", "expired"}


@dataclass
class Notes:
    """The callbacks that one handler received."""

    #: (event, data) in order.
    events: list[tuple[str, Json]] = field(default_factory=list)
    #: Callback -> how often it was called.
    calls: Counter[str] = field(default_factory=Counter)
    #: The objects that the SDK accumulated and passed to the callbacks ``on_..._done``.
    texts: list[str] = field(default_factory=list)
    messages: list[Json] = field(default_factory=list)
    steps: list[Json] = field(default_factory=list)
    problems: list[BaseException] = field(default_factory=list)

    @property
    def names(self) -> list[str]:
        return [name for name, _ in self.events]

    @property
    def closing(self) -> tuple[str, Json]:
        """The only event that ended the run, or made it wait for outputs."""
        (found,) = (each for each in self.events if each[0] in CLOSING)
        return found

    def take(self, callback: str, *arguments: Any) -> None:
        self.calls[callback] += 1
        if callback == "on_event":
            self.events.append((arguments[0].event, arguments[0].data.to_dict(mode="json")))
        elif callback == "on_text_done":
            self.texts.append(arguments[0].value)
        elif callback == "on_message_done":
            self.messages.append(arguments[0].to_dict(mode="json"))
        elif callback == "on_run_step_done":
            self.steps.append(arguments[0].to_dict(mode="json"))
        elif callback == "on_exception":
            self.problems.append(arguments[0])


#: The names of all callbacks in the installed SDK.
CALLBACKS = sorted(name for name in dir(openai.AssistantEventHandler) if name.startswith("on_"))


def _sync(name: str) -> Any:
    def callback(self: Any, *arguments: Any) -> None:
        self.notes.take(name, *arguments)

    return callback


def _async(name: str) -> Any:
    async def callback(self: Any, *arguments: Any) -> None:
        self.notes.take(name, *arguments)

    return callback


class _Noting:
    def __init__(self) -> None:
        super().__init__()
        self.notes = Notes()


Recorder: Any = type("Recorder", (_Noting, openai.AssistantEventHandler), {name: _sync(name) for name in CALLBACKS})
AsyncRecorder: Any = type(
    "AsyncRecorder", (_Noting, openai.AsyncAssistantEventHandler), {name: _async(name) for name in CALLBACKS}
)


def folded(notes: Notes) -> dict[str, str]:
    """Message id -> its text or refusal, joined from the deltas alone, without the SDK's accumulator."""
    texts: dict[str, str] = {}
    for name, data in notes.events:
        if name == "thread.message.created":
            texts.setdefault(data["id"], "")
        for part in data["delta"]["content"] if name == "thread.message.delta" else ():
            texts[data["id"]] += (part.get("text") or {}).get("value") or part.get("refusal") or ""
    return texts


def arguments(notes: Notes) -> list[str]:
    """The arguments of each function call, joined from the step deltas alone, in order."""
    parts: dict[tuple[str, int], str] = {}
    for name, data in notes.events:
        if name != "thread.run.step.delta":
            continue
        for call in data["delta"]["step_details"]["tool_calls"]:
            if call["type"] == "function":
                place = (data["id"], call["index"])
                parts[place] = parts.get(place, "") + (call["function"].get("arguments") or "")
    return list(parts.values())


def check_order(notes: Notes) -> None:
    """Created before delta before done, each once; exactly one closing run event, and nothing after it."""
    assert notes.names.count(notes.closing[0]) == 1
    assert notes.names[-1] == notes.closing[0]
    for prefix in ("thread.message.", "thread.run.step."):
        lives: dict[str, list[str]] = {}
        for name, data in notes.events:
            if name.startswith(prefix):
                lives.setdefault(data["id"], []).append(name.removeprefix(prefix))
        for words in lives.values():
            _check_life(words, waits=notes.closing[0] == "thread.run.requires_action")


def _check_life(words: list[str], waits: bool) -> None:
    """Check the events of one message or step.  A step that an earlier stream began has only its last event here."""
    if len(words) == 1:
        assert words[0] in ENDS
        return
    assert words[:2] == ["created", "in_progress"]
    middle, last = words[2:-1], words[-1]
    assert set(middle) <= {"delta"}
    # While the run waits for outputs, the step of the calls stays open.
    assert last in ENDS or (waits and last in ("delta", "in_progress"))
