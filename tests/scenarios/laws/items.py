"""Items as a Responses server streams them, drawn by hypothesis.

Each maker gives the finished item and the events between its `added` and its `done`.  A test validates all of them
against the SDK's own types.
"""

import itertools
from collections.abc import Callable, Iterable
from typing import Any

from hypothesis import strategies as st

from tests.translate.sdk import ITEMS

Json = dict[str, Any]
Draw = Callable[[Any], Any]
Made = tuple[Json, list[Json]]

WORDS = st.sampled_from(["Hello.", "Grüße 😀", "𝄞𝄞 é", "【x】", "\u2028\n\"'\\", " ", "見る。"])
TEXT = st.lists(WORDS, max_size=4).map("".join) | st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


def event(name: str, /, **fields: Any) -> Json:
    """An event without its sequence number, which is added later."""
    return {"type": f"response.{name}", **fields}


def item(kind: str, id: str, **fields: Any) -> Json:
    """A finished item."""
    return {"type": kind, "id": id, **fields}


def cut(draw: Draw, text: str, also: Iterable[int] = ()) -> list[str]:
    """The text in pieces, cut at drawn positions and at the given ones."""
    places = draw(st.lists(st.integers(0, len(text)), max_size=3))
    edges = sorted({0, len(text), *places, *also})
    return [text[start:end] for start, end in itertools.pairwise(edges)]


def _cited(draw: Draw, text: str) -> list[Json]:
    places = sorted(draw(st.lists(st.integers(0, len(text)), max_size=3)))
    return [
        {"type": "file_citation", "file_id": f"file-{number}", "filename": f"{number}.txt", "index": place}
        for number, place in enumerate(places)
    ]


def _linked(draw: Draw, text: str) -> tuple[str, list[Json]]:
    """The text, with or without a link to a generated file, and the annotation of that link."""
    if not draw(st.booleans()):
        return text, []
    path = "sandbox:/mnt/data/a.txt"
    start = len(text) + len("[a](")
    spot = {"start_index": start, "end_index": start + len(path)}
    note = {"type": "container_file_citation", "container_id": "cntr_1", "file_id": "cfile_1", "filename": "a.txt"}
    return f"{text}[a]({path})", [note | spot]


def _text_part(draw: Draw, place: Json) -> Made:
    """A text with citations, sent between the deltas or after them, and perhaps a link to a file."""
    text, files = _linked(draw, draw(TEXT))
    cited = _cited(draw, text)
    if draw(st.booleans()):
        files = [*files, {"type": "url_citation", "url": "u", "title": "t", "start_index": 0, "end_index": len(text)}]
    in_time = draw(st.booleans())
    waiting, end, events, notes = [*cited], 0, [], []
    for piece in cut(draw, text, (note["index"] for note in cited)):
        while in_time and waiting and waiting[0]["index"] <= end:
            notes.append(waiting.pop(0))
            events.append(_annotation(notes, place))
        end += len(piece)
        events.append(event("output_text.delta", delta=piece, logprobs=[], **place))
    for note in [*waiting, *files]:
        notes.append(note)
        events.append(_annotation(notes, place))
    done = event("output_text.done", text=text, logprobs=[], **place)
    return {"type": "output_text", "text": text, "annotations": notes, "logprobs": []}, [*events, done]


def _annotation(notes: list[Json], place: Json) -> Json:
    name = "output_text.annotation.added"
    return event(name, annotation=notes[-1], annotation_index=len(notes) - 1, **place)


def _refusal_part(draw: Draw, place: Json) -> Made:
    text = draw(TEXT)
    deltas = [event("refusal.delta", delta=piece, **place) for piece in cut(draw, text)]
    done = event("refusal.done", refusal=text, **place)
    return {"type": "refusal", "refusal": text}, [*deltas, done]


def message(draw: Draw, index: int) -> Made:
    """A message with zero, one or two parts."""
    id, parts, events = f"msg_{index}", [], []
    for number in range(draw(st.integers(0, 2))):
        place = {"item_id": id, "output_index": index, "content_index": number}
        maker, blank = draw(
            st.sampled_from(
                [
                    (_text_part, {"type": "output_text", "text": "", "annotations": []}),
                    (_refusal_part, {"type": "refusal", "refusal": ""}),
                ]
            )
        )
        part, deltas = maker(draw, place)
        opens = event("content_part.added", part=blank, **place)
        closes = event("content_part.done", part=part, **place)
        parts.append(part)
        events += [opens, *deltas, closes]
    return item("message", id, role="assistant", status="completed", content=parts), events


