"""The workers' task: a conversation with a tool round, blocking or async, streamed or polled."""

import os
from typing import Any

Json = dict[str, Any]
TOOLS = [{"type": "function", "function": {"name": "get_time", "parameters": {"type": "object", "properties": {}}}}]
WAYS = ("stream", "poll")


def _outputs(run: Any, output: str) -> list[Json]:
    return [{"tool_call_id": call.id, "output": output} for call in run.required_action.submit_tool_outputs.tool_calls]


def _result(thread: str, run: Any) -> Json:
    return {"thread": thread, "status": run.status, "pid": os.getpid()}


def talk(client: Any, assistant: str, way: str, output: str, thread: str | None = None) -> Json:
    """Ask a question that needs the tool, and submit ``output`` as its output; in a new thread unless one is given."""
    threads = client.beta.threads
    thread = thread or threads.create().id
    threads.messages.create(thread, role="user", content="get_time")
    if way == "poll":
        run = threads.runs.create_and_poll(thread_id=thread, assistant_id=assistant)
        given = {"thread_id": thread, "tool_outputs": _outputs(run, output)}
        return _result(thread, threads.runs.submit_tool_outputs_and_poll(run_id=run.id, **given))
    with threads.runs.stream(thread_id=thread, assistant_id=assistant) as events:
        run = events.get_final_run()
    given = {"thread_id": thread, "tool_outputs": _outputs(run, output)}
    with threads.runs.submit_tool_outputs_stream(run_id=run.id, **given) as events:
        return _result(thread, events.get_final_run())


async def talk_async(client: Any, assistant: str, way: str, output: str, thread: str | None = None) -> Json:
    threads = client.beta.threads
    thread = thread or (await threads.create()).id
    await threads.messages.create(thread, role="user", content="get_time")
    if way == "poll":
        run = await threads.runs.create_and_poll(thread_id=thread, assistant_id=assistant)
        given = {"thread_id": thread, "tool_outputs": _outputs(run, output)}
        return _result(thread, await threads.runs.submit_tool_outputs_and_poll(run_id=run.id, **given))
    async with threads.runs.stream(thread_id=thread, assistant_id=assistant) as events:
        run = await events.get_final_run()
    given = {"thread_id": thread, "tool_outputs": _outputs(run, output)}
    async with threads.runs.submit_tool_outputs_stream(run_id=run.id, **given) as events:
        return _result(thread, await events.get_final_run())
