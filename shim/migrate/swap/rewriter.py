"""Rewrites one program, and reports what was not changed."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

import libcst as cst
from libcst.metadata import MetadataWrapper, PositionProvider

from shim.migrate.scan.ignoring import COMMENT
from shim.migrate.swap.facts import Facts, dotted, facts
from shim.migrate.swap.rules import SWAP, Left, Rule, Statement


class NotUnderstood(Exception):
    """A text that is not changed; the message says why."""


@dataclass(frozen=True, slots=True)
class Note:
    """Code that is not changed and that somebody should check.  ``line``: from 1."""

    line: int
    why: str


@dataclass(slots=True)
class Rewritten:
    """``changed``: the lines of statements that were rewritten."""

    module: cst.Module
    changed: list[int] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)


#: A client, named in a string: in a test that replaces it.
CLIENT: Final = re.compile(r"""["']openai\.(OpenAI|AsyncOpenAI|AzureOpenAI|AsyncAzureOpenAI|Client|AsyncClient)["']""")
#: Functions that import a module by its name.
IMPORTING: Final = frozenset({"import_module", "__import__", "reload"})


def parse(source: bytes | str) -> cst.Module:
    """Parse a program that can be written again byte for byte.  Raises `NotUnderstood`."""
    try:
        module = cst.parse_module(source)
    except (cst.ParserSyntaxError, SyntaxError, UnicodeDecodeError, LookupError, RecursionError) as problem:
        raise NotUnderstood("it is no Python that the parser understands") from problem
    if (module.bytes if isinstance(source, bytes) else module.code) != source:
        raise NotUnderstood("it could not be written again exactly as it is")
    return module


def rewrite(module: cst.Module, rules: Sequence[Rule], known: Facts | None = None) -> Rewritten:
    """The program with the rules applied.  ``known``: facts of the whole program, for a notebook of all cells."""
    lines = module.code.splitlines()
    worker = _Worker(rules, known or facts([module]), lambda line: _is_ignored(lines, line))
    rewritten = MetadataWrapper(module, unsafe_skip_copy=True).visit(worker)
    return Rewritten(rewritten, worker.changed, sorted(worker.notes, key=lambda each: each.line))


def _is_ignored(lines: list[str], line: int) -> bool:
    return line <= len(lines) and COMMENT.search(lines[line - 1]) is not None


class _Worker(cst.CSTTransformer):
    METADATA_DEPENDENCIES = (PositionProvider,)

    def __init__(self, rules: Sequence[Rule], known: Facts, is_ignored: Callable[[int], bool]) -> None:
        super().__init__()
        self._rules = rules
        self._facts = known
        self._is_ignored = is_ignored
        self.changed: list[int] = []
        self.notes: list[Note] = []

    def leave_Import(self, original_node: cst.Import, updated_node: cst.Import) -> cst.Import:
        statement = self._statement(original_node)
        return statement if isinstance(statement, cst.Import) else updated_node

    def leave_ImportFrom(self, original_node: cst.ImportFrom, updated_node: cst.ImportFrom) -> cst.ImportFrom:
        statement = self._statement(original_node)
        return statement if isinstance(statement, cst.ImportFrom) else updated_node

    def visit_Call(self, node: cst.Call) -> None:
        """``import_module("openai")``, ``__import__("openai")``, ``patch("openai.OpenAI")``: reported, never
        changed.
        """
        name = dotted(node.func).rpartition(".")[2]
        argument = node.args[0].value if node.args else None
        if self._rules is not SWAP or not isinstance(argument, cst.SimpleString) or not name:
            return
        imports = name in IMPORTING and argument.value.strip("\"'") == "openai"
        if imports or CLIENT.fullmatch(argument.value):
            self.notes.append(Note(self._line(node), f"`{name}({argument.value})` names the client in a string"))

    def _statement(self, node: Statement) -> Statement | None:
        line = self._line(node)
        for rule in self._rules:
            statement = rule(node, self._facts)
            if statement is None or self._is_ignored(line):
                continue
            if isinstance(statement, Left):
                self.notes.append(Note(line, statement.why))
                return None
            self.changed.append(line)
            return statement
        return None

    def _line(self, node: cst.CSTNode) -> int:
        return int(self.get_metadata(PositionProvider, node).start.line)
