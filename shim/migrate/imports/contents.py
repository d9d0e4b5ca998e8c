"""What messages, steps and assistants hold: content parts, annotations, attachments, tool calls, tools."""

from collections.abc import Callable
from typing import Any, Final

from shim.migrate.imports.report import Refused

Json = dict[str, Any]
Tell = Callable[[str, str], None]


def parts(content: Any, tell: Tell) -> list[Json]:
    """Content as a message shows it: from a text, a part, or a list of both."""
    if content is None:
        return []
    given = content if isinstance(content, list) else [content]
    return [made for one in given for made in _part(one, tell)]


def _part(part: Any, tell: Tell) -> list[Json]:
    if isinstance(part, str):
        return [_shown_text(part)] if part else []
    kind = part.get("type", "text") if isinstance(part, dict) else type(part).__name__
    maker = PARTS.get(str(kind)) if isinstance(part, dict) else None
    made = maker(part, tell) if maker is not None else None
    if made is None:
        tell("part", str(kind))
    return [] if made is None else [made]


def _shown_text(value: str, annotations: list[Json] | None = None) -> Json:
    return {"type": "text", "text": {"value": value, "annotations": annotations or []}}


def _text(part: Json, tell: Tell) -> Json | None:
    text = part.get("text", part.get("value"))
    if isinstance(text, str):
        return _shown_text(text)
    if not isinstance(text, dict) or not isinstance(text.get("value"), str):
        return None
    given = text.get("annotations")
    return _shown_text(text["value"], [made for one in given or [] if (made := _annotation(one, tell)) is not None])


def _annotation(given: Any, tell: Tell) -> Json | None:
    kind = str(given.get("type")) if isinstance(given, dict) else ""
    target = given.get(kind) if kind in ANNOTATIONS else None
    if not isinstance(target, dict):
        tell("annotation", kind)
        return None
    places = {name: given[name] if isinstance(given.get(name), int) else 0 for name in ("start_index", "end_index")}
    return {"type": kind, "text": str(given.get("text") or ""), **places, kind: target}


def _image_file(part: Json, tell: Tell) -> Json | None:
    image = part.get("image_file")
    if not isinstance(image, dict) or not isinstance(image.get("file_id"), str):
        return None
    return {"type": "image_file", "image_file": _with_detail(image, "file_id")}


def _image_url(part: Json, tell: Tell) -> Json | None:
    image = part.get("image_url")
    image = {"url": image} if isinstance(image, str) else image
    if not isinstance(image, dict) or not isinstance(image.get("url"), str):
        return None
    return {"type": "image_url", "image_url": _with_detail(image, "url")}


def _with_detail(image: Json, name: str) -> Json:
    detail = {"detail": image["detail"]} if image.get("detail") in ("auto", "low", "high") else {}
    return {name: image[name], **detail}


def _refusal(part: Json, tell: Tell) -> Json | None:
    return {"type": "refusal", "refusal": part["refusal"]} if isinstance(part.get("refusal"), str) else None


#: The kinds of content part, by the names that exports use for them.
PARTS: Final[dict[str, Callable[[Json, Tell], Json | None]]] = {
    "text": _text,
    "input_text": _text,
    "output_text": _text,
    "image_file": _image_file,
    "image_url": _image_url,
    "input_image": _image_url,
    "refusal": _refusal,
}
ANNOTATIONS: Final = ("file_citation", "file_path")


def attachments(message: Json, tell: Tell) -> list[Json]:
    """A message's attachments, from ``file_ids`` where version 1 of the API wrote it."""
    made = []
    for given in message.get("attachments") or []:
        if not isinstance(given, dict) or not isinstance(given.get("file_id"), str):
            tell("value", "message attachments")
            continue
        wanted = [tool for tool in given.get("tools") or [] if isinstance(tool, dict) and "type" in tool]
        made.append({"file_id": given["file_id"], "tools": [{"type": tool["type"]} for tool in wanted]})
    old = [file_id for file_id in message.get("file_ids") or [] if isinstance(file_id, str)]
    if old:
        tell("v1", "file_ids")
    both = [{"type": "file_search"}, {"type": "code_interpreter"}]
    return made or [{"file_id": file_id, "tools": [dict(tool) for tool in both]} for file_id in old]


def tools(given: Any, tell: Tell) -> list[Json]:
    """An assistant's tools; `retrieval` of version 1 is `file_search`.  Raises `Refused`."""
    if given is None:
        return []
    if not isinstance(given, list) or any(not isinstance(tool, dict) or "type" not in tool for tool in given):
        raise Refused("wrong_kind", "the tools of an assistant")
    if any(tool["type"] == "retrieval" for tool in given):
        tell("v1", "retrieval")
    return [{"type": "file_search"} if tool["type"] == "retrieval" else tool for tool in given]


def details(given: Any, tell: Tell) -> Json:
    """What a step did.  Raises `Refused`."""
    kind = given.get("type") if isinstance(given, dict) else None
    if kind == "message_creation" and isinstance(given.get(kind), dict):
        return {"type": kind, kind: given[kind]}
    if kind != "tool_calls" or not isinstance(given.get(kind), list):
        raise Refused("wrong_kind", "step_details")
    return {"type": kind, kind: [made for call in given[kind] if (made := _call(call, tell)) is not None]}


def _call(call: Any, tell: Tell) -> Json | None:
    kind = call.get("type") if isinstance(call, dict) else None
    kind = "file_search" if kind == "retrieval" else kind
    if not isinstance(kind, str) or not isinstance(call.get("id"), str):
        tell("value", "step tool_calls")
        return None
    own = call.get(kind)
    made = {"id": call["id"], "type": kind, kind: own if isinstance(own, dict) else {}}
    if kind == "function":
        function = made[kind]
        made[kind] = {"name": str(function.get("name") or ""), "arguments": "{}", "output": None} | function
    return made
