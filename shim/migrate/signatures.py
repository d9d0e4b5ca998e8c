"""The parameters of a Python function, and the keys that it reads if one of them is a dictionary."""

import ast
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final, NamedTuple, TypeAlias

Definition: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef
#: Keys, each with whether it must be there.
Keys: TypeAlias = dict[str, bool]

DICTIONARY: Final = re.compile(r"['\"]?(?:\w+\.)?(?:[Dd]ict|(?:Mutable)?Mapping|OrderedDict)\b")
_KEY: Final = re.compile(r"[A-Za-z_][\w-]{0,63}")
#: Functions that turn the model's text into a dictionary, or a dictionary into another with the same keys.
PARSERS: Final = frozenset({"loads", "literal_eval", "dict", "eval", "parse_json"})


class Parameter(NamedTuple):
    """``keys``: those that the function reads from it."""

    name: str
    annotation: ast.expr | None
    required: bool
    keys: Keys

    @property
    def is_dictionary(self) -> bool:
        """Whether it is certainly a dictionary: by its annotation, or, without one, by the keys that are read."""
        if self.annotation is None:
            return bool(self.keys)
        return DICTIONARY.match(ast.unparse(self.annotation)) is not None


class Signature(NamedTuple):
    """A function's parameters.  ``positional``: how many of them can be given by position;
    ``unnamed``: how many only so; ``rest``: the keys that it
    reads from its ``**`` parameter, None if it has no such parameter.
    """

    parameters: tuple[Parameter, ...]
    positional: int
    unnamed: int
    rest: Keys | None
    line: int

    @property
    def dictionary(self) -> Parameter | None:
        """The parameter that takes all arguments as one dictionary, if the function has such a form."""
        first = self.parameters[0] if self.positional else None
        others = any(each.required for each in self.parameters[1:])
        return first if first is not None and first.is_dictionary and not others else None

    def __str__(self) -> str:
        return ", ".join([each.name for each in self.parameters] + (["**"] if self.rest is not None else []))


def signature(node: Definition) -> Signature:
    """The signature of a function; a method's without ``self``."""
    given = node.args
    by_position = [*given.posonlyargs, *given.args]
    defaults = [None] * (len(by_position) - len(given.defaults)) + list(given.defaults)
    positional = [
        (one, default)
        for one, default in zip(by_position, defaults, strict=True)
        if one is not by_position[0] or one.arg not in ("self", "cls")
    ]
    named = zip(given.kwonlyargs, given.kw_defaults, strict=True)
    return Signature(
        tuple(
            Parameter(one.arg, one.annotation, default is None, _keys(node, one.arg))
            for one, default in [*positional, *named]
        ),
        len(positional),
        len(positional) - len(positional[len(given.posonlyargs) :]),
        _keys(node, given.kwarg.arg) if given.kwarg else None,
        node.lineno,
    )


def keys_read(nodes: Iterable[ast.AST], is_whole: Callable[[ast.expr], bool]) -> Keys:
    """The keys that code reads from dictionaries: ``d["key"]`` must be there, ``d.get("key")`` need not, nor a key that
    the code looks for with ``in``.
    """
    keys: Keys = {}
    optional: set[str] = set()
    for node in (inner for each in nodes for inner in ast.walk(each)):
        match node:
            case ast.Subscript(value=of, slice=ast.Constant(value=str(key)), ctx=ast.Load()) if is_whole(of):
                keys[key] = True
            case ast.Call(func=ast.Attribute(value=of, attr="get"), args=[ast.Constant(value=str(key)), *_]):
                if _KEY.fullmatch(key) and is_whole(of):
                    keys.setdefault(key, False)
            case ast.Compare(left=ast.Constant(value=str(key)), ops=[ast.In()], comparators=[of]) if is_whole(of):
                optional.add(key)
    return {key: required and key not in optional for key, required in keys.items()}


def assignments(nodes: Iterable[ast.AST]) -> Iterator[tuple[str, ast.expr]]:
    """The names that code assigns, each with its value."""
    for node in (inner for each in nodes for inner in ast.walk(each)):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                yield name, value
            case ast.Assign(targets=[ast.Tuple(elts=names)], value=ast.Tuple(elts=values)):
                pairs = zip(names, values, strict=False)
                yield from ((name.id, value) for name, value in pairs if isinstance(name, ast.Name))
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                yield name, value
            case ast.NamedExpr(target=ast.Name(id=name), value=value):
                yield name, value


def called_name(node: ast.expr) -> str:
    """The last part of what is called: ``loads`` for ``json.loads``."""
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def _keys(node: Definition, name: str) -> Keys:
    """The keys that a function reads from its parameter ``name``, directly or after it has parsed it."""
    names = {name}

    def is_whole(value: Any) -> bool:
        match value:
            case ast.Name(id=id):
                return id in names
            case ast.Call(func=called, args=[one, *_]) if called_name(called) in PARSERS:
                return _root(one) in names
            case ast.BoolOp(values=[first, *_]):
                return is_whole(first)
        return False

    for assigned, value in assignments(node.body):
        if is_whole(value):
            names.add(assigned)
    return keys_read(node.body, is_whole)


def _root(node: ast.expr) -> str:
    """The name that a chain of attributes and items begins with."""
    while isinstance(node, (ast.Attribute, ast.Subscript)):
        node = node.value
    return getattr(node, "id", "")
