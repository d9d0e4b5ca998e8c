"""Unknown items and events of a later upstream: left out, stored in the journal, logged once."""

import json
import secrets
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from shim.engine.run import notes
from tests.scenarios.doors.colours import COLOURS, opened
from tests.scenarios.doors.loopback import Loopback, Reply, Request
from tests.scenarios.doors.talking import carry_out

Json = dict[str, Any]
WAYS = ["stream", "poll"]


def changed(server: Loopback, change: Callable[[list[Json]], list[Json]]) -> Callable[[Request], Reply | None]:
    """The sandbox's streams, with their events changed."""

    def answer(request: Request) -> Reply | None:
        if request.method != "POST" or not request.path.endswith("/responses"):
            return None
        reply = server.usual(request)
        blocks = b"".join(reply.body).decode().split("\n\n")
        events = [json.loads(block.partition("data: ")[2]) for block in blocks if block]
        lines = [f"event: {each['type']}\ndata: {json.dumps(each)}\n\n" for each in change(events)]
        return Reply(reply.status, reply.headers, ("".join(lines).encode(),))

    return answer


def with_unknowns(kind: str, item: Json) -> Callable[[list[Json]], list[Json]]:
    """Adds an item and an event of an unknown kind before the answer, and log probabilities to its text."""

    def change(events: list[Json]) -> list[Json]:
        opening, rest, end = events[:2], events[2:-1], events[-1]
        added = [
            {"type": f"response.output_item.{when}", "output_index": 0, "item": item} for when in ("added", "done")
        ]
        odd = {"type": f"response.{kind}.progress", "item_id": item["id"], "output_index": 0}
        moved = [each | {"output_index": each["output_index"] + 1} for each in rest]
        for each in moved:
            if each["type"] == "response.output_text.delta":
                each["logprobs"] = [{"token": each["delta"], "logprob": -0.5, "bytes": [1], "top_logprobs": []}]
        response = end["response"] | {"output": [item, *end["response"]["output"]]}
        return [*opening, added[0], odd, added[1], *moved, end | {"response": response}]

    return change


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("colour", COLOURS)
def test_an_unknown_item_is_left_out_stored_and_logged_once(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, tmp_path: Path, colour: str, way: str
) -> None:
    monkeypatch.setattr(notes, "_logged", set())
    kind, payload = f"hologram{secrets.token_hex(3)}_call", secrets.token_hex(8)
    item = {"type": kind, "id": "ho_1", "status": "completed", "payload": payload}
    with Loopback() as server, opened(colour, base_url=server.url) as client:
        server.answer = changed(server, with_unknowns(kind, item))
        assistant = client.beta.assistants.create(model="gpt-4o").id
        for _ in range(2):
            thread = client.beta.threads.create(messages=[{"role": "user", "content": "essay-5"}]).id
            result = carry_out(client, way, thread, assistant, {})
            assert (result.run["status"], result.text) == ("completed", "word1 word2 word3 word4 word5")
            assert [step["type"] for step in result.steps] == ["message_creation"]
            assert "logprob" not in json.dumps([result.messages, result.steps, result.rounds])
    reported = [line for line in caplog.messages if kind in line]
    assert len(reported) == len(set(reported)) == 3
    with closing(sqlite3.connect(tmp_path / "shim.db")) as db:
        kept = db.execute("select item from journal where type = ?", (kind,)).fetchall()
    assert [json.loads(row[0])["payload"] for row in kept] == [payload, payload]
