"""`max_prompt_tokens`: the part of a thread that a run may send, over all of its rounds."""

from typing import Any

import pytest

from shim.ports import Profile, Refusal
from shim.translate import estimate
from tests.engine.scripted import Harness, answer, inputs, place
from tests.translate.upstream_events import call, last, message, names, says

Json = dict[str, Any]
HELLO = message(says("Hello."))
BYE = message(says("Bye."), id="msg_b")
COUNTS = Profile("scripted", counts=True)
#: Eight messages of forty letters each: an estimate of fourteen tokens a message, and three for the whole.
THREAD = [letter * 40 for letter in "ABCDEFGH"]
NO_ROUTE = Refusal(404, "Invalid URL (POST /v1/responses/input_tokens)")
GONE = Refusal(400, "Previous response with id 'resp_1' not found.", code="previous_response_not_found")
TOO_LONG = Refusal(400, "Your input exceeds the context window of this model.", code="context_length_exceeded")


def shown(harness: Harness) -> str:
    """The first letters of the texts that were sent upstream."""
    return "".join(text[0] for text in inputs(harness.sent))


def count_requests(harness: Harness) -> int:
    """How many requests the counting endpoint received."""
    return sum(path == "/responses/input_tokens" for _, path, _ in harness.upstream.calls)


def used(prompt: int) -> Json:
    return {"input_tokens": prompt, "output_tokens": 4, "total_tokens": prompt + 4}


def by_words(each: int) -> Any:
    """A server that counts so many tokens for each item of the input."""
    return lambda body: each * len(body["input"])


#: The limit, and the texts of the thread that are sent.
ESTIMATED = [(115, "ABCDEFGH"), (114, "BCDEFGH"), (60, "EFGH"), (31, "GH"), (30, "H"), (17, "H")]


@pytest.mark.parametrize("cap, message", ESTIMATED)
def test_older_messages_are_left_out_by_estimate(harness: Harness, cap: int, message: str) -> None:
    emitted = harness.run(harness.thread(*THREAD), answer(HELLO), max_prompt_tokens=cap)
    assert last(emitted, "run.completed")["max_prompt_tokens"] == cap
    assert shown(harness) == message
    assert count_requests(harness) == 0


@pytest.mark.parametrize("cap, message", [(800, "ABCDEFGH"), (799, "BCDEFGH"), (250, "GH"), (100, "H")])
def test_upstream_counts_where_it_can(harness: Harness, cap: int, message: str) -> None:
    harness.upstream.can, harness.upstream.counting = COUNTS, by_words(100)
    harness.run(harness.thread(*THREAD), answer(HELLO), max_prompt_tokens=cap, temperature=0.5)
    assert shown(harness) == message
    assert count_requests(harness) in (1, 2)
    (_, _, body), *_ = harness.upstream.calls
    assert set(body) == {"model", "input", "truncation"}


def test_a_budget_is_met_although_estimates_are_wrong(harness: Harness) -> None:
    """The first message has almost no tokens, the last but one nearly all: the counts decide, not the estimates."""
    harness.upstream.can = COUNTS
    harness.upstream.counting = lambda body: sum({"G": 900}.get(text[0], 1) for text in inputs(body))
    harness.run(harness.thread(*THREAD), answer(HELLO), max_prompt_tokens=100)
    assert shown(harness) == "H"
    assert count_requests(harness) <= 7


