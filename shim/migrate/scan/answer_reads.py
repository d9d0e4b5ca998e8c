"""Finds code that reads the API's answers in a way that differs for a native response."""

import ast
import re
from collections.abc import Iterator
from typing import Final, TypeAlias

#: Rule, node, what was read, and whether it is weak: no proof of a use by itself.
Match: TypeAlias = tuple[str, ast.AST, str, bool]

ANNOTATION: Final = re.compile(r"\w*(annotation|citation|\bann|\banno)\w*|a", re.IGNORECASE)
CITATION: Final = re.compile(r"\w*citation\w*", re.IGNORECASE)


def find(node: ast.AST) -> Iterator[Match]:
    """The findings at a node."""
    match node:
        case ast.Attribute(attr="value", value=ast.Attribute(attr="text", value=ast.Subscript() as part)):
            if _is_content(part):
                yield "first-content", node, ast.unparse(part).rpartition(".")[2] + ".text.value", False
        case ast.Subscript(
            slice=ast.Constant("value"), value=ast.Subscript(slice=ast.Constant("text"), value=ast.Subscript() as part)
        ) if _is_content(part):
            yield "first-content", node, "['content'][0]['text']['value']", False
        case ast.Call(
            func=ast.Attribute(attr="replace"), args=[ast.Attribute(attr="text", value=ast.Name() as variable), *_]
        ):
            if ANNOTATION.fullmatch(variable.id):
                yield "annotation-text", node, f"{variable.id}.text", True
        case ast.Attribute(attr="quote", value=ast.Attribute(attr=name) | ast.Name(id=name)) if CITATION.fullmatch(
            name
        ):
            yield "citation-quote", node, f"{name}.quote", True


def _is_content(part: ast.Subscript) -> bool:
    """``….content[0]``, or ``…["content"][0]``."""
    container = part.value
    by_number = isinstance(part.slice, ast.Constant) and isinstance(part.slice.value, int)
    by_attribute = isinstance(container, ast.Attribute) and container.attr == "content"
    by_key = (
        isinstance(container, ast.Subscript)
        and isinstance(container.slice, ast.Constant)
        and container.slice.value == "content"
    )
    return by_number and (by_attribute or by_key)
