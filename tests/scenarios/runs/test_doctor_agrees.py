"""`doctor` predicts correctly how the engine sends threads to a server."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from typer.testing import CliRunner

from shim import OpenAI
from shim.cli import table
from tests.scenarios.doors.loopback import Loopback, Reply, Request
from tests.scenarios.healing.losing import blocks, is_call

pytestmark = pytest.mark.proof
Json = dict[str, Any]
Change = Callable[[Json, Json], Json]


def as_it_is(response: Json, body: Json) -> Json:
    return response


def without(*names: str) -> Change:
    return lambda response, request: {name: value for name, value in response.items() if name not in names}


def storing_nothing(response: Json, body: Json) -> Json:
    return response | {"store": False}


def repeating(response: Json, body: Json) -> Json:
    """The echo repeats the request, whatever the server has done."""
    return response | {"previous_response_id": body.get("previous_response_id"), "store": body.get("store", True)}


@dataclass
class Server:
    """A sandbox that behaves like another server.

    ``deaf``: it ignores ``previous_response_id``.  ``unknown``: its answer to an unknown response id, if it does not
    refuse that as usual.  ``shows``: changes the responses in its answers.  ``fetches``: whether it answers GET
    requests for responses.
    """

    shows: Change = as_it_is
    deaf: bool = False
    unknown: Reply | str | None = None
    fetches: bool = True
    loopback: Loopback = field(init=False)

    def __call__(self, request: Request) -> Reply | None:
        if not is_call(request):
            fetched = request.method == "GET" and re.search(r"/responses/", request.path)
            return Reply.error(404, "Not Found") if fetched and not self.fetches else None
        response = self._answered(request)
        if response.status != 200:
            return response
        if request.json.get("stream"):
            return blocks(response, lambda event: event | self._shown(event, request.json))
        return Reply.json(self.shows(json.loads(b"".join(response.body)), request.json))

    def _shown(self, event: Json, body: Json) -> Json:
        return {"response": self.shows(event["response"], body)} if "response" in event else {}

    def _answered(self, request: Request) -> Reply:
        response = self.loopback.usual(request)
        if response.status == 200 and not (self.deaf and "previous_response_id" in request.json):
            return response
        if isinstance(self.unknown, Reply) or not (self.deaf or self.unknown == "taken"):
            return self.unknown if isinstance(self.unknown, Reply) else response
        body = {key: value for key, value in request.json.items() if key != "previous_response_id"}
        return self.loopback.usual(replace(request, body=json.dumps(body).encode()))


#: Servers, and whether threads are chained there.
SERVERS: dict[str, tuple[Server, bool]] = {
    "all is well": (Server(), True),
    "it keeps without a word": (Server(without("store")), True),
    "it chains without a word": (Server(without("previous_response_id")), True),
    "it does all without a word": (Server(without("store", "previous_response_id")), True),
    "it leaves out what it does not know": (Server(unknown="taken"), True),
    "that, and says nothing of chains": (Server(without("previous_response_id"), unknown="taken"), False),
    "it believes anything": (Server(repeating, unknown="taken"), False),
    "it is deaf and repeats": (Server(repeating, deaf=True), False),
    "it is deaf, repeats, keeps nothing": (Server(repeating, deaf=True, fetches=False), False),
    "it is deaf": (Server(deaf=True), False),
    "it is deaf without a word": (Server(without("store", "previous_response_id"), deaf=True), False),
    "it keeps nothing": (Server(storing_nothing), False),
    "it gives nothing back": (Server(fetches=False), False),
    "it refuses in its own words": (Server(unknown=Reply.error(400, "Sumimasen.")), False),
}


@pytest.mark.parametrize("name", SERVERS)
def test_doctor_predicts_whether_the_engine_chains(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    manners, chained = SERVERS[name]
    monkeypatch.setenv("OPENAI_API_KEY", "x")
    with Loopback(manners) as loopback:
        manners.loopback = loopback
        shown = CliRunner().invoke(table.app(), ["doctor", "--json", "--upstream", loopback.url])
        assert json.loads(shown.stdout)["mode"].startswith("chained" if chained else "whole"), shown.stdout
        loopback.requests.clear()
        with OpenAI(base_url=loopback.url, api_key="x") as client:
            assistant = client.beta.assistants.create(model="gpt-4o").id
            thread = client.beta.threads.create().id
            for text in ("Hello", "And?", "Yes?"):
                client.beta.threads.messages.create(thread, role="user", content=text)
                run = client.beta.threads.runs.create_and_poll(thread_id=thread, assistant_id=assistant)
                assert run.status == "completed"
        assert ("previous_response_id" in loopback.bodies[-1]) == chained
        assert len(loopback.bodies[-1]["input"]) == (1 if chained else 5)