def function_call(draw: Draw, index: int) -> Made:
    """A function call; its arguments are any text, because a model may write any text."""
    id, given = f"fc_{index}", draw(st.sampled_from(["{}", '{"x":1}']) | TEXT)
    place = {"item_id": id, "output_index": index}
    name = "function_call_arguments.delta"
    deltas = [event(name, delta=piece, **place) for piece in cut(draw, given)]
    name = "function_call_arguments.done"
    done = event(name, arguments=given, name="f", **place)
    fields = {"call_id": f"call_{index}", "name": "f", "arguments": given, "status": "completed"}
    return item("function_call", id, **fields), [*deltas, done]


def file_search_call(draw: Draw, index: int) -> Made:
    """A file search, with its results or without."""
    id, kind = f"fs_{index}", "file_search_call"
    result = st.fixed_dictionaries(
        {"file_id": st.just("file-1"), "filename": WORDS, "score": st.just(0.5), "text": TEXT}
    )
    results = draw(st.none() | st.lists(result, max_size=2))
    found = item(kind, id, status="completed", queries=["q"], results=results)
    place = {"item_id": id, "output_index": index}
    return found, [
        event("file_search_call.in_progress", **place),
        event("file_search_call.searching", **place),
        event("file_search_call.completed", **place),
    ]


def code_interpreter_call(draw: Draw, index: int) -> Made:
    """A code interpreter call, with its logs and images or without."""
    id, kind, source = f"ci_{index}", "code_interpreter_call", draw(TEXT)
    logs = st.fixed_dictionaries({"type": st.just("logs"), "logs": TEXT})
    image = st.just({"type": "image", "url": "data:image/png;base64,AAAA"})
    outputs = draw(st.none() | st.lists(logs | image, max_size=2))
    fields = {"status": "completed", "container_id": "cntr_1", "code": source, "outputs": outputs}
    place = {"item_id": id, "output_index": index}
    name = "code_interpreter_call_code.delta"
    deltas = [event(name, delta=piece, **place) for piece in cut(draw, source)]
    name = "code_interpreter_call_code.done"
    return item(kind, id, **fields), [*deltas, event(name, code=source, **place)]


def reasoning(draw: Draw, index: int) -> Made:
    """A reasoning item, with a summary or without."""
    id, place = f"rs_{index}", {"item_id": f"rs_{index}", "output_index": index, "summary_index": 0}
    summary = [{"type": "summary_text", "text": draw(TEXT)}] if draw(st.booleans()) else []
    name = "reasoning_summary_text.delta"
    events = [event(name, delta=s["text"], **place) for s in summary]
    return item("reasoning", id, summary=summary, encrypted_content="x"), events


def web_search_call(draw: Draw, index: int) -> Made:
    action = draw(st.sampled_from([{"type": "search", "query": "q"}, {"type": "open_page", "url": "u"}]))
    return item("web_search_call", f"ws_{index}", status="completed", action=action), []


def mcp_list_tools(draw: Draw, index: int) -> Made:
    return item("mcp_list_tools", f"mcpl_{index}", server_label="s", tools=[{"name": "t", "input_schema": {}}]), []


#: The error of an MCP server's tool that failed.
NO: Json = {"type": "http_error", "code": 500, "message": "No."}


def mcp_call(draw: Draw, index: int) -> Made:
    fields = draw(st.sampled_from([{"output": "o"}, {"output": "", "error": None}, {"error": NO}]))
    return item("mcp_call", f"mcp_{index}", name="t", server_label="s", arguments="{}", **fields), []


def image_generation_call(draw: Draw, index: int) -> Made:
    result = draw(st.sampled_from(["AAAA", None]))
    return item("image_generation_call", f"ig_{index}", status="completed", result=result), []


#: Items that become events, and reasoning.  All other items have only an `added` and a `done` event.
MAKERS = {
    "message": message,
    "function_call": function_call,
    "file_search_call": file_search_call,
    "code_interpreter_call": code_interpreter_call,
    "reasoning": reasoning,
    "web_search_call": web_search_call,
    "mcp_list_tools": mcp_list_tools,
    "mcp_call": mcp_call,
    "image_generation_call": image_generation_call,
}
#: Tools that Assistants never had.  With them, more kinds of items become events.
NEW_TOOLS = [{"type": kind} for kind in ("web_search", "mcp", "image_generation")]


def elsewhere(kind: str) -> Callable[[Draw, int], Made]:
    def maker(draw: Draw, index: int) -> Made:
        return item(kind, f"x_{index}", status="completed"), []

    return maker


ALL = {kind: MAKERS.get(kind) or elsewhere(kind) for kind in sorted(ITEMS)}
