"""Genuine answers of the old API, imported: every object is unchanged, and valid by the SDK's own types."""

import json
from pathlib import Path
from typing import Any

import pytest
from openai.types.beta import Assistant, Thread
from openai.types.beta.threads import Message, Run
from openai.types.beta.threads.runs import RunStep
from pydantic import BaseModel

from shim.migrate import Importer
from shim.migrate.imports.objects_read import OBJECTS
from shim.settings import current_settings
from shim.store import rows, schema
from shim.store.database import database
from tests.scenarios.protocol.exchanges import conversations

Json = dict[str, Any]
TYPES: dict[str, tuple[Any, type[BaseModel]]] = {
    "assistant": (schema.assistants, Assistant),
    "thread": (schema.threads, Thread),
    "message": (schema.messages, Message),
    "run": (schema.runs, Run),
    "step": (schema.steps, RunStep),
}
#: Fields that must be equal to those in one of the object's recordings.
SAME = ("id", "created_at", "role", "content", "step_details", "assistant_id", "thread_id", "run_id", "name")


def objects(answer: Any) -> list[Json]:
    """The objects in an answer."""
    if not isinstance(answer, dict):
        return []
    if answer.get("object") == "list":
        return [one for each in answer["data"] for one in objects(each)]
    return [answer] if answer.get("object") in OBJECTS else []


@pytest.mark.wire
def test_everything_that_was_recorded(wire: Path, tmp_path: Path) -> None:
    recorded: dict[str, list[Json]] = {}
    for number, exchanges in enumerate(conversations(wire).values()):
        answers = [one.answer for one in exchanges if one.status == 200 and objects(one.answer)]
        (tmp_path / f"{number:04}.jsonl").write_text("".join(json.dumps(one) + "\n" for one in answers))
        for answer in answers:
            for one in objects(answer):
                recorded.setdefault(one["id"], []).append(one)
    with Importer() as importer:
        importer.read(*sorted(tmp_path.glob("*.jsonl")))
    report = importer.report
    refused = {code: report.examples[code] for code in report.problems} if report.refused else {}
    assert {code for code in refused if code not in ("conflict", "no_run", *MILD)} == set(), report.examples
    assert min(report.added[kind] for kind in ("assistants", "threads", "messages", "runs", "steps")) > 10
    store = database(current_settings().database_url)
    for table, model in TYPES.values():
        for body in store.read(lambda tx, table=table: list(tx.db.execute(table.select()).mappings())):
            found = rows.load(body["body"])
            model.model_validate(found, strict=True)
            originals = recorded.get(found["id"])
            assert originals is None or any(_same(found, one) for one in originals), (found, originals)


#: Problems that only report another form of the same data.
MILD = ("duplicate", "run_over", "made_thread", "v1", "field", "no_output", "guessed_time", "no_bytes", "newest_first")


def _same(found: Json, one: Json) -> bool:
    return all(found[name] == one[name] for name in SAME if one.get(name) is not None and name in found)
