"""Reads the contents of messages, steps and assistants: content parts, annotations, attachments, tool calls, tools."""

from collections.abc import Callable
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from shim.migrate.imports.report import Refused
from shim.wire.requests.tools import Tool
from shim.wire.types import Json

Note = Callable[[str, str], None]
_TOOL: Final[TypeAdapter[Json]] = TypeAdapter(Tool)


def parts(content: Any, note: Note) -> list[Json]:
    """Content as a message shows it: from a text, a part, or a list of both."""
    if content is None:
        return []
    listed = content if isinstance(content, list) else [content]
    return [part for one in listed for part in _part(one, note)]


def _part(part: Any, note: Note) -> list[Json]:
    if isinstance(part, str):
        return [_shown_text(part)] if part else []
    kind = part.get("type", "text") if isinstance(part, dict) else type(part).__name__
    maker = PARTS.get(str(kind)) if isinstance(part, dict) else None
    converted = maker(part, note) if maker is not None else None
    if converted is None:
        note("part", str(kind))
    return [] if converted is None else [converted]


def _shown_text(value: str, annotations: list[Json] | None = None) -> Json:
    return {"type": "text", "text": {"value": value, "annotations": annotations or []}}


def _text(part: Json, note: Note) -> Json | None:
    text = part.get("text", part.get("value"))
    if isinstance(text, str):
        return _shown_text(text)
    if not isinstance(text, dict) or not isinstance(text.get("value"), str):
        return None
    annotations = _listed(text.get("annotations"), "message annotations", note)
    return _shown_text(
        text["value"], [annotation for one in annotations if (annotation := _annotation(one, note)) is not None]
    )


def _listed(value: Any, name: str, note: Note) -> list[Any]:
    """A list; empty if the value is no list."""
    if value is not None and not isinstance(value, list):
        note("value", name)
    return value if isinstance(value, list) else []


def _annotation(annotation: Any, note: Note) -> Json | None:
    kind = str(annotation.get("type")) if isinstance(annotation, dict) else ""
    target = annotation.get(kind) if kind in ANNOTATIONS else None
    if not isinstance(target, dict) or not isinstance(target.get("file_id"), str):
        note("annotation", kind)
        return None
    offsets = {
        name: annotation[name] if isinstance(annotation.get(name), int) else 0 for name in ("start_index", "end_index")
    }
    return {"type": kind, "text": str(annotation.get("text") or ""), **offsets, kind: target}


def _image_file(part: Json, note: Note) -> Json | None:
    image = part.get("image_file")
    if not isinstance(image, dict) or not isinstance(image.get("file_id"), str):
        return None
    return {"type": "image_file", "image_file": _with_detail(image, "file_id")}


def _image_url(part: Json, note: Note) -> Json | None:
    image = part.get("image_url")
    image = {"url": image} if isinstance(image, str) else image
    if not isinstance(image, dict) or not isinstance(image.get("url"), str):
        return None
    return {"type": "image_url", "image_url": _with_detail(image, "url")}


def _with_detail(image: Json, name: str) -> Json:
    detail = {"detail": image["detail"]} if image.get("detail") in ("auto", "low", "high") else {}
    return {name: image[name], **detail}


def _refusal(part: Json, note: Note) -> Json | None:
    return {"type": "refusal", "refusal": part["refusal"]} if isinstance(part.get("refusal"), str) else None


#: The kinds of content part, by the names that exports use for them.
PARTS: Final[dict[str, Callable[[Json, Note], Json | None]]] = {
    "text": _text,
    "input_text": _text,
    "output_text": _text,
    "image_file": _image_file,
    "image_url": _image_url,
    "input_image": _image_url,
    "refusal": _refusal,
}
#: The tools of an attachment.
ATTACHED: Final = ("code_interpreter", "file_search")
ANNOTATIONS: Final = ("file_citation", "file_path")


