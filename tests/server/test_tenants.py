"""No tenant can see, change, guess or lock an object of another tenant: every route with every id, on a server that
identifies its callers.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import openai
import pytest

from shim.engine.api.routes import ROUTES
from shim.server.keyring import Keyring
from shim.store import keys
from shim.store.database import database
from tests.scenarios.doors.loopback import Loopback, Reply, Request
from tests.scenarios.doors.talking import tool
from tests.server.sending import Response, send
from tests.server.served import served
from tests.stores import Stores

Json = dict[str, Any]
SERVERS: Final = "the-servers-own-key"
PARAMETER: Final = re.compile(r"\{(\w+)\}")
#: Ids of every kind that do not exist, as long as real ones.
NOBODYS: Final = {
    "assistant_id": "asst_" + "Z" * 24,
    "thread_id": "thread_" + "Z" * 24,
    "message_id": "msg_" + "Z" * 24,
    "run_id": "run_" + "Z" * 24,
    "step_id": "step_" + "Z" * 24,
    "file_id": "cfile_" + "Z" * 24,
    "vector_store_id": "vs_" + "Z" * 24,
}
#: An assistant that is declared in a file for Ann.
DECLARED: Final = "asst_" + "D" * 24


@dataclass
class Server:
    """A server with two tenants; ``keys``: a valid key of each, and one that is no longer valid."""

    mode: str
    url: str
    upstream: Loopback
    keys: dict[str, str]
    ring: Keyring
    things: dict[str, Json] = field(default_factory=dict)

    def send(self, who: str, method: str, path: str, body: Any = None, **more: str) -> Response:
        return send(f"{self.url}/v1/{path}", method, body, authorization=f"Bearer {self.keys[who]}", **more)

    def client(self, who: str) -> openai.OpenAI:
        return openai.OpenAI(base_url=f"{self.url}/v1", api_key=self.keys[who], max_retries=0)


@pytest.fixture(scope="module", params=["keys", "pass-through"])
def server(request: pytest.FixtureRequest, stores: Stores, tmp_path_factory: Any) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("tenants")
    (folder / "team.yaml").write_text(f"{{id: {DECLARED}, model: gpt-4o, tenants: [ann]}}")
    url = stores.new(folder)
    ring = Keyring(database(url))
    with pytest.MonkeyPatch.context() as patch, Loopback() as upstream:
        patch.setenv("OPENAI_API_KEY", SERVERS)
        if request.param == "keys":
            made = {who: ring.issue(who, 1) for who in ("ann", "bob", "gone")}
            ring.database.write(keys.revoke, made["gone"].row.id, 2)
            known = {who: each.secret for who, each in made.items()}
        else:
            known = {who: f"sk-{who}-{'x' * 40}" for who in ("ann", "bob", "gone")}
            assert ring.name("ann", {"authorization": f"Bearer {known['ann']}"}, 1)
            upstream.answer = _who_is_gone
        more: Json = {"auth": request.param, "key_check_seconds": 0.0, "assistants": str(folder / "team.yaml")}
        with served(True, upstream=upstream.url, database_url=url, **more) as at:
            found = Server(request.param, at, upstream, known, ring)
            for who in ("ann", "bob"):
                found.things[who] = things(found, who)
            yield found
    stores.drop(url)


def _who_is_gone(request: Request) -> Reply | None:
    authorization = request.header("authorization") or ""
    return Reply.error(401, "Incorrect API key provided.", "invalid_api_key") if "sk-gone-" in authorization else None


def things(server: Server, who: str) -> Json:
    """Create one object of every kind, and a run that waits for tool outputs; returns the ids."""
    with server.client(who) as client:
        beta = client.beta
        found = client.vector_stores.create(name=who)
        helper = beta.assistants.create(
            model="gpt-4o", tools=[{"type": "code_interpreter"}, tool("get_weather", city="string")], name=who
        )
        thread = beta.threads.create(messages=[{"role": "user", "content": "make-file 12 * 3"}])
        run = beta.threads.runs.create_and_poll(thread_id=thread.id, assistant_id=helper.id)
        assert run.status == "completed"
        message: Any = beta.threads.messages.list(thread.id).data[0]
        file_id = message.content[0].text.annotations[0].file_path.file_id
        step = beta.threads.runs.steps.list(run.id, thread_id=thread.id).data[0]
        beta.threads.messages.create(thread.id, role="user", content='get_weather {"city": "Oslo"}')
        waiting = beta.threads.runs.create_and_poll(thread_id=thread.id, assistant_id=helper.id)
        assert waiting.status == "requires_action"
        call = waiting.required_action.submit_tool_outputs.tool_calls[0].id  # type: ignore[union-attr]
    ids = {"assistant_id": helper.id, "thread_id": thread.id, "message_id": message.id, "run_id": run.id}
    return ids | {
        "step_id": step.id,
        "file_id": file_id,
        "vector_store_id": found.id,
        "waiting": waiting.id,
        "call": call,
    }


def bodies(mine: Json, theirs: Json) -> dict[tuple[str, str], Json]:
    """The request bodies of the routes that need one; ``theirs``: the ids that the bodies name."""
    run = "threads/{thread_id}/runs/{run_id}"
    message = {"role": "user", "content": "Hello"}
    return {
        ("POST", "assistants"): {"model": "gpt-4o"},
        ("POST", "assistants/{assistant_id}"): {"name": "taken"},
        ("POST", "threads"): {},
        ("POST", "threads/runs"): {"assistant_id": theirs["assistant_id"]},
        ("POST", "threads/{thread_id}"): {"metadata": {"taken": "yes"}},
        ("POST", "threads/{thread_id}/messages"): message,
        ("POST", "threads/{thread_id}/messages/{message_id}"): {"metadata": {"taken": "yes"}},
        ("POST", "threads/{thread_id}/runs"): {"assistant_id": mine["assistant_id"]},
        ("POST", run): {"metadata": {"taken": "yes"}},
        ("POST", f"{run}/cancel"): {},
        ("POST", f"{run}/submit_tool_outputs"): {"tool_outputs": [{"tool_call_id": theirs["call"], "output": "x"}]},
    }


def spelled(path: str, ids: Json) -> str:
    return PARAMETER.sub(lambda found: ids[found[1]], path)


def cases() -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Every route with every combination in which at least one of its ids is another tenant's."""
    for method, path in ROUTES:
        names = PARAMETER.findall(path)
        for first in range(len(names)):
            # The ids after another tenant's id are that tenant's as well, or the caller's own.
            yield method, path, tuple(names[first:])
            if first < len(names) - 1:
                yield method, path, (names[first],)


