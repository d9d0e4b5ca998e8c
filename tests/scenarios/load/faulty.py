"""An upstream where every n-th request fails, in turn: too many requests, an error, a cut stream, silence."""

import threading
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final

from shim.sandbox import Pause
from tests.scenarios.doors.loopback import Json, Loopback, Reply, Request
from tests.scenarios.load.scale import Scale

SILENT_LATER: Final = "silence in a stream"
SILENT: Final = "silence before the answer"
KINDS: Final = ("429", "500", "cut", SILENT_LATER, "429", "500", "cut", SILENT)
ME: Final = {"authorization": "Bearer me"}


class Faulty(Loopback):
    """Counts requests and stores none of them but the last."""

    def __init__(self, scale: Scale) -> None:
        super().__init__()
        self.scale, self.over = scale, threading.Event()
        #: No more faults, from now on.
        self.calm = False
        self.served = 0
        #: The last request for a response.
        self.last: Json = {}
        self.faults: Counter[str] = Counter()
        self._counting = threading.Lock()

    def __exit__(self, *failure: object) -> None:
        self.over.set()
        super().__exit__(*failure)

    def respond(self, request: Request) -> Reply:
        fault = self._next()
        if fault == "429":
            return Reply.error(429, "Slow down.", "rate_limit_exceeded", retry_after=str(self.scale.retry_after))
        if fault == "500":
            return Reply.error(500, "The server had an error.")
        if request.method == "POST":
            self.last = request.json
        if fault == SILENT:
            self.over.wait(self.scale.stall)
        reply = self.usual(request)
        self.sandbox.requests.clear()
        if fault == "cut":
            return Reply(reply.status, reply.headers, _cut(list(reply.body)))
        return Reply(reply.status, reply.headers, self._slow(list(reply.body))) if fault == SILENT_LATER else reply

    def _next(self) -> str | None:
        with self._counting:
            self.served += 1
            place, rest = divmod(self.served, self.scale.fault_every)
            if rest or self.calm:
                return None
            fault = KINDS[place % len(KINDS)]
            self.faults[fault.split(" ")[0]] += 1
            return fault

    def _slow(self, chunks: list[bytes]) -> Iterator[bytes]:
        for number, chunk in enumerate(chunks):
            if number == len(chunks) // 2:
                self.over.wait(self.scale.stall)
            yield chunk

    def history(self, body: Json) -> list[Json]:
        """All items that a request sends to upstream, those of its chain included, oldest first."""
        previous = body.get("previous_response_id")
        return [*(self._chain(previous) if previous else ()), *body["input"]]

    def _chain(self, response_id: str) -> Iterator[Json]:
        path = f"/v1/responses/{response_id}"
        after: dict[str, str] = {}
        while True:
            page = self._get(f"{path}/input_items", limit="100", order="asc", **after)
            yield from page["data"]
            if not page["has_more"]:
                break
            after = {"after": page["last_id"]}
        yield from self._get(path)["output"]

    def _get(self, path: str, **query: str) -> Json:
        reply = self.usual(
            Request("GET", path + "?" + "&".join(f"{k}={v}" for k, v in query.items()), (*ME.items(),), b"")
        )
        assert reply.status == 200, reply
        return Request("", "", (), b"".join(reply.body)).json


def _cut(chunks: Iterable[bytes | Pause]) -> Iterator[bytes]:
    whole = [chunk for chunk in chunks if isinstance(chunk, bytes)]
    yield from whole[: len(whole) // 2]
    raise ConnectionResetError("cut")
