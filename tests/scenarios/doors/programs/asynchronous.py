"""A typical program for the official SDK.  It prints its results as JSON."""

import asyncio
import json
import os

from openai import AsyncAssistantEventHandler, AsyncOpenAI, NotFoundError
from typing_extensions import override

SECRETS = json.loads(os.environ["SECRETS"])
TOOL = {"type": "function", "function": {"name": "get_secret", "parameters": {"type": "object", "properties": {}}}}
client = AsyncOpenAI()
known: dict[str, object] = {}


def outputs(run):
    calls = run.required_action.submit_tool_outputs.tool_calls
    return [{"tool_call_id": call.id, "output": SECRETS.pop(0)} for call in calls]


async def text_of(thread_id):
    newest = await client.beta.threads.messages.list(thread_id=thread_id, limit=1)
    return newest.data[0].content[0].text.value


class Printer(AsyncAssistantEventHandler):
    def __init__(self):
        super().__init__()
        self.text, self.waiting = "", None

    @override
    async def on_text_delta(self, delta, snapshot):
        self.text += delta.value

    @override
    async def on_event(self, event):
        if event.event == "thread.run.requires_action":
            self.waiting = event.data


async def create_objects(threads, assistants):
    assistant = await assistants.create(name="Keeper", model="gpt-4o", instructions="Keep secrets.", tools=[TOOL])
    assistant = await assistants.update(assistant.id, description="keeps")
    found = await assistants.retrieve(assistant.id)
    known["assistant"] = [assistant.name, assistant.description, found.id == assistant.id]
    known["assistants"] = [each.name async for each in assistants.list(limit=5)]
    thread = await threads.create(metadata={"of": "mine"})
    message = await threads.messages.create(thread_id=thread.id, role="user", content="get_secret")
    found = await threads.messages.retrieve(message.id, thread_id=thread.id)
    known["message"] = found.content[0].text.value
    return assistant, thread, message


async def with_handlers(threads, where):
    printer = Printer()
    async with threads.runs.stream(**where, event_handler=printer) as stream:
        await stream.until_done()
    run, printer = printer.waiting, Printer()
    async with threads.runs.submit_tool_outputs_stream(
        thread_id=run.thread_id, run_id=run.id, tool_outputs=outputs(run), event_handler=printer
    ) as stream:
        await stream.until_done()
    known["handled"] = printer.text


async def polled(threads, where):
    run = await threads.runs.create_and_poll(**where)
    where = {"run_id": run.id, "thread_id": run.thread_id}
    run = await threads.runs.submit_tool_outputs_and_poll(**where, tool_outputs=outputs(run))
    known["polled"] = [run.status, await text_of(run.thread_id)]


async def as_events(threads, where):
    async for event in await threads.runs.create(**where, stream=True):
        if event.event == "thread.run.requires_action":
            run = event.data
    stream = await threads.runs.submit_tool_outputs(
        run.id, thread_id=run.thread_id, tool_outputs=outputs(run), stream=True
    )
    names = [event.event async for event in stream]
    known["events"] = [names[0], names[-1], await text_of(run.thread_id)]


async def step_by_step(threads, where):
    run = await threads.runs.create(**where, metadata={"by": "hand"})
    known["created"] = run.status
    while run.status in ("queued", "in_progress"):
        run = await threads.runs.retrieve(run.id, thread_id=run.thread_id)
    run = await threads.runs.submit_tool_outputs(run.id, thread_id=run.thread_id, tool_outputs=outputs(run))
    known["submitted"] = run.status
    run = await threads.runs.poll(run.id, thread_id=run.thread_id)
    steps = [step async for step in threads.runs.steps.list(run.id, thread_id=run.thread_id, order="asc")]
    known["retrieved"] = [run.status, run.metadata, [step.type for step in steps], await text_of(run.thread_id)]
    step = await threads.runs.steps.retrieve(steps[0].id, thread_id=run.thread_id, run_id=run.id)
    known["step"] = step.status


async def at_once_and_stopped(threads, assistant):
    async with threads.create_and_run_stream(
        assistant_id=assistant.id, thread={"messages": [{"role": "user", "content": "get_secret"}]}
    ) as stream:
        await stream.until_done()
        run = stream.current_run
    stopping = await threads.runs.cancel(run.id, thread_id=run.thread_id)
    known["cancelled"] = [run.status, stopping.status]
    run = await threads.runs.poll(run.id, thread_id=run.thread_id)
    known["cancelled"].append(run.status)
    await threads.runs.update(run.id, thread_id=run.thread_id, metadata={"read": "yes"})


async def clear_away(assistants, threads, assistant, thread, message):
    known["runs"] = len([run async for run in threads.runs.list(thread.id, limit=2)])
    await threads.messages.update(message.id, thread_id=thread.id, metadata={"read": "yes"})
    gone = [
        await threads.messages.delete(message.id, thread_id=thread.id),
        await threads.delete(thread.id),
        await assistants.delete(assistant.id),
    ]
    known["deleted"] = [each.deleted for each in gone]
    try:
        await threads.retrieve(thread.id)
    except NotFoundError as error:
        known["gone"] = error.status_code


async def main():
    assistants, threads = client.beta.assistants, client.beta.threads
    assistant, thread, message = await create_objects(threads, assistants)
    where = {"thread_id": thread.id, "assistant_id": assistant.id}
    for part in (with_handlers, polled, as_events, step_by_step):
        await part(threads, where)
        await threads.messages.create(thread_id=thread.id, role="user", content="get_secret")
    await at_once_and_stopped(threads, assistant)
    await clear_away(assistants, threads, assistant, thread, message)
    print(json.dumps(known))


asyncio.run(main())
