"""Decides which tenant may name which upstream object, if all tenants share the server's key.

Objects that a tenant makes are recorded; ids in the path or body of a tenant's request must be among them.  Any other
id gets the same answer as one that does not exist.  Calls whose objects cannot be assigned to a tenant are not passed
on: `RULES` lists all that are.
"""

import re
from collections.abc import Iterator
from typing import Any, Final, Literal, NamedTuple

from shim.wire.errors import ApiError, error

#: ``free``: names no object of a tenant.  ``makes``: its answer is a new object of the tenant.  ``own``: the object in
#: its path must be the tenant's.  ``list``: answered from the tenant's recorded objects.
Effect = Literal["free", "makes", "own", "list"]


class Rule(NamedTuple):
    """A call that is passed on; ``path`` matches all of it, and its first group is an object's id."""

    methods: tuple[str, ...]
    path: re.Pattern[str]
    effect: Effect
    multipart: bool = False


ANY: Final = ("DELETE", "GET", "HEAD", "POST")
READ_METHODS: Final = ("GET", "HEAD")
MADE: Final = "conversations|responses|vector_stores|containers|uploads"
RULES: Final = (
    Rule(READ_METHODS, re.compile(r"models(?:/.+)?"), "free"),
    Rule(("POST",), re.compile(r"embeddings|moderations|completions|chat/completions"), "free"),
    Rule(("POST",), re.compile(r"responses/(?:input_tokens|compact)"), "free"),
    Rule(("POST",), re.compile(r"audio/(?:speech|transcriptions|translations)"), "free", multipart=True),
    Rule(("POST",), re.compile(r"images/generations"), "free"),
    Rule(("GET",), re.compile(r"files|vector_stores|containers"), "list"),
    Rule(("POST",), re.compile(r"files"), "makes", multipart=True),
    Rule(("POST",), re.compile(MADE), "makes"),
    Rule(("POST",), re.compile(r"uploads/([^/]+)/parts"), "own", multipart=True),
    Rule(ANY, re.compile(rf"(?:files|{MADE})/([^/]+)(?:/.+)?"), "own"),
)
#: Fields with the id of an object, or several, anywhere in a body.
REFERENCES: Final = frozenset(
    {
        "container",
        "container_id",
        "conversation",
        "file_id",
        "file_ids",
        "input_file_id",
        "previous_response_id",
        "vector_store_id",
        "vector_store_ids",
    }
)
#: Fields with arbitrary contents of the caller's, in which names have no meaning.
OPAQUE: Final = frozenset({"arguments", "attributes", "metadata", "parameters", "schema"})
#: A field whose names are the caller's, but whose values are like any others.
VARIABLES: Final = "variables"


def rule(method: str, path: str) -> Rule:
    """The rule for a call.  Raises `ApiError` if there is none."""
    for each in RULES:
        if method in each.methods and each.path.fullmatch(path.rstrip("/")):
            return each
    raise error("not_passed_on", method=method, path=path)


def collection(path: str) -> str:
    """The collection of a path."""
    return path.partition("/")[0]


def named_by_path(rule: Rule, path: str) -> list[str]:
    """The object that a path names."""
    match = rule.path.fullmatch(path.rstrip("/"))
    return [match[1]] if match and match.re.groups and match[1] else []


def named_by_body(body: Any) -> set[str]:
    """The objects that a body names.  Raises `ApiError` for an item that refers to one of an earlier response, as the
    owners of items are not recorded.
    """
    for field in ("input", "items"):
        items = body.get(field) if isinstance(body, dict) else None
        for item in items if isinstance(items, list) else ():
            if isinstance(item, dict) and "id" in item and _is_reference(item):
                raise missing(str(item["id"]))
    return set(_references(body))


def _is_reference(item: dict[str, Any]) -> bool:
    return item.get("type") == "item_reference" or set(item) <= {"id", "type"}


def _references(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for each in value:
            yield from _references(each)
    elif isinstance(value, dict):
        for name, each in value.items():
            if name in REFERENCES:
                yield from _ids(each)
            if name == VARIABLES and isinstance(each, dict):
                yield from _references(list(each.values()))
            elif name not in OPAQUE:
                yield from _references(each)


def _ids(value: Any) -> Iterator[str]:
    """An id, ids in a list, or an object with an id."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        yield from (each for each in value if isinstance(each, str))
    elif isinstance(value, dict) and isinstance(value.get("id"), str):
        yield value["id"]


def missing(id: str) -> ApiError:
    """The error for an object of another tenant, the same as for one that does not exist."""
    return error("no_upstream_object", id=id)
