"""Finds version 1 in data and answers: ``file_ids`` of a message or an assistant, and the tool ``retrieval``."""

import ast
import re
from collections.abc import Iterator, Mapping
from typing import Final, TypeAlias

#: Rule, node, what was found, and whether it is weak: no proof of a use by itself.
Match: TypeAlias = tuple[str, ast.AST, str, bool]

#: Names of variables and attributes with a message or an assistant, from which ``file_ids`` is read.
OWNER: Final = re.compile(r"(\w+_)?(messages?|msgs?|assistants?)", re.IGNORECASE)
#: Fields by which a message or an assistant is told from ``tool_resources`` and from vector stores: these still have
#: ``file_ids``.
BODY: Final = frozenset({"role", "content", "model", "instructions", "tools"})
TOOL: Final = "retrieval"
#: What holds a tool's type, by its last name.
TYPE: Final = re.compile(r"(\w+_)?type")


def find(node: ast.AST) -> Iterator[Match]:
    """The findings at a node; all of them are weak, as other programs have such names as well."""
    match node:
        case ast.Dict(keys=keys, values=values):
            yield from _fields({getattr(key, "value", None): each for key, each in zip(keys, values, strict=True)})
        case ast.Call(func=ast.Name("dict"), keywords=keywords):
            yield from _fields({each.arg: each.value for each in keywords})
        case ast.Attribute(attr="file_ids", value=owner) | ast.Subscript(slice=ast.Constant("file_ids"), value=owner):
            if OWNER.fullmatch(_last_name(owner)):
                yield "v1-file-ids", node, f"{_last_name(owner)}.file_ids", True
        case ast.Compare(left=left, comparators=others) if _is_type([left, *others]):
            yield from _tools([left, *others])
        case ast.Match(subject=subject, cases=cases) if _is_type([subject]):
            patterns = [each for case in cases for each in ast.walk(case.pattern)]
            yield from _tools([each.value for each in patterns if isinstance(each, ast.MatchValue)])


def _fields(fields: Mapping[object, ast.expr]) -> Iterator[Match]:
    """The findings in a body, whether it is a dictionary or the keywords of one."""
    if "file_ids" in fields and not BODY.isdisjoint(fields):
        yield "v1-file-ids", fields["file_ids"], "file_ids", True
    if "type" in fields:
        yield from _tools([fields["type"]])


def _last_name(node: ast.expr) -> str:
    """The name of an object, or that of the list that it is an element of: ``messages`` for ``messages.data[0]``."""
    while isinstance(node, ast.Subscript) or (isinstance(node, ast.Attribute) and node.attr == "data"):
        node = node.value
    return getattr(node, "attr", getattr(node, "id", ""))


def _is_type(nodes: list[ast.expr]) -> bool:
    """Whether one of the expressions is the type of something: ``tool.type``, ``tool["type"]``, ``tool_type``."""
    for node in nodes:
        key = getattr(node.slice, "value", None) if isinstance(node, ast.Subscript) else None
        name = key or getattr(node, "attr", getattr(node, "id", ""))
        if isinstance(name, str) and TYPE.fullmatch(name):
            return True
    return False


def _tools(nodes: list[ast.expr]) -> Iterator[Match]:
    """The tool's name among expressions, and in lists and sets of these."""
    for node in nodes:
        for each in getattr(node, "elts", [node]):
            if getattr(each, "value", None) == TOOL:
                yield "v1-retrieval", each, TOOL, True
