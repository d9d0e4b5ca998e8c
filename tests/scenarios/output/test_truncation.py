"""The part of a long thread that a run sends: by its budget, by the model's context window, by its own
`last_messages`.
"""

from collections.abc import Callable
from typing import Any

import pytest

from shim.sandbox import Sandbox
from tests.scenarios.doors.colours import COLOURS, opened
from tests.scenarios.doors.loopback import Loopback, Reply, Request
from tests.scenarios.doors.talking import carry_out, tool
from tests.scenarios.hosted_tools.stage import Json, Stage, random_word

COUNT = "/responses/input_tokens"


def told_before(count: int = 6, length: int = 12) -> tuple[list[str], list[Json]]:
    """Facts, and one message of ``length`` words for each."""
    facts = [random_word() for _ in range(count)]
    return facts, [{"role": "user", "content": f"{fact} {'so ' * (length - 1)}".strip()} for fact in facts]


def heard_of(facts: list[str], text: str) -> list[bool]:
    return [fact in text for fact in facts]


def test_a_budget_leaves_out_older_messages(stage: Stage) -> None:
    facts, messages = told_before()
    thread, assistant = stage.thread(messages=messages), stage.assistant()
    result = stage.run(thread, assistant, max_prompt_tokens=40)
    assert (result.run["status"], result.run["max_prompt_tokens"]) == ("completed", 40)
    assert heard_of(facts, result.text) == [False, False, False, True, True, True]
    assert result.run["usage"]["prompt_tokens"] == 37
    counted = stage.sent(COUNT)
    # A run without a budget sends the whole thread again.
    result = stage.ask("Go on.", assistant, thread=thread)
    assert heard_of(facts, result.text) == [True] * 6
    assert stage.sent(COUNT) == counted


def test_a_budget_is_counted_with_the_chain(plain: Stage) -> None:
    thread, assistant = plain.thread(), plain.assistant()
    first = plain.ask(f"Remember {random_word()}.", assistant, thread=thread)
    result = plain.ask("And now?", assistant, thread=thread, max_prompt_tokens=500)
    assert heard_of([first.text.split()[2]], result.text) == [True]
    body = plain.sent(COUNT)[-1]
    assert body["previous_response_id"] == plain.sent("/responses")[-1]["previous_response_id"]
    assert len(body["input"]) == 1


def test_a_budget_covers_all_rounds(stage: Stage) -> None:
    tools = [tool("get_time"), tool("get_mail")]
    thread, assistant = stage.thread(), stage.assistant(*tools)
    stage.add_message(thread, "get_time then get_mail")
    functions: dict[str, Callable[[Json], str]] = {
        "get_time": lambda _: "noon " * 40,
        "get_mail": lambda _: random_word(),
    }
    before = len(stage.sent("/responses"))
    result = carry_out(stage.client, stage.way, thread, assistant, functions, max_prompt_tokens=60)
    assert (result.run["status"], result.run["incomplete_details"]) == ("incomplete", {"reason": "max_prompt_tokens"})
    assert result.run["usage"]["prompt_tokens"] <= 60
    assert len(stage.sent("/responses")) - before == len(result.steps)
    assert all(step["status"] == "completed" for step in result.steps)
    # The thread is not locked, and the outputs of the functions are not lost.
    assert "noon" in stage.ask("Well?", assistant, thread=thread).text


def test_last_messages_limits_what_is_sent(plain: Stage) -> None:
    facts, messages = told_before()
    thread, assistant = plain.thread(messages=messages), plain.assistant()
    window = {"type": "last_messages", "last_messages": 2}
    result = plain.run(thread, assistant, truncation_strategy=window)
    assert result.run["truncation_strategy"] == window
    assert heard_of(facts, result.text) == [False] * 4 + [True] * 2
    result = plain.ask("Go on.", assistant, thread=thread)
    assert heard_of(facts, result.text) == [True] * 6


WAYS = {"sync": "poll", "async": "events"}


@pytest.mark.parametrize("colour", COLOURS)
def test_a_chain_longer_than_the_window_is_truncated_by_upstream(colour: str) -> None:
    """`truncation: auto` is sent together with the chain: the chain continues, and upstream drops older messages."""
    with Loopback(sandbox=Sandbox(context_window=60)) as server, opened(colour, base_url=server.url) as client:
        result = _grown(client, colour)
        assert result.run["status"] == "completed"
        assert [body["truncation"] for body in server.bodies] == ["auto"] * 3
        assert server.bodies[-1]["previous_response_id"]
        assert len(server.bodies[-1]["input"]) == 1


def _grown(client: Any, colour: str) -> Any:
    """Three turns of twenty-five words, which together with their answers exceed a window of sixty."""
    assistant = client.beta.assistants.create(model="gpt-4o").id
    thread = client.beta.threads.create().id
    for letter in "ABC":
        client.beta.threads.messages.create(thread, role="user", content=f"essay-25 {letter * 9} {'so ' * 23}")
        result = carry_out(client, WAYS[colour], thread, assistant, {})
    return result


def _without_truncation(request: Request) -> Reply | None:
    """A server that refuses the parameter as unknown."""
    if request.method == "POST" and "truncation" in request.json:
        return Reply.error(400, "Unknown parameter: 'truncation'.", "unknown_parameter")
    return None


@pytest.mark.parametrize("colour", COLOURS)
def test_where_upstream_cannot_truncate_the_shim_does(colour: str) -> None:
    sandbox = Sandbox(context_window=60)
    with Loopback(_without_truncation, sandbox) as server, opened(colour, base_url=server.url) as client:
        result = _grown(client, colour)
        assert result.run["status"] == "completed"
        # The parameter is sent once; after its refusal it is left out.
        assert ["truncation" in body for body in server.bodies[:3]] == [True, False, False]
        assert "previous_response_id" not in server.bodies[-1]
        assert "CCCCCCCCC" in str(server.bodies[-1]["input"])
        assert "AAAAAAAAA" not in str(server.bodies[-1]["input"])


@pytest.mark.parametrize("colour", COLOURS)
def test_without_a_counting_endpoint_tokens_are_estimated(colour: str) -> None:
    """After one 404 the counting endpoint is not requested again."""

    def uncounted(request: Request) -> Reply | None:
        return Reply.error(404, "Not Found") if request.path.endswith(COUNT) else None

    facts, messages = told_before()
    with Loopback(uncounted) as server, opened(colour, base_url=server.url) as client:
        assistant = client.beta.assistants.create(model="gpt-4o").id
        for _ in range(2):
            thread = client.beta.threads.create(messages=messages).id
            result = carry_out(client, WAYS[colour], thread, assistant, {}, max_prompt_tokens=80)
            assert result.run["status"] == "completed"
            seen = heard_of(facts, result.text)
            assert (seen[0], seen[-1], sorted(seen)) == (False, True, seen)
        assert sum(request.path.endswith(COUNT) for request in server.requests) == 1
