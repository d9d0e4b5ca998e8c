"""Starts a stored run: with a stream for its reader, or in the background after an answer with status ``queued``."""

from collections.abc import Callable

from shim.engine.protocol import Emitted, Reply, json_reply, stream_reply
from shim.engine.run import background
from shim.engine.run.carrier import Carrier
from shim.ports import Refusal
from shim.store.errors import StoreFailed
from shim.store.tx import Tx
from shim.translate.caller_names import Names
from shim.translate.failures import NO_CALLER
from shim.upstream import profiles
from shim.wire.errors import ApiError

#: Undoes the transaction that prepared the run.
Undo = Callable[[Tx], None]


async def reply(carrier: Carrier, first: list[Emitted], streamed: bool, undo: Undo) -> Reply:
    """The answer to a request that starts a run or its next round.

    Streamed: the request is sent upstream before any event is sent, so that a request which upstream refuses becomes an
    HTTP error and leaves no run.  After other failures of upstream the run exists and fails.  Raises `ApiError`.
    """
    queued = carrier.turn.run
    carrier.context.registry.enter(queued["id"], carrier.interruption, carrier.context.tenant)
    in_background = carrier.choose_background(streamed) and not streamed
    if not streamed and not in_background:
        return json_reply(queued, events=carrier.events(first))
    refused: Refusal | None = None
    try:
        await (background.begin(carrier) if in_background else carrier.open())
    except Refusal as refusal:
        if in_background and profiles.cannot_background(refusal):
            carrier.stay_in_foreground(refusal)
            return json_reply(queued, events=carrier.events(first))
        if profiles.is_callers_fault(refusal):
            await _undo(carrier, undo)
            raise api_error(refusal, carrier.turn.names) from refusal
        refused = refusal
    except BaseException:
        # The caller was cancelled before it got the run.
        await _undo(carrier, undo)
        raise
    if not in_background:
        return stream_reply(carrier.events(first, refused), carrier.interruption, carrier.attach)
    carrier.context.registry.leave(queued["id"])
    if refused is not None:
        await background.fail(carrier, refused)
    return json_reply(queued)


async def _undo(carrier: Carrier, undo: Undo) -> None:
    carrier.context.registry.leave(carrier.turn.run["id"])
    try:
        await carrier.context.store.write(undo)
    except StoreFailed:
        carrier.abandon()
        raise


def api_error(refusal: Refusal, names: Names = NO_CALLER) -> ApiError:
    """Upstream's refusal as an error for the caller: upstream's text, with the caller's names for fields.  The caller's
    SDK must not retry it, as the inner client has done so.
    """
    caller_path = None if refusal.param is None else names.path(refusal.param)
    return ApiError(
        refusal.status or 500,
        names.message(refusal.message, refusal.param),
        type=refusal.type or "invalid_request_error",
        param=refusal.param if caller_path is None else caller_path,
        code=refusal.code,
        # With upstream's request id: it is the one to give to the vendor's support.
        headers={**refusal.headers, "x-should-retry": "false"},
    )
