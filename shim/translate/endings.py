"""The ends of a response, and of the run: completed, requires action, incomplete, failed, cancelled, expired.

Every ending closes the open objects in the same order, by the tables of `shim.lifecycle`: message, then step, then run.
"""

from collections.abc import Callable, Iterator
from typing import Final

from shim import lifecycle
from shim.translate import calls, failures, messages
from shim.translate.turn import Emitted, OpenItem, Turn
from shim.wire import objects
from shim.wire.types import Json


def usage_of(response: Json) -> Json:
    """Upstream's token counts with the old API's names; zeros if it sent none."""
    usage = response.get("usage") or {}
    return objects.usage(
        usage.get("input_tokens") or 0,
        usage.get("output_tokens") or 0,
        (usage.get("input_tokens_details") or {}).get("cached_tokens") or 0,
        (usage.get("output_tokens_details") or {}).get("reasoning_tokens") or 0,
    )


def finish(turn: Turn, response: Json) -> Iterator[Emitted]:
    """The response is complete: the run is completed, or requires the outputs of its calls."""
    if any(opened.cut for opened in turn.calls):
        # Some servers send status `completed` although the last call was cut off.
        yield from cut_short(turn, response)
        return
    usage = _count(turn, response)
    yield from _finish_items(turn)
    if (why := _unanswerable(turn)) is not None:
        yield from failed(turn, failures.last_error(None, why))
        return
    if not turn.calls:
        yield from turn.release(usage)
        yield turn.happen("finished")
        return
    yield from calls.finish(turn)
    yield from turn.release()
    turn.step_usage = usage
    if turn.run["status"] == "cancelling":
        yield from _close_all(turn, "cancelled", usage=usage)
        yield turn.happen("action_required")
        return
    turn.call_ids = turn.call_ids | {opened.call["id"]: calls.upstream_id(opened) for opened in turn.calls}
    turn.function_step = (turn.function_step or {}) | {"step_details": calls.details(turn)}
    yield turn.happen("action_required", required_action=_required(turn))


def _finish_items(turn: Turn) -> Iterator[Emitted]:
    """The response is complete, and therefore its items are, even if upstream has not sent the end of each."""
    for _, item in _unfinished(turn):
        yield from (messages if item.message else calls).complete(turn, item)


#: Calls that only the program could answer, and that the old API did not have; each with the item that answers it if
#: upstream does so itself.
FOR_THE_PROGRAM: Final[dict[str, str]] = {
    "apply_patch_call": "apply_patch_call_output",
    "computer_call": "computer_call_output",
    "custom_tool_call": "custom_tool_call_output",
    "local_shell_call": "local_shell_call_output",
    "shell_call": "shell_call_output",
    "tool_search_call": "tool_search_output",
}


def _unanswerable(turn: Turn) -> str | None:
    """The error for a call that nobody can answer, if the response has one."""
    known = turn.known.items
    answered = {name for each in known if each.kind in FOR_THE_PROGRAM.values() for name in each.names}
    # If the model writes text after the call, it has got an output: some servers answer such calls themselves.
    last = max((index for index, each in enumerate(known) if each.kind == "message"), default=-1)
    unanswered = (each for each in known[last + 1 :] if each.kind in FOR_THE_PROGRAM and not each.names & answered)
    if (call := next(unanswered, None)) is not None:
        return f"The model made a {call.kind} ({call.item.get('name') or call.key}), which a run cannot pass on."
    if any(not opened.call["function"]["name"] for opened in turn.calls) or (turn.unclaimed and not known):
        return "The model called a function, but its answer does not say which one."
    return None


def _required(turn: Turn) -> Json:
    tool_calls = [
        {
            "id": call["id"],
            "type": "function",
            "function": {"name": call["function"]["name"], "arguments": call["function"]["arguments"]},
        }
        for call in (opened.call for opened in turn.calls)
    ]
    return {"type": "submit_tool_outputs", "submit_tool_outputs": {"tool_calls": tool_calls}}


#: Why upstream stopped, or no request was sent: the message's reason, and the run's.  Some servers send ``length``.
CUTS: Final[dict[str, tuple[str, str | None]]] = {
    "max_output_tokens": ("max_tokens", "max_completion_tokens"),
    "length": ("max_tokens", "max_completion_tokens"),
    "content_filter": ("content_filter", None),
    "max_prompt_tokens": ("max_tokens", "max_prompt_tokens"),
}


