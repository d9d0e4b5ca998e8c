"""Checks, before a run, what in assistants and threads will not work, or work differently, with the Responses API.

Pure, except for requests to upstream by `CheckContext.fetch`.  Nothing is changed.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from shim.translate.models import RETIRED, ModelMap
from shim.wire import ids
from shim.wire.types import Json

Level = Literal["error", "warning", "note"]
#: The result for one of upstream's objects: the object, None if it does not exist, or a message if that is unknown.
UpstreamObject = Json | str | None
Fetch = Callable[[str], UpstreamObject]

#: Families of reasoning models: they refuse sampling parameters, and other models refuse an effort.
REASONING_MODELS: Final = re.compile(r"(ft:)?(o\d|gpt-([5-9]|\d\d))")
FUNCTION_NAME: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")
#: The largest number of files in a container, and its memory in bytes, unless more is ordered.
MAX_FILES: Final = 50
MEMORY: Final = 2**30
#: Keywords that a strict schema must not contain.
NOT_STRICT: Final = ("patternProperties", "oneOf", "not", "if", "dependentSchemas", "propertyNames")


@dataclass(frozen=True, slots=True)
class Subject:
    """An assistant or a thread.  ``place``: its place in a file or in the store, for messages."""

    body: Json
    place: str


@dataclass(frozen=True, slots=True)
class Finding:
    """An error, a warning or a note.  ``field``: the part of the object that it is about."""

    level: Level
    id: str
    place: str
    field: str
    text: str


@dataclass(frozen=True, slots=True)
class CheckContext:
    """``fetch``: GET of a path upstream; None: upstream is not called."""

    models: ModelMap
    today: str
    fetch: Fetch | None = None


def check(subjects: Iterable[Subject], context: CheckContext) -> Iterator[Finding]:
    """All findings, in the order of the subjects.  Each of upstream's objects is requested once."""
    known: dict[str, UpstreamObject] = {}
    for subject in subjects:
        for level, field, text in _findings(subject.body, context, known):
            yield Finding(level, subject.body["id"], subject.place, field, text)


Findings = Iterator[tuple[Level, str, str]]


def _findings(body: Json, context: CheckContext, known: dict[str, UpstreamObject]) -> Findings:
    if body["object"] == "assistant":
        yield from _model(body, context, known)
        yield from _parameters(body, context)
        yield from _functions(body["tools"])
        yield from _formats(body)
    yield from _resources(body, context, known)


def _model(body: Json, context: CheckContext, known: dict[str, UpstreamObject]) -> Findings:
    model, row = body["model"], RETIRED.get(body["model"])
    sent_model = context.models.model_to_call(model)
    if row is not None and row.since > context.today:
        yield "note", "model", f"{model} ends on {row.since}; its successor is {row.successor}"
    elif row is not None and sent_model == model:
        yield "error", "model", f"{model} ended on {row.since}, and SHIM_MODEL_MAP keeps it: name {row.successor}"
    elif row is not None or sent_model != model:
        ended = f"ended on {row.since}: " if row else "is mapped: "
        yield "warning", "model", f"{model} {ended}{sent_model} answers in its place"
    upstream_object = _fetched(context, known, f"/models/{sent_model}")
    if upstream_object is None and context.fetch is not None:
        yield "error", "model", f"upstream has no model {sent_model} for this key"
    elif isinstance(upstream_object, str):
        yield "warning", "model", f"the model {sent_model} could not be checked: {upstream_object}"


def refused_parameters(body: Json, sent_model: str) -> list[str]:
    """The parameters of an assistant that the model which answers refuses."""
    if REASONING_MODELS.match(sent_model):
        return [name for name in ("temperature", "top_p") if body.get(name) not in (None, 1, 1.0)]
    return ["reasoning_effort"] if body.get("reasoning_effort") is not None else []


def _parameters(body: Json, context: CheckContext) -> Findings:
    sent_model = context.models.model_to_call(body["model"])
    for name in refused_parameters(body, sent_model):
        reason = f"{sent_model} refuses {name}, which will be left out"
        if name == "reasoning_effort":
            reason = f"{sent_model} does not reason, and refuses reasoning_effort"
        yield "warning", name, reason


def _formats(body: Json) -> Findings:
    format = body.get("response_format")
    if isinstance(format, dict) and format.get("type") == "json_object":
        if "json" not in (body.get("instructions") or "").lower():
            text = "the word JSON must stand in the instructions or the messages; the instructions do not have it"
            yield "warning", "response_format", text
    elif isinstance(format, dict) and format.get("type") == "json_schema":
        schema = format.get("json_schema") or {}
        if schema.get("strict"):
            yield from (("error", "response_format", text) for text in _strict(schema.get("schema") or {}, ""))


