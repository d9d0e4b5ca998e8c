"""The first process: one answer is complete, the next never ends.  It prints each event, and waits to be killed."""

import os

from openai import OpenAI

client = OpenAI()
threads = client.beta.threads
tool = {"type": "function", "function": {"name": "get_time", "parameters": {"type": "object", "properties": {}}}}
assistant = client.beta.assistants.create(model="gpt-4o", instructions="Go on.", tools=[tool])
thread = threads.create(messages=[{"role": "user", "content": "One"}])
run = threads.runs.create_and_poll(thread_id=thread.id, assistant_id=assistant.id)
print(assistant.id, thread.id, run.status, flush=True)
threads.messages.create(thread_id=thread.id, role="user", content=os.environ["SECOND"])
stream = threads.runs.create(thread_id=thread.id, assistant_id=assistant.id, stream=True)
for event in stream:
    print(event.event, flush=True)
if event.event == "thread.run.requires_action" and os.environ.get("OUTPUT"):
    (call,) = event.data.required_action.submit_tool_outputs.tool_calls
    outputs = [{"tool_call_id": call.id, "output": os.environ["OUTPUT"]}]
    for again in threads.runs.submit_tool_outputs(
        event.data.id, thread_id=thread.id, tool_outputs=outputs, stream=True
    ):
        print("again", again.event, flush=True)
input()
