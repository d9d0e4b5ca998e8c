"""A typical program for the official SDK.  It prints its results as JSON."""

import json
import os

from openai import AssistantEventHandler, NotFoundError, OpenAI
from typing_extensions import override

SECRETS = json.loads(os.environ["SECRETS"])
TOOL = {"type": "function", "function": {"name": "get_secret", "parameters": {"type": "object", "properties": {}}}}
client = OpenAI()
known: dict[str, object] = {}


def outputs(run):
    calls = run.required_action.submit_tool_outputs.tool_calls
    return [{"tool_call_id": call.id, "output": SECRETS.pop(0)} for call in calls]


def text_of(thread_id):
    newest = client.beta.threads.messages.list(thread_id=thread_id, limit=1).data[0]
    return newest.content[0].text.value


class Printer(AssistantEventHandler):
    def __init__(self):
        super().__init__()
        self.text, self.waiting = "", None

    @override
    def on_text_delta(self, delta, snapshot):
        self.text += delta.value

    @override
    def on_event(self, event):
        if event.event == "thread.run.requires_action":
            self.waiting = event.data


assistant = client.beta.assistants.create(name="Keeper", model="gpt-4o", instructions="Keep secrets.", tools=[TOOL])
assistant = client.beta.assistants.update(assistant.id, description="keeps")
found = client.beta.assistants.retrieve(assistant.id)
known["assistant"] = [assistant.name, assistant.description, found.id == assistant.id]
known["assistants"] = [each.name for each in client.beta.assistants.list(limit=5)]
thread = client.beta.threads.create(metadata={"of": "mine"})
message = client.beta.threads.messages.create(thread_id=thread.id, role="user", content="get_secret")
known["message"] = client.beta.threads.messages.retrieve(message.id, thread_id=thread.id).content[0].text.value

# with an event handler
printer = Printer()
with client.beta.threads.runs.stream(thread_id=thread.id, assistant_id=assistant.id, event_handler=printer) as stream:
    stream.until_done()
waiting, printer = printer.waiting, Printer()
with client.beta.threads.runs.submit_tool_outputs_stream(
    thread_id=thread.id, run_id=waiting.id, tool_outputs=outputs(waiting), event_handler=printer
) as stream:
    stream.until_done()
known["handled"] = printer.text

# without one
client.beta.threads.messages.create(thread_id=thread.id, role="user", content="get_secret")
run = client.beta.threads.runs.create_and_poll(thread_id=thread.id, assistant_id=assistant.id)
run = client.beta.threads.runs.submit_tool_outputs_and_poll(
    run_id=run.id, thread_id=thread.id, tool_outputs=outputs(run)
)
known["polled"] = [run.status, text_of(thread.id)]

# as raw events
client.beta.threads.messages.create(thread_id=thread.id, role="user", content="get_secret")
for event in client.beta.threads.runs.create(thread_id=thread.id, assistant_id=assistant.id, stream=True):
    if event.event == "thread.run.requires_action":
        waiting = event.data
names = [
    event.event
    for event in client.beta.threads.runs.submit_tool_outputs(
        waiting.id, thread_id=thread.id, tool_outputs=outputs(waiting), stream=True
    )
]
known["events"] = [names[0], names[-1], text_of(thread.id)]

# polled, in single steps
client.beta.threads.messages.create(thread_id=thread.id, role="user", content="get_secret")
run = client.beta.threads.runs.create(thread_id=thread.id, assistant_id=assistant.id, metadata={"by": "hand"})
known["created"] = run.status
while run.status in ("queued", "in_progress"):
    run = client.beta.threads.runs.retrieve(run.id, thread_id=thread.id)
run = client.beta.threads.runs.submit_tool_outputs(run.id, thread_id=thread.id, tool_outputs=outputs(run))
known["submitted"] = run.status
run = client.beta.threads.runs.poll(run.id, thread_id=thread.id)
steps = client.beta.threads.runs.steps.list(run.id, thread_id=thread.id, order="asc").data
known["retrieved"] = [run.status, run.metadata, [step.type for step in steps], text_of(thread.id)]
known["step"] = client.beta.threads.runs.steps.retrieve(steps[0].id, thread_id=thread.id, run_id=run.id).status

# create and run in one call, then cancel
with client.beta.threads.create_and_run_stream(
    assistant_id=assistant.id, thread={"messages": [{"role": "user", "content": "get_secret"}]}
) as stream:
    stream.until_done()
    run = stream.current_run
known["cancelled"] = [run.status, client.beta.threads.runs.cancel(run.id, thread_id=run.thread_id).status]
run = client.beta.threads.runs.poll(run.id, thread_id=run.thread_id)
known["cancelled"].append(run.status)

# delete everything
known["runs"] = len(list(client.beta.threads.runs.list(thread.id, limit=2)))
client.beta.threads.messages.update(message.id, thread_id=thread.id, metadata={"read": "yes"})
client.beta.threads.runs.update(run.id, thread_id=run.thread_id, metadata={"read": "yes"})
known["deleted"] = [
    client.beta.threads.messages.delete(message.id, thread_id=thread.id).deleted,
    client.beta.threads.delete(thread.id).deleted,
    client.beta.assistants.delete(assistant.id).deleted,
]
try:
    client.beta.threads.retrieve(thread.id)
except NotFoundError as error:
    known["gone"] = error.status_code
print(json.dumps(known))
