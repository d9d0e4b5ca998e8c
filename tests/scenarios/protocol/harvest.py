"""Every kind of object and event in the shim's answers, from conversations with every ending and kind of content."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from tests.scenarios.clients.talking import TOOLS, WEATHER, Talk
from tests.scenarios.doors.loopback import Gate
from tests.scenarios.protocol.exchanges import events
from tests.scenarios.protocol.hours import Clock

Json = dict[str, Any]
#: The user's messages, each for a streamed run; the sandbox's keywords in them decide the answer.
TEXTS: Final = {
    "text": "Good morning",
    "calls": f"{WEATHER} and get_time",
    "text and calls": f"aloud {WEATHER}",
    "refusal": "please-refuse",
    "cut": "essay-200 token-cap",
    "filtered": "essay-200 content-filter",
    "failed early": "fail-early",
    "failed midway": "essay-200 fail-midway",
    "limited": "limit-early",
    "code": "What is 12 * 3?",
    "picture": "code_interpreter show-image",
    "file": "code_interpreter make-file",
    "broken code": "code_interpreter code-fails",
    "search": 'file_search {"query": "favorite food"}',
    "two messages": "two-messages",
}
CONTENT: Final = "include[]=step_details.tool_calls%5B%2A%5D.file_search.results%5B%2A%5D.content"


@dataclass
class Harvest:
    """The ``objects`` and ``events`` as they were sent, each with the name of its conversation."""

    talk: Talk
    objects: list[tuple[str, Json]] = field(default_factory=list)
    events: list[tuple[str, Json]] = field(default_factory=list)

    def request(self, name: str, method: str, path: str, body: Any = None) -> Any:
        client = self.talk.client
        answer = client._client.request(method, f"{str(client.base_url).rstrip('/')}{path}", json=body)
        if answer.headers["content-type"].startswith("text/event-stream"):
            received = [(each, data) for each, data in events(answer.content) if data]
            self.events += [(name, {"event": each, "data": data}) for each, data in received]
            return received
        self.objects.append((name, answer.json()))
        return answer.json()

    def read_all(self, name: str, run: Json) -> None:
        """All objects of a run, each by itself and in lists."""
        thread = f"/threads/{run['thread_id']}"
        place = f"{thread}/runs/{run['id']}"
        for path in (
            thread,
            place,
            f"{place}/steps",
            f"{place}/steps?{CONTENT}",
            f"{thread}/messages",
            f"{thread}/runs",
        ):
            self.request(name, "GET", path)
        for message in self.request(name, "GET", f"{thread}/messages")["data"]:
            self.request(name, "GET", f"{thread}/messages/{message['id']}")
        for step in self.request(name, "GET", f"{place}/steps")["data"]:
            self.request(name, "GET", f"{place}/steps/{step['id']}")


def gather(talk: Talk, clock: Clock) -> Harvest:
    """All of it."""
    harvest = Harvest(talk)
    helper = harvest.request("assistant", "POST", "/assistants", _assistant(talk))
    for name, text in TEXTS.items():
        _converse(harvest, name, helper["id"], text)
    _cancel(harvest, helper["id"])
    _changes(harvest, helper["id"])
    _expire(harvest, clock)
    return harvest


def _assistant(talk: Talk) -> Json:
    file = talk.client.files.create(file=("notes.txt", b"The favorite food of Filip is pizza."), purpose="assistants")
    store = talk.client.vector_stores.create(file_ids=[file.id])
    return {
        "model": "gpt-4o",
        "name": "helper",
        "description": "helps",
        "instructions": "Be brief.",
        "metadata": {"a": "b"},
        "tools": [*TOOLS, {"type": "code_interpreter"}, {"type": "file_search"}],
        "tool_resources": {"file_search": {"vector_store_ids": [store.id]}},
    }


def _converse(harvest: Harvest, name: str, helper: str, text: str) -> None:
    thread = {"messages": [{"role": "user", "content": text, "metadata": {"a": "b"}}], "metadata": {"c": "d"}}
    events_of_run = harvest.request(
        name, "POST", "/threads/runs", {"assistant_id": helper, "thread": thread, "stream": True}
    )
    run = _last_run(events_of_run)
    harvest.read_all(name, run)
    if run["status"] == "requires_action":
        calls = run["required_action"]["submit_tool_outputs"]["tool_calls"]
        outputs = [{"tool_call_id": call["id"], "output": "hail"} for call in calls]
        place = f"/threads/{run['thread_id']}/runs/{run['id']}/submit_tool_outputs"
        harvest.request(name, "POST", place, {"tool_outputs": outputs, "stream": True})
        harvest.read_all(name, run)


def _last_run(received: list[tuple[str, Json]]) -> Json:
    return [data for _, data in received if data["object"] == "thread.run"][-1]


def _cancel(harvest: Harvest, helper: str) -> None:
    """A run that is cancelled during its answer, read to the end."""
    talk = harvest.talk
    thread = talk.thread("slowly essay-2000")
    stream = talk.threads.runs.with_streaming_response.create(thread.id, assistant_id=helper, stream=True)
    raw, cancelled = b"", False
    with stream as answer:
        for chunk in answer.iter_bytes():
            raw += chunk
            if not cancelled and b"thread.message.delta" in raw:
                cancelled = True
                run = talk.threads.runs.list(thread.id).data[0]
                harvest.request("cancelled", "POST", f"/threads/{thread.id}/runs/{run.id}/cancel")
    harvest.events += [("cancelled", {"event": name, "data": data}) for name, data in events(raw) if data]
    harvest.read_all("cancelled", run.to_dict(mode="json"))


def _expire(harvest: Harvest, clock: Clock) -> None:
    """Expired runs: one that waits for outputs, and one during its answer, read to the end."""
    talk = harvest.talk
    asking = talk.run(WEATHER)
    thread, gate = talk.thread("essay-50"), Gate(chunks=12)
    talk.upstream.answer = talk.upstream.gated(gate)
    stream = talk.threads.runs.with_streaming_response.create(thread.id, assistant_id=asking.assistant_id, stream=True)
    raw = b""
    with stream as answer:
        for chunk in answer.iter_bytes():
            raw += chunk
            if b"thread.message.delta" in raw and not clock.ahead:
                clock.ahead = 600
                gate.open()
    harvest.events += [("expired", {"event": name, "data": data}) for name, data in events(raw) if data]
    for run in (asking, talk.threads.runs.list(thread.id).data[0]):
        harvest.read_all("expired", run.to_dict(mode="json"))


def _changes(harvest: Harvest, helper: str) -> None:
    """Answers to modifications, failures and deletions."""
    request, name = harvest.request, "changes"
    thread = request(name, "POST", "/threads", {"messages": [{"role": "user", "content": WEATHER}]})
    place = f"/threads/{thread['id']}"
    run = request(name, "POST", f"{place}/runs", {"assistant_id": helper, "response_format": _schema(), **_options()})
    harvest.talk.poll(harvest.talk.threads.runs.retrieve(run["id"], thread_id=thread["id"]))
    request(name, "POST", f"{place}/runs", {"assistant_id": helper})
    request(name, "POST", f"{place}/runs/{run['id']}", {"metadata": {"x": "y"}})
    request(name, "POST", f"{place}/runs/{run['id']}/cancel")
    message = request(name, "GET", f"{place}/messages")["data"][-1]
    request(name, "POST", place, {"metadata": {"x": "y"}})
    request(name, "POST", f"{place}/messages/{message['id']}", {"metadata": {"x": "y"}})
    request(name, "DELETE", f"{place}/messages/{message['id']}")
    request(name, "GET", f"{place}/messages")
    request(name, "DELETE", place)
    request(name, "GET", place)
    request(name, "GET", "/assistants")
    request(name, "POST", f"/assistants/{helper}", {"name": "other"})
    request(name, "DELETE", f"/assistants/{helper}")


def _options() -> Json:
    return {
        "tool_choice": {"type": "function", "function": {"name": "get_weather"}},
        "truncation_strategy": {"type": "last_messages", "last_messages": 5},
        "max_completion_tokens": 500,
        "max_prompt_tokens": 500,
    }


def _schema() -> Json:
    schema = {"type": "object", "properties": {"a": {"type": "string"}}}
    return {"type": "json_schema", "json_schema": {"name": "answer", "schema": schema}}


def parts(data: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every object inside an object, with its path; all items of a list have the same path."""
    if isinstance(data, dict):
        yield path, data
        for key, value in data.items():
            yield from parts(value, f"{path}.{key}" if path else key)
    elif isinstance(data, list):
        for value in data:
            yield from parts(value, path)
