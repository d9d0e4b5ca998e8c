"""A server with native responses, which lists the input items of each."""

from typing import Any

from shim.ports import Refusal
from tests.engine.scripted import Harness

Json = dict[str, Any]


def user(text: str, id: str | None = None) -> Json:
    identity = {} if id is None else {"id": id}
    return {"type": "message", "role": "user", "content": [{"type": "input_text", "text": text}]} | identity


def response(id: str, *output: Json, previous: str | None = None, **more: Any) -> Json:
    made = {"id": id, "created_at": 5, "status": "completed", "output": list(output)}
    return made | {"previous_response_id": previous} | more


class Server:
    """Responses with the items that are listed as their input."""

    def __init__(self, harness: Harness, page: int = 100) -> None:
        self.harness, self.page, self.inputs = harness, page, dict[str, list[Json]]()
        harness.upstream.call = self.call  # type: ignore[method-assign]

    def has(self, response: Json, *listed: Json) -> Json:
        self.harness.upstream.stored[response["id"]] = response
        self.inputs[response["id"]] = list(listed)
        return response

    async def call(self, method: str, path: str, body: Any = None) -> Json:
        response_id, query = path.removeprefix("/responses/").split("/input_items?")
        if response_id not in self.inputs:
            raise Refusal(404 if response_id.startswith("resp") else 500, "Not here.")
        options = dict(pair.split("=") for pair in query.split("&"))
        listed = self.inputs[response_id]
        start = 1 + [item["id"] for item in listed].index(options["after"]) if "after" in options else 0
        data = listed[start : start + self.page]
        return {"data": data, "has_more": start + self.page < len(listed), "last_id": data[-1]["id"] if data else None}
