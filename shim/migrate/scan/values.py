"""Evaluates expressions of a Python file, as far as they concern the Assistants API.

A value is a dotted name (``openai.OpenAI``), a path from a client (``@client.beta.threads``; ``@azure`` for Azure's,
``?`` for an unknown object with a ``beta``), a function or class of the file, or an object
of such a class.  Anything else is None.
"""

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from shim.migrate.scan.scopes import Binding, Bound, Class, Defined, Function, Imported, Scope


@dataclass(frozen=True, slots=True)
class Instance:
    """An object of a class of the file."""

    of: Class


Value: TypeAlias = str | Defined | Class | Instance | None

MODULES: Final = ("openai", "shim")
CLIENTS: Final = {
    "OpenAI": "@client",
    "AsyncOpenAI": "@client",
    "Client": "@client",
    "AsyncClient": "@client",
    "AzureOpenAI": "@azure",
    "AsyncAzureOpenAI": "@azure",
}
HEADS: Final = ("@client", "@azure", "?")
#: Attributes that return the same resource in another form, and methods that return the same client with other options.
SAME: Final = frozenset({"with_raw_response", "with_streaming_response"})
COPIES: Final = frozenset({"with_options", "copy"})
#: Generic types that stand for their argument.
WRAPPERS: Final = frozenset(
    {"Optional", "Annotated", "ClassVar", "Final", "Union", "Mapped", "InitVar", "Type", "type"}
)
#: Decorators that make a method an attribute.
READ: Final = frozenset({"property", "cached_property"})
DEEPEST: Final = 40


def is_path(value: Value) -> bool:
    """Whether a value is a client, or a path from one."""
    return isinstance(value, str) and value.partition(".")[0] in HEADS


