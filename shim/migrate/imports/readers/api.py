"""Reads objects as the API returned them: recognised by ``object``, by the prefix of the id, or by where they are."""

from collections.abc import Iterator
from typing import Any, Final

from shim.migrate.imports.objects_read import OBJECTS, Hint, Inner, Kind, ReadObject
from shim.migrate.imports.values import listed
from shim.wire.ids import PREFIX
from shim.wire.types import Json

_BY_PREFIX: Final[dict[str, Kind]] = {
    PREFIX["assistant"]: "assistant",
    PREFIX["thread"]: "thread",
    PREFIX["message"]: "message",
    PREFIX["run"]: "run",
    PREFIX["step"]: "step",
}
#: The fields that an object of that kind must have; a value without them is something else with such an id.
_HAS: Final[dict[Kind, frozenset[str]]] = {
    "assistant": frozenset({"model"}),
    "thread": frozenset({"id"}),
    "message": frozenset({"role", "content"}),
    "run": frozenset({"status"}),
    "step": frozenset({"step_details"}),
    "file": frozenset({"filename"}),
}


def kind_of(value: Json, hint: Hint) -> Kind | None:
    """The kind of an object; None if the value is not an object of the API."""
    by_name = OBJECTS.get(str(value.get("object")))
    if by_name is not None:
        return by_name
    prefix = str(value.get("id")).partition("_")[0]
    kind = _BY_PREFIX.get(prefix) or hint.kind
    return kind if kind is not None and _HAS[kind] <= value.keys() and "messages" not in value else None


def fits(value: Json, hint: Hint) -> bool:
    return kind_of(value, hint) is not None and listed(value.get("messages")) is None


def read(value: Json, hint: Hint, inner: Inner) -> Iterator[ReadObject]:
    """The object, and the steps of a run that contains them."""
    kind = kind_of(value, hint)
    assert kind is not None
    steps: Any = value.get("steps") if kind == "run" else None
    yield ReadObject(kind, {name: field for name, field in value.items() if field is not steps or steps is None}, hint)
    if steps:
        thread_id = value.get("thread_id") or hint.thread_id
        yield from inner(steps, hint.at(kind="step", run_id=value.get("id"), thread_id=thread_id))
