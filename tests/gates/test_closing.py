"""An async generator that is iterated without `aclosing` is not closed when the loop ends early."""

import ast
from collections.abc import Iterator

from tests.gates.files import ours, short


def _closed(function: ast.AST) -> set[str]:
    """Names bound by ``async with aclosing(...) as name`` in the function."""
    items = (item for node in ast.walk(function) if isinstance(node, ast.AsyncWith) for item in node.items)
    return {
        item.optional_vars.id
        for item in items
        if isinstance(item.optional_vars, ast.Name)
        and isinstance(item.context_expr, ast.Call)
        and ast.unparse(item.context_expr.func).endswith("aclosing")
    }


def bare(source: str) -> Iterator[int]:
    """Line numbers of ``async for`` loops over a call: a generator without a name cannot be closed."""
    for function in ast.walk(ast.parse(source)):
        if not isinstance(function, ast.AsyncFunctionDef):
            continue
        closed = _closed(function)
        loops = [node for node in ast.walk(function) if isinstance(node, ast.AsyncFor)]
        loops += [each for node in ast.walk(function) for each in getattr(node, "generators", []) if each.is_async]
        for loop in loops:
            if isinstance(loop.iter, ast.Call) or (isinstance(loop.iter, ast.Name) and loop.iter.id not in closed):
                yield loop.iter.lineno


def test_no_async_generator_is_iterated_without_aclosing() -> None:
    found = {short(path): sorted(set(bare(path.read_text()))) for path in ours("shim")}
    assert {name: lines for name, lines in found.items() if lines} == {}


def test_the_gate_finds_both_forms() -> None:
    naked = "async def f():\n    async for x in g():\n        yield x\n"
    dressed = "async def f():\n    async with aclosing(g()) as it:\n        async for x in it:\n            yield x\n"
    assert list(bare(naked)) == [2]
    assert list(bare(dressed)) == []
