"""The form of an answer: JSON with its keys, or text with its Markdown elements."""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, Literal

from markdown_it import MarkdownIt

from shim.migrate.parity import values
from shim.wire import encoding

Kind = Literal["json", "fenced json", "text", "refusal", "nothing"]
#: The name of each form in reports.
KINDS: Final[dict[Kind, str]] = {
    "json": "JSON",
    "fenced json": "JSON in a code block",
    "text": "text",
    "refusal": "a refusal",
    "nothing": "no text",
}
#: Tokens of the Markdown parser, and their names in reports.
FEATURES: Final = {
    "heading_open": "headings",
    "bullet_list_open": "bullet lists",
    "ordered_list_open": "numbered lists",
    "fence": "code blocks",
    "code_block": "code blocks",
    "table_open": "tables",
    "blockquote_open": "quotes",
    "image": "images",
    "link_open": "links",
}
_FENCED: Final = re.compile(r"\s*```(?:json)?[ \t]*\n(.*?)\n[ \t]*```\s*", re.DOTALL | re.IGNORECASE)
_parser: Final = MarkdownIt("commonmark").enable("table")


@dataclass(frozen=True, slots=True)
class Form:
    """``keys``: the paths of a JSON answer with their types.  ``features``: the Markdown elements of a text, and
    ``languages`` those of its code blocks.
    """

    kind: Kind
    keys: tuple[tuple[str, str], ...] = ()
    features: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()


def form(text: str, refused: bool = False) -> Form:
    """The form of a text."""
    if refused:
        return Form("refusal")
    if not text.strip():
        return Form("nothing")
    fenced = _FENCED.fullmatch(text)
    for kind, content in (("json", text), ("fenced json", fenced[1] if fenced else "")):
        value = _container(content)
        if value is not None:
            return Form("json" if kind == "json" else "fenced json", _types(value))
    return Form("text", (), *_markdown(text))


def _container(text: str) -> Any:
    """The object or array in a text; a single number does not count as a JSON answer."""
    if text.lstrip()[:1] not in ("{", "["):
        return None
    try:
        parsed = encoding.parsed(text)
    except ValueError:
        return None
    return parsed if isinstance(parsed, (dict, list)) else None


def _types(value: Any) -> tuple[tuple[str, str], ...]:
    """Every path with the types of its values; null only if there is no other type."""
    types: defaultdict[str, set[str]] = defaultdict(set)
    for path, kind in _paths(value):
        types[path].add(kind)
    return tuple((path, "/".join(sorted(types[path] - {"null"})) or "null") for path in sorted(types))


def _paths(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """All values with their paths; all elements of an array have the same path."""
    members = value.items() if isinstance(value, dict) else ()
    inside = [(f"{path}.{name}" if path else str(name), inner) for name, inner in members]
    if isinstance(value, list):
        inside = [(f"{path}[]", inner) for inner in value]
    for inner_path, inner in inside:
        yield inner_path, values.kind(inner)
        yield from _paths(inner, inner_path)


def _markdown(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    tokens = [inner for token in _parser.parse(text) for inner in (token, *(token.children or ()))]
    features = {FEATURES[token.type] for token in tokens if token.type in FEATURES}
    languages = {token.info.split()[0].lower() for token in tokens if token.type == "fence" and token.info.strip()}
    return tuple(sorted(features)), tuple(sorted(languages))
