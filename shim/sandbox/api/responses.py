"""POST /v1/responses and the operations on its responses."""

import hashlib
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, Final

from shim.sandbox.api import context_window, failures, output, response, validation
from shim.sandbox.config import Config
from shim.sandbox.memory.conversations import Conversation
from shim.sandbox.memory.resources import Resources
from shim.sandbox.memory.responses import POLLABLE_SECONDS, STORED_SECONDS, Record, StoredResponses
from shim.sandbox.planning import planner
from shim.sandbox.shapes import events, items, minting, models, refuse
from shim.sandbox.shapes.models import Model
from shim.sandbox.shapes.query import Query
from shim.sandbox.shapes.reply import STREAM_TYPE, Cut, Pause, SandboxReply, json_reply
from shim.sandbox.shapes.request import RESOURCE_ID, Route
from shim.wire import encoding, sse
from shim.wire.types import Json

#: The number of further requests that find a background response still in progress.
POLLS: Final = 1
SLOW_POLLS: Final = 5
#: Words about how a reply is sent, not about its contents.
_PACE: Final = frozenset({"slowly"})
_BROKEN: Final = frozenset({"connection-cut", "stop-short"})


class Responses:
    """The endpoint's operations, each from checked parameters to a reply."""

    def __init__(self, config: Config, resources: Resources) -> None:
        self._config = config
        self._resources = resources
        self._mint = minting.Mint(config.seed)
        self.stored = StoredResponses(config.clock)
        self._seen: set[bytes] = set()
        self._lock = threading.Lock()

    def routes(self) -> tuple[Route, ...]:
        response = f"/responses/{RESOURCE_ID}"
        return (
            ("POST", "/responses", lambda request: self.create(request.body)),
            ("POST", "/responses/input_tokens", lambda request: self.input_tokens(request.body)),
            ("GET", response, lambda request: self.retrieve(request.resource_id, request.query)),
            ("DELETE", response, lambda request: self.delete(request.resource_id, request.query)),
            ("POST", f"{response}/cancel", lambda request: self.cancel(request.resource_id, request.query)),
            ("GET", f"{response}/input_items", lambda request: self.input_items(request.resource_id, request.query)),
        )

    def create(self, body: Any) -> SandboxReply:
        """Create a response.  Refuses what the API refuses; a word may request a failure instead."""
        validation.check(body)
        model = models.find(body["model"], self._config.models, self._config.retired)
        validation.check_model(body, model)
        record = self._new_record(body, model)
        if record.background:
            self.stored.put(record)
        if body.get("stream"):
            return SandboxReply(200, dict(STREAM_TYPE), self._chunks(record, record.control_words, 0, _padding(body)))
        if record.background:
            return json_reply(response.as_json(record.view()))
        return self._whole(record)

    def retrieve(self, response_id: str, query: Query) -> SandboxReply:
        """The current state of the response, or the rest of its stream."""
        query.only("stream", "starting_after", "include", "include[]", "include_obfuscation")
        record = self.stored.get(response_id)
        if query.flag("stream"):
            if not (record.background and record.streamed):
                raise refuse.not_streamed(response_id)
            start = query.integer("starting_after", -1, minimum=0) + 1
            return SandboxReply(
                200, dict(STREAM_TYPE), self._chunks(record, record.control_words & _PACE, start, False)
            )
        record.poll()
        return json_reply(response.as_json(record.view()))

    def delete(self, response_id: str, query: Query) -> SandboxReply:
        self.stored.drop(response_id)
        return json_reply({"id": response_id, "object": "response.deleted", "deleted": True})

    def cancel(self, response_id: str, query: Query) -> SandboxReply:
        """Only background responses can be cancelled; a finished one is returned unchanged."""
        record = self.stored.get(response_id)
        if not record.background:
            raise refuse.synchronous()
        if not record.settled:
            record.cancel(response.cancelled(record.opened))
        return json_reply(response.as_json(record.view()))

    def input_items(self, response_id: str, query: Query) -> SandboxReply:
        """The whole conversation before the response, newest first unless ``order=asc``."""
        query.only("limit", "order", "after", "before", "include", "include[]")
        record = self.stored.get(response_id)
        page = query.page(record.inputs)
        images = "message.input_image.image_url" in query.all("include", "include[]")
        return json_reply(page | {"data": [items.listed(item, images) for item in page["data"]]})

    def input_tokens(self, body: Any) -> SandboxReply:
        """The number of tokens (words) of a request.  A request that would be refused is refused here, too."""
        validation.check_counted(body)
        if body.get("model"):
            models.find(body["model"], self._config.models, self._config.retired)
        context = self._context(body, self._mint.family(None, True, 0))
        seen = context_window.fitted(context, body, self._config.context_window)
        return json_reply({"object": "response.input_tokens", "input_tokens": context_window.tokens(seen, body)})

    def _new_record(self, body: Json, model: Model) -> Record:
        """The whole response, computed at once."""
        now, stored = self._config.clock(), self._stored(body)
        previous = body.get("previous_response_id")
        conversation = self._resources.conversations.of_request(body)
        partition = None if conversation is None else conversation.partition
        family = self._mint.family(previous, stored or bool(body.get("background")), now, partition)
        context = self._context(body, family)
        seen = context_window.fitted(context, body, self._config.context_window)
        opened = response.opened(body, model, family("resp"), now, stored)
        if conversation is not None:
            opened["conversation"] = {"id": conversation.id}
        plan = planner.decide(seen, body, opened["tools"], model, self._resources)
        refusal = failures.before(plan.control_words, model.name, self._is_first(body))
        if refusal:
            raise refusal
        encrypted = "reasoning.encrypted_content" in (body.get("include") or [])
        done = [output.finished(piece, family, model, encrypted) for piece in plan.items]
        final = response.ended(opened, plan, done, context_window.tokens(seen, body), now)
        sent = events.opening(opened)
        for index, (piece, item) in enumerate(zip(plan.items, done, strict=True)):
            sent += events.item(piece, item, index)
        if "keepalive" in plan.control_words:
            sent.insert(len(events.opening(opened)), events.event("keepalive"))
        sent, final = failures.in_stream(sent, opened, plan.control_words) or ([*sent, events.ending(final)], final)
        return Record(
            opened=opened,
            final=final,
            events=events.numbered(sent),
            inputs=context,
            control_words=plan.control_words,
            streamed=bool(body.get("stream")),
            expires_at=now + (STORED_SECONDS if stored else POLLABLE_SECONDS),
            add_to_conversation=None if conversation is None else _adder(conversation, context),
            polls_left=SLOW_POLLS if plan.control_words & _PACE else POLLS,
        )

    def _stored(self, body: Json) -> bool:
        wanted = self._config.store_by_default if body.get("store") is None else body["store"]
        return bool(wanted) and self._config.can_store

    def _context(self, body: Json, family: minting.Family) -> list[Json]:
        """The conversation: the items of the chain and the new ones, checked together."""
        previous = body.get("previous_response_id")
        conversation = self._resources.conversations.of_request(body)
        history = self.stored.previous(previous).history if previous else conversation.items if conversation else []
        new_items = items.listing(body.get("input") or [])
        items.check_distinct(history, new_items)
        new_items = [self._known(item) for item in new_items]
        items.check_reasoning([*history, *new_items], self.stored.reasoning_before)
        new = items.normal(new_items, family)
        items.check_pairs(history, new)
        self._resources.check(body.get("tools") or [], history, new)
        return [*history, *new]

    def _known(self, item: Json) -> Json:
        """Replace references by the items that they refer to; reasoning without content must be stored here."""
        kind = item.get("type")
        if kind == "item_reference" or (kind == "reasoning" and not item.get("encrypted_content")):
            return self.stored.item(item.get("id", ""))
        return item

    def _is_first(self, body: Json) -> bool:
        digest = hashlib.sha256(encoding.utf8(encoding.dumps(body))).digest()
        with self._lock:
            known = digest in self._seen
            self._seen.add(digest)
        return not known

    def _whole(self, record: Record) -> SandboxReply:
        """A foreground response without a stream."""
        if record.final["status"] == "failed":
            raise failures.plain(record.final, record.control_words)
        self._keep(record)
        reply = json_reply(response.as_json(record.final))
        if record.control_words & _BROKEN:
            return replace(reply, body=_broken_body())
        if record.control_words & _PACE and isinstance(reply.body, bytes):
            return replace(reply, body=iter((Pause(self._config.pace * len(record.events)), reply.body)))
        return reply

    def _keep(self, record: Record) -> None:
        """A foreground response can be read when it has ended, if it was to be stored."""
        record.settle()
        if record.opened["store"]:
            self.stored.put(record)

    def _chunks(
        self, record: Record, control_words: frozenset[str], start: int, padded: bool
    ) -> Iterator[bytes | Pause]:
        """The stream from an event on."""
        stop = events.middle(record.events) if control_words & _BROKEN else None
        waiting: list[bytes] = []
        # By index: a cancellation changes the list while it is read.
        index = start
        while index < len(record.events) and index != stop:
            event = record.events[index]
            self._passed(record, event)
            waiting.append(sse.encode(event["type"], events.padded(event) if padded else event))
            index += 1
            if len(waiting) >= self._config.burst:
                yield b"".join(waiting)
                waiting.clear()
            if control_words & _PACE:
                yield Pause(self._config.pace)
        if waiting:
            yield b"".join(waiting)
        if stop is not None and "connection-cut" in control_words:
            raise Cut

    def _passed(self, record: Record, event: Json) -> None:
        """Update the response for an event, before the event can be read."""
        record.read = max(record.read, event["sequence_number"] + 1)
        if event["type"] in events.ENDS:
            if record.background:
                record.settle()
            else:
                self._keep(record)
        elif event["type"] == "response.in_progress" and record.shown_status == "queued":
            record.shown_status = "in_progress"


def _adder(conversation: Conversation, context: list[Json]) -> Callable[[Json], None]:
    """Returns a function that adds a request's input and output to a conversation."""
    new = context[len(conversation.items) :]
    return lambda final: conversation.add([*new, *final["output"]])


def _padding(body: Json) -> bool:
    return not body.get("background") and (body.get("stream_options") or {}).get("include_obfuscation") is not False


def _broken_body() -> Iterator[bytes | Pause]:
    yield b"{"
    raise Cut