def attachments(message: Json, note: Note) -> list[Json]:
    """A message's attachments, also from ``file_ids`` of version 1 of the API."""
    result = []
    for attachment in _listed(message.get("attachments"), "message attachments", note):
        if not isinstance(attachment, dict) or not isinstance(attachment.get("file_id"), str):
            note("value", "message attachments")
            continue
        wanted = [_kind(tool) for tool in _listed(attachment.get("tools"), "message attachments", note)]
        if not set(wanted) <= set(ATTACHED):
            note("value", "message attachments")
        result.append(
            {"file_id": attachment["file_id"], "tools": [{"type": kind} for kind in wanted if kind in ATTACHED]}
        )
    old = [one for one in _listed(message.get("file_ids"), "message file_ids", note) if isinstance(one, str)]
    if old:
        note("v1", "file_ids")
    both = [{"type": "file_search"}, {"type": "code_interpreter"}]
    return result or [{"file_id": file_id, "tools": [dict(tool) for tool in both]} for file_id in old]


def _kind(tool: Any) -> str:
    return str(tool.get("type")) if isinstance(tool, dict) else ""


def tools(value: Any, note: Note) -> list[Json]:
    """An assistant's tools, as far as the API has such; `retrieval` of version 1 is `file_search`."""
    result = []
    for tool in _listed(value, "tools", note):
        kind = str(tool.get("type")) if isinstance(tool, dict) else type(tool).__name__
        if kind == "retrieval":
            note("v1", kind)
            tool = {"type": "file_search"}
        if _is_tool(tool := _without_nulls(tool)):
            result.append(tool)
            continue
        note("tool", kind)
        if kind == "file_search":
            # Invalid options are dropped, so that the search itself is not lost.
            result.append({"type": kind})
    return result


def _is_tool(tool: Any) -> bool:
    try:
        _TOOL.validate_python(tool)
    except ValidationError:
        return False
    return True


def _without_nulls(value: Any) -> Any:
    """Without nulls: the API showed options that were not given as null, but does not accept null."""
    if not isinstance(value, dict) or value.get("type") == "function":
        return value
    return {name: _without_nulls(one) for name, one in value.items() if one is not None}


def details(value: Any, note: Note) -> Json:
    """The details of a step.  Raises `Refused`."""
    kind = value.get("type") if isinstance(value, dict) else None
    content = value.get(kind) if isinstance(kind, str) else None
    if kind == "message_creation" and isinstance(content, dict) and isinstance(content.get("message_id"), str):
        return {"type": kind, kind: content}
    if kind != "tool_calls" or not isinstance(content, list):
        raise Refused("wrong_kind", "step_details")
    return {"type": kind, kind: [tool_call for call in content if (tool_call := _call(call, note)) is not None]}


def _call(call: Any, note: Note) -> Json | None:
    kind = call.get("type") if isinstance(call, dict) else None
    kind = "file_search" if kind == "retrieval" else kind
    maker = CALLS.get(kind) if isinstance(kind, str) else None
    if maker is None or not isinstance(call.get("id"), str):
        note("value", "step tool_calls")
        return None
    fields = call.get(kind)
    return {"id": call["id"], "type": kind, str(kind): maker(fields if isinstance(fields, dict) else {}, note)}


def _function(fields: Json, note: Note) -> Json:
    output = fields.get("output")
    texts = {name: fields[name] if isinstance(fields.get(name), str) else "" for name in ("name", "arguments")}
    return texts | {"output": output if isinstance(output, str) else None}


def _code(fields: Json, note: Note) -> Json:
    outputs = [one for one in _listed(fields.get("outputs"), "code_interpreter outputs", note) if _is_output(one)]
    return {"input": fields["input"] if isinstance(fields.get("input"), str) else "", "outputs": outputs}


def _is_output(one: Any) -> bool:
    if not isinstance(one, dict):
        return False
    image = one.get("image")
    logs = one.get("type") == "logs" and isinstance(one.get("logs"), str)
    return logs or (one.get("type") == "image" and isinstance(image, dict) and isinstance(image.get("file_id"), str))


def _search(fields: Json, note: Note) -> Json:
    kinds = {"ranking_options": dict, "results": list}
    return {name: fields[name] for name, kind in kinds.items() if isinstance(fields.get(name), kind)}


#: The kinds of call that a step may show.
CALLS: Final[dict[str, Callable[[Json, Note], Json]]] = {
    "function": _function,
    "code_interpreter": _code,
    "file_search": _search,
}
