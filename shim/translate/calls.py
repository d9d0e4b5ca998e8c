"""Rules for the model's calls: functions of the application, and the two hosted tools that Assistants had."""

from collections.abc import Callable, Iterator
from typing import Final

from shim.translate.turn import STEP_OPENS, Emitted, GeneratedFile, OpenItem, Turn, better, emits
from shim.wire.types import Json

RANKING: Final = {"ranker": "default_2024_08_21", "score_threshold": 0.0}
CODE: Final = "code_interpreter_call"
#: The paths of a call's texts.
ARGUMENTS: Final = ("function", "arguments")
SOURCE: Final = ("code_interpreter", "input")


@emits(*STEP_OPENS, "thread.run.step.delta")
def open_call(turn: Turn, event: Json) -> Iterator[Emitted]:
    """A function call begins.  All calls of one response share one step, which stays open until the outputs come."""
    yield from turn.begin()
    if turn.function_step is None:
        for name, step in turn.open_step({"type": "tool_calls", "tool_calls": []}):
            turn.function_step = step
            yield name, step
    assert turn.function_step is not None
    item = event["item"]
    function = {"name": item.get("name") or "", "arguments": "", "output": None}
    call = {"id": turn.call_id(item), "type": "function", "function": function}
    opened = turn.show(event, OpenItem("function_call", turn.function_step, call=call, index=len(turn.calls)))
    turn.calls.append(opened)
    yield _delta(opened, {"index": opened.index} | call)
    if early := _claim(turn, opened):
        yield _piece(opened, *ARGUMENTS, early)


def _claim(turn: Turn, opened: OpenItem) -> str:
    """Take the arguments that came before their call was known."""
    known = opened.known
    assert known is not None
    mine = [
        (name, output_index)
        for name, output_index in turn.unclaimed
        if name in known.names
        or (output_index is not None and output_index == known.output_index)
        or (name, output_index) == (None, None)
    ]
    return "".join(turn.unclaimed.pop(key) for key in mine)


@emits("thread.run.step.delta")
def arguments_delta(turn: Turn, event: Json) -> Iterator[Emitted]:
    """A piece of a call's arguments.  Arguments of a call that was not announced wait until its name is known."""
    opened = turn.find(event, "function_call")
    if opened is None:
        _store_unclaimed(turn, event, event["delta"])
    elif event["delta"] and not opened.whole:
        yield _piece(opened, *ARGUMENTS, event["delta"])


@emits("thread.run.step.delta")
def arguments_done(turn: Turn, event: Json) -> Iterator[Emitted]:
    """A call's complete arguments."""
    opened = turn.find(event, "function_call")
    if opened is None:
        _store_unclaimed(turn, event, event["arguments"], whole=True)
    elif not opened.whole:
        yield from _emit_rest(turn, opened, *ARGUMENTS, event["arguments"])


def _store_unclaimed(turn: Turn, event: Json, value: str, *, whole: bool = False) -> None:
    key = event.get("item_id"), event.get("output_index")
    if turn.known.item_of_event(event, "function_call") is None and not turn.known.is_of_other_kind(
        event, "function_call"
    ):
        before = turn.unclaimed.get(key, "")
        turn.unclaimed[key] = better(before, value) if whole else before + value


@emits("thread.run.step.delta")
def close_call(turn: Turn, event: Json) -> Iterator[Emitted]:
    """A function call is complete, or was cut off: then the run never requires its output.  If this event has less of
    the arguments than earlier ones, the call stays open until the response ends.
    """
    opened, item = turn.shown(event), event["item"]
    if opened is None:
        return
    yield from _rename(turn, opened, item.get("name") or "")
    arguments = item.get("arguments") or ""
    yield from _emit_rest(turn, opened, *ARGUMENTS, arguments)
    opened.cut = item.get("status") == "incomplete"
    opened.whole = opened.cut or bool(arguments.strip() and arguments == opened.call["function"]["arguments"])


@emits("thread.run.step.delta")
def late_call(turn: Turn, event: Json) -> Iterator[Emitted]:
    """An event about a call after its end.  The run does not require outputs yet, so further arguments are emitted as
    usual.
    """
    opened, arguments = turn.shown(event), event["item"].get("arguments") or ""
    if opened is not None and arguments.startswith(opened.call["function"]["arguments"]):
        yield from _emit_rest(turn, opened, *ARGUMENTS, arguments)


