"""Remedies after refusals: rows of refusals and the request that is sent next."""

from typing import Any

import pytest

from shim.assembly import ledger
from shim.engine.registry import Registry
from shim.ports import Profile, Refusal
from tests.engine.scripted import Harness, Refused, answer, inputs
from tests.translate.upstream_events import call, created, last, message, names, says, text

HELLO = message(says("Hello."))
TOO_LONG = Refusal(400, "Your input exceeds the context window of this model.", code="context_length_exceeded")
UNSUPPORTED = Refusal(
    400, "Unsupported parameter: 'temperature' is not supported with this model.", param="temperature"
)
STATELESS = Profile("stateless", stores=False, encrypted_reasoning=True)
THOUGHT = {"type": "reasoning", "id": "rs_1", "summary": [], "encrypted_content": "x"}


def test_a_parameter_that_the_model_refuses_is_left_out_from_then_on(harness: Harness) -> None:
    thread, assistant = harness.thread("One"), harness.assistant(temperature=0.5, top_p=0.5)
    harness.script(UNSUPPORTED)
    emitted = harness.run(thread, answer(HELLO), assistant_id=assistant)
    assert last(emitted, "run.completed")["temperature"] == 0.5
    assert ["temperature" in body for body in harness.upstream.bodies] == [True, False]
    harness.run(thread, answer(HELLO, id="resp_2"), assistant_id=assistant)
    assert ("temperature" in harness.sent, harness.sent["top_p"]) == (False, 0.5)


def test_a_refusal_of_a_parameter_that_was_not_sent_is_passed_on(harness: Harness) -> None:
    with pytest.raises(Refused, match="Unsupported parameter"):
        harness.run(harness.thread("One"), UNSUPPORTED)


#: The same refusal from servers that send no error code.
TOO_LONG_ELSEWHERE = [
    "This model's maximum context length is 4096 tokens. However, you requested 5000 tokens.",
    "the request exceeds the available context size. try increasing the context size or enable context shift",
]


@pytest.mark.parametrize("message", TOO_LONG_ELSEWHERE)
def test_a_too_long_input_is_recognised_by_the_message(harness: Harness, message: str) -> None:
    harness.script(Refusal(400, message))
    assert names(harness.run(harness.thread("A", "B"), answer(HELLO)))[-1] == "run.completed"
    harness.upstream.bodies.clear()
    emitted = harness.run(harness.thread("A"), Refusal(400, message))
    assert last(emitted, "run.failed")["last_error"] == {"code": "server_error", "message": message}
    assert len(harness.upstream.bodies) == 1


@pytest.mark.parametrize("given", [{}, {"truncation_strategy": {"type": "last_messages", "last_messages": 8}}])
def test_a_conversation_that_is_too_long_is_halved_until_it_fits(harness: Harness, given: dict[str, Any]) -> None:
    thread = harness.thread(*"ABCDEFGH")
    harness.script(TOO_LONG, TOO_LONG)
    emitted = harness.run(thread, answer(HELLO), **given)
    assert names(emitted)[-1] == "run.completed"
    assert [inputs(body) for body in harness.upstream.bodies] == [list("ABCDEFGH"), list("EFGH"), list("GH")]


def test_a_chain_that_is_too_long_is_replaced_by_the_newer_half(harness: Harness) -> None:
    thread = harness.thread("A", "B")
    harness.run(thread, answer(HELLO))
    harness.message(thread, "C")
    harness.script(TOO_LONG)
    harness.run(thread, answer(message(says("Bye."), id="msg_b"), id="resp_2"))
    assert (inputs(harness.sent), harness.sent.get("previous_response_id")) == (["Hello.", "C"], None)


def test_one_message_that_is_too_long_fails_the_run(harness: Harness) -> None:
    harness.script(TOO_LONG)
    emitted = harness.run(harness.thread("A", "B"), TOO_LONG)
    assert last(emitted, "run.failed")["last_error"] == {"code": "server_error", "message": TOO_LONG.message}
    assert [inputs(body) for body in harness.upstream.bodies] == [["A", "B"], ["B"]]


