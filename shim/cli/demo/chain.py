"""Shows the chain of responses behind a run, as upstream returned it."""

from dataclasses import dataclass
from typing import Final

import openai

from shim.http import offline
from shim.store import responses
from shim.store.database import database

#: Short texts for input items.
SENT: Final = {"message": "the question", "function_call_output": "an output"}


@dataclass(frozen=True, slots=True)
class Link:
    """One response: its id, the one that it continues, and the input of its request."""

    id: str
    previous: str | None
    sent: str


def of_run(url: str, run_id: str) -> list[Link]:
    """The responses' ids are read from the store; the response that each continues and its input are read from
    upstream.
    """
    rows = database(url).read(responses.of_run, run_id)
    with openai.OpenAI(api_key="sandbox", http_client=offline.client(offline.sandbox())) as upstream:
        retrieved = [upstream.responses.retrieve(row.id) for row in rows]
    return [
        Link(response.id, response.previous_response_id, _sent(response.previous_response_id)) for response in retrieved
    ]


def _sent(previous: str | None) -> str:
    """The input of the latest request that the sandbox received with this ``previous_response_id``."""
    bodies = [each.body for each in offline.sandbox().requests if each.method == "POST"]
    body = next(body for body in reversed(bodies) if body.get("previous_response_id") == previous)
    return ", ".join(SENT.get(item["type"], item["type"]) for item in body["input"])