CASES: Final = list(cases())


def everything(server: Server, who: str) -> Any:
    """All objects that a tenant can read."""
    ids = server.things[who]
    paths = [
        "assistants",
        "assistants/{assistant_id}",
        "threads/{thread_id}",
        "threads/{thread_id}/messages",
        "threads/{thread_id}/runs",
        "threads/{thread_id}/runs/{run_id}/steps",
        "files/{file_id}",
        "vector_stores/{vector_store_id}",
    ]
    return [server.send(who, "GET", spelled(path, ids)).json for path in paths]


def without_ids(answer: Response, ids: Json) -> Any:
    """The status and body of an answer, with the ids of the request replaced by names."""
    text = answer.body.decode()
    for name, id in ids.items():
        text = text.replace(str(id), name)
    return answer.status, text


def test_every_route_with_ids_has_cases() -> None:
    assert {path for _, path in ROUTES if "{" in path} == {path for _, path, _ in CASES}
    assert {name for _, _, names in CASES for name in names} == set(NOBODYS)


@pytest.mark.parametrize("run_id, declared", [("run_id", False), ("waiting", True)])
def test_another_tenants_object_is_answered_like_one_that_does_not_exist(
    server: Server, run_id: str, declared: bool
) -> None:
    """The answers are equal byte for byte, so that ids cannot be guessed; no object is changed or locked."""
    ann, bob = server.things["ann"], server.things["bob"]
    ann = ann | {"run_id": ann[run_id]} | ({"assistant_id": DECLARED} if declared else {})
    before = everything(server, "ann")
    for method, path, foreign in CASES:
        if server.mode == "pass-through" and "vector_store_id" in foreign:
            # Upstream checks the owner of a vector store by the key; the test's upstream returns the same for all
            # keys.
            continue
        theirs = bob | {name: ann[name] for name in foreign}
        nobodys = bob | {name: NOBODYS[name] for name in foreign}
        answers = []
        for ids in (theirs, nobodys):
            known = ids | {"call": ann["call"]}
            body = bodies(bob, known).get((method, path))
            answers.append(without_ids(server.send("bob", method, spelled(path, ids), body), known))
        assert answers[0] == answers[1], (method, path, foreign)
        assert answers[0][0] == 404, (method, path, foreign, answers)
    assert everything(server, "ann") == before


