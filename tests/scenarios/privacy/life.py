"""A thread with every kind of object, and the texts that it contains."""

import json
import random
import secrets
from dataclasses import dataclass, field
from typing import Any

from tests.scenarios.doors.talking import tool

Json = dict[str, Any]
CODE = {"type": "code_interpreter"}


def random_text() -> str:
    """A random text, which occurs nowhere else."""
    return "w" + secrets.token_hex(9)


@dataclass
class Life:
    """``texts``: the random texts, by the place of their first use."""

    client: Any
    assistant: str
    texts: dict[str, str] = field(default_factory=dict)
    thread: str = ""
    file: str = ""
    message: str = ""

    def text(self, where: str) -> str:
        return self.texts.setdefault(where, random_text())

    def live(self) -> "Life":
        threads = self.client.beta.threads
        upload = self.client.files.create(file=("notes.txt", b"notes"), purpose="assistants").id
        first = {"role": "user", "content": self.text("first message"), "metadata": {"a": self.text("its metadata")}}
        self.thread = threads.create(messages=[first], metadata={"b": self.text("the thread's metadata")}).id
        self.message = threads.messages.create(
            self.thread,
            role="user",
            content=[{"type": "text", "text": self.text("second message")}],
            attachments=[{"file_id": upload, "tools": [CODE]}],
            extra_headers={"Idempotency-Key": random_text()},
        ).id
        self._called()
        self._made()
        self._ended()
        self._waits()
        return self

    def live_briefly(self) -> "Life":
        """A question and an answer."""
        message = {"role": "user", "content": self.text("first message")}
        self.thread = self.client.beta.threads.create(messages=[message]).id
        run = self.client.beta.threads.runs.create_and_poll(thread_id=self.thread, assistant_id=self.assistant)
        assert run.status == "completed"
        return self

    def add_message(self, text: str) -> None:
        self.client.beta.threads.messages.create(self.thread, role="user", content=text)

    def _called(self) -> None:
        """A streamed run with two rounds of functions, instructions, additional messages and metadata."""
        runs = self.client.beta.threads.runs
        self.add_message(
            f'look {{"at": "{self.text("arguments")}"}} then find {{"at": "{self.text("more arguments")}"}}'
        )
        stream = runs.create(
            self.thread,
            assistant_id=self.assistant,
            stream=True,
            tools=[tool("look", at="string"), tool("find", at="string")],
            additional_instructions=self.text("instructions"),
            additional_messages=[{"role": "user", "content": "look " + self.text("additional message") + " then find"}],
            metadata={"c": self.text("the run's metadata")},
        )
        for where in ("an output", "another output"):
            [run] = [event.data for event in stream if event.event == "thread.run.requires_action"]
            calls = run.required_action.submit_tool_outputs.tool_calls
            outputs = [{"tool_call_id": call.id, "output": self.text(where)} for call in calls]
            stream = runs.submit_tool_outputs(run.id, thread_id=self.thread, tool_outputs=outputs, stream=True)
        assert [event.event for event in stream][-1] == "thread.run.completed"

    def _made(self) -> None:
        """A file that code has written, and a picture."""
        one, two = (random.randrange(10**11, 10**12) for _ in range(2))
        self.texts |= {"a file's content": str(one + two), "a file's name": random_text() + ".txt"}
        arguments = json.dumps({"code": f"{one} + {two}", "file": self.texts["a file's name"]})
        self.add_message(f"code_interpreter {arguments} make-file show-image")
        run = self.client.beta.threads.runs.create_and_poll(
            thread_id=self.thread, assistant_id=self.assistant, tools=[CODE]
        )
        assert run.status == "completed"
        answer = self.client.beta.threads.messages.list(self.thread, run_id=run.id).data[0]
        [note] = [note for part in answer.content if part.type == "text" for note in part.text.annotations]
        self.file = note.file_path.file_id

    def _ended(self) -> None:
        """Runs that end as failed, incomplete and cancelled."""
        for text, status in (("fail-midway", "failed"), ("token-cap essay-40", "incomplete")):
            self.add_message(f"{text} {self.text(status)}")
            run = self.client.beta.threads.runs.create_and_poll(thread_id=self.thread, assistant_id=self.assistant)
            assert run.status == status
        run = self._run_that_requires_action("cancelled")
        self.client.beta.threads.runs.cancel(run.id, thread_id=self.thread)
        assert self.client.beta.threads.runs.retrieve(run.id, thread_id=self.thread).status == "cancelled"

    def _waits(self) -> None:
        """A run that waits for outputs, so that the thread is locked."""
        assert self._run_that_requires_action("waiting").status == "requires_action"

    def _run_that_requires_action(self, where: str) -> Any:
        self.add_message(f'look {{"at": "{self.text(where)}"}}')
        return self.client.beta.threads.runs.create_and_poll(
            thread_id=self.thread, assistant_id=self.assistant, tools=[tool("look", at="string")]
        )
