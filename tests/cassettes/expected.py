"""What each scenario must look like to the application.

Texts and calls come from the cassette's own finished responses, read here without a line of the project, so that a
mistake cannot be its own expectation; the shape of the stream and the ends are tables.
"""

import json
from typing import Any

BEGIN = ["thread.run.created", "thread.run.queued", "thread.run.in_progress"]
STEP = ["thread.run.step.created", "thread.run.step.in_progress"]
MESSAGE = [*STEP, "thread.message.created", "thread.message.in_progress", "thread.message.delta"]
ANSWER = [*MESSAGE, "thread.message.completed", "thread.run.step.completed", "thread.run.completed"]
ASK = [*STEP, "thread.run.step.delta", "thread.run.requires_action"]
RESUME = ["thread.run.step.completed", "thread.run.queued", "thread.run.in_progress"]
FAIL = [*BEGIN, "thread.run.failed"]
ALOUD = [*MESSAGE, "thread.message.completed", "thread.run.step.completed"]
CUT = ["thread.message.incomplete", "thread.run.step.completed", "thread.run.incomplete"]
ONE_CALL = [*BEGIN, *ASK, *RESUME, *ANSWER]

#: Scenario: every event that the application hears, a row of deltas as one.  The SDK keeps `done` to itself.
EVENTS: dict[str, list[str]] = {
    "text": [*BEGIN, *ANSWER],
    "one-call": ONE_CALL,
    "parallel-calls": ONE_CALL,
    "two-rounds": [*BEGIN, *ASK, *RESUME, *ASK, *RESUME, *ANSWER],
    "text-and-calls": [*BEGIN, *ALOUD, *ASK, *RESUME, *ANSWER],
    "failed-call-retried": [*BEGIN, *ASK, *RESUME, *ASK, *RESUME, *ANSWER],
    "follow-up": [*ONE_CALL, *BEGIN, *ANSWER],
    "incomplete": [*BEGIN, *MESSAGE, *CUT],
    "refusal": [*BEGIN, *ANSWER],
    "refused-key": [],
    "rate-limited": FAIL,
    "rate-limited-once": [*BEGIN, *ANSWER],
    "server-error": FAIL,
}
#: Scenario: how its runs end, and the error's code of one that fails.  All others complete.
ENDS: dict[str, list[tuple[str, str | None]]] = {
    "follow-up": [("completed", None)] * 2,
    "incomplete": [("incomplete", None)],
    "refused-key": [],
    "rate-limited": [("failed", "rate_limit_exceeded")],
    "server-error": [("failed", "server_error")],
}
WELL: list[tuple[str, str | None]] = [("completed", None)]
REFUSED = {"refused-key": (401, "invalid_api_key")}
FINAL = ("completed", "incomplete", "failed")


def finished(cassette: dict[str, Any]) -> list[Any]:
    """The responses that ended, in order, each as its last event or its last retrieval shows it."""
    found = [response for each in cassette["interactions"] for response in _responses(each["response"]["body"])]
    return [response for response in found if response.get("status") in FINAL]


def _responses(body: dict[str, Any]) -> list[Any]:
    if "json" in body:
        return [body["json"]]
    lines = [line.removeprefix("data: ") for line in body["string"].split("\n") if line.startswith("data: {")]
    return [event["response"] for event in map(json.loads, lines) if "response" in event]


def texts(cassette: dict[str, Any]) -> list[str]:
    """Every text and refusal that the model wrote."""
    messages = [item for each in finished(cassette) for item in each["output"] if item["type"] == "message"]
    parts = [part for message in messages for part in message["content"]]
    return [part.get("text") or part["refusal"] for part in parts]


def rounds(cassette: dict[str, Any]) -> list[list[tuple[str, str]]]:
    """Name and arguments of every function call, a list for each response that called."""
    calls = [[item for item in each["output"] if item["type"] == "function_call"] for each in finished(cassette)]
    return [[(call["name"], call["arguments"]) for call in each] for each in calls if each]


def steps(cassette: dict[str, Any]) -> list[str]:
    """A step for each message, and one for all calls of a response, which stands where the first of them does."""
    kinds = {"message": "message_creation", "function_call": "tool_calls"}
    told: list[str] = []
    for response in finished(cassette):
        shown = [kinds[item["type"]] for item in response["output"] if item["type"] in kinds]
        told += [kind for place, kind in enumerate(shown) if kind != "tool_calls" or kind not in shown[:place]]
    return told
