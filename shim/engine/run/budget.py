"""`max_prompt_tokens`: the prompt tokens that all rounds of a run may use together.

Each round may use what the rounds before have left.  Upstream counts the tokens if it can, else they are estimated;
messages that do not fit are left out, the oldest first.  If not even the last message fits, no request is sent.
"""

from dataclasses import replace
from typing import Final

from shim.engine.context import Context
from shim.engine.run import chain
from shim.engine.run.chain import Sent
from shim.ports import Refusal
from shim.store.run_memory import RunMemory
from shim.store.tx import Tx
from shim.translate import estimate
from shim.upstream import bodies, profiles
from shim.wire.types import Json

PATH: Final = "/responses/input_tokens"
#: The fields of a request that the counting endpoint accepts.
COUNTED: Final = (
    "model",
    "input",
    "instructions",
    "tools",
    "tool_choice",
    "parallel_tool_calls",
    "previous_response_id",
    "reasoning",
    "text",
    "truncation",
)
#: Statuses of a server that has no such endpoint.
MISSING: Final = (404, 405, 501)
#: How many shortened conversations are counted, each closer to the limit; after them only the last message is tried.
TRIES: Final = 5


class OutOfTokens(Exception):
    """The run has too few prompt tokens left for another request."""


async def fitted(context: Context, run: Json, memory: RunMemory, sent: Sent) -> Sent:
    """The request, or a shorter one that fits into the run's remaining prompt tokens.

    Raises `OutOfTokens`, and upstream's `Refusal` if the chain is lost.
    """
    if run["max_prompt_tokens"] is None:
        return sent
    left = run["max_prompt_tokens"] - memory["spent"]["prompt_tokens"]
    if left <= 0:
        raise OutOfTokens
    counted = await _count(context, run, memory, sent)
    return sent if counted <= left else await _shorter(context, run, memory, sent, (counted, left))


async def _shorter(context: Context, run: Json, memory: RunMemory, sent: Sent, sizes: tuple[int, int]) -> Sent:
    """A request with as many of the last messages as fit.  Estimates, scaled by the actual count, choose what to
    try.
    """
    counted, left = sizes
    weights = await context.store.read(_weights, context, run, memory)
    every, tries = len(weights) - 1, 0
    # A chain may contain items that a replay leaves out, so without the chain all messages may fit.
    most, ratio = (every, 1.0) if sent.previous else (every - 1, counted / weights[every])
    while most >= 1:
        # At least one message is tried, whatever the estimate.
        fitting = sum(weight <= left / ratio for weight in weights[: most + 1]) - 1
        message_count = max(1, fitting) if tries < TRIES else 1
        shorter = await context.store.read(chain.prepare, context, run, memory, message_count=message_count)
        counted = await _count(context, run, memory, shorter)
        if counted <= left:
            return replace(shorter, message_count=message_count if message_count < every else None)
        ratio = max(ratio, counted / weights[message_count])
        most, tries = message_count - 1, tries + 1
    raise OutOfTokens


async def _count(context: Context, run: Json, memory: RunMemory, sent: Sent) -> int:
    """Upstream's count, else an estimate."""
    profile = context.profile(memory["model"])
    if profile.counts:
        body: Json = {name: value for name, value in bodies.spread(sent.body).items() if name in COUNTED}
        try:
            return int((await context.upstream.call("POST", PATH, body))["input_tokens"])
        except Refusal as refusal:
            if sent.previous is not None and profiles.chain_is_lost(refusal, sent.previous):
                raise
            if refusal.status in MISSING:
                context.capabilities.uncounted(profile)
    return await context.store.read(_estimate, context, run, memory, sent)


def _estimate(tx: Tx, context: Context, run: Json, memory: RunMemory, sent: Sent) -> int:
    """The estimate for a request; the items of its chain are in the journal."""
    whole = chain.prepare(tx, context, run, memory, anew=True) if sent.previous else sent
    return estimate.of_body(whole.body, context.tokens)


def _weights(tx: Tx, context: Context, run: Json, memory: RunMemory) -> list[int]:
    """Estimated tokens of the request with the last 0, 1, 2, ... messages, up to all."""
    body, parts = chain.parts(tx, context, run, memory)
    count = estimate.plain if context.profile(memory["model"]).counts else context.tokens
    sizes = [sum(estimate.of_item(item, count) for item in part) for part in parts]
    totals = [estimate.frame(body, count) + sizes.pop()]
    for size in reversed(sizes):
        totals.append(totals[-1] + size)
    return totals