@emits()
def late_code(turn: Turn, event: Json) -> Iterator[Emitted]:
    """An event about code after its end was emitted.  Further code is stored; different code is only logged."""
    item, code = turn.shown(event), event["item"].get("code") or ""
    before = item.call["code_interpreter"]["input"] if item is not None and item.call else code
    if item is not None and code.startswith(before) and list(_emit_rest(turn, item, *SOURCE, code)):
        if turn.postponed is not None and turn.postponed["id"] == item.step["id"]:
            turn.postponed = shown(item)
        turn.amend(item)
    yield from ()


def _rename(turn: Turn, opened: OpenItem, name: str) -> Iterator[Emitted]:
    """Set a name that came late, or was different at first."""
    function = opened.call["function"]
    if name and name != function["name"]:
        opened.call = opened.call | {"function": function | {"name": name}}
        if not function["name"]:
            yield _delta(opened, _more(opened, "function", {"name": name}))
        else:
            turn.differences.append(f"the name sent for {opened.call['id']} differs from the finished one")


def finish(turn: Turn) -> Iterator[Emitted]:
    """The response is complete, and therefore its calls are.  Missing arguments become an empty object."""
    for opened in turn.calls:
        if not opened.call["function"]["arguments"].strip():
            yield _piece(opened, *ARGUMENTS, _left_over(turn) or "{}")
        opened.whole = True
    settle(turn)


def _left_over(turn: Turn) -> str | None:
    """Arguments that came under an id that no call has."""
    key = next((key for key, text in turn.unclaimed.items() if text.startswith("{")), None)
    return None if key is None else turn.unclaimed.pop(key)


def settle(turn: Turn) -> None:
    """Journal the complete calls as they were emitted, under upstream's id."""
    for opened in turn.calls:
        if opened.whole and opened.known is not None:
            turn.settle(opened, _as_emitted(opened, opened.known.item))


def _as_emitted(opened: OpenItem, item: Json) -> Json:
    if item["type"] != "function_call":
        return item
    return item | {"call_id": upstream_id(opened)} | {name: opened.call["function"][name] for name in EMITTED_FIELDS}


#: The fields of a call that are journalled as they were emitted.
EMITTED_FIELDS: Final = ("name", "arguments")


def upstream_id(opened: OpenItem) -> str:
    """The id under which upstream will recognise the output of a call: the last one that it sent."""
    assert opened.known is not None
    item = opened.known.item
    return str(item.get("call_id") or item.get("id") or opened.call["id"])


@emits(*STEP_OPENS, "thread.run.step.delta")
def open_search(turn: Turn, event: Json) -> Iterator[Emitted]:
    """A file search begins: a step of its own, with one delta."""
    call = {
        "id": turn.new_id("call"),
        "type": "file_search",
        "file_search": {"ranking_options": _ranking(turn), "results": []},
    }
    yield from open_hosted(turn, event, call)


@emits("thread.run.step.completed")
def close_search(turn: Turn, event: Json) -> Iterator[Emitted]:
    """A file search has ended; its results are known, if the request included them."""
    item = turn.shown(event)
    if item is not None and item.open:
        results = [_result(turn, result) for result in event["item"].get("results") or []]
        yield from _close_hosted(turn, item, {"file_search": {"ranking_options": _ranking(turn), "results": results}})


def _ranking(turn: Turn) -> Json:
    """How results were ranked: by the run's own threshold, and by the one ranker that there was."""
    shown = dict(RANKING)
    for tool in turn.run["tools"]:
        if tool["type"] == "file_search":
            shown["score_threshold"] = tool["file_search"]["ranking_options"]["score_threshold"]
    return shown


def _result(turn: Turn, result: Json) -> Json:
    """One search result.  Some servers cite by an id of their own and have the file's real one in the attributes."""
    attributes = result.get("attributes") or {}
    file_id = attributes.get("file_id") or result["file_id"]
    turn.results[result["file_id"]] = file_id
    return {
        "file_id": file_id,
        "file_name": result.get("filename") or "",
        "score": result.get("score") or 0.0,
        "attributes": attributes,
        "content": [{"type": "text", "text": result.get("text") or ""}],
    }


@emits(*STEP_OPENS, "thread.run.step.delta")
def open_code(turn: Turn, event: Json) -> Iterator[Emitted]:
    """The model begins to write code: a step of its own."""
    call = {"id": turn.new_id("call"), "type": "code_interpreter", "code_interpreter": {"input": "", "outputs": []}}
    yield from open_hosted(turn, event, call)


@emits(*STEP_OPENS, "thread.run.step.delta")
def code_delta(turn: Turn, event: Json) -> Iterator[Emitted]:
    """A piece of code."""
    if event["delta"]:
        item = turn.find(event, CODE) or (yield from turn.unannounced(event, CODE, open_code))
        if item is not None and item.open:
            yield _piece(item, *SOURCE, event["delta"])


