"""The operator's paths: objects with chosen ids, created for a named tenant with the operator's key."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, NamedTuple

import openai
import pytest
from pydantic import SecretStr

from shim.server.attempts import FAILURES
from shim.server.keyring import Keyring
from shim.settings import current_settings
from shim.store.database import database
from shim.wire.errors import ERRORS
from tests.server.sending import Response, send
from tests.server.served import served
from tests.stores import KINDS, empty

KEY: Final = "the-operators-own-key"
OWN, THREAD = "asst_fromTheDashboard01", "thread_fromTheBrowser0001"


class Server(NamedTuple):
    url: str
    keys: dict[str, str]

    def make(self, path: str, body: Any, key: str | None = KEY, method: str = "POST") -> Response:
        credentials: dict[str, Any] = {} if key is None else {"authorization": f"Bearer {key}"}
        return send(f"{self.url}/operator/{path}", method, body, **credentials)

    def send(self, who: str, path: str, method: str = "GET", body: Any = None) -> Response:
        return send(f"{self.url}/v1/{path}", method, body, authorization=f"Bearer {self.keys[who]}")


@pytest.fixture
def server() -> Iterator[Server]:
    with serving(current_settings().database_url or "") as found:
        yield found


@pytest.fixture(params=KINDS)
def on_each_store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Server]:
    with empty(request.param, tmp_path / "own") as url, serving(url) as found:
        yield found


@contextmanager
def serving(url: str) -> Iterator[Server]:
    """A server with two tenants."""
    ring = Keyring(database(url))
    keys = {who: ring.issue(who, 1).secret for who in ("anna", "bob")}
    with served(upstream="sandbox", auth="keys", database_url=url, operator_key=SecretStr(KEY)) as found:
        yield Server(found, keys)


def test_an_object_that_the_operator_creates_belongs_to_one_tenant(server: Server) -> None:
    made = server.make("anna/assistants", {"id": OWN, "model": "gpt-4o", "name": "Own"})
    assert (made.status, made.json["id"], made.json["name"]) == (200, OWN, "Own")
    messages = [{"role": "user", "content": "Hello?"}]
    assert server.make("anna/threads", {"id": THREAD, "messages": messages}).json["id"] == THREAD
    text = server.send("anna", f"threads/{THREAD}/messages").json["data"][0]["content"][0]["text"]["value"]
    assert text == "Hello?"
    run = server.send("anna", f"threads/{THREAD}/runs", "POST", {"assistant_id": OWN, "stream": True})
    assert b"thread.run.completed" in run.body
    assert server.send("bob", f"assistants/{OWN}").status == server.send("bob", f"threads/{THREAD}").status == 404
    assert server.make("bob/assistants", {"id": OWN, "model": "gpt-4o", "name": "Bob's"}).status == 200
    assert server.send("bob", f"assistants/{OWN}").json["name"] == "Bob's"
    assert server.make("bob/threads", {"id": THREAD}).status == 200
    assert server.send("bob", f"threads/{THREAD}/messages").json["data"] == []
    assert server.send("anna", f"assistants/{OWN}").json["name"] == "Own"


@pytest.mark.parametrize(
    "body", [b"{", b'{"id": "asst_1", "model": NaN}', b'{"id": "asst_1", "model": 1e999}', b"[" * 100_000]
)
def test_invalid_json(server: Server, body: bytes) -> None:
    answer = server.make("anna/assistants", body)
    assert (answer.status, answer.error["message"]) == (400, ERRORS["invalid_json"].message)


@pytest.mark.parametrize("path, body", [("assistants", {"id": OWN, "model": "gpt-4o"}), ("threads", {"id": THREAD})])
def test_an_id_that_is_taken(on_each_store: Server, path: str, body: dict[str, Any]) -> None:
    """Of several concurrent requests one creates the object, and none changes it."""
    bodies = [body | {"metadata": {"by": str(number)}} for number in range(4)]
    with ThreadPoolExecutor(len(bodies)) as pool:
        answers = list(pool.map(lambda each: on_each_store.make(f"anna/{path}", each), bodies))
    made = [answer.json["metadata"] for answer in answers if answer.status == 200]
    refused = [answer for answer in answers if answer.status != 200]
    assert [(each.status, each.error["code"]) for each in refused] == [(400, "id_taken")] * 3
    assert {each.error["message"] for each in refused} == {f"There already is an object with id '{body['id']}'."}
    assert on_each_store.send("anna", f"{path}/{body['id']}").json["metadata"] == made[0]


def test_a_caller_that_guesses_keys_has_to_wait(server: Server) -> None:
    body = {"id": OWN, "model": "gpt-4o"}
    for number in range(FAILURES):
        assert server.make("anna/assistants", body, f"a-guess-of-many-{number}").status == 401
    for key in ("one-guess-more-than-that", None, KEY):
        refused = server.make("anna/assistants", body, key)
        assert (refused.status, refused.error["code"]) == (429, "rate_limit_exceeded")
        assert 1 <= int(refused.header("retry-after") or 0) <= 60
    assert server.send("anna", f"assistants/{OWN}").status == 404
    assert server.send("anna", "assistants").status == 200, "callers are not concerned"


def test_failures_behind_a_proxy_are_counted_by_client_address() -> None:
    """The address that the proxy reports is used only if the proxy is trusted."""
    chosen: dict[str, Any] = {"operator_key": SecretStr(KEY), "trusted_proxies": "127.0.0.1", "tenant": "us"}
    with served(True, upstream="sandbox", **chosen) as url:
        path, body = f"{url}/operator/us/threads", {"id": THREAD}
        for _ in range(FAILURES):
            wrong = send(path, "POST", body, authorization="Bearer a-guess", x_forwarded_for="192.0.2.1")
            assert wrong.status == 401
        headers = {"authorization": f"Bearer {KEY}"}
        assert send(path, "POST", body, x_forwarded_for="192.0.2.1", **headers).status == 429
        assert send(path, "POST", body, x_forwarded_for="192.0.2.2", **headers).status == 200


def test_other_keys_are_refused(server: Server) -> None:
    body = {"id": OWN, "model": "gpt-4o"}
    for key in (None, "another-key-that-is-long", KEY[:-1], *server.keys.values()):
        assert server.make("anna/assistants", body, key).status == 401
    assert server.send("anna", f"assistants/{OWN}").status == 404
    assert send(f"{server.url}/v1/assistants", authorization=f"Bearer {KEY}").status == 401


@pytest.mark.parametrize("id", ["thread_x", "asst", "asst_\u00e4", "asst_" + "a" * 65, "asst_a/b", 7, None])
def test_an_id_of_another_format(server: Server, id: Any) -> None:
    refused = server.make("anna/assistants", {"id": id, "model": "gpt-4o"})
    assert (refused.status, refused.error["param"]) == (400, "id")


def test_unknown_paths_and_missing_parameters(server: Server) -> None:
    body = {"id": OWN, "model": "gpt-4o"}
    for path in ("anna/runs", "anna/assistants/asst_a", "anna"):
        assert server.make(path, body).error["code"] == "unknown_url", path
    unknown = server.make("carol/assistants", body)
    assert (unknown.status, unknown.error["code"]) == (404, None)
    assert "no tenant 'carol'" in unknown.error["message"]
    assert server.make("anna/assistants", None, method="GET").status == 404
    for path, without_id in (("assistants", {"model": "gpt-4o"}), ("threads", None)):
        missing = server.make(f"anna/{path}", without_id)
        assert (missing.status, missing.error["code"]) == (400, "missing_required_parameter")
    assert server.make("anna/assistants", ["no object"]).status == 400
    refused = server.make("anna/assistants", {"id": OWN})
    assert (refused.status, refused.error["param"]) == (400, "model")


def test_without_an_operator_key_the_paths_do_not_exist(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'shim.db'}"
    with served(upstream="sandbox", database_url=url) as found:
        assert Server(found, {}).make("default/assistants", {"id": OWN, "model": "gpt-4o"}).status == 404


def test_with_one_tenant_for_all_callers(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'shim.db'}"
    chosen: dict[str, Any] = {"database_url": url, "operator_key": SecretStr(KEY), "tenant": "all-of-us"}
    with served(upstream="sandbox", **chosen) as found:
        server = Server(found, {"anyone": "any"})
        assert server.make("all-of-us/threads", {"id": THREAD}).status == 200
        assert server.make("others/threads", {"id": THREAD}).status == 404
        assert server.send("anyone", f"threads/{THREAD}").status == 200


def test_a_key_that_is_too_short_is_refused_and_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHIM_OPERATOR_KEY", "hunter2")
    with pytest.raises(openai.OpenAIError, match=r"SHIM_OPERATOR_KEY.*16") as refused:
        current_settings()
    assert "hunter2" not in str(refused.value)
