"""The simulated interpreter: it only finds and evaluates arithmetic in a text."""

import ast
import operator
import re
from collections.abc import Callable, Iterator
from typing import Any, Final

Number = int | float

#: Characters of an expression, and the largest exponent: larger ones are not calculated.
LONGEST: Final = 200
HIGHEST: Final = 64
_CANDIDATE: Final = re.compile(r"[-(]*\d[\d\s.+*/%()-]*[\d)]")
_BINARY: Final[dict[type[ast.operator], Callable[[Any, Any], Any]]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow,
}
_UNARY: Final[dict[type[ast.unaryop], Callable[[Any], Any]]] = {ast.USub: operator.neg, ast.UAdd: operator.pos}


def find(text: str) -> str | None:
    """The first expression with an operator in a text: ``3 + 4`` in "What is 3 + 4?"."""
    return next((each for each in _candidates(text) if isinstance(_parsed(each), ast.BinOp)), None)


def run(code: str) -> str:
    """What the code prints: the value of an expression, or a traceback's last line."""
    tree = _parsed(code)
    if tree is None:
        return f"NameError: only arithmetic can be evaluated here, not {code[:LONGEST]!r}"
    try:
        return repr(_value(tree))
    except (ArithmeticError, ValueError) as error:
        return f"{type(error).__name__}: {error}"


def _candidates(text: str) -> Iterator[str]:
    return (match.group().strip() for match in _CANDIDATE.finditer(text))


def _parsed(code: str) -> ast.expr | None:
    """The expression, if it is one of numbers and operators."""
    try:
        tree = ast.parse(code.strip()[:LONGEST], mode="eval").body
    except SyntaxError:
        return None
    return tree if all(_allowed(node) for node in ast.walk(tree)) else None


def _allowed(node: ast.AST) -> bool:
    if isinstance(node, ast.Constant):
        return type(node.value) in (int, float)
    return isinstance(node, ast.BinOp | ast.UnaryOp | ast.operator | ast.unaryop)


def _value(node: ast.expr) -> Number:
    if isinstance(node, ast.BinOp):
        left, right = _value(node.left), _value(node.right)
        if isinstance(node.op, ast.Pow) and abs(right) > HIGHEST:
            raise ValueError("exponent too large")
        return _checked(_BINARY[type(node.op)](left, right))
    if isinstance(node, ast.UnaryOp):
        return _checked(_UNARY[type(node.op)](_value(node.operand)))
    assert isinstance(node, ast.Constant)
    return _checked(node.value)


def _checked(value: Any) -> Number:
    """Refuses complex numbers, and numbers of thousands of digits."""
    if isinstance(value, int) and value.bit_length() > HIGHEST**2:
        raise OverflowError("number too large")
    if not isinstance(value, int | float):
        raise ValueError("math domain error")
    return value