def test_a_server_that_refuses_to_store_gets_store_false(harness: Harness) -> None:
    thread = harness.thread("One")
    harness.script(Refusal(400, "store is not supported", param="store"))
    harness.run(thread, answer(HELLO))
    assert [body["store"] for body in harness.upstream.bodies] == [True, False]
    harness.run(thread, answer(message(says("Bye."), id="msg_b"), id="resp_2"))
    assert (inputs(harness.sent), harness.sent["store"]) == (["One", "Hello."], False)


def test_a_server_that_lost_the_chain_may_also_refuse_to_store(harness: Harness) -> None:
    thread = harness.thread("One")
    harness.run(thread, answer(HELLO))
    harness.script(Refusal(404, "I know no resp_1."), Refusal(400, "Store must be set to false"))
    harness.run(thread, answer(message(says("Bye."), id="msg_b"), id="resp_2"))
    assert [body["store"] for body in harness.upstream.bodies] == [True, True, True, False]
    assert (inputs(harness.sent), harness.sent.get("previous_response_id")) == (["One", "Hello."], None)


UNKNOWN = [
    Refusal(400, "Unknown parameter: 'store'.", param="store", code="unknown_parameter"),
    Refusal(422, "[{'loc': ['body', 'store'], 'msg': 'Extra inputs are not permitted'}]"),
]


@pytest.mark.parametrize("refusal", UNKNOWN)
def test_a_server_that_refuses_the_parameter_store_does_not_get_it(harness: Harness, refusal: Refusal) -> None:
    thread = harness.thread("One")
    harness.script(refusal, refusal)
    harness.run(thread, answer(HELLO))
    harness.run(thread, answer(message(says("Bye."), id="msg_b"), id="resp_2"))
    assert [body.get("store") for body in harness.upstream.bodies] == [True, False, None, None]
    assert inputs(harness.sent) == ["One", "Hello."]


def test_a_refusal_of_store_after_all_remedies_is_passed_on(harness: Harness) -> None:
    refusal = Refusal(400, "Unsupported parameter: store")
    harness.script(refusal, refusal)
    with pytest.raises(Refused, match="Unsupported parameter"):
        harness.run(harness.thread("One"), refusal)


def test_unnecessary_parameters_that_a_server_refuses_are_left_out(harness: Harness) -> None:
    given = {"metadata": {"a": "b"}, "parallel_tool_calls": False}
    found = {"file_search": {"vector_store_ids": ["vs_1"]}}
    assistant = harness.assistant(tools=[{"type": "file_search"}], tool_resources=found)
    for name in ("metadata", "parallel_tool_calls", "include", "truncation"):
        harness.script(Refusal(400, f"property '{name}' is unsupported"))
    emitted = harness.run(harness.thread("One"), answer(HELLO), assistant_id=assistant, **given)
    assert last(emitted, "run.completed")["metadata"] == {"a": "b"}
    left = [
        {"metadata", "parallel_tool_calls", "include", "truncation"} & set(body) for body in harness.upstream.bodies
    ]
    harness.run(harness.thread("One"), answer(HELLO, id="resp_2"), assistant_id=assistant, **given)
    assert left[-1] == {"metadata", "parallel_tool_calls", "include", "truncation"} & set(harness.sent) == set()


def test_calls_of_a_response_without_an_id_until_its_end_have_their_outputs(harness: Harness) -> None:
    harness.upstream.can = Profile("stateless", stores=False)
    thread = harness.thread("One")
    first, second = call(), call(id="fc_b")
    done = [[{"type": "response.output_item.done", "item": item}] for item in (first, second)]
    emitted = harness.run(thread, [*done, *answer(first, second)[-1:]])
    harness.submit(last(emitted, "run.requires_action"), answer(HELLO, id="resp_2"), call_a="42", call_b="43")
    kinds = [item["type"] for item in harness.sent["input"]]
    assert kinds == ["message", "function_call", "function_call", "function_call_output", "function_call_output"]


