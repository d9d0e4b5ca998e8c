"""If all tenants share the server's key upstream, each tenant can use only the objects that it has created there."""

import json
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import openai
import pytest

from shim.server.keyring import Keyring
from shim.server.ownership import RULES, rule
from shim.store.database import database
from shim.wire.errors import ApiError
from tests.scenarios.doors.loopback import Loopback, Reply, Request
from tests.server.naming import BODIES, NOBODYS, Made
from tests.server.sending import Response, send
from tests.server.served import served
from tests.stores import Stores

Json = dict[str, Any]
SERVERS: Final = "the-servers-own-key"
WORD: Final = secrets.token_hex(8)


@dataclass
class Server:
    url: str
    upstream: Loopback
    keys: dict[str, str]

    def send(self, who: str, method: str, path: str, body: Any = None, **more: str) -> Response:
        return send(f"{self.url}/v1/{path}", method, body, authorization=f"Bearer {self.keys[who]}", **more)

    def client(self, who: str) -> openai.OpenAI:
        return openai.OpenAI(base_url=f"{self.url}/v1", api_key=self.keys[who], max_retries=0)


@pytest.fixture(scope="module")
def running(stores: Stores, tmp_path_factory: Any) -> Iterator[Server]:
    url = stores.new(tmp_path_factory.mktemp("shared"))
    ring = Keyring(database(url))
    known = {who: ring.issue(who, 1).secret for who in ("ann", "bob")}
    with pytest.MonkeyPatch.context() as patch, Loopback() as upstream:
        patch.setenv("OPENAI_API_KEY", SERVERS)
        with served(upstream=upstream.url, database_url=url, auth="keys") as at:
            yield Server(at, upstream, known)
    stores.drop(url)


@pytest.fixture
def server(running: Server) -> Iterator[Server]:
    running.upstream.requests.clear()
    yield running
    running.upstream.answer = lambda request: None


@pytest.fixture(scope="module")
def anns(running: Server) -> Made:
    with running.client("ann") as client:
        file = client.files.create(file=("notes.txt", f"The word is {WORD}.".encode()), purpose="assistants")
        store = client.vector_stores.create(name="ann's", file_ids=[file.id])
        response = client.responses.create(model="gpt-4o", input=WORD)
        events = list(client.responses.create(model="gpt-4o", input=WORD, stream=True))
        container = client.containers.create(name="ann's", file_ids=[file.id])
    last: Any = events[-1]
    return Made(file.id, store.id, response.id, last.response.id, container.id)


def paths(made: Made) -> list[tuple[str, str]]:
    return [
        ("GET", f"files/{made.file}"),
        ("GET", f"files/{made.file}/content"),
        ("HEAD", f"files/{made.file}/content"),
        ("GET", f"vector_stores/{made.store}"),
        ("GET", f"vector_stores/{made.store}/files"),
        ("GET", f"vector_stores/{made.store}/files/{made.file}/content"),
        ("POST", f"vector_stores/{made.store}"),
        ("POST", f"vector_stores/{made.store}/search"),
        ("GET", f"responses/{made.response}"),
        ("GET", f"responses/{made.streamed}/input_items"),
        ("POST", f"responses/{made.response}/cancel"),
        ("GET", f"containers/{made.container}"),
        ("GET", f"containers/{made.container}/files"),
        ("DELETE", f"responses/{made.streamed}"),
        ("DELETE", f"files/{made.file}"),
        ("DELETE", f"vector_stores/{made.store}"),
        ("DELETE", f"containers/{made.container}"),
    ]


def without_ids(answer: Response, made: Made) -> Any:
    text = answer.body.decode()
    for name, id in vars(made).items():
        text = text.replace(id, name)
    return answer.status, text


def test_a_path_to_another_tenants_object_is_not_found(server: Server, anns: Made) -> None:
    server.upstream.requests.clear()
    for (method, path), (_, nobodys) in zip(paths(anns), paths(NOBODYS), strict=True):
        body = {"query": WORD} if method == "POST" else None
        got = without_ids(server.send("bob", method, path, body), anns)
        assert got == without_ids(server.send("bob", method, nobodys, body), NOBODYS), path
        assert got[0] == 404, path
    assert server.upstream.requests == [], "upstream would have answered"


@pytest.mark.parametrize("name", BODIES)
def test_a_body_that_names_another_tenants_object_is_refused(server: Server, anns: Made, name: str) -> None:
    path, body = BODIES[name]
    server.upstream.requests.clear()
    got = without_ids(server.send("bob", "POST", path, body(anns)), anns)
    assert got == without_ids(server.send("bob", "POST", path, body(NOBODYS)), NOBODYS)
    assert got[0] == 404
    assert server.upstream.requests == []
    mine = server.send("ann", "POST", path, body(anns))
    assert mine.status == 200, mine.body


