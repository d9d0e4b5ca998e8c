"""An assistant as the request of its runs: the fields that are sent with every call of the Responses API."""

from typing import Final

from shim.engine.api.runs import INHERITED
from shim.translate import request, tools
from shim.translate.models import ModelMap
from shim.wire import encoding, objects
from shim.wire.requests import read
from shim.wire.texts import Items
from shim.wire.types import Json

#: Stands where the id of a vector store is not known.
UNKNOWN_STORE: Final = "vs_WRITE_THE_ID_HERE"


def assistant(arguments: Json) -> Json:
    """An assistant as ``assistants.create`` would make it.  Raises `ApiError` for what the API would refuse."""
    read_body = read("assistants.create", encoding.compact(arguments))
    fields = {name: value for name, value in read_body.items() if value is not None}
    shown = tools.shown(fields.get("tools"))
    resources = tools.resources(shown, fields.get("tool_resources"))
    return objects.assistant("", 0, fields | {"tools": shown, "tool_resources": resources})


def of_assistant(assistant: Json, models: ModelMap) -> Json:
    """All fields that a run of the assistant sends, except the conversation, made by the same translation as in runs.

    A run leaves a file search out that has no vector store.  Here it stays, with a place for the stores, as programs
    add them later, or to their threads, which the code does not show.
    """
    run = objects.run("", 0, "", "") | {name: assistant[name] for name in INHERITED}
    run["instructions"] = run["instructions"] or ""
    run["tools"] = tools.shown(run["tools"])
    resources = assistant["tool_resources"] or {}
    if not (resources.get("file_search") or {}).get("vector_store_ids"):
        resources = resources | {"file_search": {"vector_store_ids": [UNKNOWN_STORE]}}
    circumstances = request.Circumstances(models.model_to_call(assistant["model"]), resources, previous="", store=True)
    body = request.body(run, Items.of([{}]), circumstances)
    return {name: value for name, value in body.items() if name not in ("input", "store")}