#: Refusals of servers that cannot read the reasoning, or do not support it.
UNREADABLE = [
    Refusal(400, "x", code="invalid_encrypted_content"),
    Refusal(422, "Input should be 'message' or 'function_call', not 'reasoning'"),
    Refusal(400, "Unknown field input[1].encrypted_content"),
]


@pytest.mark.parametrize("refusal", UNREADABLE)
def test_reasoning_that_cannot_be_read_is_left_out(harness: Harness, refusal: Refusal) -> None:
    harness.upstream.can = STATELESS
    thread = harness.thread("One")
    harness.run(thread, answer(THOUGHT, HELLO))
    harness.script(refusal)
    harness.run(thread, answer(message(says("Bye."), id="msg_b"), id="resp_2"))
    assert [inputs(body) for body in harness.upstream.bodies[1:]] == [["One", "thought", "Hello."], ["One", "Hello."]]


@pytest.mark.parametrize("tools, include", [([], None), ([{"type": "file_search"}], ["file_search_call.results"])])
@pytest.mark.parametrize(
    "refusal_text", ["Encrypted content is not supported with this model.", "Bad value: 'reasoning.encrypted_content'."]
)
def test_a_model_that_does_not_reason_is_not_asked_for_its_reasoning(
    harness: Harness, tools: Any, include: Any, refusal_text: str
) -> None:
    harness.upstream.can = STATELESS
    thread, assistant = harness.thread("One"), harness.assistant(tools=tools)
    harness.script(Refusal(400, refusal_text))
    harness.run(thread, answer(HELLO), assistant_id=assistant)
    assert harness.sent.get("include") == include
    harness.run(thread, answer(message(says("Bye."), id="msg_b"), id="resp_2"), assistant_id=assistant)
    assert harness.sent.get("include") == include


UNTRUSTED = Profile("other", trusted=False)
#: How an unknown server opens the answer to a chained request, and whether that proves the chain.
OPENINGS = {
    "with the echo": ([[created(id="resp_2", previous_response_id="resp_1", store=True)]], True),
    "without an echo": ([[created(id="resp_2")]], False),
    "with words at once": ([[text("Who?")]], False),
    "with a sign of life and words": ([[{"type": "keepalive"}], [text("Who?")]], False),
}


@pytest.mark.parametrize("way", OPENINGS)
def test_an_unknown_server_must_echo_the_previous_response(harness: Harness, way: str) -> None:
    harness.upstream.can = UNTRUSTED
    reads, believed = OPENINGS[way]
    thread = harness.thread("One")
    first = answer(HELLO)
    harness.run(thread, [[created(id="resp_1", store=True)], *first[1:]])
    harness.script([*reads, *(answer(message(says("B"), id="msg_b"), id="resp_2")[1:] if believed else [])])
    emitted = harness.run(thread, *([] if believed else [answer(message(says("B"), id="msg_b"), id="resp_2")]))
    assert names(emitted)[-1] == "run.completed"
    assert len(harness.upstream.bodies) == (2 if believed else 3)


def test_an_unknown_server_that_loses_chains_is_not_chained_at_any_more(harness: Harness) -> None:
    harness.upstream.can = UNTRUSTED
    thread = harness.thread("One")
    for number in range(1, 5):
        id = f"resp_{number}"
        expected = {"previous_response_id": None, "store": True}
        if number in (2, 3):
            harness.script(Refusal(404, "Response not found", code="previous_response_not_found"))
        whole = answer(message(says(id), id=f"msg_{number}"), id=id)
        harness.run(thread, [[created(id=id, **expected)], *whole[1:]])
    assert [body.get("previous_response_id") for body in harness.upstream.bodies] == [
        None,
        "resp_1",
        None,
        "resp_2",
        None,
        None,
    ]
    assert harness.sent["store"] is False


