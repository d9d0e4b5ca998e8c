"""For operators: liveness, readiness, metrics, log lines, request ids."""

import asyncio
import io
import json
import logging
import re
import secrets
import signal
import socket
import sys
import threading
import time
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families
from pydantic import SecretStr

from shim.server import exchange, logs
from shim.server.keyring import Keyring
from shim.server.run import Server, configured
from shim.settings import current_settings
from shim.store.database import database
from shim.store.errors import StoreFailed
from tests.scenarios.doors.loopback import Gate, Loopback, Reply
from tests.server.sending import send
from tests.server.served import served, until
from tests.server.test_leaving import create_thread, stalling, streaming, talking_to

KEY = "Bearer test"


def numbers(url: str, **headers: str) -> dict[tuple[str, ...], float]:
    """Every sample on the metrics page, by its name and the values of its labels."""
    page = send(f"{url}/metrics", **headers)
    assert page.status == 200
    families = text_string_to_metric_families(page.body.decode())
    return {(each.name, *each.labels.values()): each.value for family in families for each in family.samples}


def run(url: str, text: str = "Hello", **headers: str) -> str:
    """The events of a run that is streamed to its end."""
    made = send(f"{url}/v1/assistants", "POST", {"model": "gpt-4o"}, authorization=KEY).json["id"]
    body = {"assistant_id": made, "stream": True, "thread": {"messages": [{"role": "user", "content": text}]}}
    return send(f"{url}/v1/threads/runs", "POST", body, authorization=KEY, **headers).body.decode()