def _functions(tools: list[Json]) -> Findings:
    names: set[str] = set()
    for number, tool in enumerate(tools):
        if tool["type"] != "function":
            continue
        function, field = tool["function"], f"tools[{number}]"
        name = function["name"]
        if FUNCTION_NAME.fullmatch(name) is None:
            yield "error", field, f"{name!r} is no name of a function: up to 64 letters, digits, `_` and `-`"
        if name in names:
            yield "error", field, f"there is another function {name}"
        names.add(name)
        schema = function.get("parameters") or {}
        problems = _strict(schema, "") if function.get("strict") else _loose(schema)
        yield from (("error", field, f"{name}: {text}") for text in problems)


def _loose(schema: Json) -> Iterator[str]:
    """Mistakes of a function's parameters, strict or not."""
    if schema and schema.get("type") != "object":
        yield f"parameters are an object, and `type` is {schema.get('type')!r}"
    properties = schema.get("properties", {})
    if not isinstance(properties, dict):
        yield "`properties` is no object"
        return
    for name in schema.get("required") or []:
        if name not in properties:
            yield f"`required` names {name!r}, which is not among the properties"


def _strict(schema: Json, path: str) -> Iterator[str]:
    """The reasons why a schema is not strict."""
    if not path:
        yield from _loose(schema)
    where = f" at {path}" if path else ""
    yield from (f"a strict schema has no `{keyword}`{where}" for keyword in NOT_STRICT if keyword in schema)
    properties = schema.get("properties")
    if schema.get("type") == "object" or isinstance(properties, dict):
        if schema.get("additionalProperties") is not False:
            yield f"a strict schema says `additionalProperties: false`{where}"
        missing = sorted(set(properties or {}) - set(schema.get("required") or []))
        if missing:
            yield f"a strict schema requires every property{where}; not required: {', '.join(missing)}"
    inner = dict(properties or {}) if isinstance(properties, dict) else {}
    inner |= {"items": schema["items"]} if isinstance(schema.get("items"), dict) else {}
    for name, each in inner.items():
        if isinstance(each, dict):
            yield from _strict(each, f"{path}.{name}" if path else str(name))


def _resources(body: Json, context: CheckContext, known: dict[str, UpstreamObject]) -> Findings:
    resources: Json = body.get("tool_resources") or {}
    stores = (resources.get("file_search") or {}).get("vector_store_ids") or []
    files = (resources.get("code_interpreter") or {}).get("file_ids") or []
    searches = any(tool["type"] == "file_search" for tool in body.get("tools") or [])
    if searches and not stores:
        yield "note", "tools", "file_search has no vector store of its own: it searches only the threads' vector stores"
    for id in stores:
        yield from _store(id, _fetched(context, known, ids.path("vector_stores", id)), context)
    size = 0
    for id in files:
        upstream_object = _fetched(context, known, ids.path("files", id))
        size += int(upstream_object.get("bytes") or 0) if isinstance(upstream_object, dict) else 0
        yield from _missing("file", id, "code_interpreter", upstream_object, context)
    if len(files) > MAX_FILES:
        yield "error", "code_interpreter", f"a container takes {MAX_FILES} files, and these are {len(files)}"
    if size > MEMORY:
        yield "warning", "code_interpreter", f"a container has 1 GB of memory, and its files are {size / 2**30:.1f} GB"


def _store(id: str, upstream_object: UpstreamObject, context: CheckContext) -> Findings:
    yield from _missing("vector store", id, "file_search", upstream_object, context)
    if not isinstance(upstream_object, dict):
        return
    if upstream_object.get("status") == "expired":
        yield "error", "file_search", f"the vector store {id} has expired"
    counts: Mapping[str, int] = upstream_object.get("file_counts") or {}
    if counts.get("failed"):
        yield "warning", "file_search", f"{counts['failed']} files of the vector store {id} could not be indexed"
    if counts and not counts.get("total"):
        yield "warning", "file_search", f"the vector store {id} is empty"


def _missing(kind: str, id: str, field: str, upstream_object: UpstreamObject, context: CheckContext) -> Findings:
    if isinstance(upstream_object, str):
        yield "warning", field, f"the {kind} {id} could not be checked: {upstream_object}"
    elif upstream_object is None and context.fetch is not None:
        yield "error", field, f"upstream has no {kind} {id} for this key"


def _fetched(context: CheckContext, known: dict[str, UpstreamObject], path: str) -> UpstreamObject:
    if context.fetch is None:
        return None
    if path not in known:
        known[path] = context.fetch(path)
    return known[path]
