"""Sends a run's request to upstream; after a refusal that a remedy applies to, sends it again with a change.

Each remedy examines the refusal and changes the next request, or returns False.  Each is tried once for its cause, so
there is no endless loop.
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


async def ask(state: RunState, send: Callable[[Json], Awaitable[T]]) -> T:
    """Call ``send`` with the request's body, again after each remedy; returns its result.  Raises a `Refusal` without a
    remedy, and `OutOfTokens`.
    """
    while True:
        try:
            await _choose_model(state)
            await healing.prove(state)
            await _fit(state)
            notes.asking(state.context, state.run, state.sent.body)
            return await send(state.sent.body)
        except Refusal as refusal:
            notes.refused(state.context, state.run, refusal)
            if not await _apply_remedy(state, refusal):
                leads.of_refusal(state.context, refusal)
                raise


async def remedied(state: RunState, events: list[Json]) -> bool:
    """Whether an answer with status 200 begins with a refusal, and a remedy has changed the next request."""
    turn = state.turn
    refusal = None if turn.known.items or turn.error is not None else echo.refused_at_once(events)
    if refusal is None or not await _apply_remedy(state, refusal):
        return False
    notes.refused(state.context, state.run, refusal)
    return True


async def _apply_remedy(state: RunState, refusal: Refusal) -> bool:
    for remedy in HEALINGS:
        if await remedy(state, refusal):
            return True
    for what, remedy in REMEDIES.items():
        previous = state.sent.previous
        if await remedy(state, refusal):
            state.memory = run_memory.marked(state.memory, state.context.now(), "changed", what, previous)
            return True
    return False


async def _choose_model(state: RunState) -> None:
    """Choose the model to call, before the run's first request."""
    if state.model_chosen or state.memory["asker"]:
        return
    state.model_chosen = True
    await _call_instead(state, await naming.chosen_model(state.context, state.run["model"], state.memory["model"]))


async def _call_instead(state: RunState, model: str) -> None:
    """Call that model from now on."""
    if model != state.memory["model"]:
        state.memory = state.memory | {"model": model}
        state.sent = await state.context.store.read(_for_new_model, state.context, state.run, state.memory, state.sent)


async def _fit(state: RunState) -> None:
    """Shorten the request to the run's prompt tokens."""
    if state.fitted:
        return
    state.sent = await budget.fitted(state.context, state.run, state.memory, state.sent)
    state.fitted = True
    if state.sent.message_count is not None:
        # Another run may send more messages: it must not chain from this run's responses.
        state.memory = state.memory | {"kept": state.sent.message_count, "cut": True}


async def _refused_reasoning(state: RunState, refusal: Refusal) -> bool:
    """Upstream cannot read the encrypted reasoning of the input: it is left out."""
    body = state.sent.body
    without = [item for item in body["input"] if item.get("type") != "reasoning"]
    if len(without) == len(body["input"]) or not profiles.cannot_read_reasoning(refusal):
        return False
    log.warning("upstream cannot read the encrypted reasoning of run %s's thread: it is left out", state.run["id"])
    state.sent = replace(state.sent, body=body | {"input": without})
    return True


async def _refused_encryption(state: RunState, refusal: Refusal) -> bool:
    """The model does not reason: its encrypted reasoning is not requested, in this and later requests."""
    body = state.sent.body
    if request.ENCRYPTED not in body.get("include", ()) or not profiles.cannot_encrypt(refusal):
        return False
    state.context.refuses(body["model"], request.ENCRYPTED)
    include = [wanted for wanted in body["include"] if wanted != request.ENCRYPTED]
    rest = {key: value for key, value in body.items() if key != "include"}
    state.sent = replace(state.sent, body=rest | ({"include": include} if include else {}))
    return True


