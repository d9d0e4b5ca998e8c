"""A recorded answer and ours, compared: keys, their order, types, and values that do not vary by chance."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

Json = dict[str, Any]

#: Values that differ from call to call, or from model to model: only their type is compared.
CHANCE: Final = re.compile(
    r"(^|\.)(id|\w+_id|\w+_ids|model|\w+_at|value|text|input|logs|output|arguments|\w+_tokens|score|start_index|end_index"
    r"|has_more|first_id|last_id|filename|file_name|quote|outputs|results|annotations|attributes|url)$"
)
#: Fields of a run, a step or a message that depend on its progress.
PROGRESS: Final = frozenset(
    {"status", "started_at", "expires_at", "completed_at", "cancelled_at", "failed_at", "usage"}
    | {"required_action", "incomplete_details", "last_error"}
)


@dataclass(frozen=True)
class Difference:
    """``place``: the object's name and the path in it, without the numbers of list items.  ``what``: the kind of
    difference, with both sides."""

    place: str
    what: str
    recorded: Any
    made: Any


def differences(recorded: Any, made: Any) -> Iterator[Difference]:
    """All differences of two bodies."""
    name = recorded.get("object", "error")
    if name != "list":
        yield from _object(name, recorded, made, "")
        return
    yield from _object("list", {**recorded, "data": []}, {**made, "data": []}, "")
    left = list(made["data"])
    for one in recorded["data"]:
        like = next((each for each in left if _alike(one, each)), None)
        if like is not None:
            left.remove(like)
            yield from filter(_compared(one), differences(one, like))


def _compared(item: Json) -> Any:
    """Which differences of a list's item count: no values, and for assistants, which may be any others, only keys."""
    if item.get("object") != "assistant":
        return lambda each: each.what != "value"
    return lambda each: each.what not in ("value", "kind") and each.place.count(".") < 2


def _alike(recorded: Json, made: Json) -> bool:
    """Only items of the same kind are compared, because their order in a list depends on the model.  A message had no
    status in a list.
    """
    ends_alike = "status" not in recorded or recorded["status"] == made.get("status")
    return ends_alike and _kind(recorded) == _kind(made)


def _kind(item: Json) -> tuple[Any, ...]:
    details = (item.get("step_details") or {}).get("tool_calls") or [{}]
    parts = [part["type"] for part in item.get("content") or ()]
    return item.get("object"), item.get("role"), item.get("type"), details[0].get("type"), parts


def _object(name: str, one: Json, two: Json, path: str) -> Iterator[Difference]:
    far = one.get("status") == two.get("status")
    common = [key for key in one if key in two]
    for key in one:
        if key not in two:
            yield Difference(f"{name}{path}.{key}", "missing", one[key], None)
    for key in two:
        if key not in one:
            yield Difference(f"{name}{path}.{key}", "more", None, two[key])
    if [key for key in two if key in one] != common:
        yield Difference(f"{name}{path}", "order", common, [key for key in two if key in one])
    for key in common:
        if far or key not in PROGRESS:
            yield from _value(name, one[key], two[key], f"{path}.{key}")


def _value(name: str, one: Any, two: Any, path: str) -> Iterator[Difference]:
    if isinstance(one, dict) and isinstance(two, dict):
        yield from _object(name, one, two, path)
    elif isinstance(one, list) and isinstance(two, list):
        if bool(one) != bool(two) and not CHANCE.search(path):
            yield Difference(f"{name}{path}", "value", one, two)
        # One list may be longer: how much a model writes is chance.
        for first, second in zip(one, two, strict=False):
            yield from _value(name, first, second, path)
    elif type(one) is not type(two):
        yield Difference(f"{name}{path}", "kind", one, two)
    elif one != two and not CHANCE.search(path):
        yield Difference(f"{name}{path}", "value", one, two)
