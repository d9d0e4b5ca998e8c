"""Replays a recording to an application: an assistant, a thread, a streamed run, and the tool round if required."""

import random
from dataclasses import dataclass, field
from typing import Any

from shim import AsyncOpenAI, OpenAI
from tests.scenarios.replay.catalogue import Stream, opening, stream_named
from tests.scenarios.replay.chunkings import CHUNKINGS
from tests.scenarios.replay.expected import Expected, expect
from tests.scenarios.replay.recorders import AsyncRecorder, Notes, Recorder
from tests.scenarios.replay.server import Answer, Json, Replay, Reply, echoing

#: The recording that answers tool outputs: a genuine short text.
AFTERWARDS = "HelloWorldStreaming_gpt-4o-mini"
HOSTED = ("code_interpreter", "file_search")


@dataclass
class Played:
    """What the application received, and what upstream received."""

    bodies: list[Json]
    notes: list[Notes] = field(default_factory=list)
    outputs: dict[str, str] = field(default_factory=dict)
    #: The messages as a GET request returns them afterwards, oldest first.
    run: Json = field(default_factory=dict)
    messages: list[Json] = field(default_factory=list)
    steps: list[Json] = field(default_factory=list)


def answer(stream: Stream, chunking: str) -> Answer:
    """The whole recording from its first event on, cut by this chunking."""
    blocks = [*(opening(stream) if stream.resumed else ()), *stream.blocks]
    return lambda body: Reply(CHUNKINGS[chunking](echoing(blocks, body)))


def answers(stream: Stream, chunking: str) -> list[Answer]:
    """The answers: one, or two if the first requires tool outputs."""
    return [answer(each, chunking) for each in _replayed(stream)]


def _replayed(stream: Stream) -> list[Stream]:
    return [stream, stream_named(AFTERWARDS)] if requires_outputs(stream) else [stream]


def requires_outputs(stream: Stream) -> bool:
    return bool(expect(stream.response).calls)


def assistant(stream: Stream) -> Json:
    """Arguments of ``assistants.create``, with those tools of the recorded request that the old API had."""
    tools: list[Json] = []
    resources: Json = {}
    for tool in stream.tools:
        if tool["type"] == "function":
            words = ("name", "description", "parameters", "strict")
            tools.append(
                {"type": "function", "function": {field: tool[field] for field in words if tool.get(field) is not None}}
            )
        elif tool["type"] in HOSTED:
            tools.append({"type": tool["type"]})
        if tool["type"] == "file_search":
            resources = {"tool_resources": {"file_search": {"vector_store_ids": tool["vector_store_ids"][:1]}}}
    return {"model": "gpt-4o", "tools": tools, **resources}


def outputs(stream: Stream) -> dict[str, str]:
    """Call id -> the application's output: random, with characters that are difficult to encode."""
    dice = random.Random(stream.name)
    awkward = ['"', "\\", "\n", "é", "😀", "【4:0†x】", "\u2028", ""]
    calls = expect(stream.response).calls
    return {call_id: f"{dice.random()} {''.join(dice.choices(awkward, k=6))}" for call_id, _, _ in calls}


def submission(outputs: dict[str, str]) -> list[Any]:
    return [{"tool_call_id": call_id, "output": output} for call_id, output in outputs.items()]


def play(stream: Stream, chunking: str) -> Played:
    """With the blocking client."""
    with (
        Replay(answers(stream, chunking)) as server,
        OpenAI(api_key="test", base_url=server.url, max_retries=0) as client,
    ):
        threads = client.beta.threads
        helper = client.beta.assistants.create(**assistant(stream))
        thread = threads.create(messages=[{"role": "user", "content": "Play it."}])
        played, recorder = Played(server.bodies), Recorder()
        with threads.runs.stream(thread_id=thread.id, assistant_id=helper.id, event_handler=recorder) as events:
            events.until_done()
        played.notes.append(recorder.notes)
        where = {"thread_id": thread.id, "run_id": recorder.notes.closing[1]["id"]}
        if requires_outputs(stream):
            played.outputs, recorder = outputs(stream), Recorder()
            submitted = submission(played.outputs)
            with threads.runs.submit_tool_outputs_stream(
                **where, tool_outputs=submitted, event_handler=recorder
            ) as events:
                events.until_done()
            played.notes.append(recorder.notes)
        played.run = threads.runs.retrieve(**where).to_dict(mode="json")
        played.messages = [each.to_dict(mode="json") for each in threads.messages.list(thread.id, order="asc")]
        played.steps = [each.to_dict(mode="json") for each in threads.runs.steps.list(**where, order="asc")]
        assert server.problems == []
    return played


async def aplay(stream: Stream, chunking: str) -> Played:
    """With the async client."""
    with Replay(answers(stream, chunking)) as server:
        async with AsyncOpenAI(api_key="test", base_url=server.url, max_retries=0) as client:
            threads = client.beta.threads
            helper = await client.beta.assistants.create(**assistant(stream))
            thread = await threads.create(messages=[{"role": "user", "content": "Play it."}])
            played, recorder = Played(server.bodies), AsyncRecorder()
            async with threads.runs.stream(
                thread_id=thread.id, assistant_id=helper.id, event_handler=recorder
            ) as events:
                await events.until_done()
            played.notes.append(recorder.notes)
            where = {"thread_id": thread.id, "run_id": recorder.notes.closing[1]["id"]}
            if requires_outputs(stream):
                played.outputs, recorder = outputs(stream), AsyncRecorder()
                submitted = submission(played.outputs)
                async with threads.runs.submit_tool_outputs_stream(
                    **where, tool_outputs=submitted, event_handler=recorder
                ) as events:
                    await events.until_done()
                played.notes.append(recorder.notes)
            played.run = (await threads.runs.retrieve(**where)).to_dict(mode="json")
            played.messages = [
                each.to_dict(mode="json") async for each in threads.messages.list(thread.id, order="asc")
            ]
            played.steps = [each.to_dict(mode="json") async for each in threads.runs.steps.list(**where, order="asc")]
            assert server.problems == []
    return played


def all_expected(stream: Stream) -> list[Expected]:
    """The expectations for all replayed responses, in order."""
    return [expect(each.response) for each in _replayed(stream)]
