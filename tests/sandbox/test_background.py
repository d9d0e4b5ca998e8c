"""Background mode: polling, streams, and the state after a cancellation."""

import json

import pytest

from shim.sandbox import Sandbox
from shim.sandbox.api.responses import SLOW_POLLS
from tests.sandbox.drive import WEATHER, Client, calls, outputs, types


def retrieve(client: Client, response: dict) -> dict:
    return client.json("GET", f"/responses/{response['id']}")


def test_a_response_advances_with_each_retrieval():
    client = Client()
    made = client.create("essay-3", background=True)
    seen = [made, *(retrieve(client, made) for _ in range(3))]
    assert [each["status"] for each in seen] == ["queued", "in_progress", "completed", "completed"]
    assert [bool(each["output"]) for each in seen] == [False, False, True, True]
    assert [bool(each["usage"]) for each in seen] == [False, False, True, True]
    assert [each["completed_at"] is not None for each in seen] == [False, False, True, True]


def test_the_word_slowly_extends_the_time_in_progress():
    client = Client()
    made = client.create("slowly", background=True)
    seen = [retrieve(client, made)["status"] for _ in range(SLOW_POLLS + 1)]
    assert seen == ["in_progress"] * SLOW_POLLS + ["completed"]


def test_calls_and_failures_end_a_response_as_in_the_foreground():
    client = Client()
    made = client.create("get_weather", background=True, tools=[WEATHER])
    retrieve(client, made)
    done = retrieve(client, made)
    assert calls(done) == [("get_weather", {"city": "city"})]
    client.create(outputs(done, "22 C"), previous_response_id=done["id"], background=True, tools=[WEATHER])
    failing = client.create("fail-midway", background=True)
    retrieve(client, failing)
    assert retrieve(client, failing)["error"]["code"] == "server_error"


def test_an_unfinished_response_cannot_be_continued():
    client = Client()
    made = client.create("hi", background=True)
    body = {"model": "gpt-4o", "input": "x", "previous_response_id": made["id"]}
    assert client.refused(body)["code"] == "previous_response_not_found"


def test_a_background_stream_begins_with_queued_and_has_no_padding():
    events = Client().stream("essay-4", background=True)
    assert types(events)[:3] == ["response.created", "response.queued", "response.in_progress"]
    assert [each["response"]["status"] for each in events[:3]] == ["queued", "queued", "in_progress"]
    assert not any("obfuscation" in each for each in events)


@pytest.mark.parametrize("after", [0, 1, 5])
def test_a_stream_can_be_resumed(after):
    client = Client()
    events = client.stream("essay-8", background=True)
    path = f"/responses/{events[0]['response']['id']}"
    again = client.events(client.request("GET", path, query=f"stream=true&starting_after={after}"))
    assert again == events[after + 1 :]
    assert client.events(client.request("GET", path, query="stream=true")) == events


def test_a_broken_stream_is_resumed_to_its_end():
    client = Client()
    events = client.stream("connection-cut essay-8", background=True)
    assert client.cut
    path, last = f"/responses/{events[0]['response']['id']}", events[-1]["sequence_number"]
    rest = client.events(client.request("GET", path, query=f"stream=true&starting_after={last}"))
    assert [each["sequence_number"] for each in events + rest] == list(range(len(events) + len(rest)))
    assert rest[-1]["response"]["status"] == client.json("GET", path)["status"] == "completed"


def test_only_background_streams_can_be_resumed():
    client = Client()
    for made in (client.create("hi"), client.create("hi", background=True), client.stream("hi")[-1]["response"]):
        reply = client.request("GET", f"/responses/{made['id']}", query="stream=true")
        assert (reply.status, json.loads(client.bytes(reply))["error"]["param"]) == (400, "stream")


def test_cancel():
    client = Client()
    made = client.create("hi", background=True)
    gone = client.json("POST", f"/responses/{made['id']}/cancel")
    assert (gone["status"], gone["output"], gone["usage"], gone["error"]) == ("cancelled", [], None, None)
    assert client.json("POST", f"/responses/{made['id']}/cancel") == gone
    assert retrieve(client, made) == gone


def test_cancel_ends_a_stream_that_is_being_read():
    client = Client(Sandbox())
    reply = client.request(
        "POST", "/responses", {"model": "gpt-4o", "input": "essay-50", "stream": True, "background": True}
    )
    chunks = iter(reply.body)
    head = [next(chunks) for _ in range(10)]
    response_id = json.loads(head[0].split(b"data: ")[1])["response"]["id"]  # type: ignore[union-attr]
    client.json("POST", f"/responses/{response_id}/cancel")
    rest = [json.loads(chunk.split(b"data: ")[1]) for chunk in chunks]  # type: ignore[union-attr]
    assert [(each["type"], each["sequence_number"]) for each in rest] == [("response.cancelled", 10)]


def test_cancel_of_finished_and_of_synchronous_responses():
    client = Client()
    finished = client.stream("hi", background=True)[-1]["response"]
    assert client.json("POST", f"/responses/{finished['id']}/cancel")["status"] == "completed"
    reply = client.request("POST", f"/responses/{client.create('hi')['id']}/cancel")
    assert reply.status == 400
    assert json.loads(client.bytes(reply))["error"]["message"] == "Cannot cancel a synchronous response."


def test_without_store_a_response_can_be_polled_for_ten_minutes_but_not_continued():
    now = [1e9]
    client = Client(Sandbox(clock=lambda: now[0]))
    made = client.create("hi", background=True, store=False)
    retrieve(client, made)
    assert retrieve(client, made)["store"] is False
    body = {"model": "gpt-4o", "input": "x", "previous_response_id": made["id"]}
    assert client.refused(body)["code"] == "previous_response_not_found"
    now[0] += 600
    assert client.request("GET", f"/responses/{made['id']}").status == 404
