"""The second process: it continues the thread that the first one left.  It prints its results."""

import json
import os

from openai import OpenAI

client = OpenAI()
threads = client.beta.threads
assistant_id, thread_id = os.environ["ASSISTANT"], os.environ["THREAD"]
lost = threads.runs.list(thread_id).data[0]
if lost.status != "requires_action":
    # The first poll takes over the run that the first process has left.
    lost = threads.runs.poll(lost.id, thread_id=thread_id)
known = {"lost": lost.status, "error": lost.last_error and lost.last_error.code}
if lost.status == "requires_action":
    (call,) = lost.required_action.submit_tool_outputs.tool_calls
    outputs = [{"tool_call_id": call.id, "output": "noon"}]
    known["went on"] = threads.runs.submit_tool_outputs_and_poll(
        run_id=lost.id, thread_id=thread_id, tool_outputs=outputs
    ).status
known["before"] = [[each.role, each.status] for each in threads.messages.list(thread_id, order="asc")]
threads.messages.create(thread_id=thread_id, role="user", content="Three")
known["next"] = threads.runs.create_and_poll(thread_id=thread_id, assistant_id=assistant_id).status
known["answer"] = threads.messages.list(thread_id).data[0].content[0].text.value
print(json.dumps(known))
