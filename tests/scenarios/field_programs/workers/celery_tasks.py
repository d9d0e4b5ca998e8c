"""Tasks with a client that is made, and used, when the module is imported: before the pool is forked."""

import os
from typing import Any

from celery import Celery
from conversations import TOOLS, talk

from shim import OpenAI

client = OpenAI()
ASSISTANT = client.beta.assistants.create(model="gpt-4o", tools=TOOLS).id  # type: ignore[arg-type]
talk(client, ASSISTANT, "stream", "before the fork")

FOLDER = os.environ["CELERY_FOLDER"]
app = Celery("tasks", broker="filesystem://", backend=f"file://{FOLDER}/results")
app.conf.update(
    broker_transport_options={
        "data_folder_in": f"{FOLDER}/queue",
        "data_folder_out": f"{FOLDER}/queue",
        "control_folder": f"{FOLDER}/control",
        "polling_interval": 0.05,
    },
    worker_prefetch_multiplier=1,
    broker_connection_retry_on_startup=True,
)


@app.task
def converse(way: str, output: str, thread: str | None = None) -> dict[str, Any]:
    return talk(client, ASSISTANT, way, output, thread)


@app.task
def essay(thread: str, place: str) -> None:
    """A long answer; once it has begun, the id of its process is written to a file."""
    client.beta.threads.messages.create(thread, role="user", content="slowly essay-400")
    with client.beta.threads.runs.stream(thread_id=thread, assistant_id=ASSISTANT) as events:
        next(iter(events.text_deltas))
        with open(f"{place}.new", "w") as file:
            file.write(str(os.getpid()))
        os.rename(f"{place}.new", place)
        events.until_done()
