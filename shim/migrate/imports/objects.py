"""Checks and completes each object: the result has every field of the API's object, with the right type.

Parts that are dropped are reported to ``tell(code, detail)``; an object that cannot be imported raises `Refused`.
"""

from collections.abc import Callable, Mapping, Sequence
from math import isfinite
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from shim import lifecycle
from shim.migrate.imports import contents, names, values
from shim.migrate.imports.objects_read import Hint, Kind, ReadObject
from shim.migrate.imports.report import Refused
from shim.translate import tools
from shim.wire import encoding, objects
from shim.wire.requests.options import ResponseFormat
from shim.wire.requests.tools import ToolChoice
from shim.wire.types import Json

Note = Callable[[str, str], None]
UNKNOWN_ASSISTANT: Final = "asst_unknown"

_NUMBER = (int, float, type(None))
_TEXT = (str, type(None))
_ANY = (str, dict, type(None))
_OBJECT = (dict, type(None))
_COUNT = (int, type(None))
#: Types of the fields that are copied unchanged; every other field of an object has its own line below.
FIELDS: Final[dict[Kind, Mapping[str, Any]]] = {
    "assistant": {
        "name": _TEXT,
        "description": _TEXT,
        "instructions": _TEXT,
        "model": (str,),
        "top_p": _NUMBER,
        "temperature": _NUMBER,
        "reasoning_effort": _TEXT,
        "tool_resources": (dict,),
        "response_format": _ANY,
    },
    "thread": {"tool_resources": (dict,)},
    "message": {"incomplete_details": _OBJECT},
    "run": {
        "last_error": _OBJECT,
        "model": (str,),
        "instructions": (str,),
        "tool_resources": (dict,),
        "temperature": _NUMBER,
        "top_p": _NUMBER,
        "reasoning_effort": _TEXT,
        "max_completion_tokens": _COUNT,
        "max_prompt_tokens": _COUNT,
        "truncation_strategy": (dict,),
        "incomplete_details": _OBJECT,
        "usage": _OBJECT,
        "response_format": _ANY,
        "tool_choice": _ANY,
        "parallel_tool_calls": (bool,),
    },
    "step": {"last_error": _OBJECT, "usage": _OBJECT},
    "file": {"filename": (str,), "purpose": (str,)},
}
_TIMES: Final[dict[Kind, tuple[str, ...]]] = {
    "message": ("completed_at", "incomplete_at"),
    "run": ("started_at", "cancelled_at", "failed_at", "completed_at"),
    "step": ("cancelled_at", "completed_at", "expired_at", "failed_at"),
}
#: Fields that are read below, or are redundant.
_READ: Final = frozenset(
    {
        *("id", "object", "created_at", "metadata", "thread_id", "assistant_id", "run_id", "role", "content"),
        *("attachments", "file_ids", "status", "tools", "type", "step_details", "required_action", "expires_at"),
        *("steps", "thread", "assistant", "bytes", "status_details", "data", "path", "member"),
    }
)


def renamed(read_object: ReadObject) -> ReadObject:
    """The same object with its fields under the API's names."""
    kind = read_object.kind
    assert kind is not None
    known = _READ.union(FIELDS[kind], _TIMES.get(kind, ()))
    return read_object._replace(body=names.renamed(kind, read_object.body, known))


def clean(read_object: ReadObject, note: Note) -> Json:
    """The complete object; ``created_at`` is None if the input has none.  Raises `Refused`."""
    assert read_object.kind is not None
    whole = read_object.body
    if not encoding.is_finite(whole):
        note("value", f"{read_object.kind}: a number without end")
        whole = _finite_part(whole)
    body = {name: value for name, value in whole.items() if value is not None}
    result = _MAKERS[read_object.kind](body, read_object.hint, note)
    known = FIELDS[read_object.kind]
    for name, kinds in known.items():
        if name in body and (isinstance(body[name], kinds) and _in_order(name, body[name])):
            result[name] = body[name]
        elif name in body:
            note("value", f"{read_object.kind} {name}")
    for name in _TIMES.get(read_object.kind, ()):
        if name in body:
            result[name] = values.moment(body[name])
    unknown = body.keys() - known.keys() - _READ - set(_TIMES.get(read_object.kind, ()))
    for name in [name for name in unknown if body[name] != ""]:
        note("field", f"{read_object.kind} {name}")
    return result | _lists(result)


