"""Python's string constants: addresses, headers, events' names, ids and models."""

import ast
import re
from collections.abc import Iterator
from typing import Final, TypeAlias

from shim.migrate.scan import requests, texts
from shim.migrate.scan.operations import EVENTS
from shim.migrate.scan.scopes import Scope
from shim.translate.models import RETIRED

#: Rule, node, what was found, and whether it is weak: no proof of a use by itself.
Match: TypeAlias = tuple[str, ast.AST, str, bool]

#: ``f"{base}/threads/{id}/runs"``: an address without the host.
RELATIVE: Final = re.compile(r"\{\}/(threads|assistants)(/\{\}(/(messages|runs)\b.*)?|/runs)?(\?.*)?/?")
#: A field of a form that is filled elsewhere.
FIELD: Final = re.compile(r"\{\w+\}")
#: An event's name that other programs use, too, and beginnings of events' names.
PREFIXES: Final = frozenset({"thread.created", "thread.run", "thread.message", "thread.run.step"})
#: The target of a mock: ``patch("openai.resources.beta.threads.Runs.create")``.
PATCHED: Final = re.compile(r"(\w+\.)*openai\.(\w+\.)*beta\.(threads|assistants|Threads|Assistants)\b[\w.]*")
#: Calls of other APIs, whose models are ignored.
OTHERS: Final = re.compile(r"\b(completions|embeddings|audio|images|moderations|responses|fine_tuning|messages)\b")


def find(node: ast.AST, scope: Scope) -> Iterator[Match]:
    """The findings in a string."""
    match node:
        case ast.JoinedStr():
            yield from _text(node, requests.spelled(node, None))
        case ast.Constant(value=str()):
            yield from _text(node, str(node.value))
    if requests.is_text(node):
        yield from _address(node, scope)


def other_models(node: ast.Call) -> list[ast.AST]:
    """The models that calls of other APIs name: these are no findings."""
    models: list[ast.AST] = [each.value for each in node.keywords if each.arg == "model"]
    return models if models and OTHERS.search(ast.unparse(node.func)) else []


def _text(node: ast.AST, text: str) -> Iterator[Match]:
    whole = _whole(text)
    if whole is not None:
        rule, what, weak = whole
        yield rule, node, what, weak
    if (header := texts.HEADER.search(text)) is not None:
        yield "v1-header" if header[1] == "1" else "beta-header", node, header[0], False
    for rule, matched in texts.ids(text):
        yield rule, node, matched, rule == "upstream-id"


def _whole(text: str) -> tuple[str, str, bool] | None:
    """Rule, what was found, and whether it is weak, for a string that matches as a whole."""
    if (row := RETIRED.get(text)) is not None:
        return "retired-model", f"{text} (gone from {row.since})", True
    if PATCHED.fullmatch(text):
        return "reference", text, False
    return ("event-name", text, text in PREFIXES) if text in EVENTS or text in PREFIXES else None


def _address(node: ast.AST, scope: Scope) -> Iterator[Match]:
    """An address, with the names in it replaced by their strings; one without a server proves nothing by itself."""
    plain = requests.spelled(node, None)
    if requests.PATHS.search(plain) is None:
        return
    text = requests.spelled(node, scope)
    if (address := texts.ADDRESS.search(text)) is not None:
        yield "raw-http", node, address[0], False
    elif RELATIVE.fullmatch(FIELD.sub("{}", text)):
        yield "raw-http", node, FIELD.sub("{}", text), True
