"""A thread with every kind of object, and the texts that it contains."""

import json
import random
import secrets
from dataclasses import dataclass, field
from typing import Any

from tests.scenarios.doors.talking import tool

Json = dict[str, Any]
CODE = {"type": "code_interpreter"}


def word() -> str:
    """A random word, which occurs nowhere else."""
    return "w" + secrets.token_hex(9)


@dataclass
class Life:
    """``said``: the random words, by the place of their first use."""

    client: Any
    assistant: str
    said: dict[str, str] = field(default_factory=dict)
    thread: str = ""
    file: str = ""
    message: str = ""

    def word(self, where: str) -> str:
        return self.said.setdefault(where, word())

    def live(self) -> "Life":
        threads = self.client.beta.threads
        upload = self.client.files.create(file=("notes.txt", b"notes"), purpose="assistants").id
        first = {"role": "user", "content": self.word("first message"), "metadata": {"a": self.word("its metadata")}}
        self.thread = threads.create(messages=[first], metadata={"b": self.word("the thread's metadata")}).id
        self.message = threads.messages.create(
            self.thread,
            role="user",
            content=[{"type": "text", "text": self.word("second message")}],
            attachments=[{"file_id": upload, "tools": [CODE]}],
            extra_headers={"Idempotency-Key": word()},
        ).id
        self._called()
        self._made()
        self._ended()
        self._waits()
        return self

    def live_briefly(self) -> "Life":
        """A question and an answer."""
        asked = {"role": "user", "content": self.word("first message")}
        self.thread = self.client.beta.threads.create(messages=[asked]).id
        run = self.client.beta.threads.runs.create_and_poll(thread_id=self.thread, assistant_id=self.assistant)
        assert run.status == "completed"
        return self

    def say(self, text: str) -> None:
        self.client.beta.threads.messages.create(self.thread, role="user", content=text)

    def _called(self) -> None:
        """A streamed run with two rounds of functions, instructions, additional messages and metadata."""
        runs = self.client.beta.threads.runs
        self.say(f'look {{"at": "{self.word("arguments")}"}} then find {{"at": "{self.word("more arguments")}"}}')
        stream = runs.create(
            self.thread,
            assistant_id=self.assistant,
            stream=True,
            tools=[tool("look", at="string"), tool("find", at="string")],
            additional_instructions=self.word("instructions"),
            additional_messages=[{"role": "user", "content": "look " + self.word("additional message") + " then find"}],
            metadata={"c": self.word("the run's metadata")},
        )
        for where in ("an output", "another output"):
            [run] = [event.data for event in stream if event.event == "thread.run.requires_action"]
            calls = run.required_action.submit_tool_outputs.tool_calls
            outputs = [{"tool_call_id": call.id, "output": self.word(where)} for call in calls]
            stream = runs.submit_tool_outputs(run.id, thread_id=self.thread, tool_outputs=outputs, stream=True)
        assert [event.event for event in stream][-1] == "thread.run.completed"

    def _made(self) -> None:
        """A file that code has written, and a picture."""
        one, two = (random.randrange(10**11, 10**12) for _ in range(2))
        self.said |= {"a file's content": str(one + two), "a file's name": word() + ".txt"}
        given = json.dumps({"code": f"{one} + {two}", "file": self.said["a file's name"]})
        self.say(f"code_interpreter {given} make-file show-image")
        run = self.client.beta.threads.runs.create_and_poll(
            thread_id=self.thread, assistant_id=self.assistant, tools=[CODE]
        )
        assert run.status == "completed"
        told = self.client.beta.threads.messages.list(self.thread, run_id=run.id).data[0]
        [note] = [note for part in told.content if part.type == "text" for note in part.text.annotations]
        self.file = note.file_path.file_id

    def _ended(self) -> None:
        """Runs that end as failed, incomplete and cancelled."""
        for text, status in (("fail-midway", "failed"), ("token-cap essay-40", "incomplete")):
            self.say(f"{text} {self.word(status)}")
            run = self.client.beta.threads.runs.create_and_poll(thread_id=self.thread, assistant_id=self.assistant)
            assert run.status == status
        run = self._asking("cancelled")
        self.client.beta.threads.runs.cancel(run.id, thread_id=self.thread)
        assert self.client.beta.threads.runs.retrieve(run.id, thread_id=self.thread).status == "cancelled"

    def _waits(self) -> None:
        """A run that waits for outputs, so that the thread is locked."""
        assert self._asking("waiting").status == "requires_action"

    def _asking(self, where: str) -> Any:
        self.say(f'look {{"at": "{self.word(where)}"}}')
        return self.client.beta.threads.runs.create_and_poll(
            thread_id=self.thread, assistant_id=self.assistant, tools=[tool("look", at="string")]
        )