def test_if_nothing_fits_after_some_counts_only_the_last_message_is_sent(harness: Harness) -> None:
    harness.upstream.can = COUNTS
    harness.upstream.counting = lambda body: 16 if len(body["input"]) == 1 else 20 + len(body["input"])
    thread = harness.thread(*[letter * 400 for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"])
    harness.run(thread, answer(HELLO), max_prompt_tokens=20)
    assert (shown(harness), count_requests(harness)) == ("Z", 7)


@pytest.mark.parametrize("counts", [True, False])
def test_a_run_that_does_not_fit_the_budget_is_incomplete(harness: Harness, counts: bool) -> None:
    harness.upstream.can, harness.upstream.counting = Profile("scripted", counts=counts), by_words(1000)
    emitted = harness.run(harness.thread("A" * 1000, "B" * 1000), max_prompt_tokens=100)
    assert harness.upstream.bodies == []
    assert names(emitted)[2:] == ["run.in_progress", "run.incomplete"]
    ended = last(emitted, "run.incomplete")
    assert (ended["incomplete_details"], ended["usage"]["total_tokens"]) == ({"reason": "max_prompt_tokens"}, 0)


def test_instructions_that_do_not_fit(harness: Harness) -> None:
    emitted = harness.run(harness.post("threads")["id"], instructions="x" * 1000, max_prompt_tokens=100)
    assert last(emitted, "run.incomplete")["incomplete_details"] == {"reason": "max_prompt_tokens"}


def test_the_budget_applies_to_all_rounds(harness: Harness) -> None:
    harness.upstream.can, harness.upstream.counting = COUNTS, lambda body: 10
    emitted = harness.run(harness.thread("One"), answer(call(), usage=used(60)), max_prompt_tokens=100)
    emitted = harness.submit(
        last(emitted, "run.requires_action"), answer(call(id="fc_b"), id="resp_2", usage=used(40)), call_a="42"
    )
    assert (inputs(harness.sent), harness.sent["previous_response_id"]) == (["output call_a"], "resp_1")
    emitted = harness.submit(last(emitted, "run.requires_action"), call_b="43")
    assert len(harness.upstream.bodies) == 2
    assert names(emitted)[-3:] == ["run.queued", "run.in_progress", "run.incomplete"]
    ended = last(emitted, "run.incomplete")
    assert (ended["incomplete_details"], ended["usage"]["prompt_tokens"]) == ({"reason": "max_prompt_tokens"}, 100)
    # The thread can be continued, with the calls and their outputs.
    harness.run(ended["thread_id"], answer(BYE, id="resp_3"))
    assert inputs(harness.sent) == ["One", "call call_a", "output call_a", "call call_b", "output call_b"]


def test_a_round_leaves_out_older_messages_but_never_its_own(harness: Harness) -> None:
    thread = harness.thread(*THREAD)
    emitted = harness.run(thread, answer(message(says("Wait.")), call(), usage=used(50)), max_prompt_tokens=120)
    harness.submit(last(emitted, "run.requires_action"), answer(BYE, id="resp_2"), call_a="42")
    assert inputs(harness.sent)[-4:] == ["H" * 40, "Wait.", "call call_a", "output call_a"]
    assert "previous_response_id" not in harness.sent
    assert 4 < len(inputs(harness.sent)) < 11


def test_a_chain_is_counted_as_a_whole_and_replaced_if_it_is_too_long(harness: Harness) -> None:
    thread = harness.thread(*THREAD)
    harness.run(thread, answer(HELLO))
    harness.message(thread, "I" * 40)
    harness.run(thread, answer(BYE, id="resp_2"), max_prompt_tokens=140)
    assert (harness.sent["previous_response_id"], shown(harness)) == ("resp_1", "I")
    harness.message(thread, "J" * 40)
    harness.run(thread, answer(HELLO, id="resp_3"), max_prompt_tokens=55)
    assert ("previous_response_id" in harness.sent, shown(harness)) == (False, "HIBJ")


def test_a_chain_with_more_than_the_messages_is_replayed(harness: Harness) -> None:
    """For example, without the results of hosted tools all messages may fit."""
    harness.upstream.can = COUNTS
    thread = harness.thread("A", "B")
    harness.run(thread, answer(HELLO))
    harness.upstream.counting = lambda body: 500 if "previous_response_id" in body else 20
    harness.message(thread, "C")
    harness.run(thread, answer(BYE, id="resp_2"), max_prompt_tokens=100)
    assert ("previous_response_id" in harness.sent, shown(harness)) == (False, "ABHC")
    # No message was left out, so the next run may chain from this one.
    harness.run(thread, answer(HELLO, id="resp_3"))
    assert harness.sent["previous_response_id"] == "resp_2"


def test_a_run_that_left_messages_out_is_no_head(harness: Harness) -> None:
    harness.upstream.can = COUNTS
    harness.upstream.counting = lambda body: 20 if "previous_response_id" in body else 14 * len(body["input"])
    thread = harness.thread(*THREAD)
    emitted = harness.run(thread, answer(call()), max_prompt_tokens=60)
    harness.submit(last(emitted, "run.requires_action"), answer(BYE, id="resp_2"), call_a="42")
    assert harness.sent["previous_response_id"] == "resp_1"
    harness.run(thread, answer(HELLO, id="resp_3"))
    assert "previous_response_id" not in harness.sent
    assert shown(harness) == "ABCDEFGHcoB"


#: The answer of the counting endpoint, and the number of calls in two runs.
FAILURES = {
    "no such endpoint": (NO_ROUTE, 1),
    "no such method": (Refusal(405, "Method Not Allowed"), 1),
    "a breakdown": (Refusal(500, "Oops."), 4),
    "no connection": (Refusal(None, "Connection error."), 4),
    "a window that is too small": (TOO_LONG, 4),
}


@pytest.mark.parametrize("what", FAILURES)
def test_if_counting_fails_tokens_are_estimated(harness: Harness, what: str) -> None:
    refusal, times = FAILURES[what]
    harness.upstream.can, harness.upstream.counting = COUNTS, lambda body: refusal
    for number in (1, 2):
        harness.run(harness.thread(*THREAD), answer(HELLO, id=f"resp_{number}"), max_prompt_tokens=60)
        assert shown(harness) == "EFGH"
    assert count_requests(harness) == times


def test_a_chain_that_is_lost_while_it_is_counted_is_healed(harness: Harness) -> None:
    harness.upstream.can = COUNTS
    harness.upstream.counting = lambda body: GONE if "previous_response_id" in body else 14 * len(body["input"])
    thread = harness.thread(*THREAD)
    harness.run(thread, answer(HELLO))
    emitted = harness.run(thread, answer(BYE, id="resp_2"), max_prompt_tokens=60)
    assert names(emitted)[-1] == "run.completed"
    assert (shown(harness), len(harness.upstream.bodies)) == ("FGHH", 2)


def test_a_window_and_a_budget(harness: Harness) -> None:
    window = {"type": "last_messages", "last_messages": 3}
    harness.run(harness.thread(*THREAD), answer(HELLO), max_prompt_tokens=60, truncation_strategy=window)
    assert shown(harness) == "FGH"
    harness.run(harness.thread(*THREAD), answer(HELLO, id="resp_2"), max_prompt_tokens=31, truncation_strategy=window)
    assert shown(harness) == "GH"


def test_input_that_fits_the_budget_but_not_the_model_is_halved(harness: Harness) -> None:
    thread = harness.thread(*THREAD)
    harness.script(TOO_LONG)
    harness.run(thread, answer(HELLO), max_prompt_tokens=60)
    assert [inputs(body)[0][0] for body in harness.upstream.bodies] == ["E", "G"]


def test_a_polled_run_in_the_background(harness: Harness) -> None:
    harness.upstream.can = Profile("scripted", background=True, always=True)
    thread, assistant = harness.thread("A" * 1000), harness.assistant()
    run = harness.post(f"threads/{thread}/runs", assistant_id=assistant, max_prompt_tokens=100)
    found = harness.get(place(run))
    assert (found["status"], found["incomplete_details"]) == ("incomplete", {"reason": "max_prompt_tokens"})
    assert harness.upstream.bodies == []
    harness.script({"id": "resp_1", "status": "completed", "output": [HELLO], "usage": used(9)})
    run = harness.post(f"threads/{thread}/runs", assistant_id=assistant, max_prompt_tokens=300)
    assert harness.get(place(run))["status"] == "completed"


def test_a_polled_run_that_the_shim_drives(harness: Harness) -> None:
    run = harness.post(
        f"threads/{harness.thread('A' * 1000)}/runs", assistant_id=harness.assistant(), max_prompt_tokens=100
    )
    found = harness.get(place(run))
    assert (found["status"], found["incomplete_details"]) == ("incomplete", {"reason": "max_prompt_tokens"})


def test_a_run_without_a_cap_counts_nothing(harness: Harness) -> None:
    harness.upstream.can, harness.upstream.counting = COUNTS, by_words(10**9)
    harness.run(harness.thread("One"), answer(HELLO))
    assert count_requests(harness) == 0


PICTURE = {"type": "image_url", "image_url": {"url": "https://example.com/a.png"}}


def test_all_content_is_estimated(harness: Harness) -> None:
    """Every kind of content in a request adds to the estimate."""
    parts = [{"type": "text", "text": "x" * 8}, PICTURE]
    thread = harness.post("threads", messages=[{"role": "user", "content": parts}])["id"]
    function = {"type": "function", "function": {"name": "f", "parameters": {"type": "object", "properties": {}}}}
    given: Json = {"tools": [function], "instructions": "Be brief.", "response_format": {"type": "json_object"}}
    emitted = harness.run(thread, answer(message({"type": "refusal", "refusal": "No."}), call('{"a": 1}')), **given)
    harness.submit(last(emitted, "run.requires_action"), answer(BYE, id="resp_2"), call_a="sunny")
    harness.upstream.can = Profile("scripted", stores=False)
    harness.run(thread, answer(HELLO, id="resp_3"), **given)
    body = harness.sent
    whole = estimate.of_body(body, estimate.plain)
    for index in range(len(body["input"])):
        assert (
            estimate.of_body(body | {"input": body["input"][:index] + body["input"][index + 1 :]}, estimate.plain)
            < whole
        )
    for name in ("tools", "instructions", "text"):
        assert estimate.of_body({key: body[key] for key in body if key != name}, estimate.plain) < whole
    picture = {"type": "input_image", "image_url": "data:", "detail": "low"}
    small, large = ({"content": [picture | {"detail": detail}]} for detail in ("low", "high"))
    assert estimate.of_item(small, len) < estimate.of_item(large, len)