@pytest.mark.parametrize("declared", [False, True])
def test_another_tenants_object_cannot_be_named_in_a_body_or_a_cursor(server: Server, declared: bool) -> None:
    ann, bob = server.things["ann"], server.things["bob"]
    ann = ann | ({"assistant_id": DECLARED} if declared else {})
    thread, before = bob["thread_id"], everything(server, "ann")
    fresh = server.send("bob", "POST", "threads", {}).json["id"]
    requests: list[tuple[str, str, Any]] = [
        ("POST", "threads/runs", lambda ids: {"assistant_id": ids["assistant_id"]}),
        ("POST", f"threads/{fresh}/runs", lambda ids: {"assistant_id": ids["assistant_id"]}),
        ("GET", "assistants?after={assistant_id}", None),
        ("GET", "assistants?before={assistant_id}", None),
        ("GET", f"threads/{thread}/messages?after={{message_id}}", None),
        ("GET", f"threads/{thread}/runs?before={{run_id}}", None),
        ("GET", f"threads/{thread}/runs/{bob['run_id']}/steps?after={{step_id}}", None),
    ]
    for method, path, body in requests:
        answers = [
            without_ids(server.send("bob", method, spelled(path, ids), body(ids) if body else None), ids)
            for ids in (bob | ann, bob | NOBODYS)
        ]
        assert answers[0] == answers[1], path
        assert answers[0][0] in (400, 404)
    empty = server.send("bob", "GET", f"threads/{thread}/messages?run_id={ann['run_id']}")
    assert empty.json["data"] == []
    assert everything(server, "ann") == before


def test_lists_show_only_a_tenants_own_objects(server: Server) -> None:
    for who in ("ann", "bob"):
        ids = server.things[who]
        assert {each["id"] for each in server.send(who, "GET", "assistants").json["data"]} >= {ids["assistant_id"]}
        assert {each["name"] for each in server.send(who, "GET", "assistants").json["data"]} <= {who, None}


def test_an_assistant_that_is_declared_for_one_tenant(server: Server) -> None:
    """Only that tenant sees the assistant on pages and in lists; the answers for other tenants are checked by the
    generated cases.
    """
    listed = {
        who: [each["id"] for each in server.send(who, "GET", "assistants").json["data"]] for who in ("ann", "bob")
    }
    assert (DECLARED in listed["ann"], DECLARED in listed["bob"]) == (True, False)
    run = {"assistant_id": DECLARED, "thread": {"messages": [{"role": "user", "content": "Hello"}]}}
    assert server.send("ann", "POST", "threads/runs", run).status == 200
    assert server.send("ann", "DELETE", f"assistants/{DECLARED}").error["code"] == "declared_assistant"
    for who, there in (("ann", True), ("bob", False)):
        headers = {"authorization": f"Bearer {server.keys[who]}"}
        assert (DECLARED in send(f"{server.url}/ui/assistants", **headers).body.decode()) == there
        assert (send(f"{server.url}/ui/assistants/{DECLARED}", **headers).status == 200) == there