def cut_short(turn: Turn, response: Json) -> Iterator[Emitted]:
    """The response stopped at a limit or a filter.  A call that was cut off never requires an output."""
    usage = _count(turn, response)
    reason = (response.get("incomplete_details") or {}).get("reason") or "max_output_tokens"
    message_reason, counted = CUTS.get(reason, CUTS["max_output_tokens"])
    status = lifecycle.after(turn.run["status"], "cut_short")
    yield from _close_all(turn, status, message_reason, usage)
    yield turn.happen("cut_short", incomplete_details={"reason": counted} if status == "incomplete" else None)


def fail(turn: Turn, response: Json) -> Iterator[Emitted]:
    """The response failed."""
    _count(turn, response)
    yield from failed(turn, failures.of_response(response, turn.error, turn.names))


def failed(turn: Turn, error: Json) -> Iterator[Emitted]:
    """The run fails with ``error`` (``code`` and ``message``), and so do its open objects."""
    yield from turn.begin()
    yield from _close_all(turn, "failed", error=error)
    yield turn.happen("failed", last_error=error, required_action=None)


def stopped(turn: Turn) -> Iterator[Emitted]:
    """The run was cancelled."""
    if turn.run["status"] != "cancelling":
        yield turn.happen("cancel")
    else:
        yield "thread.run.cancelling", objects.as_streamed(turn.run)
    yield from _close_all(turn, "cancelled")
    yield turn.happen("stopped", required_action=None)


def lapsed(turn: Turn) -> Iterator[Emitted]:
    """The run has expired."""
    yield from _close_all(turn, "expired")
    yield turn.happen("lapsed", required_action=None)


def _cancelled_upstream(turn: Turn, response: Json) -> Iterator[Emitted]:
    _count(turn, response)
    yield from stopped(turn)


#: The rule for each status of a final response.
ENDINGS: Final[dict[str, Callable[[Turn, Json], Iterator[Emitted]]]] = {
    "completed": finish,
    "incomplete": cut_short,
    "failed": fail,
    "cancelled": _cancelled_upstream,
}


def _count(turn: Turn, response: Json) -> Json:
    """Add this response's tokens to the run's."""
    turn.terminal = response
    usage = usage_of(response)
    turn.spent = objects.add_usage(turn.spent, usage)
    return usage


def _close_all(
    turn: Turn,
    status: lifecycle.RunStatus,
    reason: str | None = None,
    usage: Json | None = None,
    error: Json | None = None,
) -> Iterator[Emitted]:
    """Close the open message, its step and the function step according to the end of the run.

    ``usage`` is that of the last step.
    """
    left = _unfinished(turn)
    for _, item in left:
        yield from messages.settle(turn, item)
    calls.settle(turn)
    yield from turn.release(None if left or turn.function_step is not None else usage)
    for number, (_, item) in enumerate(left, 1):
        item.open = False
        if item.message:
            _settle_partial(turn, item)
            yield _cut_message(turn, item, reason or lifecycle.MESSAGE_END[status])
        last = number == len(left) and turn.function_step is None
        step = calls.shown(item) if item.call else item.step
        yield _close_step(turn, step, status, usage if last else None, error)
    if turn.function_step is not None:
        step = turn.function_step | {"step_details": calls.details(turn)}
        yield _close_step(turn, step, "failed" if status == "incomplete" else status, usage, error)
        turn.function_step = None


def _settle_partial(turn: Turn, item: OpenItem) -> None:
    """Text that came before the end stays in the conversation, though upstream never finished the item."""
    if item.received:
        turn.settle(item, messages.as_emitted(item, "incomplete"))


def _unfinished(turn: Turn) -> list[tuple[str, OpenItem]]:
    """Open items with a step of their own; function calls share one step, which is closed separately."""
    return [(key, item) for key, item in turn.items.items() if item.open and item.kind != "function_call"]


def _cut_message(turn: Turn, item: OpenItem, reason: str) -> Emitted:
    item.message = item.message | {
        "status": "incomplete",
        "incomplete_details": {"reason": reason},
        "incomplete_at": turn.now(),
        "content": messages.contents(item),
    }
    return "thread.message.incomplete", item.message


def _close_step(turn: Turn, step: Json, status: lifecycle.RunStatus, usage: Json | None, error: Json | None) -> Emitted:
    end, stamp = lifecycle.STEP_END[status]
    changes = {"status": end, stamp: turn.now(), "usage": usage or step.get("usage") or objects.usage()}
    if end == "failed":
        # A step has only two error codes; the recorded text is used for a call that was cut off.
        changes["last_error"] = failures.of_step(error)
    return f"thread.run.step.{end}", step | changes
