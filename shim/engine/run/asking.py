"""Asking upstream, and asking again in another way where a refusal shows how.

Each remedy looks at the refusal and mends the next request, or says that it cannot.  Every one is tried once for its
cause, so nothing loops.
"""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Final, TypeVar

from shim.engine import leads
from shim.engine.context import Context
from shim.engine.run import budget, chain, echo, healing, naming, notes
from shim.engine.run.chain import Sent
from shim.engine.run.state import RunState
from shim.ports import Refusal
from shim.store import run_memory
from shim.store.run_memory import RunMemory
from shim.store.tx import Tx
from shim.translate import models, request
from shim.upstream import blame, profiles
from shim.wire.types import Json

log = logging.getLogger("shim")
T = TypeVar("T")


async def ask(state: RunState, how: Callable[[Json], Awaitable[T]]) -> T:
    """What ``how`` makes of the request's body.  Raises the `Refusal` that nothing here can mend, and `Unfit`."""
    while True:
        try:
            await _settle_model(state)
            await healing.prove(state)
            await _fit(state)
            notes.asking(state.world, state.run, state.sent.body)
            return await how(state.sent.body)
        except Refusal as refusal:
            notes.refused(state.world, state.run, refusal)
            if not await _mend(state, refusal):
                leads.of_refusal(state.world, refusal)
                raise


async def mended(state: RunState, events: list[Json]) -> bool:
    """Whether an answer with status 200 begins with a refusal, and the next request was mended for it."""
    turn = state.turn
    refusal = None if turn.known.items or turn.error is not None else echo.refused_at_once(events)
    if refusal is None or not await _mend(state, refusal):
        return False
    notes.refused(state.world, state.run, refusal)
    return True


async def _mend(state: RunState, refusal: Refusal) -> bool:
    for remedy in HEALINGS:
        if await remedy(state, refusal):
            return True
    for what, remedy in REMEDIES.items():
        previous = state.sent.previous
        if await remedy(state, refusal):
            state.memory = run_memory.marked(state.memory, state.world.now(), "changed", what, previous)
            return True
    return False


async def _settle_model(state: RunState) -> None:
    """Settle which model is called, before the run's first question."""
    if state.named or state.memory["asker"]:
        return
    state.named = True
    await _call_instead(state, await naming.settled(state.world, state.run["model"], state.memory["model"]))


async def _call_instead(state: RunState, model: str) -> None:
    """Ask that model from now on."""
    if model != state.memory["model"]:
        state.memory = state.memory | {"model": model}
        state.sent = await state.world.store.read(_renamed, state.world, state.run, state.memory, state.sent)


async def _fit(state: RunState) -> None:
    """Keep to what the run may show."""
    if state.fitted:
        return
    state.sent = await budget.fitted(state.world, state.run, state.memory, state.sent)
    state.fitted = True
    if state.sent.kept is not None:
        # Another run may show more: nothing chains from what this one makes.
        state.memory = state.memory | {"kept": state.sent.kept, "cut": True}


async def _refused_reasoning(state: RunState, refusal: Refusal) -> bool:
    """Upstream cannot read the reasoning that was sent along: it goes without."""
    body = state.sent.body
    without = [item for item in body["input"] if item.get("type") != "reasoning"]
    if len(without) == len(body["input"]) or not profiles.cannot_read_reasoning(refusal):
        return False
    log.warning("upstream cannot read the reasoning of run %s's thread: it goes without", state.run["id"])
    state.sent = replace(state.sent, body=body | {"input": without})
    return True


async def _refused_encryption(state: RunState, refusal: Refusal) -> bool:
    """The model does not reason: it is not asked for its reasoning, now and from now on."""
    body = state.sent.body
    if request.ENCRYPTED not in body.get("include", ()) or not profiles.cannot_encrypt(refusal):
        return False
    state.world.refused(body["model"]).add(request.ENCRYPTED)
    include = [wanted for wanted in body["include"] if wanted != request.ENCRYPTED]
    rest = {key: value for key, value in body.items() if key != "include"}
    state.sent = replace(state.sent, body=rest | ({"include": include} if include else {}))
    return True


