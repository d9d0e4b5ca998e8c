"""A blocking or async client, an assistant with functions, and ``stream_run`` read as if it were blocking."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from shim.relay import stream_run, tool_schema
from tests.scenarios.doors.colours import Blocking, opened
from tests.scenarios.doors.loopback import PATIENCE, Loopback

PARIS = '{"city": "Paris"}'


def get_weather(city: str) -> dict[str, Any]:
    """The weather in a city."""
    return {"city": city, "celsius": 19}


def get_time(city: str) -> dict[str, Any]:
    """The time in a city."""
    return {"city": city, "time": "14:05"}


class Talk:
    """An assistant with some functions, and a thread."""

    #: The last stream, without the blocking wrapper.
    stream: Any = None

    def __init__(self, client: Any, *functions: Callable[..., Any]) -> None:
        self.client, self.functions = client, functions
        offered = [tool_schema(each) for each in functions]
        self.assistant: str = client.beta.assistants.create(model="gpt-4o", tools=offered).id
        self.thread: str = client.beta.threads.create().id

    def ask(self, text: str, **choices: Any) -> Any:
        """The stream that answers a message."""
        self.client.beta.threads.messages.create(self.thread, role="user", content=text)
        choices = {"tools": self.functions, "thread_id": self.thread, "assistant_id": self.assistant} | choices
        if isinstance(self.client, Blocking):
            loop, client = self.client._loop, self.client._thing
            self.stream = loop.call(partial(stream_run, client, **choices))
            return Blocking(loop, self.stream)
        self.stream = stream_run(self.client, **choices)
        return self.stream

    @property
    def runs(self) -> list[Any]:
        """The runs of the thread, oldest first."""
        return list(self.client.beta.threads.runs.list(self.thread, order="asc"))


@contextmanager
def talking(colour: str, *functions: Callable[..., Any], server: Loopback | None = None) -> Iterator[Talk]:
    """``server``: the upstream, if it is not the sandbox of this process."""
    with opened(colour, **({"base_url": server.url} if server else {})) as client:
        yield Talk(client, *(functions or (get_weather, get_time)))


def text_of(events: list[Any]) -> str:
    """The text of all messages, in the order of the deltas."""
    deltas = [event.data.delta.content or [] for event in events if event.event == "thread.message.delta"]
    return "".join(part.text.value for content in deltas for part in content)


def names(events: list[Any]) -> list[str]:
    """The names of the run's own events, without those of messages and steps."""
    return [event.event for event in events if event.event.count(".") == 2 and "run" in event.event]


def until(condition: Any) -> None:
    """Wait until the condition is true."""
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, "it never came true"
        time.sleep(0.01)


def answered(talk: Talk, text: str, **choices: Any) -> str:
    """The only output that was sent for the call."""
    stream = talk.ask(text, **choices)
    list(stream)
    (output,) = stream.outputs.values()
    return str(output)
