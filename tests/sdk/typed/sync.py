"""A program as users write it: the blocking client."""

from typing_extensions import override

import shim
from shim import AssistantEventHandler, NotFoundError, OpenAI
from shim.types.beta.threads import Text, TextDelta


class Printer(AssistantEventHandler):
    @override
    def on_text_delta(self, delta: TextDelta, snapshot: Text) -> None:
        print(delta.value, snapshot.value)


def talk(question: str) -> str:
    client = OpenAI(api_key="key", timeout=20.0, max_retries=1)
    helper = client.beta.assistants.create(model="gpt-4o", tools=[{"type": "code_interpreter"}])
    thread = client.beta.threads.create()
    message = client.beta.threads.messages.create(thread.id, role="user", content=question)
    with client.beta.threads.runs.stream(
        thread_id=thread.id, assistant_id=helper.id, event_handler=Printer()
    ) as stream:
        stream.until_done()
    run = client.with_options(timeout=3.0).beta.threads.runs.create_and_poll(
        thread_id=thread.id, assistant_id=helper.id
    )
    if run.status == "requires_action" and run.required_action is not None:
        for call in run.required_action.submit_tool_outputs.tool_calls:
            print(call.function.name)
    try:
        page = client.beta.threads.messages.list(thread.id, after=message.id)
    except NotFoundError as missing:
        return missing.message
    return "".join(block.text.value for each in page for block in each.content if block.type == "text")


def names() -> str:
    shim.api_key = "key"
    thread = shim.beta.threads.create()
    files = shim.files.list()
    return f"{thread.id} {len(files.data)} {shim.OpenAI} {shim.omit}"
