"""Imports and calls of an old program, with an `openai` without the Assistants API: ``… FOLDER``."""

# ruff: noqa: I001 - the shim has to be imported before what it brings along
import sys
from typing import Any

import shim
import openai
import shim.types.beta.threads.runs as runs
from openai import AssistantEventHandler, AsyncAssistantEventHandler
from openai.lib.streaming import AssistantStreamManager
from openai.pagination import SyncCursorPage
from openai.resources.beta import Assistants
from openai.resources.beta.threads import Messages, Runs
from openai.types.beta import Assistant, AssistantDeleted, AssistantStreamEvent, Thread, assistant_create_params
from openai.types.beta.threads import Message, Run, Text
from openai.types.beta.threads.runs import RunStep
from shim.sandbox.http import running
from shim.types.beta import Assistant as AssistantOfShim

assert openai.__file__.startswith(sys.argv[1]), openai.__file__
assert Assistant is AssistantOfShim is shim.types.beta.Assistant is openai.types.beta.assistant.Assistant
assert runs.RunStep is RunStep
assert shim.AssistantEventHandler is AssistantEventHandler
assert Assistant.__module__ == "openai.types.beta.assistant"
assert issubclass(AssistantStreamManager, object)
assert AsyncAssistantEventHandler
assert AssistantStreamEvent
assert assistant_create_params.AssistantCreateParams


class Printer(AssistantEventHandler):
    """The event handler of most tutorials."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []

    def on_text_done(self, text: Text) -> None:
        self.texts.append(text.value)


def converse(client: Any) -> None:
    helper = client.beta.assistants.create(model="gpt-4o", tools=[{"type": "code_interpreter"}])
    assert isinstance(helper, Assistant)
    assert isinstance(client.beta.assistants, Assistants)
    thread = client.beta.threads.create(messages=[{"role": "user", "content": "Hello"}])
    assert isinstance(thread, Thread)
    run = client.beta.threads.runs.create_and_poll(thread_id=thread.id, assistant_id=helper.id)
    assert isinstance(run, Run)
    assert run.status == "completed", run
    handler = Printer()
    arguments = {"thread_id": thread.id, "assistant_id": helper.id, "event_handler": handler}
    with client.beta.threads.runs.stream(**arguments) as stream:
        stream.until_done()
    page = client.beta.threads.messages.list(thread.id, limit=1)
    assert isinstance(page, SyncCursorPage)
    assert page.has_next_page()
    messages = list(page)
    assert [type(each) for each in messages] == [Message] * 3, messages
    assert [messages[0].content[0].text.value] == handler.texts
    assert all(isinstance(step, RunStep) for step in client.beta.threads.runs.steps.list(run.id, thread_id=thread.id))
    raw = client.beta.with_raw_response.threads.retrieve(thread.id)
    assert raw.headers["content-type"] == "application/json"
    assert isinstance(raw.parse(), Thread)
    with client.beta.threads.with_streaming_response.retrieve(thread.id) as streamed:
        assert isinstance(streamed.parse(), Thread)
    assert isinstance(client.beta.assistants.delete(helper.id), AssistantDeleted)
    assert isinstance(client.beta.threads.messages, Messages)
    assert isinstance(client.beta.threads.runs, Runs)


with running() as url:
    with shim.OpenAI(api_key="key", base_url=url) as client:
        converse(client)
        # Modules that the SDK still has are the SDK's own.
        for name in {"realtime", "chatkit"}.intersection(dir(openai.resources.beta.beta.Beta)):
            found = getattr(client.beta, name)
            assert sys.modules[type(found).__module__].__file__.startswith(sys.argv[1])
    shim.install()
    with openai.OpenAI(api_key="key", base_url=url) as client:
        converse(client)
    shim.api_key, shim.base_url = "key", f"{url}/"
    converse(shim)
