"""Stores with conversations, to be shown on the pages."""

import json
from dataclasses import dataclass
from typing import Any

import openai

from shim.http.offline import sandbox

HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)> {{ 7 * 7 }}"


def function(name: str) -> dict[str, Any]:
    city = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
    return {"type": "function", "function": {"name": name, "description": f"Tells the {name}.", "parameters": city}}


@dataclass
class Desk:
    """A program for the old API that uses a server."""

    client: openai.OpenAI

    def assistant(self, **fields: Any) -> str:
        made = self.client.beta.assistants.create(
            **{
                "model": "gpt-4o",
                "name": "Travel desk",
                "instructions": "Answer questions about trips.",
                "metadata": {"team": "travel"},
                "tools": [function("get_weather"), function("get_time")],
            }
            | fields
        )
        return str(made.id)

    def thread(self, **metadata: str) -> str:
        return str(self.client.beta.threads.create(metadata=metadata).id)

    def ask(self, thread: str, assistant: str, text: str, output: str = '{"sky": "clear", "degrees": 21}') -> Any:
        """Add a message and carry out its run, including tool rounds."""
        runs = self.client.beta.threads.runs
        self.client.beta.threads.messages.create(thread, role="user", content=text)
        run = runs.create_and_poll(thread_id=thread, assistant_id=assistant)
        while run.status == "requires_action":
            run = self.answer(run, output)
        return run

    def answer(self, run: Any, output: str) -> Any:
        calls = run.required_action.submit_tool_outputs.tool_calls
        outputs = [{"tool_call_id": call.id, "output": output} for call in calls]
        return self.client.beta.threads.runs.submit_tool_outputs_and_poll(
            run_id=run.id, thread_id=run.thread_id, tool_outputs=outputs
        )


def forget() -> None:
    """Upstream deletes every response that it has."""
    sandbox().forget()


def weather(city: str) -> str:
    return "get_weather " + json.dumps({"city": city})
