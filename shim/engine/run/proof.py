"""Tests once whether a server continues from responses, before the first request that would chain.

See `shim.upstream.chaining` for the rule, and docs/decisions for why.
"""

from shim.engine.context import Context
from shim.ports import Call, Refusal
from shim.upstream import chaining
from shim.wire.types import Json


async def missing(context: Context, model: str, previous: str) -> bool:
    """Whether the server of ``model`` has failed the test, so that a request must not chain from ``previous``.

    A result is remembered; a test that could not be made is repeated next time.
    """
    profile = context.profile(model)
    if not context.capabilities.must_test(profile):
        return False
    try:
        response = await context.upstream.retrieve(previous)
    except Refusal:
        return True
    if response.get("id") != previous:
        return True
    unknown = context.ids("resp")
    shown = chaining.of_unknown(await _answer(context, chaining.probe(model, unknown)), unknown)
    if shown != "unclear":
        context.capabilities.shown(profile, shown)
    return not context.profile(model).stores or shown == "unclear"


async def _answer(context: Context, body: Json) -> Json | Refusal:
    try:
        return await context.upstream.create(body, Call())
    except Refusal as refusal:
        return refusal
