"""File search as its guide showed it: a store for the assistant, a file with the message, footnotes in the answer."""

from openai import AssistantEventHandler, OpenAI

client = OpenAI()

assistant = client.beta.assistants.create(
    name="Financial Analyst Assistant",
    instructions="You are an expert financial analyst. Use you knowledge base to answer questions.",
    model="gpt-4o",
    tools=[{"type": "file_search"}],
)
vector_store = client.vector_stores.create(name="Financial Statements")
file_paths = ["goog-10k.txt", "brka-10k.txt"]
file_streams = [open(path, "rb") for path in file_paths]  # noqa: SIM115
file_batch = client.vector_stores.file_batches.upload_and_poll(vector_store_id=vector_store.id, files=file_streams)
for stream in file_streams:
    stream.close()
print(file_batch.status)
print(file_batch.file_counts)
assistant = client.beta.assistants.update(
    assistant_id=assistant.id,
    tool_resources={"file_search": {"vector_store_ids": [vector_store.id]}},
)
with open("aapl-10k.txt", "rb") as upload:
    message_file = client.files.create(file=upload, purpose="assistants")
thread = client.beta.threads.create(
    messages=[
        {
            "role": "user",
            "content": "How many shares of AAPL were outstanding at the end of October 2023?",
            "attachments": [{"file_id": message_file.id, "tools": [{"type": "file_search"}]}],
        }
    ]
)
print(thread.tool_resources.file_search)


def footnotes(message):
    message_content = message.content[0].text
    citations = []
    for index, annotation in enumerate(message_content.annotations):
        message_content.value = message_content.value.replace(annotation.text, f"[{index}]")
        if file_citation := getattr(annotation, "file_citation", None):
            cited_file = client.files.retrieve(file_citation.file_id)
            citations.append(f"[{index}] {cited_file.filename}")
    print(message_content.value)
    print("\n".join(citations))


class EventHandler(AssistantEventHandler):
    def on_text_created(self, text) -> None:
        print("\nassistant > ", end="", flush=True)

    def on_tool_call_created(self, tool_call):
        print(f"\nassistant > {tool_call.type}\n", flush=True)

    def on_message_done(self, message) -> None:
        footnotes(message)


with client.beta.threads.runs.stream(
    thread_id=thread.id,
    assistant_id=assistant.id,
    instructions="Please address the user as Jane Doe. The user has a premium account.",
    event_handler=EventHandler(),
) as stream:
    stream.until_done()

client.beta.threads.messages.create(thread.id, role="user", content="And what did GOOG earn?")
run = client.beta.threads.runs.create_and_poll(thread_id=thread.id, assistant_id=assistant.id)
for message in client.beta.threads.messages.list(thread_id=thread.id, run_id=run.id):
    footnotes(message)
for step in client.beta.threads.runs.steps.list(run.id, thread_id=thread.id):
    print(step.type, step.status)
