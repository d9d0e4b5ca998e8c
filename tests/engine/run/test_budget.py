"""`max_prompt_tokens`: the part of a thread that a run may send, over all of its rounds."""

from typing import Any

import pytest

from shim.ports import Profile, Refusal
from shim.translate import estimate
from tests.engine.scripted import World, answer, inputs, place
from tests.translate.telling import call, last, message, names, says

Json = dict[str, Any]
HELLO = message(says("Hello."))
BYE = message(says("Bye."), id="msg_b")
COUNTS = Profile("scripted", counts=True)
#: Eight messages of forty letters each: an estimate of fourteen tokens a message, and three for the whole.
THREAD = [letter * 40 for letter in "ABCDEFGH"]
NO_ROUTE = Refusal(404, "Invalid URL (POST /v1/responses/input_tokens)")
GONE = Refusal(400, "Previous response with id 'resp_1' not found.", code="previous_response_not_found")
TOO_LONG = Refusal(400, "Your input exceeds the context window of this model.", code="context_length_exceeded")


def shown(world: World) -> str:
    """The first letters of the texts that were sent upstream."""
    return "".join(text[0] for text in inputs(world.sent))


def asked(world: World) -> int:
    """How many requests the counting endpoint received."""
    return sum(path == "/responses/input_tokens" for _, path, _ in world.upstream.calls)


def used(prompt: int) -> Json:
    return {"input_tokens": prompt, "output_tokens": 4, "total_tokens": prompt + 4}


def by_words(each: int) -> Any:
    """A server that counts so many tokens for each item of the input."""
    return lambda body: each * len(body["input"])


#: The limit, and the texts of the thread that are sent.
ESTIMATED = [(115, "ABCDEFGH"), (114, "BCDEFGH"), (60, "EFGH"), (31, "GH"), (30, "H"), (17, "H")]


@pytest.mark.parametrize("cap, said", ESTIMATED)
def test_older_messages_are_left_out_by_estimate(world: World, cap: int, said: str) -> None:
    told = world.run(world.thread(*THREAD), answer(HELLO), max_prompt_tokens=cap)
    assert last(told, "run.completed")["max_prompt_tokens"] == cap
    assert shown(world) == said
    assert asked(world) == 0


@pytest.mark.parametrize("cap, said", [(800, "ABCDEFGH"), (799, "BCDEFGH"), (250, "GH"), (100, "H")])
def test_upstream_counts_where_it_can(world: World, cap: int, said: str) -> None:
    world.upstream.can, world.upstream.counting = COUNTS, by_words(100)
    world.run(world.thread(*THREAD), answer(HELLO), max_prompt_tokens=cap, temperature=0.5)
    assert shown(world) == said
    assert asked(world) in (1, 2)
    (_, _, body), *_ = world.upstream.calls
    assert set(body) == {"model", "input", "truncation"}


def test_a_budget_is_met_although_estimates_are_wrong(world: World) -> None:
    """The first message has almost no tokens, the last but one nearly all: the counts decide, not the estimates."""
    world.upstream.can = COUNTS
    world.upstream.counting = lambda body: sum({"G": 900}.get(text[0], 1) for text in inputs(body))
    world.run(world.thread(*THREAD), answer(HELLO), max_prompt_tokens=100)
    assert shown(world) == "H"
    assert asked(world) <= 7


