"""Recorded conversations, cut into turns."""

from typing import Any

import pytest

from shim.migrate.parity.conversations import Conversation, conversation
from shim.translate import history, items
from shim.translate.history import Entry
from shim.wire import objects

Json = dict[str, Any]


class Record:
    """A recorded thread: user messages, runs with their steps and messages, and messages without a run."""

    def __init__(self, **fields: Any) -> None:
        self.thread = objects.thread("thread_1", 0, fields)
        self.messages: list[Json] = []
        self.runs: list[Json] = []
        self.steps: list[Json] = []
        self.entries: list[Entry] = []

    def _note(self, item: Json, **where: Any) -> None:
        self.entries.append(Entry(len(self.entries), items.journalled(item), **where))

    def _message(self, role: str, text: str, at: int, run_id: str | None) -> None:
        made = objects.message(f"msg_{len(self.messages)}", at, "thread_1", role)
        content = [{"type": "text", "text": {"value": text, "annotations": []}}] if text else []
        self.messages.append(made | {"run_id": run_id, "content": content})
        if content:
            self._note(history.of_message(self.messages[-1]), message_id=made["id"], run_id=run_id)

    def user(self, text: str, at: int = 0) -> None:
        self._message("user", text, at, None)

    def alone(self, text: str, run_id: str | None = None) -> None:
        """Add an answer whose run is not in the recording."""
        self._message("assistant", text, 0, run_id)

    def run(
        self, text: str | None = None, *, at: int = 0, call: str | None = None, steps: bool = True, **fields: Any
    ) -> None:
        run = objects.run(f"run_{len(self.runs)}", at, "thread_1", "asst_1") | {"status": "completed", "model": "gpt-4"}
        self.runs.append(run | fields)
        if call is not None:
            function = {"name": call, "arguments": "{}", "output": None if call == "mute" else "done"}
            calls = [{"id": f"call_{len(self.steps)}", "type": "function", "function": function}]
            self.steps.append(objects.step("step", at, run, {"type": "tool_calls", "tool_calls": calls}))
            call_item = {"type": "function_call", "call_id": calls[0]["id"], "name": call, "arguments": "{}"}
            self._note(call_item, run_id=run["id"])
            self._note(history.of_output(calls[0]["id"], "done"), run_id=run["id"])
        if text is not None:
            self._message("assistant", text, at, run["id"])
            if steps:
                details = {"type": "message_creation", "message_creation": {"message_id": "m"}}
                self.steps.append(objects.step("step", at, run, details))

    def cut(self) -> tuple[Conversation, list[str]]:
        found, problems = conversation([self.thread, *self.messages, *self.runs, *self.steps], self.entries)
        return found, [each.code for each in problems]


def shown(talk: Conversation) -> list[tuple[str, str]]:
    return [(turn.question, turn.answer.text or str(turn.answer.status)) for turn in talk.turns]


def test_each_turn_has_the_items_before_it() -> None:
    record = Record(metadata={"imported_id": "talk 7"}, tool_resources={"file_search": {"vector_store_ids": ["vs_1"]}})
    record.user("One?")
    record.run(
        "First.", call="look", instructions="Be brief.", tools=[{"type": "file_search"}], parallel_tool_calls=False
    )
    record.user("Two?")
    record.user("And three?")
    record.run("Second.")
    talk, problems = record.cut()
    assert (talk.name, talk.tool_resources, problems) == ("talk 7", record.thread["tool_resources"], [])
    assert shown(talk) == [("One?", "First."), ("Two?\n\nAnd three?", "Second.")]
    one, two = talk.turns
    assert one.setting == {
        "instructions": "Be brief.",
        "tools": [{"type": "file_search"}],
        "parallel_tool_calls": False,
    }
    # Default settings of a run are not sent, as some models refuse them.
    assert two.setting == {}
    assert [[item["type"] for item in turn.before] for turn in talk.turns] == [
        [],
        ["message", "function_call", "function_call_output", "message"],
    ]
    assert [item["content"][0]["text"] for item in two.question_items] == ["Two?", "And three?"]
    assert [call.name for call in talk.calls_but(two)] == ["look"]
    assert talk.calls_but(one) == []


@pytest.mark.parametrize("same_second", [True, False])
def test_a_run_without_a_message_is_assigned_to_a_question_by_its_time(same_second: bool) -> None:
    record = Record()
    for number in range(3):
        record.user(f"{number}?", at=0 if same_second else number * 10)
        record.run(None, at=0 if same_second else number * 10 + 5, status="failed")
    talk, problems = record.cut()
    assert shown(talk) == [("0?", "failed"), ("1?", "failed"), ("2?", "failed")]
    assert problems == []


def test_of_several_runs_the_completed_one_is_used() -> None:
    record = Record()
    record.user("One?", at=1)
    record.run(None, at=2, status="failed")
    record.run("At last.", at=3)
    record.run(None, at=4, status="expired")
    record.user("Two?", at=5)
    record.run(None, at=6, status="failed")
    record.run(None, at=7, status="expired")
    assert shown(record.cut()[0]) == [("One?", "At last."), ("Two?", "expired")]


def test_messages_without_runs() -> None:
    record = Record()
    record.alone("Welcome!")
    record.user("One?")
    record.alone("First.")
    record.alone("Really.")
    record.user("Two?")
    record.alone("Second.", "run_elsewhere")
    record.user("Three?")
    talk, problems = record.cut()
    assert shown(talk) == [("One?", "First.\n\nReally."), ("Two?", "Second.")]
    assert [turn.setting for turn in talk.turns] == [None, None]
    assert len(talk.turns[0].before) == 1
    assert problems == ["no_answer", "no_run", "no_run"]


def test_missing_parts_are_named() -> None:
    assert Record().cut()[1] == ["empty"]
    silent = Record()
    silent.alone("Anybody here?")
    assert silent.cut()[1] == ["no_question"]
    record = Record()
    record.run("Unasked.")
    record.user("One?")
    record.run("First.", steps=False)
    record.user("Two?")
    record.run("Second.", call="mute")
    record.user("")
    record.run("To nothing.")
    talk, problems = record.cut()
    assert shown(talk) == [("One?", "First."), ("Two?", "Second.")]
    assert [turn.number for turn in talk.turns] == [1, 2]
    assert problems == ["not_asked", "no_steps", "no_output", "no_content"]
    assert talk.turns[0].answer.calls is None


def test_pictures_and_files_of_a_question_are_named() -> None:
    record = Record()
    record.user("Look.")
    record.messages[0]["content"].append({"type": "image_file", "image_file": {"file_id": "file-a"}})
    record.messages[0]["attachments"] = [{"file_id": "file-b", "tools": []}]
    record.run("Yes.")
    assert record.cut()[0].turns[0].question == "Look.\n[image_file]\n[file-b]"
