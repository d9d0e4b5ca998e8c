"""Healing: when the chain of a run is lost, the whole thread is sent again from the journal.

There are three causes.  Upstream refuses the chain, in an answer or inside its stream; it ignores the chain without an
error, which its echo shows; or it has never shown that it can continue from a response.  In each case `heal` is called,
at most once for a request.
"""

import logging
from typing import Final, Literal

from shim.engine.context import Context
from shim.engine.run import chain, echo, proof, record
from shim.engine.run.chain import Sent
from shim.engine.run.state import RunState
from shim.ports import Refusal
from shim.store import run_memory, threads
from shim.store.run_memory import RunMemory
from shim.store.tx import Tx
from shim.translate import models
from shim.upstream import profiles
from shim.wire.types import Json

log = logging.getLogger("shim")
Cause = Literal["lost", "never", "ignored", "unstored", "unproven"]
#: The log texts for each cause.
CAUSES: Final[dict[Cause, str]] = {
    "lost": "upstream no longer has the previous response",
    "never": "upstream does not continue from previous responses",
    "ignored": "upstream ignored the previous response",
    "unstored": "upstream does not store responses",
    "unproven": "upstream has not shown that it continues from previous responses",
}


def possible(state: RunState) -> bool:
    """Whether the request has a chain, and has not been healed before."""
    return state.sent.previous is not None and not state.healed


async def heal(state: RunState, why: Cause) -> None:
    """Make the next request send the whole thread, without a chain."""
    run, capabilities = state.run, state.context.capabilities
    log.warning("%s: run %s sends the whole thread %s from the journal", CAUSES[why], run["id"], run["thread_id"])
    state.context.monitor("healed", run, why)
    if why in ("lost", "unproven"):
        capabilities.lost(state.profile, state.sent.previous)
    else:
        capabilities.unchained(state.profile)
    state.healed, state.fitted = True, False
    marked = run_memory.marked(state.memory, state.context.now(), "healed", CAUSES[why], state.sent.previous)
    state.memory = marked | {"tip": None}
    state.sent = await state.context.store.write(_anew, state.context, run, state.memory)


def _anew(tx: Tx, context: Context, run: Json, memory: RunMemory) -> Sent:
    threads.set_head(tx, run["thread_id"], None, 0)
    return chain.prepare(tx, context, run, memory, anew=True)


async def prove(state: RunState) -> None:
    """Before a request: chain from a response only on a server that has shown that it can."""
    previous = state.sent.previous
    if previous is not None and await proof.missing(state.context, state.memory["model"], previous):
        await heal(state, "unproven")


async def lost_chain(state: RunState, refusal: Refusal) -> bool:
    """A remedy for the refusal of a chain that upstream no longer has."""
    if not possible(state) or not profiles.chain_is_lost(refusal, state.sent.previous):
        return False
    await heal(state, "never" if profiles.never_chains(refusal) else "lost")
    return True


async def refused_store(state: RunState, refusal: Refusal) -> bool:
    """A remedy for the refusal of ``store`` by an upstream that stores no responses."""
    is_named_parameter = models.refused_parameter(refusal.param, refusal.code, refusal.message, ("store",))
    if not state.sent.body.get("store") or not (is_named_parameter or profiles.cannot_store(refusal)):
        return False
    await heal(state, "unstored")
    return True


def cause(state: RunState, events: list[Json]) -> Cause | None:
    """Why the chain does not hold, according to the first events of an answer.

    None if it holds, or if the events do not show it yet.
    """
    previous = state.sent.previous
    if previous is None or not possible(state) or state.turn.items:
        return None
    result = echo.verdict(events, previous, state.profile, state.opened)
    return None if result == "continued" else result


def cause_in(state: RunState, response: Json) -> Cause | None:
    """Why the chain does not hold, according to a response of upstream's background; None if it holds."""
    previous = state.sent.previous
    if previous is None or not possible(state):
        return None
    result = echo.of_response(response, previous, state.profile)
    return None if result == "continued" else result


async def drop(state: RunState, response_id: str | None, previous: str | None) -> None:
    """Drop the current response, which chains from ``previous``, before any event of it is sent; its id, if it has one,
    is stored like others.
    """
    if response_id is not None:
        await state.context.store.write(record.abandoned, state.context, state.run, response_id, previous)
    state.drop_response()


def judge(state: RunState, response: Json, store_requested: bool) -> None:
    """Whether a response can be chained from; ``store_requested``: the request had ``store: true``."""
    state.chained = echo.may_chain(response, store_requested, state.profile)
    if state.chained:
        state.context.capabilities.remember_response(state.profile, response.get("id"))


def learn(state: RunState, response: Json) -> None:
    """Learn from the opening of a response whether it can be chained from, and that its own chain held."""
    profile, store_requested = state.profile, state.sent.body.get("store") is True
    judge(state, response, store_requested)
    if state.sent.previous is not None:
        state.context.capabilities.chained(profile)
    if store_requested and response.get("store") is False:
        state.context.capabilities.unchained(profile)
