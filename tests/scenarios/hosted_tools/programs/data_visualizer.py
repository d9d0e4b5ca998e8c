"""Code interpreter as its guide showed it: a data file in, a plot and a file out."""

from openai import AssistantEventHandler, OpenAI

client = OpenAI()

with open("revenue.csv", "rb") as upload:
    file = client.files.create(file=upload, purpose="assistants")
assistant = client.beta.assistants.create(
    name="Data visualizer",
    description="You are great at creating beautiful data visualizations.",
    model="gpt-4o",
    tools=[{"type": "code_interpreter"}],
    tool_resources={"code_interpreter": {"file_ids": [file.id]}},
)
thread = client.beta.threads.create(
    messages=[
        {
            "role": "user",
            "content": "Draw the trend (show-image), write it down (make-file) and add 1200 + 34.",
            "attachments": [{"file_id": file.id, "tools": [{"type": "code_interpreter"}]}],
        }
    ]
)


class EventHandler(AssistantEventHandler):
    def on_text_created(self, text) -> None:
        print("\nassistant > ", end="", flush=True)

    def on_text_delta(self, delta, snapshot):
        print(delta.value or "", end="", flush=True)

    def on_tool_call_created(self, tool_call):
        print(f"\nassistant > {tool_call.type}\n", flush=True)

    def on_tool_call_delta(self, delta, snapshot):
        if delta.type == "code_interpreter":
            if delta.code_interpreter.input:
                print(delta.code_interpreter.input, end="", flush=True)
            if delta.code_interpreter.outputs:
                print("\n\noutput >", flush=True)
                for output in delta.code_interpreter.outputs:
                    if output.type == "logs":
                        print(f"\n{output.logs}", flush=True)


with client.beta.threads.runs.stream(
    thread_id=thread.id, assistant_id=assistant.id, event_handler=EventHandler()
) as stream:
    stream.until_done()

for message in client.beta.threads.messages.list(thread_id=thread.id, order="asc"):
    for block in message.content:
        if block.type == "image_file":
            image_data = client.files.content(block.image_file.file_id)
            with open("my-image.png", "wb") as image:
                image.write(image_data.read())
        elif block.type == "text":
            for annotation in block.text.annotations:
                if file_path := getattr(annotation, "file_path", None):
                    name = annotation.text.split("/")[-1]
                    client.files.content(file_path.file_id).write_to_file(name)
                    print(f"\nsaved {name}")
