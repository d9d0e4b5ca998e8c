"""Tests once whether a server continues from responses, before the first request that would chain.

See `shim.upstream.chaining` for the rule, and docs/decisions for why.
"""

from shim.engine.context import Context
from shim.ports import Call, Refusal
from shim.upstream import chaining
from shim.wire.types import Json


async def missing(world: Context, model: str, previous: str) -> bool:
    """Whether the server of ``model`` has failed the test, so that a request must not chain from ``previous``.

    A result is remembered; a test that could not be made is repeated next time.
    """
    profile = world.profile(model)
    if not world.capabilities.must_show(profile):
        return False
    try:
        found = await world.upstream.retrieve(previous)
    except Refusal:
        return True
    if found.get("id") != previous:
        return True
    unknown = world.ids("resp")
    shown = chaining.of_unknown(await _answer(world, chaining.question(model, unknown)), unknown)
    if shown != "unclear":
        world.capabilities.shown(profile, shown)
    return not world.profile(model).stores or shown == "unclear"


async def _answer(world: Context, body: Json) -> Json | Refusal:
    try:
        return await world.upstream.create(body, Call())
    except Refusal as refusal:
        return refusal
