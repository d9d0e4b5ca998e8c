"""Reads single values of exports: times, ids, metadata, roles."""

import base64
import hashlib
import json
import re
from collections.abc import Callable
from typing import Any, Final

from shim.assembly import dates
from shim.migrate.imports.report import Refused
from shim.wire.ids import LENGTH, PREFIX
from shim.wire.texts import dump
from shim.wire.types import Json

#: Roles that exports use for the two that threads had.
ROLES: Final[dict[str, str]] = {
    "user": "user",
    "human": "user",
    "customer": "user",
    "assistant": "assistant",
    "ai": "assistant",
    "bot": "assistant",
    "model": "assistant",
}
#: From this number on a time is in milliseconds: as seconds it would be in the year 5138.
MILLISECONDS: Final = 100_000_000_000
#: MongoDB's names of types, as `mongoexport` writes them.
_TYPED: Final = ("$oid", "$uuid", "$date", "$numberInt", "$numberLong", "$numberDouble")
_FORM: Final = {kind: re.compile(rf"{prefix}_[A-Za-z0-9_-]{{1,64}}") for kind, prefix in PREFIX.items()}


def role(value: Any) -> str:
    """The role of a message.  Raises `Refused`."""
    api_role = ROLES.get(value.lower()) if isinstance(value, str) else None
    if api_role is None:
        raise Refused("wrong_role", repr(value))
    return api_role


def bare(value: Any) -> Any:
    """A value without MongoDB's notation of its type: ``{"$oid": "..."}``, ``{"$date": {"$numberLong": "5"}}``."""
    while isinstance(value, dict) and len(value) == 1 and next(iter(value)) in _TYPED:
        (value,) = value.values()
    return value


def listed(value: Any) -> list[Any] | Json | None:
    """A list or an object, also as JSON text, as columns of databases and tables have it; None if it is neither."""
    if isinstance(value, str) and value.lstrip()[:1] in ("[", "{"):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            return None
    return value if isinstance(value, (list, dict)) else None


def moment(value: Any) -> int | None:
    """A time in whole seconds since the epoch: from seconds, milliseconds, digits, ISO 8601, RFC 2822 or what
    JavaScript prints; None if there is none.  A time without a zone is in UTC.  Raises `Refused` for anything else.
    """
    value = bare(value)
    if value is None or value == "":
        return None
    if isinstance(value, str):
        value = _from_text(value.strip())
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value < 10**15:
        raise Refused("wrong_kind", f"a time {value!r}"[:200])
    return int(value / 1000 if value >= MILLISECONDS else value)


def _from_text(text: str) -> Any:
    for form, reader in _TIMES.items():
        match = re.fullmatch(form, text)
        if match is None:
            continue
        try:
            return reader(match)
        except (ValueError, OverflowError):
            return text
    return text


def _iso(match: re.Match[str]) -> float:
    return dates.seconds(match["time"] + (match["offset"] or ("" if match["zone"] is None else "Z")))


def _named(match: re.Match[str]) -> float:
    """From a time with the name of its month."""
    month = _MONTHS.index(match["month"].lower()) + 1
    day = f"{match['year']}-{month:02}-{int(match['day']):02}"
    return dates.seconds(f"{day}T{match['time']}{match['offset'] or 'Z'}")


_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ZONE: Final = r"(?:UTC|GMT|Z)?(?P<offset>[+-]\d\d:?\d\d)?(?:UTC|GMT|Z)?(?: *\([^()]*\))?"
#: Forms of a time as text, and their readers.
_TIMES: Final[dict[str, Callable[[re.Match[str]], float]]] = {
    r"\d+(\.\d*)?([eE]\+?\d+)?": lambda match: float(match[0]),
    # JavaScript: Wed May 01 2024 10:00:00 GMT+0000 (Coordinated Universal Time); C: Wed May  1 10:00:00 2024
    rf"(?:\w{{3}},? +)?(?P<month>[A-Za-z]{{3}}) +(?P<day>\d\d?),? (?P<year>\d{{4}}) (?P<time>[\d:]+) *{_ZONE}": _named,
    r"(?:\w{3} +)?(?P<month>[A-Za-z]{3}) +(?P<day>\d\d?) (?P<time>[\d:]+) (?P<year>\d{4})(?P<offset>)": _named,
    # RFC 2822: Wed, 01 May 2024 10:00:00 GMT
    rf"(?:\w{{3}}, *)?(?P<day>\d\d?) (?P<month>[A-Za-z]{{3}}) (?P<year>\d{{4}}) (?P<time>[\d:]+) *{_ZONE}": _named,
    # As SQL, Go and Ruby print it: 2024-05-01 10:00:00 +0000 UTC
    r"(?P<time>\d{4}-\d\d-\d\d[T ][\d:.,]+) *(?P<offset>[+-]\d\d:?\d\d)? *(?P<zone>UTC|GMT)?": _iso,
    r".*": lambda match: dates.seconds(match[0]),
}


def is_id(kind: str, value: Any) -> bool:
    """Whether a value has the form of an id of that kind (a key of `ids.PREFIX`)."""
    return isinstance(value, str) and _FORM[kind].fullmatch(value) is not None


def derived_id(kind: str, *seeds: Any) -> str:
    """An id derived from other values: always the same for the same values, so that an import can be repeated."""
    digest = hashlib.sha256(dump({"": [kind, *map(str, seeds)]}).encode()).digest()
    text = re.sub("[-_]", "x", base64.urlsafe_b64encode(digest).decode())
    return f"{PREFIX[kind]}_{text[:LENGTH]}"


def metadata(value: Any) -> tuple[Json, list[str]]:
    """Metadata with texts as values, and the names of values that were no texts.  Raises `Refused`."""
    if value is None:
        return {}, []
    if not isinstance(value, dict):
        raise Refused("wrong_kind", "metadata")
    others = [name for name, entry in value.items() if not isinstance(entry, str)]
    return {name: entry if isinstance(entry, str) else dump(entry) for name, entry in value.items()}, others