def test_if_nothing_fits_after_some_counts_only_the_last_message_is_sent(world: World) -> None:
    world.upstream.can = COUNTS
    world.upstream.counting = lambda body: 16 if len(body["input"]) == 1 else 20 + len(body["input"])
    thread = world.thread(*[letter * 400 for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"])
    world.run(thread, answer(HELLO), max_prompt_tokens=20)
    assert (shown(world), asked(world)) == ("Z", 7)


@pytest.mark.parametrize("counts", [True, False])
def test_a_run_that_does_not_fit_the_budget_is_incomplete(world: World, counts: bool) -> None:
    world.upstream.can, world.upstream.counting = Profile("scripted", counts=counts), by_words(1000)
    told = world.run(world.thread("A" * 1000, "B" * 1000), max_prompt_tokens=100)
    assert world.upstream.bodies == []
    assert names(told)[2:] == ["run.in_progress", "run.incomplete"]
    ended = last(told, "run.incomplete")
    assert (ended["incomplete_details"], ended["usage"]["total_tokens"]) == ({"reason": "max_prompt_tokens"}, 0)


def test_instructions_that_do_not_fit(world: World) -> None:
    told = world.run(world.post("threads")["id"], instructions="x" * 1000, max_prompt_tokens=100)
    assert last(told, "run.incomplete")["incomplete_details"] == {"reason": "max_prompt_tokens"}


def test_the_budget_applies_to_all_rounds(world: World) -> None:
    world.upstream.can, world.upstream.counting = COUNTS, lambda body: 10
    told = world.run(world.thread("One"), answer(call(), usage=used(60)), max_prompt_tokens=100)
    told = world.submit(
        last(told, "run.requires_action"), answer(call(id="fc_b"), id="resp_2", usage=used(40)), call_a="42"
    )
    assert (inputs(world.sent), world.sent["previous_response_id"]) == (["output call_a"], "resp_1")
    told = world.submit(last(told, "run.requires_action"), call_b="43")
    assert len(world.upstream.bodies) == 2
    assert names(told)[-3:] == ["run.queued", "run.in_progress", "run.incomplete"]
    ended = last(told, "run.incomplete")
    assert (ended["incomplete_details"], ended["usage"]["prompt_tokens"]) == ({"reason": "max_prompt_tokens"}, 100)
    # The thread can be continued, with the calls and their outputs.
    world.run(ended["thread_id"], answer(BYE, id="resp_3"))
    assert inputs(world.sent) == ["One", "call call_a", "output call_a", "call call_b", "output call_b"]


def test_a_round_leaves_out_older_messages_but_never_its_own(world: World) -> None:
    thread = world.thread(*THREAD)
    told = world.run(thread, answer(message(says("Wait.")), call(), usage=used(50)), max_prompt_tokens=120)
    world.submit(last(told, "run.requires_action"), answer(BYE, id="resp_2"), call_a="42")
    assert inputs(world.sent)[-4:] == ["H" * 40, "Wait.", "call call_a", "output call_a"]
    assert "previous_response_id" not in world.sent
    assert 4 < len(inputs(world.sent)) < 11


def test_a_chain_is_counted_as_a_whole_and_replaced_if_it_is_too_long(world: World) -> None:
    thread = world.thread(*THREAD)
    world.run(thread, answer(HELLO))
    world.say(thread, "I" * 40)
    world.run(thread, answer(BYE, id="resp_2"), max_prompt_tokens=140)
    assert (world.sent["previous_response_id"], shown(world)) == ("resp_1", "I")
    world.say(thread, "J" * 40)
    world.run(thread, answer(HELLO, id="resp_3"), max_prompt_tokens=55)
    assert ("previous_response_id" in world.sent, shown(world)) == (False, "HIBJ")


def test_a_chain_with_more_than_the_messages_is_replayed(world: World) -> None:
    """For example, without the results of hosted tools all messages may fit."""
    world.upstream.can = COUNTS
    thread = world.thread("A", "B")
    world.run(thread, answer(HELLO))
    world.upstream.counting = lambda body: 500 if "previous_response_id" in body else 20
    world.say(thread, "C")
    world.run(thread, answer(BYE, id="resp_2"), max_prompt_tokens=100)
    assert ("previous_response_id" in world.sent, shown(world)) == (False, "ABHC")
    # No message was left out, so the next run may chain from this one.
    world.run(thread, answer(HELLO, id="resp_3"))
    assert world.sent["previous_response_id"] == "resp_2"


def test_a_run_that_left_messages_out_is_no_head(world: World) -> None:
    world.upstream.can = COUNTS
    world.upstream.counting = lambda body: 20 if "previous_response_id" in body else 14 * len(body["input"])
    thread = world.thread(*THREAD)
    told = world.run(thread, answer(call()), max_prompt_tokens=60)
    world.submit(last(told, "run.requires_action"), answer(BYE, id="resp_2"), call_a="42")
    assert world.sent["previous_response_id"] == "resp_1"
    world.run(thread, answer(HELLO, id="resp_3"))
    assert "previous_response_id" not in world.sent
    assert shown(world) == "ABCDEFGHcoB"


#: The answer of the counting endpoint, and the number of calls in two runs.
FAILURES = {
    "no such endpoint": (NO_ROUTE, 1),
    "no such method": (Refusal(405, "Method Not Allowed"), 1),
    "a breakdown": (Refusal(500, "Oops."), 4),
    "no connection": (Refusal(None, "Connection error."), 4),
    "a window that is too small": (TOO_LONG, 4),
}


@pytest.mark.parametrize("what", FAILURES)
def test_if_counting_fails_tokens_are_estimated(world: World, what: str) -> None:
    refusal, times = FAILURES[what]
    world.upstream.can, world.upstream.counting = COUNTS, lambda body: refusal
    for number in (1, 2):
        world.run(world.thread(*THREAD), answer(HELLO, id=f"resp_{number}"), max_prompt_tokens=60)
        assert shown(world) == "EFGH"
    assert asked(world) == times


def test_a_chain_that_is_lost_while_it_is_counted_is_healed(world: World) -> None:
    world.upstream.can = COUNTS
    world.upstream.counting = lambda body: GONE if "previous_response_id" in body else 14 * len(body["input"])
    thread = world.thread(*THREAD)
    world.run(thread, answer(HELLO))
    told = world.run(thread, answer(BYE, id="resp_2"), max_prompt_tokens=60)
    assert names(told)[-1] == "run.completed"
    assert (shown(world), len(world.upstream.bodies)) == ("FGHH", 2)


def test_a_window_and_a_budget(world: World) -> None:
    window = {"type": "last_messages", "last_messages": 3}
    world.run(world.thread(*THREAD), answer(HELLO), max_prompt_tokens=60, truncation_strategy=window)
    assert shown(world) == "FGH"
    world.run(world.thread(*THREAD), answer(HELLO, id="resp_2"), max_prompt_tokens=31, truncation_strategy=window)
    assert shown(world) == "GH"


def test_input_that_fits_the_budget_but_not_the_model_is_halved(world: World) -> None:
    thread = world.thread(*THREAD)
    world.script(TOO_LONG)
    world.run(thread, answer(HELLO), max_prompt_tokens=60)
    assert [inputs(body)[0][0] for body in world.upstream.bodies] == ["E", "G"]


def test_a_polled_run_in_the_background(world: World) -> None:
    world.upstream.can = Profile("scripted", background=True, always=True)
    thread, assistant = world.thread("A" * 1000), world.assistant()
    run = world.post(f"threads/{thread}/runs", assistant_id=assistant, max_prompt_tokens=100)
    found = world.get(place(run))
    assert (found["status"], found["incomplete_details"]) == ("incomplete", {"reason": "max_prompt_tokens"})
    assert world.upstream.bodies == []
    world.script({"id": "resp_1", "status": "completed", "output": [HELLO], "usage": used(9)})
    run = world.post(f"threads/{thread}/runs", assistant_id=assistant, max_prompt_tokens=300)
    assert world.get(place(run))["status"] == "completed"


def test_a_polled_run_that_the_shim_drives(world: World) -> None:
    run = world.post(f"threads/{world.thread('A' * 1000)}/runs", assistant_id=world.assistant(), max_prompt_tokens=100)
    found = world.get(place(run))
    assert (found["status"], found["incomplete_details"]) == ("incomplete", {"reason": "max_prompt_tokens"})


def test_a_run_without_a_cap_counts_nothing(world: World) -> None:
    world.upstream.can, world.upstream.counting = COUNTS, by_words(10**9)
    world.run(world.thread("One"), answer(HELLO))
    assert asked(world) == 0


PICTURE = {"type": "image_url", "image_url": {"url": "https://example.com/a.png"}}


def test_all_content_is_estimated(world: World) -> None:
    """Every kind of content in a request adds to the estimate."""
    parts = [{"type": "text", "text": "x" * 8}, PICTURE]
    thread = world.post("threads", messages=[{"role": "user", "content": parts}])["id"]
    function = {"type": "function", "function": {"name": "f", "parameters": {"type": "object", "properties": {}}}}
    given: Json = {"tools": [function], "instructions": "Be brief.", "response_format": {"type": "json_object"}}
    told = world.run(thread, answer(message({"type": "refusal", "refusal": "No."}), call('{"a": 1}')), **given)
    world.submit(last(told, "run.requires_action"), answer(BYE, id="resp_2"), call_a="sunny")
    world.upstream.can = Profile("scripted", stores=False)
    world.run(thread, answer(HELLO, id="resp_3"), **given)
    body = world.sent
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
