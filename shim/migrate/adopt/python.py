"""Reads Python code: functions that it defines or describes, tables of them, and calls that configure an assistant."""

import ast
import textwrap
from collections.abc import Callable
from typing import Any, Final

from shim.migrate.adopt import dispatch, models, texts
from shim.migrate.adopt.objects import NO_PARAMETERS, VALUES, function_of
from shim.migrate.adopt.results import File, Function, Place, Setup
from shim.migrate.signatures import signature
from shim.wire.types import Json

#: Functions and methods that return their text almost unchanged.
SAME: Final = frozenset({"dedent", "cleandoc", "str", "strip", "lstrip", "rstrip", "format"})


class _Unknown(Exception):
    """A value that is known only at run time."""


class Values:
    """The values of expressions, as far as they can be read."""

    def __init__(self, tree: ast.AST) -> None:
        self._names = {
            node.targets[0].id: node.value
            for node in ast.walk(tree)
            if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name)
        }
        self._open: list[str] = []
        self._path: list[str] = []
        self._unread: dict[str, ast.expr] = {}
        self._computed = False

    def of(self, node: ast.expr) -> Any:
        """The value of an expression; in f-strings the parts in braces stay.  Raises `_Unknown`."""
        read = READERS.get(type(node))
        if read is None:
            raise _Unknown
        return read(self, node)

    def read(self, node: ast.expr) -> tuple[Any, bool]:
        """The value of an expression, None if unknown, and whether a part of it is known only at run time."""
        self._computed = False
        try:
            return self.of(node), self._computed
        except _Unknown:
            return None, True

    def of_name(self, node: ast.Name) -> Any:
        if node.id in self._open or node.id not in self._names:
            raise _Unknown
        self._open.append(node.id)
        try:
            return self.of(self._names[node.id])
        finally:
            self._open.pop()

    def mapping(self, node: ast.Dict) -> Json:
        """A dictionary, without the entries that cannot be read."""
        result: Json = {}
        for key, value in zip(node.keys, node.values, strict=True):
            name = str(key.value) if isinstance(key, ast.Constant) else "**" if key is None else ast.unparse(key)
            self._path.append(name)
            try:
                read = self.of(value)
                if isinstance(key, ast.Constant):
                    result[name] = read
                elif key is None and isinstance(read, dict):
                    result |= read
                else:
                    raise _Unknown
            except _Unknown:
                self._unread[".".join(self._path)] = value
            self._path.pop()
        return result

    def described(self, node: ast.Dict) -> tuple[Json, dict[str, ast.expr]]:
        """A dictionary, and the entries that were left out, by their paths."""
        self._unread = {}
        return self.mapping(node), self._unread

    def text(self, node: ast.JoinedStr) -> str:
        self._computed = True
        return "".join(
            str(part.value) if isinstance(part, ast.Constant) else ast.unparse(ast.JoinedStr([part]))[2:-1]
            for part in node.values
        )

    def sum(self, node: ast.BinOp) -> Any:
        parts = self.of(node.left), self.of(node.right)
        if isinstance(node.op, ast.Add) and all(isinstance(part, str) for part in parts):
            return "".join(parts)
        raise _Unknown

    def number(self, node: ast.UnaryOp) -> Any:
        value = self.of(node.operand)
        if isinstance(node.op, ast.USub) and isinstance(value, (int, float)):
            return -value
        raise _Unknown

    def call(self, node: ast.Call) -> Any:
        called, arguments = node.func, node.args
        name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
        if name not in SAME:
            raise _Unknown
        if isinstance(called, ast.Attribute) and not (name in ("dedent", "cleandoc") and arguments):
            return self.of(called.value)
        if not arguments:
            raise _Unknown
        return self.of(arguments[0])


READERS: Final[dict[type[ast.expr], Callable[[Values, Any], Any]]] = {
    ast.Constant: lambda values, node: node.value,
    ast.Name: Values.of_name,
    ast.Dict: Values.mapping,
    ast.List: lambda values, node: [values.of(each) for each in node.elts],
    ast.Tuple: lambda values, node: [values.of(each) for each in node.elts],
    ast.JoinedStr: Values.text,
    ast.BinOp: Values.sum,
    ast.Call: Values.call,
    ast.UnaryOp: Values.number,
}
#: What is shown of code that was not read.
SHOWN: Final = 100


def extract(file: File) -> None:
    """Add to ``file`` what is found in its code; code that this Python cannot parse is read as text."""
    try:
        tree = ast.parse(file.text)
    except (SyntaxError, ValueError, RecursionError):
        models.of_text(file)
        return
    models.of_python(file, tree)
    dispatch.extract(file, tree)
    values = Values(tree)
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            file.defined.setdefault(node.name, (signature(node), Place(file.name, node.lineno)))
        elif isinstance(node, ast.Dict):
            _dict(file, node, values)
        elif isinstance(node, ast.Call) and (setup := _setup(file, node, values)) is not None:
            file.setups.append(setup)


def _dict(file: File, node: ast.Dict, values: Values) -> None:
    read, unread = values.described(node)
    hidden = any(path.removeprefix("function.") in ("parameters", "description", "**") for path in unread)
    described = function_of(read, hidden)
    place = Place(file.name, node.lineno)
    if described is not None:
        file.describe(described[0], _with_unread(described[1], unread, file.name), place)
    elif read.get("type") == "function" and unread:
        file.unread.append(place)
    if not file.handles:
        return
    for key, value in zip(node.keys, node.values, strict=True):
        name = value.id if isinstance(value, ast.Name) else getattr(value, "attr", None)
        if isinstance(key, ast.Constant) and isinstance(key.value, str) and name:
            file.tables.setdefault(key.value, (name, Place(file.name, key.lineno)))


def _with_unread(function: Function, unread: dict[str, ast.expr], file: str) -> Function:
    """The function with what is known only at run time.  Parameters of which nothing can be read are unknown."""
    parts = {path.removeprefix("function."): value for path, value in unread.items()}
    if not parts:
        return function
    shown = tuple(
        f"{path}: {textwrap.shorten(ast.unparse(value), SHOWN)} ({Place(file, value.lineno)})"
        for path, value in parts.items()
    )
    unknown = "parameters" in parts or (function.parameters == NO_PARAMETERS and "**" in parts)
    return Function(function.description, {} if unknown else function.parameters, unread=shown)


def _setup(file: File, node: ast.Call, values: Values) -> Setup | None:
    """A call of ``assistants.create`` or ``assistants.update``."""
    called = node.func
    if not isinstance(called, ast.Attribute) or called.attr not in ("create", "update"):
        return None
    if not isinstance(called.value, ast.Attribute) or called.value.attr != "assistants":
        return None
    read = {keyword.arg: values.read(keyword.value) for keyword in node.keywords if keyword.arg in VALUES}
    known_values = {name: value for name, (value, _) in read.items() if isinstance(value, str)}
    computed = frozenset(name for name, (_, computed) in read.items() if computed)
    ids = [*node.args[:1], *(keyword.value for keyword in node.keywords if keyword.arg == "assistant_id")]
    id = next((id for id in (values.read(each)[0] for each in ids) if isinstance(id, str) and texts.is_id(id)), "")
    return Setup(Place(file.name, node.lineno), known_values, computed, id)
