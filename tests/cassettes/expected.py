"""The expected result of each scenario for the application.

Texts and calls are taken from the cassette's own finished responses, read here without any code of the project, so
that a mistake in the project cannot change the expectation. The sequences of events and the final statuses are tables.
"""

import base64
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

#: Types of hosted tool calls, which upstream runs: a step of such a call ends when the next one begins.
HOSTED = [*STEP, "thread.run.step.delta", "thread.run.step.completed"]

#: Scenario: all events that the application receives, with adjacent deltas merged. The SDK does not pass `done` on.
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
    "file-search": [*BEGIN, *HOSTED, *ANSWER] * 2,
    "code-interpreter": [*BEGIN, *HOSTED, *ANSWER] * 2,
    "image-input": [*BEGIN, *ANSWER],
    "web-and-pictures": [*BEGIN, *HOSTED, *ALOUD, *HOSTED, *ANSWER],
    "mcp-server": [*BEGIN, *HOSTED, *HOSTED, *ANSWER],
}
#: Scenario: the final status of its runs, and the error code of a failed run. All other scenarios end with
#: `completed`.
ENDS: dict[str, list[tuple[str, str | None]]] = {
    "follow-up": [("completed", None)] * 2,
    "file-search": [("completed", None)] * 2,
    "code-interpreter": [("completed", None)] * 2,
    "incomplete": [("incomplete", None)],
    "refused-key": [],
    "rate-limited": [("failed", "rate_limit_exceeded")],
    "server-error": [("failed", "server_error")],
}
WELL: list[tuple[str, str | None]] = [("completed", None)]
REFUSED = {"refused-key": (401, "invalid_api_key")}
FINAL = ("completed", "incomplete", "failed")


def finished(cassette: dict[str, Any]) -> list[Any]:
    """The responses that have ended, in order, each as in its last event or its last retrieval."""
    found = [response for each in cassette["interactions"] for response in _responses(each["response"]["body"])]
    ended = [each for each in found if each.get("object") == "response" and each.get("status") in FINAL]
    # A finished response that is fetched a second time is counted only one time.
    return list({response["id"]: response for response in ended}.values())


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
    """Name and arguments of every function call: a list for each response with calls."""
    calls = [[item for item in each["output"] if item["type"] == "function_call"] for each in finished(cassette)]
    return [[(call["name"], call["arguments"]) for call in each] for each in calls if each]


#: Items that have a step of their own and are not messages.
TOOLS = (
    "file_search_call",
    "code_interpreter_call",
    "web_search_call",
    "image_generation_call",
    "mcp_list_tools",
    "mcp_call",
)


def steps(cassette: dict[str, Any]) -> list[str]:
    """A step for each message and each hosted call, and one step for all function calls of a response, at the position
    of the first call.
    """
    types: list[str] = []
    for response in finished(cassette):
        kinds = [item["type"] for item in response["output"]]
        for place, kind in enumerate(kinds):
            if kind == "message":
                types.append("message_creation")
            elif kind in TOOLS or (kind == "function_call" and kind not in kinds[:place]):
                types.append("tool_calls")
    return types


def cited(cassette: dict[str, Any]) -> list[str]:
    """Ids of the files that are cited in the texts, in order."""
    return [note["file_id"] for note in _notes(cassette) if note["type"] == "file_citation"]


def _notes(cassette: dict[str, Any]) -> list[dict[str, Any]]:
    messages = [item for each in finished(cassette) for item in each["output"] if item["type"] == "message"]
    return [note for message in messages for part in message["content"] for note in part.get("annotations") or []]


def files(cassette: dict[str, Any]) -> list[bytes]:
    """Pictures and linked files, as upstream returned them."""
    items = [item for each in finished(cassette) for item in each["output"]]
    outputs = [output for item in items for output in item.get("outputs") or []]
    drawn = [output["url"].partition(",")[2] for output in outputs if output["type"] == "image"]
    drawn += [item["result"] for item in items if item["type"] == "image_generation_call"]
    return [*map(base64.b64decode, drawn), *(_content(cassette, note) for note in _notes(cassette) if _linked(note))]


def _linked(note: dict[str, Any]) -> bool:
    return bool(note["type"] == "container_file_citation" and note["end_index"])


def _content(cassette: dict[str, Any], note: dict[str, Any]) -> bytes:
    path = f"/containers/{note['container_id']}/files/{note['file_id']}/content"
    (body,) = [e["response"]["body"] for e in cassette["interactions"] if e["request"]["uri"].endswith(path)]
    content: str = body["string"]
    return content.encode()
