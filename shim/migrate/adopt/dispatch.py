"""Reads how Python code hands the model's arguments to functions: as they are, as one dictionary, or key by key."""

import ast
import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

from shim.migrate.adopt.results import Branch, File, Given, Use
from shim.migrate.signatures import PARSERS, Keys, assignments, called_name, keys_read

#: Names of variables that hold all arguments of a call.
WHOLE: Final = re.compile(
    r"(?i)(\w*_)?(args|arguments|params|parameters|kwargs)(_(json|dict|data|obj|parsed|str))?|(\w+)?(?-i:Args|Arguments)"
)
#: Text that is parsed as the arguments of a call, and not as the answer of a service.
_PARSED: Final = re.compile(r"(?i)argument|args|param|tool|action|call")
#: The callee of a call whose function is looked up by its name.
LOOKED_UP: Final = ""


class Reader:
    """What a file's expressions take from the arguments of a call."""

    def __init__(self, tree: ast.AST) -> None:
        self._assigned: dict[str, list[ast.expr]] = {}
        for name, value in assignments([tree]):
            self._assigned.setdefault(name, []).append(value)

    def is_whole(self, node: ast.expr, seen: frozenset[str] = frozenset()) -> bool:
        """Whether an expression is all arguments of a call."""
        match node:
            case ast.Call(func=called, args=[one, *_]) if called_name(called) in PARSERS:
                return self.is_whole(one, seen) or _PARSED.search(ast.unparse(one)) is not None
            case ast.Attribute(attr=name):
                return name == "arguments"
            case ast.Subscript(slice=ast.Constant(value="arguments")):
                return True
            case ast.BoolOp(values=[first, *_]):
                return self.is_whole(first, seen)
            case ast.Name(id=name) if name not in seen:
                values = self._assigned.get(name, [])
                return bool(WHOLE.fullmatch(name)) or any(self.is_whole(each, seen | {name}) for each in values)
        return False

    def is_looked_up(self, node: ast.expr) -> bool:
        """Whether what is called was looked up by its name: in a table, or as an attribute."""
        match node:
            case ast.Subscript() | ast.Call(func=ast.Name(id="getattr")) | ast.Call(func=ast.Attribute(attr="get")):
                return True
            case ast.Name(id=name):
                return any(
                    not isinstance(each, ast.Name) and self.is_looked_up(each) for each in self._assigned.get(name, ())
                )
        return False

    def use(self, node: ast.Call, near: dict[str, list[ast.expr]], inside: bool) -> Use | None:
        """A call of a function; ``near``: names that are assigned close to it.  Calls that are not ``inside`` code for
        one function are left out if they pass nothing on that came from the model.
        """
        callee = LOOKED_UP if self.is_looked_up(node.func) else called_name(node.func)
        if not callee and not self.is_looked_up(node.func):
            return None
        positional = tuple(self._given(each, near) for each in node.args)
        named = {each.arg: self._given(each.value, near) for each in node.keywords if each.arg}
        spread = any(each.arg is None and (inside or self.is_whole(each.value)) for each in node.keywords)
        told = spread or any(each.whole or each.keys for each in [*positional, *named.values()])
        return Use(callee, positional, named, spread) if told or inside else None

    def _given(self, node: ast.expr, near: dict[str, list[ast.expr]]) -> Given:
        if self.is_whole(node):
            return Given(whole=True)
        keys = self._keys(node)
        if keys or not isinstance(node, ast.Name):
            return Given(keys, direct=_is_read(node))
        values = near.get(node.id) or self._assigned.get(node.id, [])
        found = [Given(keys, _is_read(value)) for value in values if (keys := self._keys(value))]
        # A name that gets different keys in different places says nothing about this place.
        return found[0] if found and all(each == found[0] for each in found) else Given()

    def _keys(self, node: ast.AST) -> Keys:
        return keys_read([node], self.is_whole)

    def branch(self, body: list[ast.stmt]) -> Branch:
        """The code that runs for one function."""
        near: dict[str, list[ast.expr]] = {}
        for name, value in assignments(body):
            near.setdefault(name, []).append(value)
        calls = (node for statement in body for node in ast.walk(statement) if isinstance(node, ast.Call))
        uses = (self.use(call, near, inside=True) for call in calls)
        return Branch(keys_read(body, self.is_whole), tuple(use for use in uses if use is not None))


def extract(file: File, tree: ast.AST) -> None:
    """Add to ``file`` the code that runs for single functions, and the calls that pass on what came from the model."""
    reader = Reader(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and (use := reader.use(node, {}, inside=False)) is not None:
            file.uses.append(use)
        for name, body in _branches(node):
            file.branches.setdefault(name, []).append(reader.branch(body))


def _branches(node: ast.AST) -> Iterator[tuple[str, list[ast.stmt]]]:
    """The code that runs where something is equal to a text, with the text."""
    match node:
        case ast.If(test=test, body=body):
            yield from ((text, body) for text in _texts(test))
        case ast.match_case(pattern=ast.MatchValue(value=ast.Constant(value=str(text))), body=body):
            yield text, body


def _texts(test: ast.expr) -> Iterable[str]:
    match test:
        case ast.Compare(ops=[ast.Eq()], left=left, comparators=[right]):
            return [
                each.value for each in (left, right) if isinstance(each, ast.Constant) and isinstance(each.value, str)
            ]
        case ast.BoolOp(op=ast.And(), values=values):
            return [text for each in values for text in _texts(each)]
    return []


def _is_read(node: Any) -> bool:
    """Whether an expression is the value of a key itself, and is not made from it."""
    return isinstance(node, ast.Subscript) or (isinstance(node, ast.Call) and called_name(node.func) == "get")
