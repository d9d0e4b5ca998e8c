"""A Python module that is read and never run: the assistants that it creates, and its functions with all they need."""

import ast
import copy
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, NamedTuple

from shim.migrate.signatures import Signature, signature
from shim.wire.types import Json


class Unreadable(ValueError):
    """Code that cannot be copied: its place, and why."""


class Creation(NamedTuple):
    """A call that creates an assistant: its line, and its arguments."""

    line: int
    arguments: Json


class CopiedCode(NamedTuple):
    """Copied code.  ``functions``: those that were found, each with whether it is ``async``; ``signatures``: their
    parameters; ``file``: where they stand.
    """

    future: str
    imports: str
    code: str
    functions: dict[str, bool]
    names: frozenset[str]
    signatures: Mapping[str, Signature] = {}
    file: str = ""


NOTHING: Final = CopiedCode("", "", "", {}, frozenset())


class Module:
    """A parsed module.  Raises `Unreadable` for invalid Python."""

    def __init__(self, source: str, name: str) -> None:
        self._lines: Final = source.split("\n")
        self._name: Final = name
        try:
            self._tree: Final = ast.parse(source)
        except (SyntaxError, ValueError) as problem:
            raise Unreadable(f"{name} is no Python: {problem}") from None
        self._bound: Final = dict(_bindings(self._tree))

    def creations(self) -> list[Creation]:
        """The calls of ``assistants.create``, with their arguments.  Raises `Unreadable` for arguments that are known
        only at run time.
        """
        calls: list[Any] = [node for node in ast.walk(self._tree) if _creates(node)]
        return [Creation(call.lineno, self._arguments(call)) for call in calls]

    def copy(self, wanted: Iterable[str]) -> CopiedCode:
        """The functions with these names that the module has, with all other code of the module that they use."""
        bound = {name: self._bound.get(name) for name in wanted}
        functions = {name: node for name, node in bound.items() if isinstance(node, FUNCTIONS)}
        statements: dict[int, ast.stmt] = {}
        waiting: list[ast.stmt] = list(functions.values())
        while waiting:
            node = waiting.pop()
            if id(node) not in statements:
                statements[id(node)] = node
                waiting += [self._bound[name] for name in _used(node) if name in self._bound]
        nodes = sorted(statements.values(), key=lambda node: node.lineno)
        imports = [node for node in nodes if isinstance(node, IMPORTS)]
        code = [node for node in nodes if not isinstance(node, IMPORTS)]
        future = [node for node in self._tree.body if isinstance(node, ast.ImportFrom) and node.module == "__future__"]
        return CopiedCode(
            self._text(future, "\n") if functions else "",
            self._text(imports, "\n"),
            self._text(code, "\n\n\n"),
            {name: isinstance(node, ast.AsyncFunctionDef) for name, node in functions.items()},
            frozenset(name for name, node in self._bound.items() if id(node) in statements),
            {name: signature(node) for name, node in functions.items()},
            self._name if functions else "",
        )

    def _text(self, nodes: Iterable[ast.stmt], between: str) -> str:
        return between.join("\n".join(self._lines[self._start(node) : node.end_lineno]) for node in nodes)

    def _start(self, node: ast.stmt) -> int:
        """The line, from 0, where a statement begins, with the comment that stands right above it."""
        start = _first(node) - 1
        while start and self._lines[start - 1].startswith("#") and not isinstance(node, IMPORTS):
            start -= 1
        return start

    def _arguments(self, call: Any) -> Json:
        if call.args or any(keyword.arg is None for keyword in call.keywords):
            raise Unreadable(f"{self._name}, line {call.lineno}: the assistant's fields are not written out")
        return {keyword.arg: self._value(keyword.arg, keyword.value) for keyword in call.keywords}

    def _value(self, field: str, node: ast.expr) -> Any:
        try:
            return ast.literal_eval(_Constants(self._bound).visit(copy.deepcopy(node)))
        except (ValueError, TypeError, SyntaxError, RecursionError):
            text = f"{self._name}, line {node.lineno}: {field} is known only when the program runs: {ast.unparse(node)}"
            raise Unreadable(text) from None


FUNCTIONS: Final = (ast.FunctionDef, ast.AsyncFunctionDef)
IMPORTS: Final = (ast.Import, ast.ImportFrom)


class _Constants(ast.NodeTransformer):
    """Replaces names of the module's constants by their values."""

    def __init__(self, bound: dict[str, ast.stmt]) -> None:
        self._bound = bound

    def visit_Name(self, node: ast.Name) -> ast.AST:
        statement = self._bound.get(node.id)
        value = statement.value if isinstance(statement, (ast.Assign, ast.AnnAssign)) else None
        return node if value is None else self.visit(value)


def _creates(node: ast.AST) -> bool:
    """Whether a node is a call of ``….assistants.create``."""
    function = node.func if isinstance(node, ast.Call) else None
    of = function.value if isinstance(function, ast.Attribute) and function.attr == "create" else None
    return isinstance(of, ast.Attribute) and of.attr == "assistants"


def _bindings(tree: ast.Module) -> Iterator[tuple[str, ast.stmt]]:
    """The names that a module's own statements bind, the last statement of each."""
    for node in tree.body:
        if isinstance(node, (*FUNCTIONS, ast.ClassDef)):
            yield node.name, node
        elif isinstance(node, IMPORTS):
            for alias in node.names:
                yield alias.asname or alias.name.partition(".")[0], node
        elif isinstance(node, (ast.Assign, ast.AnnAssign)):
            for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                yield from ((each.id, node) for each in ast.walk(target) if isinstance(each, ast.Name))


def _used(node: ast.AST) -> set[str]:
    return {each.id for each in ast.walk(node) if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Load)}


def _first(node: Any) -> int:
    """The line where a statement begins, decorators included."""
    lines: list[int] = [node.lineno, *(each.lineno for each in getattr(node, "decorator_list", ()))]
    return min(lines)
