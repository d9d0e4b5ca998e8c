"""Threads of any length, written directly into the store, with the rows that real turns would have stored."""

from itertools import count
from typing import Any, Final

import sqlalchemy as sa

from shim.store import journal, messages, run_memory, runs, schema, steps, threads
from shim.store.database import Database
from shim.store.tx import Tx
from shim.translate import history
from shim.wire import objects
from shim.wire.texts import dump

Json = dict[str, Any]
#: The text of a user's message in each turn; about as long as a usual sentence.
SAYING: Final = "Tell me a little more about the part that we spoke of before, and what follows from it for us all. "
ANSWER: Final = "It follows that the parts are many, and that each of them is best looked at by itself, one by one."


_number: Final = count(1)


def _new(prefix: str) -> str:
    """An id in the API's form, numbered instead of random."""
    return f"{prefix}_{next(_number):024d}"


def fill(base: Database, thread: str, assistant: str, turns: int, much: int = 1) -> None:
    """Add turns to a thread, each with all the rows of a real turn; the thread's chain covers them.

    ``much``: the factor by which the texts are longer.
    """
    base.write(_fill, thread, assistant, turns, much)


def _fill(tx: Tx, thread: str, assistant: str, turns: int, much: int) -> None:
    made = [_turn(thread, assistant, much) for _ in range(turns)]
    for table in (schema.messages, schema.runs, schema.responses, schema.steps, schema.journal):
        # Inserted in the order of the turns, as queries sort by the order of insertion.
        rows = [row | {"tenant": ""} for turn in made for where, row in turn if where is table]
        tx.db.execute(table.insert(), rows)
    last = next(row["id"] for where, row in made[-1] if where is schema.responses)
    threads.set_head(tx, thread, last, journal.last_seq(tx, thread))


def _turn(thread: str, assistant: str, much: int) -> list[tuple[sa.Table, Json]]:
    question = _message(thread, "user", SAYING * much)
    run = objects.run(_new("run"), 1, thread, assistant) | {"model": "gpt-4o", "expires_at": None}
    run |= {"status": "completed", "usage": objects.usage()}
    answer = _message(thread, "assistant", ANSWER * much) | {"run_id": run["id"], "assistant_id": assistant}
    details = {"type": "message_creation", "message_creation": {"message_id": answer["id"]}}
    step = objects.step(_new("step"), 1, run, details) | {"status": "completed"}
    item = {"type": "message", "id": f"msg_{run['id']}", "role": "assistant", "status": "completed"}
    item["content"] = [{"type": "output_text", "text": ANSWER * much, "annotations": []}]
    place = {"thread_id": thread, "run_id": run["id"], "response_id": f"resp_{run['id'][4:]}"}
    nothing = {"run_id": None, "response_id": None, "call_id": None, "type": "message"}
    private = {"private": dump(run_memory.blank("gpt-4o", {}, [])), "owner": None, "lease_until": None}
    sent = {
        "thread_id": thread,
        "message_id": question["id"],
        "direction": "in",
        "item": dump(history.of_message(question)),
    }
    received = {"message_id": answer["id"], "direction": "out", "item": dump(item)}
    return [
        (schema.messages, messages._columns(question)),
        (schema.runs, runs._columns(run) | {"id": run["id"], "created_at": 1, "thread_id": thread} | private),
        (schema.messages, messages._columns(answer)),
        (schema.steps, steps._columns(step)),
        (schema.responses, _response(place)),
        (schema.journal, nothing | sent),
        (schema.journal, nothing | place | received),
    ]


def _response(place: Json) -> Json:
    ended = {"created_at": 1, "previous_id": None, "status": "completed", "usage": None}
    return {"id": place["response_id"], "thread_id": place["thread_id"], "run_id": place["run_id"]} | ended


def _message(thread: str, role: Any, text: str) -> Json:
    content = [{"type": "text", "text": {"value": text, "annotations": []}}]
    more = {"content": content, "attachments": [], "metadata": {}}
    return objects.message(_new("msg"), 1, thread, role) | more
