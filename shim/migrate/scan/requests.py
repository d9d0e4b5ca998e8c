"""Requests without an SDK: how a Python file puts their addresses together, and what proves that they go to the API.

`/threads/…/runs` is an address of other servers, too.  It counts if the file names OpenAI's server, the header of the
API, or sends OpenAI's key.
"""

import ast
import re
from collections.abc import Collection, Iterator
from typing import Final

from shim.migrate.scan.frameworks import FRAMEWORKS
from shim.migrate.scan.scopes import Bound, Scope

#: What a file with requests to the API contains.
SERVER: Final = r"assistants=v\d|api\.openai\.com|\.openai\.azure\.com"
KEY: Final = r"\A(?=[\s\S]*openai_?(?:api_?)?key)[\s\S]*\bbearer\b"
PROOF: Final = re.compile(f"(?i:{SERVER}|{KEY})")
HEADERS: Final = frozenset({"beta-header", "v1-header"})
#: Findings that explain a header: a request that was found, or a call by which an SDK sends it.
EXPLAINED: Final = frozenset(
    {
        *("raw-http", "other-language", "call", "stream", "reference", "module-client", "azure-client"),
        *("dynamic-name", "forwarded-arguments", "no-such-call", "beta-vector-stores", "other-language-vector-stores"),
        *(row.rule for row in FRAMEWORKS),
    }
)
#: Options of the SDKs' clients and calls, by which they send the header.
OPTION: Final = re.compile(r"(?:default|extra)_?headers", re.IGNORECASE)
#: Vector stores have the same header, and are no part of what the shim answers.
STORES: Final = re.compile(r"/vector_stores\b")
PATHS: Final = re.compile(r"/(?:threads|assistants)\b")
#: How deeply names are followed: `URL = BASE + "/v1"`.
DEEPEST: Final = 8


def unexplained(rules: Collection[str], text: str) -> bool:
    """Whether a file has the API's header, but nothing that was found sends it: its requests are made otherwise."""
    if HEADERS.isdisjoint(rules) or not EXPLAINED.isdisjoint(rules) or OPTION.search(text):
        return False
    return not STORES.search(text) or PATHS.search(text) is not None


def words(tree: ast.AST) -> str:
    """The strings and names of a Python file, one a line."""
    return "\n".join(_words(tree))


def _words(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.Constant(value=str(word)) | ast.Name(id=word) | ast.Attribute(attr=word):
                yield word
            case ast.keyword(arg=str(word)):
                yield word


def parts(node: ast.AST) -> list[ast.AST]:
    """The expressions of a string that is put together, without its own text."""
    match node:
        case ast.Constant(value=str()):
            return []
        case ast.JoinedStr(values=values):
            return [each for each in values if isinstance(each, ast.FormattedValue)]
        case ast.BinOp(left=left, right=right) if is_text(node):
            return [*parts(left), *parts(right)]
        case ast.Call(func=ast.Attribute(value=form), args=given, keywords=named) if is_text(node):
            return [*parts(form), *given, *named]
    return [node]


def is_text(node: ast.AST) -> bool:
    """Whether an expression puts a string together: a concatenation, ``%``, or ``format``."""
    match node:
        case ast.BinOp(op=ast.Add()):
            return is_text(node.left) or is_text(node.right)
        case ast.BinOp(op=ast.Mod()):
            return is_text(node.left)
        case ast.Call(func=ast.Attribute(attr="format", value=value)):
            return is_text(value)
    return isinstance(node, ast.JoinedStr) or isinstance(getattr(node, "value", None), str)


def spelled(node: ast.AST, scope: Scope | None, depth: int = 0) -> str:
    """A string's text, with ``{}`` for what is not known.  With a ``scope``, names of strings are replaced by these."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.Name) and scope is not None and depth < DEEPEST:
        return _named(node.id, scope, depth)
    if (form := _form(node)) is not None:
        place, text, given = form
        values = iter([spelled(each, scope, depth) for each in given])
        return re.sub(place, lambda _: next(values, "{}"), spelled(text, scope, depth))
    pieces = _pieces(node)
    return "".join(spelled(each, scope, depth) for each in pieces) if pieces else "{}"


def _form(node: ast.AST) -> tuple[str, ast.expr, list[ast.expr]] | None:
    """The pattern of places, the text with them, and the values that fill them in order."""
    match node:
        case ast.BinOp(op=ast.Mod(), left=text, right=ast.Tuple(elts=given)):
            return r"%(?:\(\w+\))?[a-z]", text, given
        case ast.BinOp(op=ast.Mod(), left=text, right=given):
            return r"%(?:\(\w+\))?[a-z]", text, [given]
        case ast.Call(func=ast.Attribute(attr="format", value=text), args=given):
            return r"\{\w*\}", text, given
    return None


def _pieces(node: ast.AST) -> list[ast.expr]:
    """The expressions whose texts follow each other; for a variable of the environment, its default."""
    match node:
        case ast.JoinedStr(values=values):
            return values
        case ast.FormattedValue(value=value):
            return [value]
        case ast.BinOp(op=ast.Add(), left=left, right=right):
            return [left, right]
        case ast.Call(args=[_, default]) if "env" in ast.unparse(node.func):
            return [default]
    return []


def _named(name: str, scope: Scope, depth: int) -> str:
    """The string that is bound to a name, if it is the only one; not for `url = url + "/runs"`."""
    match scope.find(name):
        case [Bound(node=node, scope=at, how="value")] if all(
            not isinstance(each, ast.Name) or each.id != name for each in ast.walk(node)
        ):
            return spelled(node, at, depth + 1)
    return "{}"
