"""Python: the uses of the Assistants API in one file, found in its syntax tree."""

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Final, TypeAlias

from shim.migrate.scan import answer_reads, requests, strings, version_one
from shim.migrate.scan.frameworks import framework
from shim.migrate.scan.gone_types import replaced
from shim.migrate.scan.operations import ALWAYS, OPERATIONS, RESOURCES
from shim.migrate.scan.scopes import Scope, Scopes
from shim.migrate.scan.values import HEADS, MODULES, Value, Values, is_path

#: Names of the SDK's types below `openai.types.beta` and of its handlers that belong to the Assistants API.
TYPES: Final = re.compile(
    r"(openai|shim)\.types\.beta(\.(?!realtime|chatkit|chat\b|Realtime|ChatKit|Chat|chatkit_\w+)\w+(\..*)?)?"
    r"|(openai|shim)\.(lib\.streaming\.(_?\w+\.)*)?(Async)?Assistant(EventHandler|StreamManager)\w*"
)
HANDLER: Final = re.compile(r"(.*\.)?(Async)?AssistantEventHandler")
#: Methods of mocks, which are no methods of the API.
MOCKED: Final = re.compile(r"assert_\w+|return_value|side_effect|call_\w+|called|mock_\w+|reset_mock|await_\w+|parse")


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A finding within a file; a ``weak`` one counts only if the file has another one that is not weak."""

    rule: str
    node: ast.AST
    what: str
    weak: bool = False


#: The findings at a node, and the child nodes that must still be visited; None for all.
Seen: TypeAlias = tuple[list[Occurrence], list[ast.AST] | None]


@dataclass(frozen=True, slots=True)
class Use:
    """A path of the Assistants API.  ``head``: its first part; ``path``: the part below ``beta``."""

    head: str
    path: str


def use(value: Value) -> Use | None:
    """The part of a value that belongs to the Assistants API."""
    if not isinstance(value, str):
        return None
    head, beta, path = value.partition(".beta.")
    if not beta or head not in (*HEADS, *MODULES):
        return None
    return Use(head, path) if path.partition(".")[0] in ("assistants", "threads", "vector_stores") else None


def find(tree: ast.Module) -> list[Occurrence]:
    """All findings, unsorted; weak ones only if there are others."""
    occurrences = _proved(list(Finder(tree).all()), tree)
    return _once(occurrences) if any(not each.weak for each in occurrences) else []


def _proved(occurrences: list[Occurrence], tree: ast.Module) -> list[Occurrence]:
    """With what the file's words say about its requests: addresses that they prove, headers that nothing sends."""
    rules = {each.rule for each in occurrences}
    if rules.isdisjoint({"raw-http", *requests.HEADERS}):
        return occurrences
    words = requests.words(tree)
    if requests.PROOF.search(words):
        occurrences = [replace(each, weak=False) if each.rule == "raw-http" else each for each in occurrences]
    if requests.unexplained(rules, words):
        occurrences += [replace(each, rule="raw-http") for each in occurrences if each.rule in requests.HEADERS]
    return occurrences


def _once(occurrences: list[Occurrence]) -> list[Occurrence]:
    """Without references to an operation that is called on the same line."""
    called = {(line(each), each.what) for each in occurrences if each.rule not in ("reference", "types")}
    return [
        each
        for each in occurrences
        if each.rule != "reference" or not any(at == line(each) and each.what in what for at, what in called)
    ]


def line(occurrence: Occurrence) -> int:
    """The line on which a finding begins, from 1."""
    return int(getattr(occurrence.node, "lineno", 1))