def test_if_a_json_key_occurs_twice_the_checked_value_is_sent(server: Server, anns: Made) -> None:
    with server.client("bob") as client:
        his = client.responses.create(model="gpt-4o", input="Hello").id
    both = f'{{"model": "gpt-4o", "input": "And?", "previous_response_id": "{anns.response}", '
    server.upstream.requests.clear()
    got = server.send("bob", "POST", "responses", f'{both}"previous_response_id": "{his}"}}'.encode())
    assert got.status == 200
    assert anns.response not in server.upstream.requests[0].body.decode()


@pytest.mark.parametrize(
    "item", [{"type": "item_reference", "id": "msg_1"}, {"id": "msg_1"}, {"id": "x", "type": None}]
)
def test_item_references_are_refused(server: Server, item: Json) -> None:
    server.upstream.requests.clear()
    for who in ("ann", "bob"):
        assert server.send(who, "POST", "responses", {"model": "gpt-4o", "input": [item]}).status == 404
    assert server.upstream.requests == []


@pytest.mark.parametrize("place", ["metadata", "attributes", "parameters", "schema", "arguments"])
def test_text_of_the_caller_is_not_taken_for_ids(server: Server, place: str) -> None:
    server.upstream.answer = lambda request: Reply.json({"id": "resp_1"})
    assert server.send("bob", "POST", "responses", {"input": "x", place: {"file_id": "file-1"}}).status == 200


@pytest.mark.parametrize("name", ["doc", "metadata", "attributes", "parameters", "schema", "arguments", "file_id"])
def test_the_names_of_a_prompts_variables_have_no_meaning(server: Server, anns: Made, name: str) -> None:
    server.upstream.requests.clear()
    server.upstream.answer = lambda request: Reply.json({"id": "resp_1"})
    variables = {name: {"type": "input_file", "file_id": anns.file}}
    body = {"input": "x", "prompt": {"id": "pmpt_1", "variables": variables}}
    assert server.send("bob", "POST", "responses", body).status == 404
    assert server.upstream.requests == []
    variables[name] = "words"
    assert server.send("bob", "POST", "responses", body).status == 200


UNKNOWN: Final = [
    ("GET", "responses"),
    ("POST", "batches"),
    ("GET", "batches"),
    ("GET", "batches/batch_1"),
    ("POST", "fine_tuning/jobs"),
    ("GET", "organization/projects"),
    ("GET", "organization/admin_api_keys"),
    ("GET", "chat/completions"),
    ("GET", "chat/completions/chatcmpl-1/messages"),
    ("GET", "conversations"),
    ("GET", "uploads"),
    ("POST", "evals"),
    ("DELETE", "models/ft:gpt-4o:us::1"),
    ("GET", "nothing"),
    ("POST", "realtime/sessions"),
]


@pytest.mark.parametrize("method, path", UNKNOWN)
def test_a_call_without_an_ownership_rule_is_refused(server: Server, method: str, path: str) -> None:
    server.upstream.requests.clear()
    got = server.send("ann", method, path, {} if method == "POST" else None)
    assert (got.status, got.error["code"]) == (404, "not_passed_on")
    assert server.upstream.requests == []


@pytest.mark.parametrize(
    "path", ["files%2F{}", "files/{}%2Fcontent", "files/x%2f..%2f{}", "%66iles/{}", "files//{}", "Files/{}"]
)
def test_only_one_spelling_of_a_path_is_accepted(server: Server, anns: Made, path: str) -> None:
    server.upstream.requests.clear()
    assert server.send("bob", "GET", path.format(anns.file)).status == 404
    assert server.upstream.requests == []


def test_every_call_that_is_passed_on_has_a_rule() -> None:
    """If two rules match a call, the first is used; no rule allows a method that the server does not have."""
    for method, path in UNKNOWN:
        with pytest.raises(ApiError):
            rule(method, path)
    assert rule("POST", "responses/input_tokens").effect == "free"
    assert rule("POST", "responses/resp_1/cancel").effect == "own"
    assert {method for each in RULES for method in each.methods} == {"DELETE", "GET", "HEAD", "POST"}


def test_a_tenants_own_object_is_found(server: Server, anns: Made) -> None:
    with server.client("ann") as client:
        assert client.files.retrieve(anns.file).filename == "notes.txt"
        assert WORD in client.responses.retrieve(anns.streamed).output_text
        assert client.vector_stores.search(anns.store, query=WORD).data
        client.files.delete(client.files.create(file=("x.txt", b"x"), purpose="assistants").id)


def test_lists_contain_only_a_tenants_own_objects(server: Server) -> None:
    with server.client("ann") as client, server.client("bob") as other:
        before = [each.id for each in client.files.list()]
        made = [
            client.files.create(file=(f"{n}.txt", b"x"), purpose=purpose).id
            for n, purpose in enumerate(("user_data",) * 3 + ("assistants",) * 2)
        ]  # type: ignore[arg-type]
        his = other.files.create(file=("his.txt", b"x"), purpose="user_data").id
        assert [each.id for each in client.files.list()] == [*made[::-1], *before]
        assert [each.id for each in client.files.list(limit=2)] == [*made[::-1], *before], "page after page"
        assert [each.id for each in client.files.list(order="asc", after=made[0])] == made[1:]
        assert [each.id for each in client.files.list(purpose="user_data", limit=2)] == made[2::-1]
        assert [each.id for each in other.files.list()] == [his]
        assert server.send("bob", "GET", f"files?after={made[0]}").status == 404
        client.files.delete(made[0])
        server.upstream.sandbox.handle("DELETE", f"/v1/files/{made[1]}", [], {"authorization": "Bearer x"}, b"")
        assert [each.id for each in client.files.list(order="asc")][-3:] == made[2:]
        for each in [*made[2:], his]:
            (other if each == his else client).files.delete(each)