@emits(*STEP_OPENS, "thread.run.step.delta")
def code_done(turn: Turn, event: Json) -> Iterator[Emitted]:
    """The complete code; it has not run yet."""
    item = turn.find(event, CODE) or (yield from turn.unannounced(event, CODE, open_code))
    if item is not None and item.open:
        yield from _emit_rest(turn, item, *SOURCE, event["code"])


@emits("thread.run.step.delta", "thread.run.step.completed")
def close_code(turn: Turn, event: Json) -> Iterator[Emitted]:
    """The code has run.  Each of its logs is emitted in one delta.  If this event has less of the code than earlier
    ones, the call stays open until the response ends.
    """
    item = turn.shown(event)
    if item is None or not item.open:
        return
    source = event["item"].get("code") or ""
    yield from _emit_rest(turn, item, *SOURCE, source)
    outputs = event["item"].get("outputs") or []
    for output in (each for each in outputs[len(item.outputs) :] if each.get("type") in OUTPUTS):
        index = len(item.outputs)
        item.outputs.append(OUTPUTS[output["type"]](turn, output))
        yield _delta(item, _more(item, "code_interpreter", {"outputs": [{"index": index} | item.outputs[-1]]}))
    code = item.call["code_interpreter"]
    details = {"code_interpreter": code | {"outputs": list(item.outputs)}}
    if source and source == code["input"]:
        yield from _close_hosted(turn, item, details)
    item.call = item.call | details


def _logs(turn: Turn, output: Json) -> Json:
    return {"type": "logs", "logs": output.get("logs") or ""}


def _image(turn: Turn, output: Json) -> Json:
    """A plot.  Upstream sends its data; it is stored under an id, and the next message shows it."""
    file_id = turn.new_id("cfile")
    turn.images.append(file_id)
    turn.pictured += 1
    turn.generated_files.append(GeneratedFile(file_id, f"{file_id}.png", data=output["url"]))
    return {"type": "image", "image": {"file_id": file_id}}


#: Outputs of code, by upstream's type.
OUTPUTS: Final[dict[str, Callable[[Turn, Json], Json]]] = {"logs": _logs, "image": _image}


def open_hosted(turn: Turn, event: Json, call: Json) -> Iterator[Emitted]:
    """A hosted call begins: a step of its own, and the call's first delta."""
    step: Json = {}
    for name, step in turn.open_step({"type": "tool_calls", "tool_calls": []}):
        yield name, step
    item = turn.show(event, OpenItem(event["item"]["type"], step, call=call))
    yield _delta(item, {"index": 0} | call)


def _close_hosted(turn: Turn, item: OpenItem, details: Json) -> Iterator[Emitted]:
    """The step's call is complete."""
    item.call = item.call | details
    yield from complete(turn, item)


def complete(turn: Turn, item: OpenItem) -> Iterator[Emitted]:
    """A hosted call has ended."""
    item.open, item.whole = False, True
    yield from turn.postpone(shown(item))


def shown(item: OpenItem) -> Json:
    """The item's step with the current state of the hosted call."""
    return item.step | {"step_details": {"type": "tool_calls", "tool_calls": [item.call]}}


def _emit_rest(turn: Turn, item: OpenItem, kind: str, name: str, finished: str) -> Iterator[Emitted]:
    """The finished text of a call: its missing rest is emitted.  If it differs in another way, the finished text is
    stored.
    """
    current = item.call[kind][name]
    whole = better(current, finished)
    if not whole.startswith(current):
        turn.differences.append(f"the {name} sent for {item.call['id']} differs from the finished text")
        item.call = item.call | {kind: item.call[kind] | {name: whole}}
    elif len(whole) > len(current):
        yield _piece(item, kind, name, whole[len(current) :])


def _piece(item: OpenItem, kind: str, name: str, more: str) -> Emitted:
    """A further piece of a text of a call."""
    item.call = item.call | {kind: item.call[kind] | {name: item.call[kind][name] + more}}
    return _delta(item, _more(item, kind, {name: more}))


def _more(item: OpenItem, kind: str, what: Json) -> Json:
    return {"index": item.index, "type": kind, kind: what}


def _delta(item: OpenItem, call: Json) -> Emitted:
    return (
        "thread.run.step.delta",
        {
            "id": item.step["id"],
            "object": "thread.run.step.delta",
            "delta": {"step_details": {"type": "tool_calls", "tool_calls": [call]}},
        },
    )


def details(turn: Turn) -> Json:
    """The function step's details: all calls so far."""
    return {"type": "tool_calls", "tool_calls": [opened.call for opened in turn.calls]}