@pytest.mark.parametrize("profile", [UNTRUSTED, Profile("openai")])
def test_a_valid_chain_resets_the_count_of_lost_ones(harness: Harness, profile: Profile) -> None:
    servers = harness.context.capabilities
    servers.remember_response(profile, "resp_1")
    for _ in range(3):
        servers.lost(profile, "resp_1")
        servers.chained(profile)
    assert servers.adjusted(profile).stores
    servers.unchained(profile)
    servers.unchained(profile)
    assert not servers.adjusted(profile).stores


def test_unknown_events_are_logged_once(harness: Harness, caplog: pytest.LogCaptureFixture) -> None:
    new = {"type": "response.test_asking.new"}
    for _ in range(2):
        events = answer(HELLO)
        harness.run(harness.thread("One"), [*events[:-1], [new], events[-1]])
    messages = [record.getMessage() for record in caplog.records if "test_asking" in record.getMessage()]
    assert len(messages) == 1


def test_a_difference_is_logged_for_each_run(harness: Harness, caplog: pytest.LogCaptureFixture) -> None:
    events = answer(HELLO)
    for _ in range(2):
        harness.run(harness.thread("One"), [*events[:2], [text("Hullo")], *events[2:]])
    assert sum("differs" in record.getMessage() for record in caplog.records) == 2


def test_a_run_that_another_process_drives_is_not_interrupted(harness: Harness) -> None:
    running = Registry()
    running.notify("run_1")
    assert not running.is_notified("run_1")
    running.enter("run_1", None)
    running.notify("run_1")
    assert running.is_notified("run_1")
    running.leave("run_1")
    assert (running.is_notified("run_1"), running.runs()) == (False, [])


def test_a_watcher_of_a_run_is_called_once() -> None:
    running, rung = Registry(), list[str]()
    ring, other = (lambda: rung.append("one")), (lambda: rung.append("other"))
    assert not running.watch("run_1", ring)
    running.enter("run_1", None)
    assert running.watch("run_1", ring)
    assert running.watch("run_1", other)
    running.unwatch("run_1", other)
    running.unwatch("run_1", other)
    assert not rung
    running.leave("run_1")
    running.leave("run_1")
    assert rung == ["one"]
    assert not running.watch("run_1", ring)


def test_a_forked_process_drives_nothing() -> None:
    running = Registry()
    running.enter("run_1", None)
    running.notify("run_1")
    assert running.may_poll("run_1", 1.0)
    assert not running.may_poll("run_1", 1.0)
    running.forget()
    assert (running.is_notified("run_1"), running.runs()) == (False, [])
    assert running.may_poll("run_1", 1.0)


def test_a_shortened_round_includes_its_outputs(harness: Harness) -> None:
    thread = harness.thread("A", "B")
    run = last(harness.run(thread, answer(call())), "run.requires_action")
    harness.script(TOO_LONG)
    harness.submit(run, answer(HELLO, id="resp_2"), call_a="42")
    assert inputs(harness.sent) == ["B", "call call_a", "output call_a"]


def test_a_changed_request_is_marked(harness: Harness) -> None:
    thread, assistant = harness.thread("One"), harness.assistant(temperature=0.5)
    harness.script(UNSUPPORTED)
    emitted = harness.run(thread, answer(HELLO), assistant_id=assistant)
    found = harness.base.read(ledger.trace, "", last(emitted, "run.completed")["id"])
    (mark,) = found.rounds[0].marks
    assert (mark["kind"], mark["response"], mark["previous"]) == ("changed", "resp_1", None)
    assert "refused a parameter" in mark["why"]
    assert found.unanswered == []


def test_a_changed_request_that_fails_is_marked(harness: Harness) -> None:
    thread, assistant = harness.thread("One"), harness.assistant(temperature=0.5)
    harness.script(UNSUPPORTED)
    emitted = harness.run(thread, Refusal(500, "Oh."), assistant_id=assistant)
    found = harness.base.read(ledger.trace, "", last(emitted, "run.failed")["id"])
    assert found.rounds == []
    assert [mark["kind"] for mark in found.unanswered] == ["changed"]