def test_a_vector_store_that_the_engine_creates_belongs_to_the_tenant(server: Server, anns: Made) -> None:
    made = server.send("ann", "POST", *("threads", BODIES["an attachment"][1](anns))).json
    (store,) = made["tool_resources"]["file_search"]["vector_store_ids"]
    assert server.send("ann", "GET", f"vector_stores/{store}").status == 200
    assert server.send("bob", "GET", f"vector_stores/{store}").status == 404
    assert server.send("bob", "DELETE", f"vector_stores/{store}").status == 404
    assert server.send("ann", "DELETE", f"vector_stores/{store}").status == 200


def test_a_vector_store_of_a_refused_request_belongs_to_nobody(server: Server, anns: Made) -> None:
    inline = {"tool_resources": {"file_search": {"vector_stores": [{}]}}}
    before = {each["id"] for each in server.send("ann", "GET", "vector_stores").json["data"]}
    server.upstream.requests.clear()
    assert server.send("ann", "POST", "threads/runs", {"assistant_id": "asst_9", "thread": inline}).status == 404
    methods = [each.method for each in server.upstream.requests]
    assert methods == ["POST", "DELETE"]
    deleted = server.upstream.requests[1].path.rpartition("/")[2]
    server.upstream.requests.clear()
    assert server.send("ann", "GET", f"vector_stores/{deleted}").status == 404
    assert server.upstream.requests == [], "it is not asked for"
    assert {each["id"] for each in server.send("ann", "GET", "vector_stores").json["data"]} == before


def test_a_file_from_a_completed_upload_belongs_to_the_tenant(server: Server) -> None:
    def answer(request: Request) -> Reply:
        done = request.path.endswith("/complete")
        return Reply.json({"id": "upload_1"} | ({"file": {"id": "file-whole"}} if done else {}))

    server.upstream.answer = answer
    assert server.send("ann", "POST", "uploads", {"filename": "x"}).status == 200
    assert server.send("bob", "POST", "uploads/upload_1/complete", {"part_ids": []}).status == 404
    assert server.send("ann", "GET", "files/file-whole").status == 404
    assert server.send("ann", "POST", "uploads/upload_1/complete", {"part_ids": []}).status == 200
    assert server.send("ann", "GET", "files/file-whole").status == 200
    assert server.send("bob", "GET", "files/file-whole").status == 404


def test_the_organisation_of_the_servers_key_is_not_shown(server: Server) -> None:
    hidden = {"openai_organization": "org-servers", "openai_project": "proj-servers", "set_cookie": "a=1"}
    server.upstream.answer = lambda request: Reply.json({"id": "m"}, **hidden, x_request_id="req_theirs")
    got = server.send("bob", "GET", "models", cookie="b=2", openai_organization="his", openai_project="his")
    assert [got.header(name.replace("_", "-")) for name in hidden] == [None] * 3
    assert got.header("x-request-id") == "req_theirs"
    (request,) = server.upstream.requests
    seen = [request.header(name) for name in ("authorization", "cookie", "openai-organization", "openai-project")]
    assert seen == [f"Bearer {SERVERS}", None, None, None]


def test_a_refusal_of_the_servers_key_is_a_server_error(server: Server, caplog: pytest.LogCaptureFixture) -> None:
    made = server.send("ann", "POST", "assistants", {"model": "gpt-4o"}).json["id"]
    refusal = Reply.error(401, f"Incorrect API key provided: {SERVERS}.", "invalid_api_key")
    server.upstream.answer = lambda request: refusal
    run = {"assistant_id": made, "stream": True, "thread": {"messages": [{"role": "user", "content": "Hello"}]}}
    for method, path, body in (("GET", "models", None), ("POST", "threads/runs", run), ("POST", "responses", {})):
        got = server.send("ann", method, path, body)
        assert (got.status, got.error["type"]) == (500, "server_error")
        assert SERVERS not in json.dumps(got.json)
    assert "refused this server's key" in caplog.text


def test_multipart_bodies_are_accepted_only_for_files(server: Server) -> None:
    """For other calls a part could name a file without being checked."""
    parts = b'--b\r\ncontent-disposition: form-data; name="file_id"\r\n\r\nfile-1\r\n--b--\r\n'
    made = server.send("bob", "POST", "containers", {"name": "x"}).json["id"]
    server.upstream.requests.clear()
    kind = "multipart/form-data; boundary=b"
    got = server.send("bob", "POST", f"containers/{made}/files", parts, content_type=kind)
    assert got.status == 400
    assert server.upstream.requests == []
