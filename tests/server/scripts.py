"""Programs for any client, and the results that they see. The results contain nothing that depends on
time or chance.
"""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any, Final

import openai

from tests.scenarios.doors.talking import RunResult, carry_out, tool, until_ended

Json = dict[str, Any]
WEATHER, TIME = tool("get_weather", city="string"), tool("get_time", city="string")
ASK: Final = 'get_weather {"city": "Oslo"}'


class Secrets(dict[str, Callable[[Json], str]]):
    """The functions' outputs: the same for every client, but new in every test, so that no fixed answer can contain
    them.
    """

    def __init__(self, weather: str, time: str) -> None:
        super().__init__(
            get_weather=lambda arguments: f"{weather} in {arguments['city']}", get_time=lambda arguments: time
        )


def _start(client: Any, text: str, **assistant: Any) -> tuple[str, str]:
    helper = client.beta.assistants.create(
        **{"model": "gpt-4o", "instructions": "Be brief.", "tools": [WEATHER, TIME]} | assistant
    )
    thread = client.beta.threads.create(messages=[{"role": "user", "content": text}])
    return thread.id, helper.id


def _run_script(way: str, text: str, **more: Any) -> Callable[[Any, Secrets], Any]:
    def script(client: Any, functions: Secrets) -> Any:
        result: RunResult = carry_out(client, way, *_start(client, text), functions, **more)
        return asdict(result)

    return script


def cancel(client: Any, functions: Secrets) -> Any:
    """Cancel a run that waits for tool outputs, and a run that is writing its answer."""
    threads = client.beta.threads
    thread_id, helper_id = _start(client, ASK)
    waiting = threads.runs.create_and_poll(thread_id=thread_id, assistant_id=helper_id)
    seen = [waiting.to_dict(mode="json"), threads.runs.cancel(waiting.id, thread_id=thread_id).to_dict(mode="json")]
    threads.messages.create(thread_id, role="user", content="essay-900 slowly")
    names = []
    with threads.runs.stream(thread_id=thread_id, assistant_id=helper_id) as events:
        for event in events:
            if event.event == "thread.message.delta" and "thread.message.delta" not in names:
                threads.runs.cancel(event_run(threads, thread_id), thread_id=thread_id)
            names += [event.event] if event.event not in names else []
    runs = [run.to_dict(mode="json") for run in threads.runs.list(thread_id)]
    parts = [message.status for message in threads.messages.list(thread_id)]
    return [seen, names, [(run["status"], run["usage"], run["expires_at"]) for run in runs], parts]


def event_run(threads: Any, thread_id: str) -> str:
    return str(threads.runs.list(thread_id, limit=1).data[0].id)


def lists(client: Any, functions: Secrets) -> Any:
    threads = client.beta.threads
    thread_id, helper_id = _start(client, "One")
    for text in ("Two", "Three", "Four", "Five"):
        threads.messages.create(thread_id, role="user", content=text, metadata={"n": text})
    run = threads.runs.create_and_poll(thread_id=thread_id, assistant_id=helper_id)
    first = threads.messages.list(thread_id, limit=2, order="asc")
    rest = threads.messages.list(thread_id, limit=3, order="asc", after=first.data[-1].id)
    before = threads.messages.list(thread_id, before=rest.data[0].id)
    whole = [each.id for each in threads.messages.list(thread_id, limit=2)]
    mine = threads.messages.list(thread_id, run_id=run.id)
    steps = threads.runs.steps.list(run.id, thread_id=thread_id)
    step = threads.runs.steps.retrieve(steps.data[0].id, run_id=run.id, thread_id=thread_id)
    changed = threads.messages.update(whole[0], thread_id=thread_id, metadata={"read": "yes"})
    pages = [first, rest, before, mine, steps, threads.runs.list(thread_id), client.beta.assistants.list(), step]
    gone = [client.beta.assistants.delete(helper_id), threads.delete(thread_id)]
    return [[each.to_dict(mode="json") for each in (*pages, changed, *gone)], whole]


