"""An application with files: a client, its sandbox, a clock for both, and the calls that it makes."""

import secrets
import time
from dataclasses import dataclass
from typing import Any

from shim.sandbox import Sandbox
from tests.scenarios.doors.talking import RunResult, carry_out
from tests.scenarios.laws.folding import Fold

Json = dict[str, Any]
SEARCH, CODE = {"type": "file_search"}, {"type": "code_interpreter"}
DAY = 86_400.0


@dataclass
class Clock:
    """The time for the sandbox and the shim: the real time plus ``ahead``."""

    ahead: float = 0.0

    def __call__(self) -> float:
        return time.time() + self.ahead

    def pass_days(self, days: float) -> None:
        self.ahead += days * DAY


@dataclass
class Stage:
    client: Any
    sandbox: Sandbox
    way: str
    clock: Clock

    def assistant(self, *tools: Json, **more: Any) -> str:
        return str(self.client.beta.assistants.create(model="gpt-4o", tools=list(tools), **more).id)

    def thread(self, **fields: Any) -> str:
        return str(self.client.beta.threads.create(**fields).id)

    def upload(self, name: str, content: str | bytes, purpose: str = "assistants") -> str:
        data = content.encode() if isinstance(content, str) else content
        return str(self.client.files.create(file=(name, data), purpose=purpose).id)

    def add_message(self, thread: str, content: Any, *attachments: Json) -> Json:
        more: Json = {"attachments": list(attachments)} if attachments else {}
        made = self.client.beta.threads.messages.create(thread, role="user", content=content, **more)
        found: Json = made.to_dict(mode="json")
        return found

    def run(self, thread: str, assistant: str, **more: Any) -> RunResult:
        """Carry out a run to its end."""
        return carry_out(self.client, self.way, thread, assistant, {}, **more)

    def ask(self, content: Any, assistant: str, *attachments: Json, thread: str = "", **more: Any) -> RunResult:
        """A message and a run; in a new thread unless one is given.  The run must complete."""
        thread = thread or self.thread()
        self.add_message(thread, content, *attachments)
        result = self.run(thread, assistant, **more)
        assert result.run["status"] == "completed", result.run["last_error"]
        return result

    def sent(self, path: str, method: str = "POST") -> list[Any]:
        """The bodies of the requests to an upstream path, in order."""
        return [each.body for each in self.sandbox.requests if (each.method, each.path) == (method, f"/v1{path}")]

    def tools(self, number: int = -1) -> dict[str, Json]:
        """The tools of a request for a response, by type."""
        return {tool["type"]: tool for tool in self.sent("/responses")[number].get("tools", [])}


def attach(file: str, *tools: Json) -> Json:
    return {"file_id": file, "tools": list(tools)}


def random_word() -> str:
    """A random word, which no fixed answer can contain."""
    return "".join(secrets.choice("bcdfghklmnprstvz") + secrets.choice("aeiou") for _ in range(5))


def answer(result: RunResult) -> Json:
    """The only message that the run wrote."""
    (message,) = [each for each in result.messages if each["run_id"] == result.run["id"]]
    return message


def text(result: RunResult) -> Json:
    """The text of that message's only text part, with its annotations."""
    (part,) = [each["text"] for each in answer(result)["content"] if each["type"] == "text"]
    found: Json = part
    return found


def calls(result: RunResult) -> list[Json]:
    """The calls of hosted tools in the run's steps, oldest first."""
    return [call for step in result.steps for call in step["step_details"].get("tool_calls", [])]


def folded(result: RunResult) -> Fold | None:
    """The objects that the SDK's own accumulators build from the events; None if nothing was streamed."""
    if not result.rounds:
        return None
    fold = Fold()
    for events in result.rounds:
        for name, data in events:
            fold.add(name, data)
    return fold
