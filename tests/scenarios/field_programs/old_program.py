"""A program of 2024, for the SDK and the Python of that time (openai 1.30, Python 3.8); it does not use the shim."""

import json
import sys

import openai
from openai import AssistantEventHandler, OpenAI

client = OpenAI()


def get_weather(city):
    return "19 degrees in " + city


class EventHandler(AssistantEventHandler):
    def on_event(self, event):
        if event.event == "thread.run.requires_action":
            self.answer(event.data)

    def answer(self, run):
        outputs = []
        for call in run.required_action.submit_tool_outputs.tool_calls:
            output = get_weather(**json.loads(call.function.arguments))
            outputs.append({"tool_call_id": call.id, "output": output})
        with client.beta.threads.runs.submit_tool_outputs_stream(
            thread_id=run.thread_id, run_id=run.id, tool_outputs=outputs, event_handler=EventHandler()
        ) as stream:
            stream.until_done()

    def on_text_delta(self, delta, snapshot):
        print(delta.value, end="", flush=True)


city = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
weather = {"type": "function", "function": {"name": "get_weather", "parameters": city}}
assistant = client.beta.assistants.create(model="gpt-4-turbo", instructions="Be short.", tools=[weather])
thread = client.beta.threads.create()
client.beta.threads.messages.create(thread.id, role="user", content='Call get_weather {"city": "Paris"}.')
with client.beta.threads.runs.stream(
    thread_id=thread.id, assistant_id=assistant.id, event_handler=EventHandler()
) as stream:
    stream.until_done()
client.beta.threads.messages.create(thread.id, role="user", content="Thank you.")
run = client.beta.threads.runs.create_and_poll(thread_id=thread.id, assistant_id=assistant.id)
last = client.beta.threads.messages.list(thread.id).data[0]
print("\n" + run.status, last.role, "openai", openai.__version__, "Python", sys.version.split()[0])
assert (run.status, last.role) == ("completed", "assistant")
