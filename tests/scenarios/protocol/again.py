"""A recorded conversation, repeated: the same requests, with our ids instead of the recorded ones.

Some recordings begin in the middle: for an id without a recorded creation, an object of its kind is created.
"""

import json
import re
import time
from dataclasses import dataclass, field
from typing import Any, Final

from tests.scenarios.protocol.exchanges import Exchange, events

Json = dict[str, Any]
KINDS: Final = ("asst", "thread", "msg", "run", "step", "call")
ID: Final = re.compile(r"\b(?:(?:asst|thread|msg|run|step|call)_\w{24}|vs_\w{24,32}|(?:file|assistant)-\w{22,24})\b")
CURSOR: Final = re.compile(r"after=(\w+)&?")
#: Replacements of texts that make the sandbox call the same tool as the recorded model.
TEXTS: Final = {
    "What should I wear outside right now?": "get_current_weather",
    "What should I eat on Thursday?": 'get_favorite_food_for_day_of_week {"day_of_week": "Thursday"}',
    "I need to solve the equation `3x + 11 = 14`. Can you help me?": "What is 3 * 1 + 11?",
    "what's Filip's favorite food?": 'file_search {"query": "favorite food"}',
}
#: Models that have been retired.
MODELS: Final = re.compile(r'"(?:gpt-4-1106-preview|gpt-4-turbo-preview|gpt-4-turbo|gpt-4|gpt-3.5-turbo)"')
FINAL: Final = {"requires_action", "completed", "failed", "cancelled", "expired", "incomplete"}
COPIED: Final = ("name", "description", "metadata")
PATIENCE: Final = 20.0
#: The status of a run that was refused because the thread had no message.
REFUSED: Final = 400


@dataclass
class Again:
    """``client`` is a client of the shim; its raw HTTP client is used, so that answers are not parsed."""

    client: Any
    ours: dict[str, str] = field(default_factory=dict)

    def send(self, exchange: Exchange) -> tuple[int, Any]:
        """Status and body, or status and the events of a stream."""
        if exchange.path == "/files":
            return 200, self._file()
        self._stand_in(exchange)
        path, query = self._change(exchange.path), self._change(exchange.query)
        if cursor := CURSOR.search(exchange.query):
            # The list differs, so there may be no item of ours for this cursor.
            query = query if cursor[1] in self.ours else CURSOR.sub("", query)
        body = self._translated(exchange.body)
        if "run" in _object(exchange.answer) and exchange.method == "GET":
            self._wait(path, exchange.answer["status"])
        return self._request(exchange.method, f"{path}?{query}" if query else path, body)

    def pair(self, recorded: Any, made: Any) -> None:
        """Store which of our ids corresponds to which recorded one."""
        if isinstance(recorded, dict) and isinstance(made, dict):
            for key in recorded.keys() & made.keys():
                self.pair(recorded[key], made[key])
        elif isinstance(recorded, list) and isinstance(made, list):
            for one, two in zip(recorded, made, strict=False):
                self.pair(one, two)
        elif isinstance(recorded, str) and isinstance(made, str) and ID.fullmatch(recorded) and ID.fullmatch(made):
            self.ours.setdefault(recorded, made)

    def _request(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        url = f"{str(self.client.base_url).rstrip('/')}{path}"
        answer = self.client._client.request(method, url, json=body)
        if answer.headers["content-type"].startswith("text/event-stream"):
            return answer.status_code, events(answer.content)
        return answer.status_code, answer.json()

    def _change(self, text: str) -> str:
        return ID.sub(lambda match: self.ours.get(match.group(), match.group()), text)

    def _translated(self, body: Any) -> Any:
        if body is None:
            return None
        text = MODELS.sub('"gpt-4o"', self._change(json.dumps(body)))
        for theirs, ours in TEXTS.items():
            text = text.replace(json.dumps(theirs)[1:-1], json.dumps(ours)[1:-1])
        return json.loads(text)

    def _wait(self, path: str, status: str) -> None:
        """Wait until our run has stopped changing, if the recorded one had."""
        until = time.monotonic() + PATIENCE
        while status in FINAL and time.monotonic() < until:
            if self._request("GET", path)[1].get("status") in FINAL:
                return
            time.sleep(0.005)

    def _stand_in(self, exchange: Exchange) -> None:
        """Create the objects that the recording expects to exist.  In a path, owners come before their objects."""
        ids = [*ID.findall(exchange.path), *ID.findall(json.dumps(exchange.body))]
        for theirs in ids:
            if theirs not in self.ours:
                self.ours[theirs] = self._made(theirs.partition("_")[0].partition("-")[0], exchange)

    def _made(self, kind: str, exchange: Exchange) -> str:
        beta = self.client.beta
        thread_id = self.ours.get((ID.findall(exchange.path) or [""])[0], "")
        if kind == "asst":
            return str(beta.assistants.create(model="gpt-4o", **_settings(exchange.answer)).id)
        if kind == "thread":
            # A thread for a run, or for a refused run.
            text = "essay-500" if (exchange.body or {}).get("max_completion_tokens") else "What is 2 + 3?"
            messages = [] if exchange.status == REFUSED else [{"role": "user", "content": text}]
            return str(beta.threads.create(messages=messages).id)
        if kind == "msg":
            return str(beta.threads.messages.create(thread_id, role="user", content="Hello").id)
        if kind == "run":
            return self._made_run(thread_id, exchange)
        if kind == "step":
            run_id = self._change(exchange.path).split("/")[4]
            return str(beta.threads.runs.steps.list(run_id, thread_id=thread_id).data[0].id)
        if kind == "vs":
            return str(self.client.vector_stores.create().id)
        return str(self._file()["id"])

    def _made_run(self, thread_id: str, exchange: Exchange) -> str:
        runs, beta = self.client.beta.threads.runs, self.client.beta
        text = "slowly essay-2000" if "/cancel" in exchange.path else "Hello"
        beta.threads.messages.create(thread_id, role="user", content=text)
        given = {"thread_id": thread_id, "assistant_id": beta.assistants.create(model="gpt-4o").id}
        if "/cancel" in exchange.path:
            for event in runs.create(**given, stream=True):
                if event.event == "thread.message.delta":
                    return str(beta.threads.runs.list(thread_id).data[0].id)
        return str(runs.create_and_poll(**given).id)

    def _file(self) -> Json:
        text = b"The favorite food of Filip is pizza."
        made: Json = self.client.files.create(file=("favorite_foods.txt", text), purpose="assistants").to_dict()
        return made


def _object(answer: Any) -> str:
    return str(answer.get("object", "")) if isinstance(answer, dict) and answer.get("object") == "thread.run" else ""


def _settings(answer: Any) -> Json:
    """The assistant's settings, from an answer that shows the assistant or a run of it."""
    shown = dict(answer)["thread.run.created"] if isinstance(answer, list) else answer
    if not isinstance(shown, dict) or shown.get("object") not in ("assistant", "thread.run"):
        return {}
    names = ("instructions", "tools") if shown["object"] == "thread.run" else (*COPIED, "instructions", "tools")
    return {name: shown[name] for name in names if shown.get(name)} | {"tools": _tools(shown["tools"])}


def _tools(shown: list[Json]) -> list[Json]:
    """Tools in the form of a request, from those in an answer."""
    return [tool if tool["type"] == "function" else {"type": tool["type"]} for tool in shown]