def _lists(result: Json) -> Json:
    """The resources of an object that has such, with their lists."""
    given = {kind: value for kind, value in result.get("tool_resources", {}).items() if value is not None}
    whole = given | tools.resources(result.get("tools", []), given)
    return {"tool_resources": whole} if "tool_resources" in result else {}


def _finite_part(value: Any) -> Any:
    """Without infinite numbers and NaN, which Python writes into exports and JSON does not have."""
    if isinstance(value, dict):
        return {name: _finite_part(each) for name, each in value.items() if not _is_endless(each)}
    if isinstance(value, list):
        return [_finite_part(each) for each in value if not _is_endless(each)]
    return value


def _is_endless(value: Any) -> bool:
    return isinstance(value, float) and not isfinite(value)


def _in_order(name: str, value: Any) -> bool:
    """Whether the engine and the SDK's types can read a field's value."""
    check = CHECKS.get(name)
    return value is None or check is None or check(value)


def _is_usage(value: Any) -> bool:
    names = ("prompt_tokens", "completion_tokens", "total_tokens")
    return isinstance(value, dict) and all(type(value.get(name)) is int for name in names)


def _are_resources(value: Any) -> bool:
    parts = [(value.get(kind), name) for kind, name in tools.LISTS.items() if value.get(kind) is not None]
    # SDKs export a missing list as null.
    return all(isinstance(one, dict) and (one.get(name) is None or _are_texts(one[name])) for one, name in parts)


def _are_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


def _is_error(value: Any) -> bool:
    return isinstance(value, dict) and all(isinstance(value.get(name), str) for name in ("code", "message"))


def _has_type(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("type"), str)


def _has_reason(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("reason"), str | None)


def _is_number(value: Any) -> bool:
    # In Python a boolean is also a number.
    return not isinstance(value, bool)


def _is_a(shape: Any) -> Callable[[Any], bool]:
    """A test whether the API would accept a value of this type."""
    adapter: TypeAdapter[Any] = TypeAdapter(shape)

    def check(value: Any) -> bool:
        try:
            adapter.validate_python(value)
        except ValidationError:
            return False
        return True

    return check


#: Checks of a field's contents, besides its type.
CHECKS: Final[Mapping[str, Callable[[Any], bool]]] = {
    "usage": _is_usage,
    "tool_resources": _are_resources,
    "last_error": _is_error,
    "truncation_strategy": _has_type,
    "response_format": _is_a(ResponseFormat),
    "tool_choice": _is_a(ToolChoice),
    "incomplete_details": _has_reason,
    **dict.fromkeys(("temperature", "top_p", "max_completion_tokens", "max_prompt_tokens"), _is_number),
}


def _meta(body: Json, note: Note) -> Json:
    metadata, changed = values.metadata(body.get("metadata"))
    for name in changed:
        note("metadata", name)
    return metadata


def _id(kind: str, original: Any, within: Sequence[Any], note: Note, *seeds: Any) -> tuple[str, Json]:
    """The id, and the entry for the metadata if the original had another form.

    ``within``: where such ids are unique: many programs number the messages of each thread from 1.
    """
    if values.is_id(kind, original):
        return original, {}
    if isinstance(original, (dict, list)):
        raise Refused("wrong_kind", f"the id of a {kind}")
    known = original not in (None, "")
    derived = values.derived_id(kind, *within, *((original,) if known else seeds))
    note("new_id", f"{kind} {original if known else ''}".strip())
    return derived, {"imported_id": str(original)[:512]} if known else {}


def thread_id(value: Any) -> str:
    """The id under which a thread is imported.  Raises `Refused` without one."""
    if value in (None, "") or isinstance(value, (dict, list, bool)):
        raise Refused("no_thread")
    return str(value) if values.is_id("thread", value) else values.derived_id("thread", value)


def _assistant(body: Json, hint: Hint, note: Note) -> Json:
    if not isinstance(body.get("model"), str):
        raise Refused("wrong_kind", "an assistant without a model")
    made_id, more = _id("assistant", body.get("id"), (), note, body.get("name"), body["model"])
    result = objects.assistant(made_id, values.moment(body.get("created_at")) or 0, {})
    kept = contents.tools(body.get("tools"), note)
    files = body.get("file_ids")
    if isinstance(files, list) and _are_texts(files) and files:
        known = any(tool["type"] == "code_interpreter" for tool in kept)
        if known:
            result["tool_resources"] = {"code_interpreter": {"file_ids": list(files)}}
        note("v1" if known else "retrieval_files", "file_ids")
    return result | {"tools": kept, "metadata": more | _meta(body, note)}


