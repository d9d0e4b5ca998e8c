"""Lost chains of background runs."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from threading import Barrier, Thread
from typing import Any

import pytest

from shim import OpenAI
from tests.scenarios.doors.loopback import Loopback, Reply, Request
from tests.scenarios.doors.talking import until_ended
from tests.scenarios.healing.losing import IgnoresPrevious, Losing, Talk, input_texts, is_call, warnings
from tests.scenarios.healing.wordings import WORDINGS

Json = dict[str, Any]
BY_STATUS = [words for words, row in WORDINGS.items() if row.status]


@pytest.fixture(autouse=True)
def _background(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHIM_BACKGROUND", "always")


@pytest.mark.parametrize("words", BY_STATUS)
def test_the_thread_is_replayed(words: str, caplog: pytest.LogCaptureFixture) -> None:
    losing = Losing(WORDINGS[words])
    with Loopback(losing) as server, OpenAI(base_url=server.url, api_key="x", max_retries=0) as client:
        talk = Talk(client, "poll")
        talk.run()
        losing.due = True
        assert talk.fact in talk.ask("What is it?").text
        assert [body["background"] for body in server.bodies] == [True] * 3
        assert len(input_texts(server.bodies[-1])) == 3
        assert len(warnings(caplog)) == 1


def _plain(reply: Reply) -> Reply:
    return Reply(reply.status, reply.headers, (b"".join(reply.body),))


def test_an_answer_without_history_is_stopped(caplog: pytest.LogCaptureFixture) -> None:
    ignoring = IgnoresPrevious(_plain)
    with Loopback(ignoring) as server, OpenAI(base_url=server.url, api_key="x") as client:
        ignoring.server = server
        talk = Talk(client, "poll")
        talk.run()
        assert talk.fact in talk.ask("What is it?").text
        assert len([request for request in server.requests if request.path.endswith("/cancel")]) == 1
        assert ["previous_response_id" in body for body in server.bodies] == [False, True, False]
        assert len(warnings(caplog)) == 1


@dataclass
class Late:
    """Accepts every request; the response fails later, when the server finds that it has lost the previous response."""

    lost: set[str] = field(default_factory=set)
    due: bool = False

    def __call__(self, request: Request) -> Reply | None:
        if request.method == "GET" and request.path.endswith("/resp_late"):
            error = {"code": "processing_error", "message": WORDINGS["OGX"].error["message"]}
            return Reply.json(self._shown("failed", error))
        if is_call(request) and self.due and "previous_response_id" in request.json:
            self.due, self.previous = False, request.json["previous_response_id"]
            return Reply.json(self._shown("queued", None))
        return None

    def _shown(self, status: str, error: Json | None) -> Json:
        shown = {"id": "resp_late", "object": "response", "status": status, "background": True, "output": []}
        return shown | {"store": True, "error": error, "usage": None, "previous_response_id": self.previous}


def test_a_loss_that_the_server_reports_late_is_healed(caplog: pytest.LogCaptureFixture) -> None:
    late = Late()
    with Loopback(late) as server, OpenAI(base_url=server.url, api_key="x") as client:
        talk = Talk(client, "poll")
        talk.run()
        late.due = True
        second = talk.ask("What is it?")
        assert second.run["status"] == "completed"
        assert talk.fact in second.text
        assert ["previous_response_id" in body for body in server.bodies] == [False, True, False]
        assert len(warnings(caplog)) == 1
        assert talk.fact in talk.ask("Again?").text
        assert input_texts(server.bodies[-1]) == ["Again?"]


def test_one_of_several_clients_replays_the_thread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two clients that share only the database, like two processes."""
    late = Late()
    with Loopback(late) as server:
        clients = []
        for spelled in ("shim.db", "./shim.db"):
            monkeypatch.setenv("SHIM_DATABASE_URL", f"sqlite:///{tmp_path}/{spelled}")
            clients.append(OpenAI(base_url=server.url, api_key="x"))
        talk = Talk(clients[0], "poll")
        talk.run()
        late.due = True
        clients[0].beta.threads.messages.create(talk.thread, role="user", content="What is it?")
        run = clients[0].beta.threads.runs.create(talk.thread, assistant_id=talk.assistant)
        barrier, seen = Barrier(2), []

        def poll(client: OpenAI) -> None:
            barrier.wait()
            seen.append(until_ended(client.beta.threads, talk.thread, run.id)["status"])

        threads = [Thread(target=poll, args=(client,)) for client in clients]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
        for client in clients:
            client.close()
        assert seen == ["completed"] * 2
        assert ["previous_response_id" in body for body in server.bodies] == [False, True, False]
        assert json.dumps(server.bodies[-1]).count(talk.fact) >= 1


def test_a_response_that_is_not_stored_is_no_head() -> None:
    """Some organisations' background responses are stored only for polling, and have ``store: false``."""

    def fleeting(request: Request) -> Reply | None:
        reply = server.usual(request)
        if "/responses" not in request.path:
            return None
        return Reply.json(json.loads(b"".join(reply.body)) | {"store": False}, reply.status)

    with Loopback(fleeting) as server, OpenAI(base_url=server.url, api_key="x") as client:
        talk = Talk(client, "poll")
        talk.run()
        assert talk.fact in talk.ask("What is it?").text
        assert len(server.bodies) == 2
        assert "previous_response_id" not in server.bodies[-1]