class Finder:
    """Walks a tree once, with the scope of each node."""

    def __init__(self, tree: ast.Module) -> None:
        self._tree = tree
        scopes = Scopes(tree)
        self._scopes = scopes.of
        self._values = Values(scopes.of)
        #: Strings that are no finding of a rule, because of their context.
        self._passed: dict[int, str] = {}

    def all(self) -> Iterator[Occurrence]:
        return self._walk(self._tree, self._scopes[self._tree])

    def _walk(self, node: ast.AST, scope: Scope) -> Iterator[Occurrence]:
        scope = self._scopes.get(node, scope)
        finder = FINDERS.get(type(node))
        occurrences, rest = finder(self, node, scope) if finder is not None else ([], None)
        yield from occurrences
        for rule, at, what, weak in (*answer_reads.find(node), *version_one.find(node), *strings.find(node, scope)):
            if self._passed.get(id(at)) != rule:
                yield Occurrence(rule, at, what, weak)
        for each in ast.iter_child_nodes(node) if rest is None else rest:
            yield from self._walk(each, scope)

    def _call(self, node: ast.Call, scope: Scope) -> Seen:
        self._passed |= {id(each): "retired-model" for each in strings.other_models(node)}
        if isinstance(node.func, ast.Attribute) and requests.is_text(node):
            # The text of `"{}/threads".format(base)` is an address only with its values.
            self._passed[id(node.func.value)] = "raw-http"
        occurrences = list(self._called(node, scope))
        if occurrences or self._is_api(node.func, scope):
            return occurrences, [*self._roots(node.func), *node.args, *node.keywords]
        return occurrences, None

    def _attribute(self, node: ast.Attribute, scope: Scope) -> Seen:
        value = self._values.of(node, scope)
        if (of := use(value)) is not None:
            # An assignment of such a value to an attribute is no additional use.
            is_use = isinstance(node.ctx, ast.Load) or ".beta" in ast.unparse(node)
            return [Occurrence(_known(of) or "reference", node, f"beta.{of.path}")] if is_use else [], self._roots(node)
        if isinstance(value, str) and TYPES.fullmatch(value):
            return list(_typed(node, [value])), []
        return [], None

    def _import(self, node: ast.Import | ast.ImportFrom, scope: Scope) -> Seen:
        return list(_imported(node)), []

    def _class(self, node: ast.ClassDef, scope: Scope) -> Seen:
        if not self._is_handler(node, scope):
            return [], None
        return [Occurrence("handler", node, node.name)], [*node.keywords, *node.body, *node.decorator_list]

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef, scope: Scope) -> Seen:
        """Strings in decorators are the application's own routes, such as ``@app.post("/v1/threads")``."""
        for route in node.decorator_list:
            self._passed |= {id(each): "raw-http" for each in ast.walk(route)}
        return [], None

    def _composed(self, node: ast.JoinedStr | ast.BinOp, scope: Scope) -> Seen:
        """An address that is put together is one finding; the parts of another concatenation are texts of their own."""
        is_address = isinstance(node, ast.JoinedStr) or any(strings.find(node, scope))
        return [], requests.parts(node) if is_address else None

    def _dict(self, node: ast.Dict, scope: Scope) -> Seen:
        """Models that are keys belong to a table of prices or limits."""
        self._passed |= {id(key): "retired-model" for key in node.keys}
        return [], None

    def _expression(self, node: ast.Expr, scope: Scope) -> Seen:
        """A docstring, or any other unused text, is skipped."""
        return [], [] if isinstance(node.value, ast.Constant) else None

    def _is_api(self, node: ast.expr, scope: Scope) -> bool:
        return use(self._values.of(node, scope)) is not None

    def _roots(self, node: ast.expr) -> list[ast.AST]:
        """The beginning of a chain of attributes, if it is more than a name, as it may contain calls."""
        while isinstance(node, ast.Attribute):
            node = node.value
        return [] if isinstance(node, ast.Name) else [node]

    def _called(self, node: ast.Call, scope: Scope) -> Iterator[Occurrence]:
        """A call: of an operation, of a framework, or of ``getattr`` with an unknown name."""
        value = self._values.of(node.func, scope)
        if (of := use(value)) is not None:
            yield from _operation(node, of)
        elif isinstance(value, str) and (rule := framework(value)) is not None:
            yield Occurrence(rule, node, value)
        elif getattr(node.func, "id", "") == "getattr" and len(node.args) > 1:
            yield from self._got(node, scope)

    def _got(self, node: ast.Call, scope: Scope) -> Iterator[Occurrence]:
        value, of = self._values.of(node.args[0], scope), use(self._values.of(node, scope))
        if of is not None:
            yield Occurrence("reference", node, f"beta.{of.path}")
        elif use(value) is not None and not isinstance(node.args[1], ast.Constant):
            yield Occurrence("dynamic-name", node, ast.unparse(node))
        elif is_path(value) and str(value).endswith(".beta") and not isinstance(node.args[1], ast.Constant):
            yield Occurrence("dynamic-name", node, ast.unparse(node), weak=True)

    def _is_handler(self, node: ast.ClassDef, scope: Scope, depth: int = 0) -> bool:
        for base in node.bases:
            value = self._values.of(base, scope)
            if HANDLER.fullmatch(value if isinstance(value, str) else ast.unparse(base)):
                return True
            inner = getattr(value, "node", None)
            if isinstance(inner, ast.ClassDef) and depth < 8 and self._is_handler(inner, scope, depth + 1):
                return True
        return False