def test_polling_another_tenants_run_is_refused_at_once(server: Server) -> None:
    """Polling an active run waits for its end; polling another tenant's run returns 404 without waiting."""
    ids = server.things["ann"]
    path = f"threads/{ids['thread_id']}/runs/{ids['waiting']}"
    got = server.send("bob", "GET", path, x_stainless_poll_helper="true", x_stainless_read_timeout="600")
    assert got.status == 404


@pytest.mark.parametrize("key", ["gone", "none", "made up"])
def test_without_a_valid_key_every_call_is_refused(server: Server, key: str) -> None:
    """No call is made upstream with the key of another caller."""
    ids, before = server.things["ann"], everything(server, "ann")
    secret = {"gone": server.keys["gone"], "made up": f"sk-gone-{'y' * 40}"}.get(key)
    headers = {"authorization": f"Bearer {secret}"} if secret else {}
    others = [("GET", "models"), ("GET", "files"), ("POST", "responses"), ("GET", "nothing"), ("POST", "vector_stores")]
    server.upstream.requests.clear()
    for method, path in [*ROUTES, *others]:
        body = bodies(ids, ids).get((method, path), {} if method == "POST" else None)
        got = send(f"{server.url}/v1/{spelled(path, ids)}", method, body, **headers)
        assert got.status == 401, (method, path)
        assert got.error["code"] == ("invalid_api_key" if secret else None)
        assert secret is None or secret not in got.body.decode(), "an error shows no key"
    authorizations = {request.header("authorization") for request in server.upstream.requests}
    assert authorizations <= {f"Bearer {secret}"}
    assert {request.path for request in server.upstream.requests} <= {"/v1/models"}
    assert everything(server, "ann") == before


def test_a_key_in_azures_header_is_accepted(server: Server) -> None:
    ids = server.things["ann"]
    path = f"{server.url}/v1/assistants/{ids['assistant_id']}"
    assert send(path, api_key=server.keys["ann"]).status == 200
    assert send(path, api_key=server.keys["bob"]).status == 404


def test_which_key_is_sent_upstream(server: Server) -> None:
    server.upstream.requests.clear()
    thread: Json = {"messages": [{"role": "user", "content": "Hello"}]}
    with server.client("ann") as client:
        ran = client.beta.threads.create_and_run_poll(
            assistant_id=server.things["ann"]["assistant_id"], thread=thread, extra_headers={"OpenAI-Project": ""}
        )
        assert ran.status == "completed"
        assert client.models.list().data
    seen = {request.header("authorization") for request in server.upstream.requests}
    assert seen == {f"Bearer {SERVERS if server.mode == 'keys' else server.keys['ann']}"}


def test_no_key_is_in_the_store(server: Server) -> None:
    with server.ring.database._engine.connect() as db:
        from shim.store import schema

        for table in schema.metadata.sorted_tables:
            stored = json.dumps([list(map(str, row)) for row in db.execute(table.select())])
            assert not any(secret in stored for secret in (*server.keys.values(), SERVERS)), table.name


def test_another_tenant_cannot_submit_outputs_or_cancel(server: Server) -> None:
    ids = things(server, "ann")
    outputs: Any = [{"tool_call_id": ids["call"], "output": "mild"}]
    path = f"threads/{ids['thread_id']}/runs/{ids['waiting']}"
    assert server.send("bob", "POST", f"{path}/submit_tool_outputs", {"tool_outputs": outputs}).status == 404
    assert server.send("bob", "POST", f"{path}/cancel").status == 404
    with server.client("ann") as client:
        done = client.beta.threads.runs.submit_tool_outputs_and_poll(
            run_id=ids["waiting"], thread_id=ids["thread_id"], tool_outputs=outputs
        )
        assert done.status == "completed"