def test_liveness_and_readiness(upstream: Loopback, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shim.server.operations.FRESH", 0.0)
    with served(upstream=upstream.url, auth="keys") as url:
        assert (send(f"{url}/healthz").status, send(f"{url}/healthz").json) == (200, {"status": "ok"})
        ready = send(f"{url}/readyz")
        good = {"status": "ready", "store": "ok", "upstream": "ok", "draining": False}
        assert (ready.status, ready.json) == (200, good)
        assert send(f"{url}/readyz", host="10.0.0.7:8787").status == 200, "probes come by way of any name"
        upstream.answer = lambda request: Reply.error(503, "down")
        down = send(f"{url}/readyz")
        assert (down.status, down.json) == (503, good | {"status": "not ready", "upstream": "failing"})
        upstream.answer = lambda request: Reply.error(401, "no key")
        assert send(f"{url}/readyz").status == 200, "it answers"


def test_without_upstream_or_store(upstream: Loopback, monkeypatch: pytest.MonkeyPatch) -> None:
    with served(upstream="http://127.0.0.1:9/v1") as url:
        assert send(f"{url}/readyz").json["upstream"] == "failing"
    with served(upstream=upstream.url) as url:

        def broken(*arguments: Any) -> None:
            raise StoreFailed("gone")

        monkeypatch.setattr("shim.server.operations._answers", broken)
        response = send(f"{url}/readyz")
        assert (response.status, response.json["store"]) == (503, "failing")
        assert send(f"{url}/healthz").status == 200


def test_a_probe_does_not_always_call_upstream(upstream: Loopback) -> None:
    with served(upstream=upstream.url) as url:
        for _ in range(5):
            send(f"{url}/readyz")
    assert [request.path for request in upstream.requests] == ["/v1/models"]


def test_metrics(upstream: Loopback) -> None:
    with served(upstream=upstream.url) as url:
        assert "thread.run.completed" in run(url)
        assert "thread.run.failed" in run(url, "fail-midway")
        send(f"{url}/v1/models", authorization=KEY)
        send(f"{url}/v1/threads/thread_{'x' * 24}", authorization=KEY)
        send(f"{url}/v1/made-up/{secrets.token_hex(4)}", authorization=KEY)
        seen = numbers(url)
    assert seen["shim_runs_total", "completed"] == seen["shim_runs_total", "failed"] == 1
    assert seen["shim_upstream_requests_total",] == 2
    assert seen["shim_first_token_seconds_count",] == seen["shim_round_seconds_count",] == 2
    assert seen["shim_store_wait_seconds_count",] > 2
    assert seen["shim_http_requests_total", "POST", "threads/runs", "200"] == 2
    assert seen["shim_http_requests_total", "GET", "models", "200"] == 1
    assert seen["shim_http_requests_total", "GET", "threads/{id}", "404"] == 1
    assert seen["shim_http_requests_total", "GET", "other", "404"] == 1, "callers do not make up labels"
    assert seen["process_resident_memory_bytes",] > 1e6


def test_metrics_of_active_runs_and_streams(upstream: Loopback, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shim.runtime.lag.PAUSE", 0.02)
    monkeypatch.setattr("shim.runtime.lag.Lag.__init__.__defaults__", (0.02,))
    gate = Gate()
    stalling(upstream, gate)
    with served(upstream=upstream.url) as url, talking_to(url) as client:
        with streaming(url, create_thread(client, "Hello")):
            until(lambda: numbers(url)["shim_open_streams",] == numbers(url)["shim_driven_runs",] == 1)
            gate.open()
            until(lambda: numbers(url)["shim_driven_runs",] == 0)
        until(lambda: numbers(url)["shim_open_streams",] == 0)
        assert numbers(url)["shim_event_lag_seconds_count",] > 2


def test_metrics_of_refusals_and_healings(upstream: Loopback) -> None:
    with served(upstream=upstream.url) as url, talking_to(url) as client:
        where = create_thread(client, "One")
        runs = client.beta.threads.runs
        assert runs.create_and_poll(**where).status == "completed"
        client.beta.threads.messages.create(where["thread_id"], role="user", content="Two")
        gone = "Previous response with id 'resp_1' not found."
        answers = iter([Reply.error(400, gone, "previous_response_not_found")])
        upstream.answer = lambda request: next(answers, None) if request.method == "POST" else None
        assert runs.create_and_poll(**where).status == "completed"
        seen = numbers(url)
    assert seen["shim_upstream_errors_total", "400"] == 1
    assert seen["shim_healings_total", "lost"] == 1


def test_metrics_need_this_machine_or_a_token(upstream: Loopback) -> None:
    proxied = {"trusted_proxies": "127.0.0.1", "upstream": upstream.url}
    with served(**proxied) as url:
        assert send(f"{url}/metrics").status == 200
        assert send(f"{url}/metrics", x_forwarded_for="10.1.1.1").status == 404
    with served(**proxied, metrics_token=SecretStr("a-token")) as url:
        assert send(f"{url}/metrics").status == 404
        assert send(f"{url}/metrics", x_forwarded_for="10.1.1.1", authorization="Bearer a-token").status == 200
    with served(upstream=upstream.url) as url:
        assert send(f"{url}/metrics", x_forwarded_for="10.1.1.1").status == 200, "nobody is believed who is not named"


@pytest.fixture
def lines() -> io.StringIO:
    """The lines of the log, parsed as JSON."""
    logs.configure("info", "json", access=True)
    handler = next(each for each in logging.getLogger().handlers if each.get_name() == logs.OURS)
    written = io.StringIO()
    handler.setStream(written)
    return written


def test_request_ids_connect_the_answer_the_log_and_upstream(
    upstream: Loopback, lines: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "the-servers-own")
    text = secrets.token_hex(8)
    ring = Keyring(database(current_settings().database_url))
    key = f"Bearer {ring.issue('acme', 1).secret}"
    with served(upstream=upstream.url, auth="keys") as url:
        made = send(f"{url}/v1/assistants", "POST", {"model": "gpt-4o"}, authorization=key).json["id"]
        thread = {"messages": [{"role": "user", "content": text}]}
        body = {"assistant_id": made, "stream": True, "thread": thread}
        response = send(f"{url}/v1/threads/runs", "POST", body, authorization=key)
        until(lambda: "POST /v1/threads/runs" in lines.getvalue())
    id = response.header("x-request-id")
    found = [json.loads(line) for line in lines.getvalue().splitlines()]
    mine = [each for each in found if each.get("request_id") == id]
    ended = next(each for each in mine if each["logger"] == "shim" and "run_id" in each)
    assert (ended["status"], ended["run_id"] in response.body.decode()) == ("completed", True)
    assert ended["response_id"].startswith("resp_")
    access = next(each for each in mine if each["logger"] == "shim.access")
    assert (access["method"], access["path"], access["status"]) == ("POST", "/v1/threads/runs", 200)
    assert access["tenant"] == "acme"
    request = next(each for each in upstream.requests if each.path == "/v1/responses")
    assert request.header("x-client-request-id") == id
    assert text not in lines.getvalue(), "no contents"
    assert key.split()[1] not in lines.getvalue()


def test_a_request_id_set_by_a_proxy_is_used(upstream: Loopback) -> None:
    with served(upstream=upstream.url) as url:
        path = f"{url}/v1/assistants"
        assert send(path, x_request_id="7f3a-12.front_1").header("x-request-id") == "7f3a-12.front_1"
        for odd in ("a b", "x" * 200, "<script>", "short"):
            assert re.fullmatch("req_[0-9a-f]{32}", send(path, x_request_id=odd).header("x-request-id") or "")
        ids = {send(f"{url}/v1/nothing-here/{n}", "PUT").header("x-request-id") for n in range(3)}
        assert len(ids) == 3, "errors have one, too"


def test_probes_are_not_logged(upstream: Loopback, lines: io.StringIO) -> None:
    with served(upstream=upstream.url) as url:
        for path in exchange.QUIET:
            send(url + path)
        send(f"{url}/v1/assistants")
        until(lambda: "/v1/assistants" in lines.getvalue())
    assert not any(path in lines.getvalue() for path in exchange.QUIET)


def test_log_lines_for_people() -> None:
    record = logging.LogRecord("shim.access", logging.INFO, "x.py", 1, "GET %s", ("/v1",), None)
    record.created, record.msecs = 1_700_000_000.25, 250.0
    logs.WithRequestId().filter(record)
    assert logs.Text().format(record) == "2023-11-14T22:13:20Z INFO shim.access: GET /v1"
    record.request_id = "req_1"
    assert logs.Text().format(record).endswith("GET /v1 [req_1]")
    hostile = logging.LogRecord("shim.access", logging.INFO, "x.py", 1, "GET %s", ("/v1/\n\x1b[31m\u2028é",), None)
    assert logs.Text().format(hostile).endswith("GET /v1/\\n\\x1b[31m\\u2028é"), "one line, and no commands"
    try:
        raise ValueError("broken")
    except ValueError:
        record.exc_info = sys.exc_info()
    entry = json.loads(logs.AsJson().format(record))
    assert "ValueError: broken" in entry.pop("exception")
    assert entry == {
        "time": "2023-11-14T22:13:20.250Z",
        "level": "info",
        "logger": "shim.access",
        "message": "GET /v1",
        "request_id": "req_1",
    }


def test_a_draining_server_reports_it_before_it_stops(upstream: Loopback) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        chosen = current_settings().model_copy(update={"upstream": upstream.url, "exit_grace": 0.0})
        server = Server(configured("127.0.0.1", 0, chosen), 0.0, lambda url: None, drain=600.0)
        thread = threading.Thread(target=asyncio.run, args=(server.serve([listener]),), daemon=True)
        thread.start()
        until(lambda: server.started)
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        assert send(f"{url}/readyz").status == 200
        server.handle_exit(signal.SIGTERM, None)
        response = send(f"{url}/readyz")
        assert (response.status, response.json["draining"]) == (503, True)
        assert send(f"{url}/v1/assistants").status == 200, "what comes all the same is answered"
        began = time.monotonic()
        server.handle_exit(signal.SIGTERM, None)
        thread.join(60)
        assert not thread.is_alive()
        assert time.monotonic() - began < 60, "a second signal ends the wait"
