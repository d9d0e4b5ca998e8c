"""One conversation with any client, and its requests on the network."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from shim.sandbox import Sandbox
from tests.scenarios.doors.colours import SYNC, Blocking, Loop
from tests.scenarios.doors.loopback import Loopback

#: On Azure a model is called by the name of the customer's deployment.
DEPLOYMENT = "our-gpt"


def server() -> Loopback:
    """A loopback server that also has a model with the deployment's name."""
    return Loopback(sandbox=Sandbox(models=[DEPLOYMENT]))


@contextmanager
def either(colour: str, blocking: Callable[..., Any], awaiting: Callable[..., Any], **options: Any) -> Iterator[Any]:
    """A client of the class for this colour, used like the blocking one; closed at the end."""
    if colour == SYNC:
        with blocking(**options) as client:
            yield client
        return
    loop = Loop()
    try:
        with Blocking(loop, loop.call(awaiting, **options)) as client:
            yield client
    finally:
        loop.close()


def converse(client: Any, model: str = "gpt-4o", **more: Any) -> str:
    """An assistant, a thread, a streamed run and a polled run; returns the answer of the second run."""
    beta = client.beta
    helper = beta.assistants.create(model=model, instructions="Be brief.")
    thread = beta.threads.create(messages=[{"role": "user", "content": "Good morning."}])
    with beta.threads.runs.stream(thread_id=thread.id, assistant_id=helper.id, **more) as events:
        names = [event.event for event in events]
    assert names[-1] == "thread.run.completed", names
    beta.threads.messages.create(thread.id, role="user", content="Good night.")
    run = beta.threads.runs.create_and_poll(thread_id=thread.id, assistant_id=helper.id, **more)
    assert run.status == "completed", run.last_error
    messages = beta.threads.messages.list(thread.id, order="asc")
    assert [message.role for message in messages.data] == ["user", "assistant"] * 2
    assert messages.data[-1].run_id == run.id
    return str(messages.data[-1].content[0].text.value)
