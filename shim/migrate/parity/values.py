"""Compares JSON values: whether two are equal, and where they differ."""

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from shim.wire import encoding


class _Absent:
    """Stands for a missing value."""

    def __repr__(self) -> str:
        return "(absent)"


ABSENT: Final = _Absent()


class Change(NamedTuple):
    """A path, as in ``items[0].name``, and the value on either side; `ABSENT` if there is none."""

    path: str
    recorded: Any
    candidate: Any


def parsed(text: str) -> Any:
    """Arguments as a value; the text itself if it is no JSON."""
    try:
        return encoding.parsed(text) if text.strip() else {}
    except ValueError:
        return text


def kind(value: Any) -> str:
    """JSON's name of a value's type."""
    if value is None or isinstance(value, bool):
        return "null" if value is None else "boolean"
    names = {dict: "object", list: "array", str: "string", int: "number", float: "number"}
    return names.get(type(value), "absent")


def equal(one: Any, other: Any) -> bool:
    """Whether two values are the same JSON: 1 and 1.0 are, true and 1 are not, and keys have no order."""
    return next(changes(one, other), None) is None


def changes(recorded: Any, candidate: Any, path: str = "") -> Iterator[Change]:
    """Every path at which they differ, the innermost ones."""
    types = kind(recorded), kind(candidate)
    if types == ("object", "object"):
        for name in dict.fromkeys((*recorded, *candidate)):
            inner = f"{path}.{name}" if path else str(name)
            yield from changes(recorded.get(name, ABSENT), candidate.get(name, ABSENT), inner)
    elif types == ("array", "array"):
        for index in range(max(len(recorded), len(candidate))):
            one, other = (side[index] if index < len(side) else ABSENT for side in (recorded, candidate))
            yield from changes(one, other, f"{path}[{index}]")
    elif types[0] != types[1] or recorded != candidate:
        yield Change(path, recorded, candidate)


def shown(value: Any) -> str:
    """A value as text for the report."""
    return repr(value) if value is ABSENT else encoding.text(value)
