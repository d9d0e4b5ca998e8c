"""Every control word has the effect in the table, and the page is generated from the table."""

import json
from pathlib import Path

import pytest

from shim.sandbox import Sandbox, page
from shim.sandbox.api.failures import BEFORE, IN_STREAM
from shim.sandbox.shapes import control_words
from tests.sandbox.drive import NOON, WEATHER, Client, calls, outputs, text_of, types

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "sandbox.md"
OPENING = ["response.created", "response.in_progress"]
FAILED = ["error", "response.failed"]


def test_the_page_is_generated_from_the_table():
    assert PAGE.read_text() == page.page()
    assert all(f"`{control_word}`" in page.page() for control_word in control_words.CONTROL_WORDS)


def test_every_failure_word_is_in_the_table():
    once = {f"{control_word}-once" for control_word in BEFORE} & set(control_words.CONTROL_WORDS)
    assert {*BEFORE, *IN_STREAM} <= set(control_words.TURN_WORDS)
    assert once == {"status-429-once", "status-500-once"}


@pytest.mark.parametrize("control_word", sorted(IN_STREAM))
def test_failures_in_the_stream(control_word):
    client = Client()
    events = client.stream(f"{control_word} essay-6")
    error, last = events[-2], events[-1]["response"]
    assert [each["type"] for each in events[-2:]] == FAILED
    if control_word.endswith("early"):
        assert types(events) == OPENING + FAILED
    else:
        assert types(events)[-3:] == ["response.output_text.delta", *FAILED]
    assert set(error["error"]) == {"type", "code", "message", "param"}
    assert last["status"] == "failed"
    assert last["error"] == {"code": error["error"]["code"], "message": error["error"]["message"]}
    assert (last["usage"], last["output"]) == (None, [])
    assert [each["sequence_number"] for each in events] == list(range(len(events)))


@pytest.mark.parametrize("control_word, status", [("fail-early", 500), ("limit-midway", 429), ("quota-early", 429)])
def test_the_same_failures_without_a_stream(control_word, status):
    refused = Client().refused({"model": "gpt-4o", "input": control_word})
    assert (refused["status"], refused["code"]) == (status, IN_STREAM[control_word][1])


@pytest.mark.parametrize("control_word, status", [("status-429", 429), ("status-500", 500), ("status-503", 503)])
@pytest.mark.parametrize("stream", [False, True])
def test_http_failures_come_before_any_stream(control_word, status, stream):
    client = Client()
    reply = client.request("POST", "/responses", {"model": "gpt-4o", "input": control_word, "stream": stream})
    assert reply.status == status
    assert "retry-after" in reply.headers
    assert json.loads(client.bytes(reply))["error"]["message"]


def test_once_fails_only_the_first_of_equal_requests():
    client, body = Client(), {"model": "gpt-4o", "input": "status-500-once"}
    assert client.refused(body)["status"] == 500
    assert client.create("status-500-once")["status"] == "completed"


def test_a_word_after_then_takes_effect_in_the_next_turn():
    client = Client()
    first = client.create("get_weather then fail-midway", tools=[WEATHER])
    assert calls(first)
    answer = outputs(first, "22 C")
    events = client.stream(answer, previous_response_id=first["id"], tools=[WEATHER])
    assert events[-1]["type"] == "response.failed"


def test_a_failure_in_the_middle_of_a_call_and_after_a_finished_item():
    events = Client().stream("aloud get_weather fail-midway", tools=[WEATHER])
    assert types(events)[-3:] == ["response.function_call_arguments.delta", *FAILED]
    assert [item["type"] for item in events[-1]["response"]["output"]] == ["message"]


def test_refusal():
    response = Client().create("please-refuse")
    assert response["status"] == "completed"
    assert [part["type"] for part in response["output"][0]["content"]] == ["refusal"]
    assert types(Client().stream("please-refuse"))[4:6] == ["response.refusal.delta", "response.refusal.done"]


@pytest.mark.parametrize(
    "control_word, reason", [("token-cap", "max_output_tokens"), ("content-filter", "content_filter")]
)
def test_early_ends(control_word, reason):
    response = Client().create(f"{control_word} essay-10")
    assert response["status"] == response["output"][0]["status"] == "incomplete"
    assert response["incomplete_details"] == {"reason": reason}
    assert response["completed_at"] is None
    assert text_of(response) == "word1 word2 word3 word4 word5"


@pytest.mark.parametrize("text", ['get_weather {"city": "Paris"} token-cap', "get_weather {} token-cap"])
def test_the_token_limit_cuts_a_call(text):
    response = Client().create(text, tools=[WEATHER])
    (call,) = response["output"]
    assert call["status"] == "incomplete"
    with pytest.raises(ValueError):
        json.loads(call["arguments"])


def test_max_output_tokens_counts_words():
    response = Client().create("essay-40", max_output_tokens=16)
    assert len(text_of(response).split()) == response["usage"]["output_tokens"] == 16
    assert response["incomplete_details"] == {"reason": "max_output_tokens"}
    assert Client().create("essay-16", max_output_tokens=16)["status"] == "completed"


def test_reasoning_may_use_all_tokens():
    response = Client().create("ponder-forever", model="o4-mini", max_output_tokens=20)
    assert [item["type"] for item in response["output"]] == ["reasoning"]
    assert response["usage"]["output_tokens_details"] == {"reasoning_tokens": 20}
    assert response["status"] == "incomplete"


def test_two_messages():
    response = Client().create("two-messages essay-4", model="gpt-5.4")
    messages = [item for item in response["output"] if item["type"] == "message"]
    assert [item["phase"] for item in messages] == ["commentary", "final_answer"]
    assert "".join(item["content"][0]["text"] for item in messages) == "word1 word2 word3 word4"


def test_keepalive_is_numbered_like_every_event():
    events = Client().stream("keepalive")
    assert events[2] == {"type": "keepalive", "sequence_number": 2}
    assert [each["sequence_number"] for each in events] == list(range(len(events)))


def test_slowly_asks_the_driver_to_wait():
    client = Client(Sandbox(pace=0.25, clock=lambda: NOON))
    events = client.stream("slowly")
    assert client.pauses == [0.25] * len(events)
    client.create("slowly")
    assert client.pauses[-1] > 1


@pytest.mark.parametrize("control_word, cut", [("connection-cut", True), ("stop-short", False)])
def test_broken_streams_have_no_final_event_and_store_nothing(control_word, cut):
    client = Client()
    events = client.stream(f"{control_word} essay-6")
    assert events[-1]["type"] == "response.output_text.delta"
    assert client.cut is cut
    reply = client.request("GET", f"/responses/{events[0]['response']['id']}")
    assert reply.status == 404


def test_a_cut_without_a_stream_truncates_the_body():
    client = Client()
    client.bytes(client.request("POST", "/responses", {"model": "gpt-4o", "input": "connection-cut"}))
    assert client.cut


def test_briskly_omits_the_reasoning():
    assert [item["type"] for item in Client().create("briskly", model="gpt-5")["output"]] == ["message"]


def test_control_words_in_arguments_have_no_effect():
    response = Client().create('get_weather {"city": "fail-early then retry"}', tools=[WEATHER])
    assert calls(response) == [("get_weather", {"city": "fail-early then retry"})]


def test_an_essay_has_the_requested_length():
    assert len(text_of(Client().create("essay-300")).split()) == 300
