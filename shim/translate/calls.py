"""Rules for what the model calls: functions of the application, and the two hosted tools that Assistants had."""

from collections.abc import Callable, Iterator
from typing import Final

from shim.translate.turn import STEP_OPENS, Emitted, Json, Made, Open, Turn, emits

RANKING: Final = {"ranker": "default_2024_08_21", "score_threshold": 0.0}


@emits(*STEP_OPENS, "thread.run.step.delta")
def open_call(turn: Turn, event: Json) -> Iterator[Emitted]:
    """A function call begins.  All calls of one response share one step, which stays open until the outputs come."""
    yield from turn.begin()
    if turn.asking is None:
        for name, step in turn.open_step({"type": "tool_calls", "tool_calls": []}):
            turn.asking = step
            yield name, step
    assert turn.asking is not None
    item = event["item"]
    function = {"name": item.get("name") or "", "arguments": "", "output": None}
    call = {"id": item["call_id"], "type": "function", "function": function}
    opened = turn.open(event, Open("function_call", turn.asking, call=call, index=len(turn.calls)))
    turn.calls.append(opened)
    yield _delta(opened, {"index": opened.index} | call)


@emits("thread.run.step.delta")
def arguments_delta(turn: Turn, event: Json) -> Iterator[Emitted]:
    """Some of a call's arguments.  Arguments of an item that nobody announced are somebody else's."""
    item = turn.find(event, "function_call")
    if item is not None and event["delta"]:
        yield _tell_arguments(item, event["delta"])


@emits("thread.run.step.delta")
def close_call(turn: Turn, event: Json) -> Iterator[Emitted]:
    """A function call is whole, or was cut: then it will never be asked for."""
    item = turn.items[turn.key(event)]
    function = item.call["function"]
    whole = event["item"].get("arguments") or function["arguments"]
    if not whole.startswith(function["arguments"]):
        turn.differences.append(f"the arguments told of {item.call['id']} differ from the finished ones")
    elif len(whole) > len(function["arguments"]):
        yield _tell_arguments(item, whole[len(function["arguments"]) :])
    item.call = item.call | {"function": function | {"arguments": whole}}
    if event["item"].get("status") == "incomplete":
        item.cut = True


@emits(*STEP_OPENS, "thread.run.step.delta")
def open_search(turn: Turn, event: Json) -> Iterator[Emitted]:
    """A file search begins: a step of its own, told in one delta."""
    call = {
        "id": turn.new_id("call"),
        "type": "file_search",
        "file_search": {"ranking_options": _ranking(turn), "results": []},
    }
    yield from open_hosted(turn, event, call)


@emits("thread.run.step.completed")
def close_search(turn: Turn, event: Json) -> Iterator[Emitted]:
    """A file search is over; its results are known, if the request asked for them."""
    item = turn.find(event, "file_search_call")
    if item is not None:
        results = [_result(turn, result) for result in event["item"].get("results") or []]
        yield from _close_hosted(turn, item, {"file_search": {"ranking_options": _ranking(turn), "results": results}})


def _ranking(turn: Turn) -> Json:
    """The run's own options, as far as steps showed them."""
    given = [tool["file_search"]["ranking_options"] for tool in turn.run["tools"] if tool["type"] == "file_search"]
    return RANKING | {name: value for options in given for name, value in options.items() if name in RANKING}


def _result(turn: Turn, result: Json) -> Json:
    """One search result.  Some servers cite by an id of their own and keep the file's real one among the attributes."""
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


@emits("thread.run.step.delta")
def code_delta(turn: Turn, event: Json) -> Iterator[Emitted]:
    """Some code."""
    item = turn.find(event, "code_interpreter_call")
    if item is not None and event["delta"]:
        yield _tell_code(item, event["delta"])


@emits("thread.run.step.delta", "thread.run.step.completed")
def close_code(turn: Turn, event: Json) -> Iterator[Emitted]:
    """The code has run.  Its logs come in one delta each, whole."""
    item = turn.find(event, "code_interpreter_call")
    if item is None:
        return
    told = item.call["code_interpreter"]["input"]
    whole = event["item"].get("code") or told
    if not whole.startswith(told):
        turn.differences.append(f"the code told of {item.call['id']} differs from the finished one")
    elif len(whole) > len(told):
        yield _tell_code(item, whole[len(told) :])
    given = event["item"].get("outputs") or []
    outputs = [OUTPUTS[output["type"]](turn, output) for output in given if output["type"] in OUTPUTS]
    for index, output in enumerate(outputs):
        yield _delta(item, _more(item, "code_interpreter", {"outputs": [{"index": index} | output]}))
    yield from _close_hosted(turn, item, {"code_interpreter": {"input": whole, "outputs": outputs}})


def _logs(turn: Turn, output: Json) -> Json:
    return {"type": "logs", "logs": output.get("logs") or ""}


def _image(turn: Turn, output: Json) -> Json:
    """A plot.  Upstream gives it as data; we keep it under an id, and the next message shows it."""
    file_id = turn.new_id("cfile")
    turn.images.append(file_id)
    turn.pictured += 1
    turn.made.append(Made(file_id, f"{file_id}.png", data=output["url"]))
    return {"type": "image", "image": {"file_id": file_id}}


#: What code leaves behind, by upstream's type.
OUTPUTS: Final[dict[str, Callable[[Turn, Json], Json]]] = {"logs": _logs, "image": _image}


def open_hosted(turn: Turn, event: Json, call: Json) -> Iterator[Emitted]:
    """A hosted call begins: a step of its own, and the call's first delta."""
    step: Json = {}
    for name, step in turn.open_step({"type": "tool_calls", "tool_calls": []}):
        yield name, step
    item = turn.open(event, Open(event["item"]["type"], step, call=call))
    yield _delta(item, {"index": 0} | call)


def _close_hosted(turn: Turn, item: Open, found: Json) -> Iterator[Emitted]:
    """The step's call is whole."""
    item.call = item.call | found
    yield from complete(turn, item)


def complete(turn: Turn, item: Open) -> Iterator[Emitted]:
    """A hosted call is over."""
    item.open = False
    yield from turn.hold(shown(item))


def shown(item: Open) -> Json:
    """The item's step with the hosted call as far as it has come."""
    return item.step | {"step_details": {"type": "tool_calls", "tool_calls": [item.call]}}


def _tell_arguments(item: Open, more: str) -> Emitted:
    function = item.call["function"]
    item.call = item.call | {"function": function | {"arguments": function["arguments"] + more}}
    return _delta(item, _more(item, "function", {"arguments": more}))


def _tell_code(item: Open, more: str) -> Emitted:
    code = item.call["code_interpreter"]
    item.call = item.call | {"code_interpreter": code | {"input": code["input"] + more}}
    return _delta(item, _more(item, "code_interpreter", {"input": more}))


def _more(item: Open, kind: str, what: Json) -> Json:
    return {"index": item.index, "type": kind, kind: what}


def _delta(item: Open, call: Json) -> Emitted:
    return (
        "thread.run.step.delta",
        {
            "id": item.step["id"],
            "object": "thread.run.step.delta",
            "delta": {"step_details": {"type": "tool_calls", "tool_calls": [call]}},
        },
    )


def details(turn: Turn) -> Json:
    """The function step's details: every call so far."""
    return {"type": "tool_calls", "tool_calls": [opened.call for opened in turn.calls]}
