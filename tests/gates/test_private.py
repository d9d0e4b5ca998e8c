"""A private function of three lines with a single call is usually better written at the place of the call."""

import ast
from collections import Counter
from collections.abc import Iterator

from tests.gates.files import ours

#: Lines up to which a function is short, without its docstring; and the share of all private functions that may be
#: short and called once.
SHORT, SHARE = 3, 0.12
Function = ast.FunctionDef | ast.AsyncFunctionDef


def _lines(function: Function) -> int:
    body = function.body[1:] if ast.get_docstring(function, clean=False) is not None else function.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


def private(source: str) -> Iterator[tuple[str, bool]]:
    """Every private function, and whether it is short and its only use is one call.

    A function that is in a table, or is passed as an argument, needs a name.
    """
    tree = ast.parse(source)
    used, called = Counter[str](), Counter[str]()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name | ast.Attribute):
            used[node.id if isinstance(node, ast.Name) else node.attr] += 1
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
            called[node.func.id if isinstance(node.func, ast.Name) else node.func.attr] += 1
    for node in ast.walk(tree):
        if isinstance(node, Function) and node.name.startswith("_") and not node.name.startswith("__"):
            once = used[node.name] == called[node.name] == 1 and not node.decorator_list
            yield node.name, once and _lines(node) <= SHORT


def test_few_short_functions_have_only_one_caller() -> None:
    found = [once for path in ours("shim") for _, once in private(path.read_text())]
    assert sum(found) / len(found) < SHARE, f"{sum(found)} of {len(found)}"


def test_functions_in_tables_and_long_functions_are_not_counted() -> None:
    source = """
TABLE = (_row,)

def _row(): return 1

def _once():
    "Says."
    return 1

def _twice(): return 1

def _long():
    a = 1
    b = 2
    c = 3
    return a + b + c

def f(): return _once() + _twice() + _twice() + _long()
"""
    assert dict(private(source)) == {"_row": False, "_once": True, "_twice": False, "_long": False}
