"""An upstream with unusual characters in every text field."""

import json
from collections.abc import Callable
from typing import Any

from tests.scenarios.doors.loopback import Reply, Request

Json = dict[str, Any]
#: Stands in a body for the unusual characters, which replace it after the conversion to JSON.
MARK = "@@"


def stream(odd: str, *events: Json) -> Reply:
    """``odd``: the unusual characters as JSON escapes, put in the place of each mark."""
    frames = [f"data: {json.dumps(event)}\n\n".replace(MARK, odd).encode() for event in events]
    return Reply(200, (("content-type", "text/event-stream"),), frames)


def _items(*items: Json) -> list[Json]:
    return [
        {"type": f"response.output_item.{state}", "output_index": place, "item": item | changes}
        for place, item in enumerate(items)
        for state, changes in (("added", {"status": "in_progress"}), ("done", {}))
    ]


def answer(odd: str, sent: Json, *items: Json) -> Reply:
    """A complete streamed answer to a request."""
    previous = sent.get("previous_response_id")
    number = int(previous.split("_")[1]) + 1 if previous else 1
    echo = {"id": f"resp_{number}", "object": "response", "previous_response_id": previous, "store": True}
    opened = {"type": "response.created", "response": echo | {"status": "in_progress", "output": []}}
    whole = {"type": "response.completed", "response": echo | {"status": "completed", "output": list(items)}}
    return stream(odd, opened, *_items(*items), whole)


CALL = {
    "type": "function_call",
    "id": "fc_1",
    "call_id": "call_1",
    "name": f"f{MARK}",
    "arguments": json.dumps({f"k{MARK}": f"v{MARK}"}),
}
SEARCH = {
    "type": "file_search_call",
    "id": "fs_1",
    "queries": [f"q{MARK}"],
    "results": [
        {"file_id": "file-1", "filename": f"n{MARK}", "text": f"t{MARK}", "score": 0.5, "attributes": {"a": f"b{MARK}"}}
    ],
}
CODE = {
    "type": "code_interpreter_call",
    "id": "ci_1",
    "code": f"print('{MARK}')",
    "outputs": [{"type": "logs", "logs": f"{MARK}\n"}],
}
CITED = {"type": "file_citation", "file_id": "file-1", "filename": f"n{MARK}", "index": 2}
WORDS = {
    "type": "message",
    "id": "msg_1",
    "role": "assistant",
    "content": [
        {"type": "output_text", "text": f"a{MARK}b", "annotations": [CITED]},
        {"type": "refusal", "refusal": f"no{MARK}"},
    ],
}


def says(odd: str) -> Callable[[Request], Reply | None]:
    """In every run: first a function call, and after its output an answer with all the other items."""

    def answers(request: Request) -> Reply | None:
        if not request.path.endswith("/responses"):
            return None
        last = (request.json["input"] or [{}])[-1]
        answered = last.get("type") == "function_call_output"
        return answer(odd, request.json, *((SEARCH, CODE, WORDS) if answered else (CALL,)))

    return answers
