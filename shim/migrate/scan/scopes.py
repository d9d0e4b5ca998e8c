"""Names of a Python file and what they are bound to: modules, functions, classes, and the attributes of objects.

A binding is an expression that is evaluated when it is needed (`values`), so the order of definitions does not matter.
All bindings of a name are stored; control flow is not analysed.
"""

import ast
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


@dataclass(frozen=True, slots=True)
class Imported:
    """A module, or a name of one, by its full dotted name."""

    name: str


@dataclass(frozen=True, slots=True)
class Bound:
    """The value of an expression: itself, one element of it, or an object of the class that it names as a type."""

    node: ast.expr
    scope: "Scope"
    how: Literal["value", "element", "annotation"] = "value"


@dataclass(frozen=True, slots=True)
class Defined:
    """A function of the file; ``scope``: its body's."""

    node: Function
    scope: "Scope"


@dataclass(frozen=True, slots=True)
class Class:
    """A class of the file; ``scope``: its body's."""

    node: ast.ClassDef
    scope: "Scope"


Binding: TypeAlias = Imported | Bound | Defined | Class


@dataclass(eq=False, slots=True)
class Scope:
    """A module's, a function's or a class's names.  ``attributes``: of objects of the class, set through ``self``."""

    node: ast.AST
    parent: "Scope | None" = None
    names: dict[str, list[Binding]] = field(default_factory=lambda: defaultdict(list))
    attributes: dict[str, list[Binding]] = field(default_factory=lambda: defaultdict(list))

    def find(self, name: str) -> list[Binding]:
        """The bindings of a name, from the innermost scope outwards; names of a class are visible only in its body."""
        scope: Scope | None = self
        while scope is not None:
            if name in scope.names and (scope is self or not isinstance(scope.node, ast.ClassDef)):
                return scope.names[name]
            scope = scope.parent
        return []


class Scopes(ast.NodeVisitor):
    """All scopes of a file, by the node that opens each."""

    def __init__(self, tree: ast.Module) -> None:
        self.module = Scope(tree)
        self.of: dict[ast.AST, Scope] = {tree: self.module}
        self._now = self.module
        self.generic_visit(tree)

    def _enter(self, node: ast.AST) -> Scope:
        self.of[node] = Scope(node, self._now)
        return self.of[node]

    def _inside(self, scope: Scope, nodes: list[ast.AST]) -> None:
        outer, self._now = self._now, scope
        for node in nodes:
            self.visit(node)
        self._now = outer

    def visit_Import(self, node: ast.Import) -> None:
        for each in node.names:
            name = each.name if each.asname else each.name.partition(".")[0]
            self._now.names[each.asname or name].append(Imported(name))

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        if not node.level:
            for each in node.names:
                self._now.names[each.asname or each.name].append(Imported(f"{node.module}.{each.name}"))

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        for each in [*node.decorator_list, *node.args.defaults, *node.args.kw_defaults]:
            if each is not None:
                self.visit(each)
        scope = self._enter(node)
        self._now.names[node.name].append(Defined(node, scope))
        self._parameters(node, scope)
        self._inside(scope, [*node.body])

    visit_AsyncFunctionDef = visit_FunctionDef

    def visit_Lambda(self, node: ast.Lambda) -> None:
        scope = self._enter(node)
        self._parameters(node, scope)
        self._inside(scope, [node.body])

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        for each in [*node.decorator_list, *node.bases]:
            self.visit(each)
        scope = self._enter(node)
        self._now.names[node.name].append(Class(node, scope))
        self._inside(scope, [*node.body])

    def _parameters(self, node: Function, scope: Scope) -> None:
        arguments = node.args
        placed = [*arguments.posonlyargs, *arguments.args]
        defaults = [*[None] * (len(placed) - len(arguments.defaults)), *arguments.defaults, *arguments.kw_defaults]
        for one, default in zip([*placed, *arguments.kwonlyargs], defaults, strict=True):
            if one.annotation is not None:
                scope.names[one.arg].append(Bound(one.annotation, self._now, "annotation"))
            if default is not None:
                scope.names[one.arg].append(Bound(default, self._now))
        owner = self._now
        if (
            placed
            and isinstance(owner.node, ast.ClassDef)
            and isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        ):
            scope.names[placed[0].arg].insert(0, Class(owner.node, owner))

    def visit_Assign(self, node: ast.Assign) -> None:
        self.visit(node.value)
        for target in node.targets:
            self._bind(target, node.value)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self.visit(node.value)
            self._bind(node.target, node.value)
        self._put(node.target, Bound(node.annotation, self._now, "annotation"))

    def visit_NamedExpr(self, node: ast.NamedExpr) -> None:
        self.visit(node.value)
        self._bind(node.target, node.value)

    def visit_withitem(self, node: ast.withitem) -> None:
        self.visit(node.context_expr)
        if node.optional_vars is not None:
            self._bind(node.optional_vars, node.context_expr)

    def visit_For(self, node: ast.For | ast.AsyncFor) -> None:
        self._loop(node.target, node.iter)
        self.generic_visit(node)

    visit_AsyncFor = visit_For

    def visit_comprehension(self, node: ast.comprehension) -> None:
        self._loop(node.target, node.iter)
        self.generic_visit(node)

    def _loop(self, target: ast.expr, over: ast.expr) -> None:
        """``for x in y``, and ``for number, x in enumerate(y)``."""
        counted = isinstance(over, ast.Call) and isinstance(over.func, ast.Name) and over.func.id == "enumerate"
        if counted and isinstance(over, ast.Call) and over.args and isinstance(target, ast.Tuple):
            self._put(target.elts[-1], Bound(over.args[0], self._now, "element"))
        else:
            self._put(target, Bound(over, self._now, "element"))

    def _bind(self, target: ast.expr, value: ast.expr) -> None:
        if isinstance(target, (ast.Tuple, ast.List)) and isinstance(value, (ast.Tuple, ast.List)):
            for one, each in zip(target.elts, value.elts, strict=False):
                self._bind(one, each)
        else:
            self._put(target, Bound(value, self._now))

    def _put(self, target: ast.expr, binding: Binding) -> None:
        if isinstance(target, ast.Name):
            self._now.names[target.id].append(binding)
        elif isinstance(target, ast.Attribute):
            owner = self._owner(target.value.id) if isinstance(target.value, ast.Name) else None
            if owner is not None:
                owner.attributes[target.attr].append(binding)

    def _owner(self, name: str) -> Scope | None:
        """The class of ``self`` or ``cls`` in a method; None for other names."""
        owner = next((each for each in self._now.find(name) if isinstance(each, Class)), None)
        return owner.scope if owner is not None else None
