"""The classic program: an event handler that submits tool outputs inside ``on_event``, while its stream is open."""

import json
from typing import Any

import openai
from typing_extensions import override

from shim import AssistantEventHandler, AsyncAssistantEventHandler, AsyncOpenAI, OpenAI
from shim.sandbox import Sandbox
from shim.sandbox.http import running
from tests.scenarios.doors.talking import secret, tool

Json = dict[str, Any]
TOOLS = [tool("find_city", person="string"), tool("get_weather", city="string")]
TEXT = 'find_city {"person": "Ann"} then get_weather {"city": "hers"} and find_city {"person": "Bob"}'
#: The callbacks for one call.
ASKING = ["tool_call_created", "tool_call_delta"]


class Diary:
    """The callbacks of the handlers, in order, and the outputs that they submitted."""

    def __init__(self) -> None:
        self.callbacks: list[str] = []
        self.events: list[str] = []
        self.outputs: dict[str, str] = {}
        self.texts: list[str] = []

    def take(self, callback: str) -> None:
        if not self.callbacks or self.callbacks[-1] != callback:
            self.callbacks.append(callback)

    def answers(self, run: Any) -> list[Any]:
        calls = run.required_action.submit_tool_outputs.tool_calls
        assert all(json.loads(call.function.arguments) for call in calls)
        made = {call.id: secret() for call in calls}
        self.outputs |= made
        return [{"tool_call_id": call_id, "output": output} for call_id, output in made.items()]


class Handler(AssistantEventHandler):
    def __init__(self, client: OpenAI, diary: Diary) -> None:
        super().__init__()
        self.client, self.diary = client, diary

    @override
    def on_event(self, event: Any) -> None:
        self.diary.events.append(event.event)
        if event.event == "thread.run.requires_action":
            threads, run = self.client.beta.threads, event.data
            handler, outputs = Handler(self.client, self.diary), self.diary.answers(run)
            with threads.runs.submit_tool_outputs_stream(
                thread_id=run.thread_id, run_id=run.id, tool_outputs=outputs, event_handler=handler
            ) as stream:
                for text in stream.text_deltas:
                    self.diary.texts.append(text)

    @override
    def on_tool_call_created(self, tool_call: Any) -> None:
        self.diary.take("tool_call_created")

    @override
    def on_tool_call_delta(self, delta: Any, snapshot: Any) -> None:
        assert snapshot.id.startswith("call_")
        self.diary.take("tool_call_delta")

    @override
    def on_text_created(self, text: Any) -> None:
        self.diary.take("text_created")

    @override
    def on_text_done(self, text: Any) -> None:
        self.diary.take("text_done")

    @override
    def on_end(self) -> None:
        self.diary.take("end")


class AsyncHandler(AsyncAssistantEventHandler):
    def __init__(self, client: AsyncOpenAI, diary: Diary) -> None:
        super().__init__()
        self.client, self.diary = client, diary

    @override
    async def on_event(self, event: Any) -> None:
        self.diary.events.append(event.event)
        if event.event == "thread.run.requires_action":
            threads, run = self.client.beta.threads, event.data
            handler, outputs = AsyncHandler(self.client, self.diary), self.diary.answers(run)
            async with threads.runs.submit_tool_outputs_stream(
                thread_id=run.thread_id, run_id=run.id, tool_outputs=outputs, event_handler=handler
            ) as stream:
                async for text in stream.text_deltas:
                    self.diary.texts.append(text)

    @override
    async def on_tool_call_created(self, tool_call: Any) -> None:
        self.diary.take("tool_call_created")

    @override
    async def on_tool_call_delta(self, delta: Any, snapshot: Any) -> None:
        assert snapshot.id.startswith("call_")
        self.diary.take("tool_call_delta")

    @override
    async def on_text_created(self, text: Any) -> None:
        self.diary.take("text_created")

    @override
    async def on_text_done(self, text: Any) -> None:
        self.diary.take("text_done")

    @override
    async def on_end(self) -> None:
        self.diary.take("end")


def check(diary: Diary, sandbox: Sandbox, messages: list[Json]) -> None:
    assert diary.callbacks == [*ASKING, *ASKING, *ASKING, "text_created", "text_done", "end"]
    assert diary.events.count("thread.run.requires_action") == 2
    assert diary.events.count("thread.run.completed") == 1
    assert len(diary.outputs) == 3
    text = "".join(diary.texts)
    assert all(output in text for output in diary.outputs.values())
    assert [message["role"] for message in messages] == ["user", "assistant"]
    assert messages[-1]["content"][0]["text"]["value"] == text
    bodies = [each.body for each in sandbox.requests]
    assert [len(body["input"]) for body in bodies] == [1, 1, 2]
    sent = {item["call_id"]: item["output"] for body in bodies[1:] for item in body["input"]}
    assert sent == diary.outputs
    assert len({body["previous_response_id"] for body in bodies[1:]}) == 2


def test_a_handler_that_submits_while_its_stream_is_open() -> None:
    sandbox, diary = Sandbox(), Diary()
    with running(sandbox) as url, OpenAI(api_key="test", base_url=url) as client:
        helper = client.beta.assistants.create(model="gpt-4o", tools=TOOLS)
        thread = client.beta.threads.create()
        client.beta.threads.messages.create(thread.id, role="user", content=TEXT)
        handler = Handler(client, diary)
        with client.beta.threads.runs.stream(
            thread_id=thread.id, assistant_id=helper.id, event_handler=handler
        ) as stream:
            stream.until_done()
        messages = [each.to_dict(mode="json") for each in client.beta.threads.messages.list(thread.id, order="asc")]
        run = client.beta.threads.runs.list(thread.id).data[0]
    assert run.status == "completed"
    check(diary, sandbox, messages)


async def test_an_async_handler_that_submits_while_its_stream_is_open() -> None:
    sandbox, diary = Sandbox(), Diary()
    with running(sandbox) as url:
        async with AsyncOpenAI(api_key="test", base_url=url) as client:
            helper = await client.beta.assistants.create(model="gpt-4o", tools=TOOLS)
            thread = await client.beta.threads.create()
            await client.beta.threads.messages.create(thread.id, role="user", content=TEXT)
            handler = AsyncHandler(client, diary)
            async with client.beta.threads.runs.stream(
                thread_id=thread.id, assistant_id=helper.id, event_handler=handler
            ) as stream:
                await stream.until_done()
            found = client.beta.threads.messages.list(thread.id, order="asc")
            messages = [each.to_dict(mode="json") async for each in found]
            run = (await client.beta.threads.runs.list(thread.id)).data[0]
    assert run.status == "completed"
    check(diary, sandbox, messages)


def test_the_handlers_are_the_sdks_own() -> None:
    assert AssistantEventHandler is openai.AssistantEventHandler
    assert AsyncAssistantEventHandler is openai.AsyncAssistantEventHandler
