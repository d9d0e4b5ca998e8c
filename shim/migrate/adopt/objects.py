"""Reads JSON values: functions as they are described to a model, and assistants as the API showed them."""

import json
from collections.abc import Iterator
from typing import Any, Final

from shim.migrate.adopt import texts
from shim.migrate.adopt.results import File, Function, Place, Setup
from shim.wire.types import Json

#: The settings of an assistant besides its tools.
VALUES: Final = ("model", "name", "instructions")
NO_PARAMETERS: Final[Json] = {"type": "object", "properties": {}}


def function_of(value: Json, hidden: bool = False) -> tuple[str, Function] | None:
    """The function that an object describes, with its name; None for any other object.  Only a tool that says that it
    is a function needs no parameters, but then a description: calls and choices of functions have neither.
    ``hidden``: it has one of them, which cannot be read.
    """
    is_tool = value.get("type") == "function"
    described = value["function"] if is_tool and isinstance(value.get("function"), dict) else value
    name, description = described.get("name"), described.get("description")
    parameters = described.get("parameters") or ({} if is_tool else None)
    if not isinstance(name, str) or not isinstance(parameters, dict):
        return None
    text = description if isinstance(description, str) else None
    if not parameters and "description" not in described and not hidden:
        return None
    if not parameters:
        return name, Function(text, NO_PARAMETERS, note="none are described")
    return (name, Function(text, parameters)) if is_tool or parameters.get("type") == "object" else None


def extract(file: File) -> None:
    """Add to ``file`` what is found in its JSON; the text may be something else."""
    try:
        whole = json.loads(file.text)
    except (ValueError, RecursionError):
        return
    for value in _objects(whole):
        if (described := function_of(value)) is not None:
            file.describe(*described, _place(file, described[0]))
        id = value.get("id")
        if isinstance(id, str) and texts.is_id(id) and isinstance(value.get("model"), str):
            values = {name: value[name] for name in VALUES if isinstance(value.get(name), str)}
            file.setups.append(Setup(_place(file, id), values, id=id))


def _objects(value: Any) -> Iterator[Json]:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    if isinstance(value, dict):
        yield value
    for each in inner:
        yield from _objects(each)


def _place(file: File, text: str) -> Place:
    return file.place(max(file.text.find(f'"{text}"'), 0))