class Values:
    """Evaluates expressions of one file, each once."""

    def __init__(self, scopes: Mapping[ast.AST, Scope]) -> None:
        self._scopes = scopes
        self._known: dict[tuple[int, Scope], Value] = {}
        self._in_progress: set[tuple[int, Scope]] = set()

    def of(self, node: ast.expr, scope: Scope) -> Value:
        """The value of an expression in its scope."""
        key = id(node), scope
        if key in self._known:
            return self._known[key]
        if key in self._in_progress or len(self._in_progress) > DEEPEST:
            return None
        self._in_progress.add(key)
        # A recursive evaluation (`client = client or OpenAI()`) gives None at that point only.
        value = self._known[key] = self._of(node, scope)
        self._in_progress.discard(key)
        return value

    def _of(self, node: ast.expr, scope: Scope) -> Value:
        value: Value = None
        match node:
            case ast.Name():
                value = self._first([each for each in scope.find(node.id) if not _contains(each, node)])
            case ast.Attribute():
                value = self._attribute(self.of(node.value, scope), node.attr)
            case ast.Call():
                value = self._call(node, scope)
            case ast.Await() | ast.NamedExpr():
                value = self.of(node.value, scope)
            case ast.IfExp(body=left, orelse=right):
                value = self._one([left, right], scope)
            case ast.BoolOp(values=values):
                value = self._one(values, scope)
            case ast.Lambda():
                value = Defined(node, self._scopes[node])
        return value

    def _one(self, nodes: list[ast.expr], scope: Scope) -> Value:
        """The first known one of several values that an expression may have."""
        return next((value for each in nodes if (value := self.of(each, scope)) is not None), None)

    def _first(self, bindings: list[Binding]) -> Value:
        """The first known value; a client rather than the module whose name it took (`openai = openai.OpenAI()`)."""
        values = (value for each in bindings if (value := self._bound(each)) is not None)
        first = next(values, None)
        return next(filter(is_path, values), first) if first in MODULES else first

    def _bound(self, binding: Binding) -> Value:
        match binding:
            case Imported():
                return binding.name
            case Bound(how="value"):
                return self.of(binding.node, binding.scope)
            case Bound(how="annotation"):
                return self._annotated(binding.node, binding.scope)
            case Defined() | Class():
                return binding
        return None

    def _annotated(self, node: ast.expr, scope: Scope) -> Value:
        """An object of an annotation's type, or the value of FastAPI's ``Depends``."""
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            try:
                node = ast.parse(node.value, mode="eval").body
            except (SyntaxError, ValueError):
                return None
        if isinstance(node, ast.BinOp):
            return self._annotated(node.left, scope) or self._annotated(node.right, scope)
        if isinstance(node, ast.Subscript):
            name = getattr(node.value, "attr", getattr(node.value, "id", ""))
            inner = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
            inner_values = (self._annotated(each, scope) or self.of(each, scope) for each in inner if name in WRAPPERS)
            return next((value for value in inner_values if is_path(value) or isinstance(value, Instance)), None)
        annotation = self.of(node, scope)
        instance = self._instance_of(annotation)
        return instance if is_path(instance) or isinstance(instance, Instance) else None

    def _instance_of(self, called: Value) -> Value:
        """The result of calling a value."""
        match called:
            case str():
                module, _, name = called.rpartition(".")
                if name in CLIENTS and module.partition(".")[0] in MODULES:
                    return CLIENTS[name]
                base, _, last = called.rpartition(".")
                return base if last in COPIES and base in HEADS else None
            case Defined(node=node, scope=scope):
                return self._returned(node, scope)
            case Class():
                return self._base_client(called) or Instance(called)
        return None

    def _base_client(self, owner: Class) -> Value:
        """A class of the file that derives from a client is one."""
        bases = [each for one in self._lineage(owner) for each in self._bases(one) if isinstance(each, str)]
        return next((value for base in bases if is_path(value := self._instance_of(base))), None)

    def _bases(self, owner: Class) -> list[Value]:
        return [self.of(base, owner.scope.parent or owner.scope) for base in owner.node.bases]

    def _lineage(self, owner: Class) -> list[Class]:
        """A class of the file and those of the file that it derives from, each once."""
        lineage = [owner]
        for each in lineage:
            lineage += [base for base in self._bases(each) if isinstance(base, Class) and base not in lineage]
        return lineage

    def _returned(self, node: Function, scope: Scope) -> Value:
        if isinstance(node, ast.Lambda):
            return self.of(node.body, scope)
        returns = [each.value for each in ast.walk(node) if isinstance(each, (ast.Return, ast.Yield)) and each.value]
        returned = (self.of(each, scope) for each in returns)
        value = next((value for value in returned if value is not None), None)
        if value is None and node.returns is not None:
            return self._annotated(node.returns, scope)
        return value

    def _call(self, node: ast.Call, scope: Scope) -> Value:
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        if name == "getattr" and len(node.args) > 1:
            match node.args[1]:
                case ast.Constant(value=str(attribute)):
                    return self._attribute(self.of(node.args[0], scope), attribute)
            return None
        if name == "partial" and node.args:
            return self.of(node.args[0], scope)
        if name == "Depends" and node.args:
            return self._instance_of(self.of(node.args[0], scope))
        called = self.of(node.func, scope)
        instance = self._instance_of(called)
        if instance is None and not is_path(called):
            # A wrapper around a client (`patch(OpenAI())`, `wrap(client)`) gives one.
            return next((value for each in node.args if is_path(value := self.of(each, scope))), None)
        return instance

    def _attribute(self, value: Value, name: str) -> Value:
        match value:
            case str() if name in SAME:
                return value
            case str() if name != "beta" or is_path(value) or value.partition(".")[0] in MODULES:
                return f"{value}.{name}"
            case Instance() | Class():
                owner = value.of if isinstance(value, Instance) else value
                return self._member(owner, name) or ("?.beta" if name == "beta" else None)
        return "?.beta" if name == "beta" else None

    def _member(self, owner: Class, name: str) -> Value:
        """An attribute of a class of the file, of its objects, or of the classes it derives from."""
        scopes = [each.scope for each in self._lineage(owner)]
        bound = [each for scope in scopes for names in (scope.attributes, scope.names) for each in names.get(name, ())]
        value = self._first(bound)
        if isinstance(value, Defined) and _is_read(value.node):
            return self._returned(value.node, value.scope)
        return value


def _contains(binding: Binding, name: ast.Name) -> bool:
    """Whether a name stands in the expression that it is bound to: there it still has its value from before."""
    if not isinstance(binding, Bound) or binding.how != "value":
        return False
    node = binding.node
    first, last = (node.lineno, node.col_offset), (node.end_lineno or 0, node.end_col_offset or 0)
    return first <= (name.lineno, name.col_offset) < last


def _is_read(node: Function) -> bool:
    decorators = [] if isinstance(node, ast.Lambda) else node.decorator_list
    return any(getattr(each, "attr", getattr(each, "id", "")) in READ for each in decorators)