#: The visitor for each kind of node, besides the checks that are made for all nodes.
FINDERS: Final[dict[type[ast.AST], Callable[[Finder, Any, Scope], Seen]]] = {
    ast.Call: Finder._call,
    ast.Attribute: Finder._attribute,
    ast.Import: Finder._import,
    ast.ImportFrom: Finder._import,
    ast.ClassDef: Finder._class,
    ast.FunctionDef: Finder._function,
    ast.AsyncFunctionDef: Finder._function,
    ast.Dict: Finder._dict,
    ast.JoinedStr: Finder._composed,
    ast.BinOp: Finder._composed,
    ast.Expr: Finder._expression,
}


def _known(of: Use) -> str | None:
    """The rule for a path that the API does not have, or None."""
    if of.path.startswith("vector_stores"):
        return "beta-vector-stores"
    path, _, last = of.path.rpartition(".")
    while of.path not in OPERATIONS and path and MOCKED.fullmatch(last):
        of = Use(of.head, path)
        path, _, last = path.rpartition(".")
    known = of.path in OPERATIONS or of.path in RESOURCES or path in OPERATIONS
    return None if known else "no-such-call"


def _operation(node: ast.Call, of: Use) -> Iterator[Occurrence]:
    fields = OPERATIONS.get(of.path)
    if fields is None:
        yield Occurrence(_known(of) or "reference", node, f"beta.{of.path}")
        return
    yield from (Occurrence(rule, node, f"beta.{of.path}") for rule in _manner(node, of))
    for each in node.keywords:
        if each.arg is not None and each.arg not in fields | ALWAYS:
            yield Occurrence("v1-file-ids" if each.arg == "file_ids" else "unknown-field", each, each.arg)


#: The rules of clients that need something of their own.
CLIENTS: Final = {"openai": "module-client", "@azure": "azure-client"}


def _manner(node: ast.Call, of: Use) -> list[str]:
    """The rules for a call of an operation: what its client needs, and what its fields need; or that it just works."""
    streams = any(each.arg == "stream" and getattr(each.value, "value", False) is True for each in node.keywords)
    forwarded = any(each.arg is None for each in node.keywords)
    rules = [CLIENTS[of.head]] if of.head in CLIENTS else []
    rules += ["forwarded-arguments"] if forwarded else []
    return rules or ["stream" if streams or of.path.endswith("stream") else "call"]


def _typed(node: ast.AST, names: list[str]) -> Iterator[Occurrence]:
    """The types that a statement names: one finding for those that the SDK has, and one for each of the others."""
    gone = {name: new for name in names if (new := replaced(name)) is not None}
    if had := [name for name in names if name not in gone]:
        yield Occurrence("types", node, ", ".join(had))
    for name, new in gone.items():
        yield Occurrence("gone-type", node, f"{name} ({f'now {new}' if new else 'no new name'})")


def _imported(node: ast.Import | ast.ImportFrom) -> Iterator[Occurrence]:
    """Imports of the API's types and handlers, and of frameworks; one finding for each statement."""
    module = f"{node.module}." if isinstance(node, ast.ImportFrom) and not node.level else ""
    if isinstance(node, ast.ImportFrom) and node.level:
        return
    names = [f"{module}{each.name}" for each in node.names]
    yield from _typed(node, [name for name in names if TYPES.fullmatch(name)])
    for name in names:
        if (rule := framework(name)) is not None:
            yield Occurrence(rule, node, name)
            return
