"""The server's answers to requests that no SDK sends, and its refusals."""

import random
from collections.abc import Iterator

import openai
import pytest

from tests.server.sending import send
from tests.server.served import served

LIMIT = 2_000


@pytest.fixture(scope="module")
def module_database(tmp_path_factory: pytest.TempPathFactory) -> str:
    return f"sqlite:///{tmp_path_factory.mktemp('server') / 'shim.db'}"


@pytest.fixture(scope="module")
def url(module_database: str) -> Iterator[str]:
    with served(upstream="sandbox", database_url=module_database, max_body_bytes=LIMIT) as found:
        yield found


@pytest.mark.parametrize("path", ["/", "/foo", "/v2/threads", "/threads", "/v1x/threads", "//v1/threads"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_path_outside_of_the_api(url: str, method: str, path: str) -> None:
    response = send(url + path, method)
    assert response.status == 404
    assert response.error["code"] == "unknown_url"
    assert response.error["message"].startswith(f"Unknown request URL: {method} {path}. ")
    assert (response.header("x-request-id") or "").startswith("req_")


@pytest.mark.parametrize("path", ["/v1/threads/thread_1/nothing", "/v1/assistants/a/b/c", "/openai/threads/t/x"])
def test_a_path_that_the_old_api_does_not_have(url: str, path: str) -> None:
    response = send(url + path)
    assert (response.status, response.error["type"]) == (404, "invalid_request_error")
    assert response.error["message"].startswith("Invalid URL (GET /")


def test_a_path_that_upstream_does_not_have_is_answered_by_upstream(url: str) -> None:
    response = send(f"{url}/v1/nothing/of/the/kind")
    assert (response.status, response.error["message"]) == (404, "Invalid URL (GET /v1/nothing/of/the/kind)")


@pytest.mark.parametrize(
    "method, path, allowed", [("PUT", "threads", "POST"), ("PATCH", "threads/t", "DELETE, GET, POST")]
)
def test_a_method_that_a_path_does_not_have(url: str, method: str, path: str, allowed: str) -> None:
    response = send(f"{url}/v1/{path}", method)
    assert (response.status, response.header("allow")) == (405, allowed)
    assert response.error["message"] == f"Invalid method for URL ({method} /{path})"


def test_options_and_head(url: str) -> None:
    response = send(f"{url}/v1/assistants", "OPTIONS")
    assert (response.status, response.header("allow"), response.body) == (204, "GET, POST", b"")
    response, whole = send(f"{url}/v1/assistants", "HEAD"), send(f"{url}/v1/assistants")
    assert (response.status, response.body) == (200, b"")
    assert response.header("content-length") == str(len(whole.body))
    assert response.header("date")


@pytest.mark.parametrize("body", [b"{", b"nonsense", b'{"metadata": {"a": }}', b"\xff\xfe{}"])
def test_invalid_json(url: str, body: bytes) -> None:
    response = send(f"{url}/v1/threads", "POST", body)
    assert response.status == 400
    assert response.error["message"].startswith("We could not parse the JSON body of your request.")


@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_that_is_too_large(url: str, chunked: bool) -> None:
    response = send(f"{url}/v1/threads", "POST", {"messages": "x" * LIMIT}, chunked)
    assert (response.status, response.error["message"]) == (
        413,
        f"The request body is too large: at most {LIMIT} bytes are accepted.",
    )
    assert send(f"{url}/v1/threads", "POST", {"metadata": {"a": "x" * 500}}, chunked).status == 200
    passed = send(f"{url}/v1/vector_stores", "POST", {"name": "x", "metadata": {str(n): "x" * 500 for n in range(16)}})
    assert passed.status == 200, "what is passed on has no limit of ours"


@pytest.mark.parametrize("shape", ["v1", "openai", "openai/v1", "openai/deployments/gpt-4o", "v1/"])
def test_every_form_of_url_leads_to_the_same_objects(url: str, shape: str) -> None:
    made = send(f"{url}/{shape}/assistants?api-version=2024-05-01-preview", "POST", {"model": "gpt-4o"}, api_key="any")
    assert send(f"{url}/v1/assistants/{made.json['id']}").json == made.json
    models = send(f"{url}/{shape}/models?api-version=2024-05-01-preview", api_key="any")
    assert models.json["object"] == "list"


@pytest.mark.parametrize("name", ["evil.example", "localhost.evil.example", "10.0.0.1", "[::2]:80", "[", ""])
def test_another_host_name_is_refused(url: str, name: str) -> None:
    response = send(f"{url}/v1/assistants", host=name)
    assert (response.status, response.error["code"]) == (403, "not_loopback")


@pytest.mark.parametrize("name", ["localhost", "LOCALHOST:8787", "app.localhost:1", "[::1]:8787", "127.3.2.1"])
def test_all_names_of_this_machine_are_accepted(url: str, name: str) -> None:
    assert send(f"{url}/v1/assistants", host=name).status == 200
    assert send(f"{url}/v1/assistants", origin=f"http://{name}").status == 200


@pytest.mark.parametrize("origin", ["https://evil.example", "null"])
def test_a_page_of_another_site_is_refused(url: str, origin: str) -> None:
    response = send(f"{url}/v1/threads", "POST", b"{}", origin=origin, content_type="text/plain")
    assert (response.status, response.error["code"]) == (403, "not_loopback")


def test_allowed_hosts_and_origins_are_accepted(module_database: str) -> None:
    names = {"allowed_hosts": "shim.example, *.internal", "allowed_origins": "https://app.example"}
    with served(allow_remote=True, upstream="sandbox", database_url=module_database, **names) as url:
        path = f"{url}/v1/assistants"
        for host in ("shim.example", "SHIM.example:8787", "a.internal"):
            assert send(path, host=host, origin="https://app.example").status == 200
            assert send(path, host=host, origin=f"https://{host}").status == 200, "its own pages"
        for wrong in ({"host": "evil.example"}, {"host": "internal"}, {"host": "[", "origin": "null"}):
            assert (send(path, **wrong).status, send(path, **wrong).error["code"]) == (403, "host_not_allowed")
        got = send(path, host="shim.example", origin="https://evil.example")
        assert (got.status, got.error["code"]) == (403, "host_not_allowed")


def test_a_page_that_is_allowed_may_read_the_answer(module_database: str) -> None:
    site = "https://app.example"
    with served(True, upstream="sandbox", database_url=module_database, allowed_origins=site, auth="keys") as url:
        preflight = {"origin": site, "access_control_request_method": "POST"}
        response = send(f"{url}/v1/threads", "OPTIONS", access_control_request_headers="authorization", **preflight)
        assert (response.status, response.header("access-control-allow-origin")) == (200, site), "without a key"
        assert "authorization" in (response.header("access-control-allow-headers") or "")
        response = send(f"{url}/v1/threads", "POST", {}, origin=site)
        assert (response.status, response.header("access-control-allow-origin")) == (401, site)


def test_azures_own_client_can_use_the_server(url: str) -> None:
    question = f"word{random.randrange(10**9)}"
    with openai.AzureOpenAI(
        azure_endpoint=url, api_version="2024-05-01-preview", api_key="any", max_retries=0
    ) as client:
        helper = client.beta.assistants.create(model="gpt-4o")
        thread = client.beta.threads.create(messages=[{"role": "user", "content": question}])
        with client.beta.threads.runs.stream(thread_id=thread.id, assistant_id=helper.id) as stream:
            answer = "".join(stream.text_deltas)
        assert question in answer
        assert "gpt-4o" in [model.id for model in client.models.list()]


def test_an_internal_error_has_the_format_of_the_api(
    url: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(method: str, path: str) -> bool:
        raise RuntimeError("broken")

    monkeypatch.setattr("shim.server.app.routes.is_ours", broken)
    response = send(f"{url}/v1/assistants")
    assert (response.status, response.error["type"], response.header("x-should-retry")) == (
        500,
        "server_error",
        "false",
    )
    assert "broken" not in response.error["message"]
    assert "a mistake of this program" in caplog.text