async def _refused_parameter(state: RunState, refusal: Refusal) -> bool:
    """The model refuses a parameter: it is left out of this and later requests.

    A reasoning effort that was set for another model is left out, too.
    """
    body, mapped = state.sent.body, state.sent.body["model"] != state.run["model"]
    # `store: false` can be left out if the server does not accept the field.
    among = (*models.DROPPABLE, *(["reasoning"] if mapped else []), *([] if body.get("store") else ["store"]))
    param = models.refused_parameter(refusal.param, refusal.code, refusal.message, among)
    if refusal.status not in (None, 400, 422) or param not in body:
        return False
    state.context.refuses(body["model"], param)
    log.warning("model %s refuses %s: it is left out from now on", body["model"], param)
    state.sent = replace(state.sent, body={key: value for key, value in body.items() if key != param})
    return True


async def _refused_stream(state: RunState, refusal: Refusal) -> bool:
    """The model does not stream: the whole answer is requested at once, in this and later requests."""
    body = state.sent.body
    if "stream" in body or not profiles.cannot_stream(refusal):
        return False
    state.context.refuses(body["model"], "stream")
    log.warning("model %s refuses to stream: whole answers are requested from now on", body["model"])
    state.sent = replace(state.sent, body=body | {"stream": False})
    return True


async def _no_model(state: RunState, refusal: Refusal) -> bool:
    """Upstream has no such model: its successor is called, if it has one."""
    if state.memory["asker"] or not profiles.has_no_model(refusal):
        return False
    replacement = await naming.replacement(state.context, state.run["model"], state.memory["model"])
    if replacement is None:
        return False
    await _call_instead(state, replacement)
    return True


async def _too_long(state: RunState, refusal: Refusal) -> bool:
    """The conversation does not fit: its older half is left out, and half of the rest, until it does."""
    if not profiles.is_too_long(refusal):
        return False
    chained = state.sent.previous is not None
    shorter = await state.context.store.read(chain.halved, state.context, state.run, state.memory, chained)
    if shorter is None:
        return False
    state.sent, state.memory = shorter, state.memory | {"kept": shorter.message_count}
    return True


async def _refused_call(state: RunState, refusal: Refusal) -> bool:
    """Upstream refuses an earlier call: the call and its output are sent as text, in this and later requests."""
    blamed = blame.blamed_calls(refusal, state.sent.body)
    if not blamed:
        return False
    context, run = state.context, state.run
    model = state.sent.body["model"]
    pairs = await context.store.read(chain.pairs, run["thread_id"], blamed) - context.calls_as_text(model)
    context.refuses_calls(model, pairs)
    listed = ", ".join(sorted(blamed))
    log.warning(
        "upstream refuses earlier calls of thread %s, which are sent as text from now on: %s", run["thread_id"], listed
    )
    state.sent = await context.store.read(_recomposed, context, run, state.memory, state.sent)
    # No refused call is left that could be sent as text, so a second request would fail in the same way.
    return bool(pairs)


Remedy = Callable[[RunState, Refusal], Awaitable[bool]]
#: Tried first.  They add their own mark to the run.
HEALINGS: Final[tuple[Remedy, ...]] = (healing.lost_chain, healing.refused_store)
#: For each remedy the text of the mark that it adds to the run.
REMEDIES: Final[dict[str, Remedy]] = {
    "upstream could not read the reasoning, which was left out": _refused_reasoning,
    "the model does not reason, so its reasoning was not requested": _refused_encryption,
    "the model refused a parameter, which was left out": _refused_parameter,
    "the model refused to stream, and the whole answer was requested": _refused_stream,
    "upstream has no such model, and its successor was used": _no_model,
    "the conversation was too long, and older messages were left out": _too_long,
    "upstream refused earlier calls, which were sent as text": _refused_call,
}


def _recomposed(tx: Tx, context: Context, run: Json, memory: RunMemory, sent: Sent) -> Sent:
    return chain.prepare(tx, context, run, memory, anew=sent.previous is None, message_count=sent.message_count)


def _for_new_model(tx: Tx, context: Context, run: Json, memory: RunMemory, sent: Sent) -> Sent:
    return chain.prepare(tx, context, run, memory, anew=sent.previous is None)
