"""Native responses with the input of each, the oldest first.  The inputs are read from upstream, as a response does not
contain its own input.
"""

from collections.abc import Iterable, Set
from dataclasses import dataclass
from typing import Any, Final

from shim.engine.context import Context
from shim.ports import Refusal
from shim.translate import native
from shim.wire import ids
from shim.wire.types import Json

#: Statuses of responses that can be added to a thread.
FINISHED: Final = ("completed", "incomplete")
#: Items of one page; the largest page that upstream allows.
PAGE: Final = 100


class NotAdoptable(ValueError):
    """A response that cannot be put into a thread, and why."""


@dataclass(frozen=True, slots=True)
class Native:
    """A response, and the items of its request that its chain did not contain."""

    response: Json
    input_items: list[Json]


async def collect(
    context: Context, known: Set[str], responses: Iterable[Json | str], input: str | list[Any] | None
) -> list[Native]:
    """The given responses and the earlier ones of their chains, without those that are ``known``.

    ``input``: the input of the one response, if upstream has not stored it.  Raises `NotAdoptable`, and `Refusal`.
    """
    collected: list[Native] = []
    for each in responses:
        response = await _response(context, each) if isinstance(each, str) else each
        seen = known | {one.response["id"] for one in collected}
        if response["id"] in seen:
            continue
        if input is None:
            collected += await _chain(context, _checked(response), seen)
        else:
            collected.append(Native(_checked(response), native.listing(input)))
    return collected


async def _chain(context: Context, last: Json, seen: Set[str]) -> list[Native]:
    line = [last]
    while (previous := line[0].get("previous_response_id")) and previous not in seen:
        line.insert(0, _checked(await _response(context, previous)))
    history: set[str] = set()
    if previous:
        history = _ids(await _inputs(context, previous), (await _response(context, previous)))
    responses = []
    for response in line:
        listed = await _inputs(context, response["id"])
        responses.append(Native(response, native.listing(_new_items(listed, history))))
        history = _ids(listed, response)
    return responses


def _ids(listed: list[Json], response: Json) -> set[str]:
    """The ids of all items that the chain of the next response contains."""
    return {item["id"] for item in (*listed, *response["output"]) if item.get("id")}


def _new_items(listed: list[Json], history: set[str]) -> list[Json]:
    """The new items of a request: most servers list the items of its chain before them."""
    indices = [index for index, item in enumerate(listed, 1) if item.get("id") in history]
    return [native.listed(item) for item in listed[max(indices, default=0) :]]


def _checked(response: Json) -> Json:
    status = response.get("status")
    if status not in FINISHED or not response.get("output"):
        raise NotAdoptable(f"Response {response.get('id')} has the status {status!r} and cannot stand in a thread.")
    return response


async def _response(context: Context, response_id: str) -> Json:
    return await context.upstream.retrieve(response_id)


async def _inputs(context: Context, response_id: str) -> list[Json]:
    """All items that upstream lists as the input of a response, oldest first."""
    path = ids.path("responses", response_id, "input_items")
    query = f"?limit={PAGE}&order=asc&include[]=message.input_image.image_url"
    input_items: list[Json] = []
    after = ""
    while True:
        try:
            page = await context.upstream.call("GET", path + query + after)
        except Refusal as refusal:
            if refusal.status != 404:
                raise
            advice = "upstream does not have its input: pass the input, too."
            raise NotAdoptable(f"Response {response_id}: {advice}") from refusal
        input_items += page["data"]
        if not page.get("has_more"):
            return input_items
        after = f"&after={page['last_id']}"