def _thread(body: Json, hint: Hint, note: Note) -> Json:
    original = body.get("id") or hint.thread_id
    made_id = thread_id(original)
    more = {} if made_id == original else {"imported_id": str(original)[:512]}
    result = objects.thread(made_id, 0, {}) | {"created_at": values.moment(body.get("created_at"))}
    return result | {"metadata": more | _meta(body, note)}


def _message(body: Json, hint: Hint, note: Note) -> Json:
    thread = thread_id(body.get("thread_id") or hint.thread_id)
    role = values.role(body.get("role"))
    content = contents.parts(body.get("content"), note)
    # The API's own objects may have none, for example a run that failed at once.
    if not content and body.get("content") != []:
        raise Refused("no_content", str(body.get("id") or ""))
    created = values.moment(body.get("created_at"))
    made_id, more = _id("message", body.get("id"), (thread,), note, created, role, content)
    result = objects.message(made_id, 0, thread, role) | {"created_at": created, "completed_at": created}
    result |= {
        "content": content,
        "attachments": contents.attachments(body, note),
        "metadata": more | _meta(body, note),
    }
    if role == "assistant":
        result |= {
            "assistant_id": _reference(body.get("assistant_id") or hint.assistant_id),
            "run_id": _reference(body.get("run_id") or hint.run_id),
        }
    status = body.get("status", "completed")
    if status == "in_progress":
        note("run_over", made_id)
        status, result["incomplete_details"] = "incomplete", {"reason": lifecycle.MESSAGE_END["expired"]}
    return result | {"status": status if status in ("completed", "incomplete") else "completed"}


def _reference(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def _run(body: Json, hint: Hint, note: Note) -> Json:
    thread = thread_id(body.get("thread_id") or hint.thread_id)
    if not values.is_id("run", body.get("id")):
        raise Refused("wrong_kind", "the id of a run")
    assistant = _reference(body.get("assistant_id") or hint.assistant_id)
    if assistant is None:
        note("no_assistant", body["id"])
    result = objects.run(body["id"], 0, thread, assistant or UNKNOWN_ASSISTANT)
    created = values.moment(body.get("created_at"))
    result |= {"created_at": created, "expires_at": None, "model": "", "tools": contents.tools(body.get("tools"), note)}
    result["metadata"] = _meta(body, note)
    return result | _ended(body, created, lifecycle.AFTER, note)


def _ended(body: Json, created: int | None, active: Any, note: Note) -> Json:
    """The status; an object that was active when it was exported has expired since."""
    status = str(body.get("status"))
    if status in active:
        note("run_over", body["id"])
        stamp = "expired_at" if "step_details" in body else "completed_at"
        return {"status": "expired", stamp: created}
    if status not in lifecycle.STEP_END:
        raise Refused("wrong_kind", f"the status of {body['id']}")
    return {"status": status}


def _step(body: Json, hint: Hint, note: Note) -> Json:
    run = _reference(body.get("run_id") or hint.run_id)
    if not values.is_id("step", body.get("id")) or run is None:
        raise Refused("wrong_kind", "the id of a run step or of its run")
    details = contents.details(body.get("step_details"), note)
    thread = body.get("thread_id") or hint.thread_id
    run_fields = {
        "id": run,
        "assistant_id": _reference(body.get("assistant_id") or hint.assistant_id) or UNKNOWN_ASSISTANT,
        "thread_id": thread_id(thread) if thread else None,
        "expires_at": None,
    }
    created = values.moment(body.get("created_at"))
    result = objects.step(body["id"], 0, run_fields, details) | {"created_at": created, "metadata": _meta(body, note)}
    return result | _ended(body, created, ("in_progress",), note)


def _file(body: Json, hint: Hint, note: Note) -> Json:
    if not isinstance(body.get("id"), str) or not body["id"]:
        raise Refused("wrong_kind", "the id of a file")
    size = body["bytes"] if isinstance(body.get("bytes"), int) else 0
    result = objects.file(body["id"], values.moment(body.get("created_at")) or 0, body["id"], size)
    # The place of its content, during the import.
    return result | {name: body[name] for name in ("path", "member", "data") if name in body}


_MAKERS: Final[dict[Kind, Callable[[Json, Hint, Note], Json]]] = {
    "assistant": _assistant,
    "thread": _thread,
    "message": _message,
    "run": _run,
    "step": _step,
    "file": _file,
}