def errors(client: Any, functions: Secrets) -> Any:
    threads = client.beta.threads
    thread_id, helper_id = _start(client, ASK)
    run = threads.runs.create_and_poll(thread_id=thread_id, assistant_id=helper_id)
    here = {"thread_id": thread_id, "assistant_id": helper_id}
    wrong: list[Callable[[], Any]] = [
        lambda: client.beta.assistants.retrieve("asst_nobody"),
        lambda: threads.retrieve("wf_1"),
        lambda: threads.runs.create(**here),
        lambda: threads.messages.create(thread_id, role="user", content="Not now."),
        lambda: threads.runs.submit_tool_outputs(run.id, thread_id=thread_id, tool_outputs=[]),
        lambda: threads.messages.list(thread_id, limit=101),
        lambda: threads.create(metadata={"key": "x" * 513}),
        lambda: client.beta.assistants.create(model="gpt-4o", extra_body={"colour": "blue"}),
        lambda: client.post("/threads", body=["no object"], cast_to=object),
        lambda: client.get("/threads/a/b/c", cast_to=object),
        lambda: client.put("/threads", cast_to=object),
        lambda: threads.runs.create(**here | {"thread_id": threads.create().id}, model="no-such-model", stream=True),
        lambda: client.models.retrieve("no-such-model"),
        lambda: client.get("/nothing/of/the/kind", cast_to=object),
    ]
    return [_refused(each) for each in wrong]


def _refused(call: Callable[[], Any]) -> Any:
    try:
        return repr(call())
    except openai.APIStatusError as problem:
        retry = problem.response.headers.get("x-should-retry")
        return [type(problem).__name__, problem.status_code, problem.body, retry]


def create_and_run(client: Any, functions: Secrets) -> Any:
    _, helper_id = _start(client, "unused")
    thread: Json = {"messages": [{"role": "user", "content": f"{ASK} then get_time"}], "metadata": {"a": "b"}}
    with client.beta.threads.create_and_run_stream(assistant_id=helper_id, thread=thread) as stream:
        first = [(event.event, event.data.to_dict(mode="json")) for event in stream]
    run = first[-1][1]
    calls = run["required_action"]["submit_tool_outputs"]["tool_calls"]
    outputs = [{"tool_call_id": call["id"], "output": functions["get_weather"]({"city": "Rome"})} for call in calls]
    where = {"thread_id": run["thread_id"], "run_id": run["id"]}
    stopped = client.beta.threads.runs.submit_tool_outputs_and_poll(**where, tool_outputs=outputs).to_dict(mode="json")
    return [first, stopped, client.beta.threads.retrieve(run["thread_id"]).to_dict(mode="json")]


def files(client: Any, functions: Secrets) -> Any:
    """Files are uploaded and downloaded through the server, including files that code has written."""
    notes = client.files.create(file=("notes.txt", b"The otter is called Ottilie."), purpose="assistants")
    thread_id, helper_id = _start(client, "make-file 12 * (3 + 4)", tools=[{"type": "code_interpreter"}])
    result = asdict(carry_out(client, "stream", thread_id, helper_id, {}))
    made = result["messages"][-1]["content"][0]["text"]["annotations"][0]["file_path"]["file_id"]
    attached: Any = [{"file_id": notes.id, "tools": [{"type": "file_search"}]}]
    client.beta.threads.messages.create(thread_id, role="user", content="What is the otter?", attachments=attached)
    found = asdict(carry_out(client, "poll", thread_id, helper_id, {}, tools=[{"type": "file_search"}]))
    about = [client.files.retrieve(each).to_dict(mode="json") for each in (made, notes.id)]
    return [result, found, client.files.content(made).read().decode(), about]


def background(client: Any, functions: Secrets) -> Any:
    thread_id, helper_id = _start(client, "Hello")
    run = client.beta.threads.runs.create(thread_id=thread_id, assistant_id=helper_id)
    return [run.to_dict(mode="json"), until_ended(client.beta.threads, thread_id, run.id)]


SCRIPTS: Final[dict[str, Callable[[Any, Secrets], Any]]] = {
    "a tool loop, streamed": _run_script("stream", ASK),
    "two functions in succession": _run_script("events", f"{ASK} then get_time"),
    "two functions at once, polled": _run_script("poll", f"{ASK} and get_time"),
    "retrieved": _run_script("retrieve", ASK),
    "a failure in the middle": _run_script("stream", "fail-midway"),
    "an answer cut short": _run_script("events", "essay-40", max_completion_tokens=16),
    "a limit, polled": _run_script("poll", "limit-early"),
    "cancel": cancel,
    "lists": lists,
    "errors": errors,
    "create and run": create_and_run,
    "files": files,
    "queued first": background,
}