async def _refused_parameter(state: RunState, refusal: Refusal) -> bool:
    """The model takes no such parameter: it is left out, now and from now on.

    An effort that was meant for another model is left out, too.
    """
    body, mapped = state.sent.body, state.sent.body["model"] != state.run["model"]
    # That nothing is to be kept need not be said where it is not understood.
    among = (*models.DROPPABLE, *(["reasoning"] if mapped else []), *([] if body.get("store") else ["store"]))
    param = models.refused_parameter(refusal.param, refusal.code, refusal.message, among)
    if refusal.status not in (None, 400, 422) or param not in body:
        return False
    state.world.refused(body["model"]).add(param)
    log.warning("model %s takes no %s: it is left out from now on", body["model"], param)
    state.sent = replace(state.sent, body={key: value for key, value in body.items() if key != param})
    return True


async def _refused_stream(state: RunState, refusal: Refusal) -> bool:
    """The model does not stream: it is asked for the whole answer at once, now and from now on."""
    body = state.sent.body
    if "stream" in body or not profiles.cannot_stream(refusal):
        return False
    state.world.refused(body["model"]).add("stream")
    log.warning("model %s refuses to stream: it is asked for whole answers from now on", body["model"])
    state.sent = replace(state.sent, body=body | {"stream": False})
    return True


async def _no_model(state: RunState, refusal: Refusal) -> bool:
    """Upstream has no such model: its successor is asked, if it has one."""
    if state.memory["asker"] or not profiles.has_no_model(refusal):
        return False
    found = await naming.instead(state.world, state.run["model"], state.memory["model"])
    if found is None:
        return False
    await _call_instead(state, found)
    return True


async def _too_long(state: RunState, refusal: Refusal) -> bool:
    """The conversation does not fit: its older half is left out, and half of the rest, until it does."""
    if not profiles.is_too_long(refusal):
        return False
    chained = state.sent.previous is not None
    shorter = await state.world.store.read(chain.halved, state.world, state.run, state.memory, chained)
    if shorter is None:
        return False
    state.sent, state.memory = shorter, state.memory | {"kept": shorter.kept}
    return True


async def _refused_call(state: RunState, refusal: Refusal) -> bool:
    """Upstream refuses a call of the past: that and its output are told as text, now and from now on."""
    blamed = blame.blamed_calls(refusal, state.sent.body)
    if not blamed:
        return False
    world, run = state.world, state.run
    as_text = world.told_as_text(state.sent.body["model"])
    found = await world.store.read(chain.pairs, run["thread_id"], blamed) - as_text
    as_text |= found
    listed = ", ".join(sorted(blamed))
    log.warning("upstream refuses calls of thread %s, which are told as text from now on: %s", run["thread_id"], listed)
    state.sent = await world.store.read(_retold, world, run, state.memory, state.sent)
    # None is left to be told otherwise: asking once more would be no use.
    return bool(found)


Remedy = Callable[[RunState, Refusal], Awaitable[bool]]
#: Tried first.  They mark the run themselves.
HEALINGS: Final[tuple[Remedy, ...]] = (healing.lost_chain, healing.refused_store)
#: What is done, in the words of the run's mark, and how.
REMEDIES: Final[dict[str, Remedy]] = {
    "upstream could not read the reasoning, which was left out": _refused_reasoning,
    "the model does not reason, so its reasoning was not asked for": _refused_encryption,
    "the model refused a parameter, which was left out": _refused_parameter,
    "the model refused to stream and was asked for a whole answer": _refused_stream,
    "upstream has no such model, and its successor was asked": _no_model,
    "the conversation was too long, and older messages were left out": _too_long,
    "upstream refused calls of the past, which were told as text": _refused_call,
}


def _retold(tx: Tx, world: Context, run: Json, memory: RunMemory, sent: Sent) -> Sent:
    return chain.prepare(tx, world, run, memory, anew=sent.previous is None, kept=sent.kept)


def _renamed(tx: Tx, world: Context, run: Json, memory: RunMemory, sent: Sent) -> Sent:
    return chain.prepare(tx, world, run, memory, anew=sent.previous is None)
