"""Short helpers for the calls that programs of the old API make."""

from dataclasses import dataclass
from typing import Any

from tests.scenarios.doors.loopback import Loopback
from tests.scenarios.doors.talking import tool

Json = dict[str, Any]
WEATHER = 'get_weather {"city": "Oslo"}'
TOOLS = [tool("get_weather", city="string"), tool("get_time")]


@dataclass
class Talk:
    """``upstream`` is the server that receives the client's upstream requests; its ``answer`` sets what goes wrong."""

    client: Any
    upstream: Loopback

    @property
    def threads(self) -> Any:
        return self.client.beta.threads

    def assistant(self, **fields: Any) -> Any:
        return self.client.beta.assistants.create(**{"model": "gpt-4o", "tools": TOOLS} | fields)

    def thread(self, *texts: str) -> Any:
        return self.threads.create(messages=[{"role": "user", "content": text} for text in texts])

    def run(self, text: str, **options: Any) -> Any:
        """A run of a new thread, polled until it has ended or requires action."""
        assistant = options.pop("assistant", None) or self.assistant()
        thread = self.thread(text)
        return self.threads.runs.create_and_poll(thread_id=thread.id, assistant_id=assistant.id, **options)

    def outputs(self, run: Any, output: str = "hail") -> Any:
        calls = run.required_action.submit_tool_outputs.tool_calls
        return [{"tool_call_id": call.id, "output": output} for call in calls]

    def submit(self, run: Any, output: str = "hail") -> Any:
        """Submit an output for every call of the run; returns the run as that request's response shows it."""
        parameters = {"thread_id": run.thread_id, "tool_outputs": self.outputs(run, output)}
        return self.threads.runs.submit_tool_outputs(run.id, **parameters)

    def retrieve(self, run: Any) -> Any:
        return self.threads.runs.retrieve(run.id, thread_id=run.thread_id)

    def poll(self, run: Any) -> Any:
        return self.threads.runs.poll(run.id, thread_id=run.thread_id)

    def steps(self, run: Any, **options: Any) -> list[Any]:
        return list(self.threads.runs.steps.list(run.id, thread_id=run.thread_id, **options))

    def messages(self, run: Any, **options: Any) -> list[Any]:
        return list(self.threads.messages.list(run.thread_id, **options))
