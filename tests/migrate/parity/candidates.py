"""An upstream whose models answer differently, and recorded conversations to replay to them."""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from shim import OpenAI
from shim.sandbox import Sandbox, SandboxReply

Json = dict[str, Any]
#: Maps the last user message to the text that a model follows instead.
Reading = Callable[[str], str]


class Candidates(Sandbox):
    """The sandbox obeys the control words in the last user message; each model here replaces that text with its own
    reading.
    """

    def __init__(self, **readings: Reading) -> None:
        super().__init__(models=readings)
        self.readings = readings
        #: Received bodies of POST /responses, by model.
        self.bodies: dict[str, list[Json]] = {}
        self.begun: set[str] = set()

    def remaining(self) -> set[str]:
        """The ids of all responses that were created and have not been deleted."""
        gone = {each.path.rpartition("/")[2] for each in self.requests if each.method == "DELETE"}
        return self.begun - gone

    def handle(
        self, method: str, path: str, query: list[tuple[str, str]], headers: Mapping[str, str], body: bytes
    ) -> SandboxReply:
        if method == "POST" and path.endswith("/responses"):
            request = json.loads(body)
            self.bodies.setdefault(request["model"], []).append(json.loads(body))
            users = [item for item in request["input"] if item.get("role") == "user"]
            if request["model"] in self.readings and users:
                part = users[-1]["content"][0]
                part["text"] = self.readings[request["model"]](part["text"])
            body = json.dumps(request).encode()
        reply = super().handle(method, path, query, headers, body)
        return reply if isinstance(reply.body, bytes) else replace(reply, body=self._noted(reply.body))

    def _noted(self, parts: Iterable[Any]) -> Iterator[Any]:
        for part in parts:
            if isinstance(part, bytes):
                self.begun |= {id.decode() for id in re.findall(rb'"id":"(resp_\w+)"', part)}
            yield part


def function(name: str) -> Json:
    city = {"type": "object", "properties": {"city": {"type": "string"}}}
    return {"type": "function", "function": {"name": name, "parameters": city}}


def recorded(client: OpenAI, *questions: str, outputs: Callable[[Any], str] = lambda call: "sunny", **more: Any) -> str:
    """Record a thread with these questions; returns its id."""
    tools = [function("get_weather"), function("get_time")]
    given = {"model": "gpt-4o", "tools": tools, "instructions": "Be brief."} | more
    helper, thread = client.beta.assistants.create(**given), client.beta.threads.create()
    for question in questions:
        client.beta.threads.messages.create(thread.id, role="user", content=question)
        run = client.beta.threads.runs.create_and_poll(thread_id=thread.id, assistant_id=helper.id)
        while run.required_action is not None:
            calls = run.required_action.submit_tool_outputs.tool_calls
            run = client.beta.threads.runs.submit_tool_outputs_and_poll(
                run_id=run.id,
                thread_id=thread.id,
                tool_outputs=[{"tool_call_id": call.id, "output": outputs(call)} for call in calls],
            )
    return str(thread.id)
