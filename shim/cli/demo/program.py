"""The demo's application: the Assistants program of the API's own guide, with one import changed.

It answers tool calls inside ``on_event`` of a stream that is still open, and goes on in the next stream from there:
user → model → function 1 → model → function 2 → model → text, however many functions there are.
"""

import json
from collections.abc import Callable
from typing import Any, Final, Protocol

from openai import AssistantEventHandler
from typing_extensions import override

from shim import OpenAI

QUESTION: Final = 'What is it like in Paris now? Call get_weather {"city": "Paris"}, then get_time {"city": "Paris"}.'


def get_weather(city: str) -> dict[str, Any]:
    return {"city": city, "celsius": 19, "sky": "clear"}


def get_time(city: str) -> dict[str, Any]:
    return {"city": city, "time": "14:05"}


FUNCTIONS: Final[dict[str, Callable[..., dict[str, Any]]]] = {"get_weather": get_weather, "get_time": get_time}


def tool(name: str) -> Any:
    """A function of one argument, ``city``, as an assistant's tool."""
    city = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
    return {"type": "function", "function": {"name": name, "parameters": city}}


class Show(Protocol):
    """The application's output."""

    def event(self, event: Any) -> None: ...

    def round(self, calls: list[tuple[str, str, str]]) -> None:
        """Name, arguments and output of each function that was called."""
        ...


class Handler(AssistantEventHandler):
    """Reads one stream, and the streams that follow from it."""

    def __init__(self, client: OpenAI, show: Show) -> None:
        super().__init__()
        self.client, self.show = client, show

    @override
    def on_event(self, event: Any) -> None:
        self.show.event(event)
        if event.event == "thread.run.requires_action":
            self.answer(event.data)

    def answer(self, run: Any) -> None:
        """Run the functions that the model called, and submit their outputs with a stream of the same kind."""
        tool_calls = run.required_action.submit_tool_outputs.tool_calls
        outputs = [
            json.dumps(FUNCTIONS[call.function.name](**json.loads(call.function.arguments))) for call in tool_calls
        ]
        self.show.round(
            [
                (call.function.name, call.function.arguments, output)
                for call, output in zip(tool_calls, outputs, strict=True)
            ]
        )
        with self.client.beta.threads.runs.submit_tool_outputs_stream(
            thread_id=run.thread_id,
            run_id=run.id,
            tool_outputs=[
                {"tool_call_id": call.id, "output": output} for call, output in zip(tool_calls, outputs, strict=True)
            ],
            event_handler=Handler(self.client, self.show),
        ) as stream:
            stream.until_done()


def run(client: OpenAI, show: Show, slowly: bool = False) -> Any:
    """Ask the question; returns the finished run.  ``slowly`` is a control word of the sandbox."""
    assistant = client.beta.assistants.create(
        model="gpt-4o", instructions="Answer in one line.", tools=[tool(name) for name in FUNCTIONS]
    )
    thread = client.beta.threads.create()
    question = f"{QUESTION} Speak slowly." if slowly else QUESTION
    client.beta.threads.messages.create(thread.id, role="user", content=question)
    with client.beta.threads.runs.stream(
        thread_id=thread.id, assistant_id=assistant.id, event_handler=Handler(client, show)
    ) as stream:
        stream.until_done()
    return client.beta.threads.runs.list(thread.id).data[0]
