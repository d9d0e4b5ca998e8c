"""Translates pydantic's errors to the API's: the first one is reported, with the API's text and notation of a path."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from pydantic import ValidationError

from shim.wire.errors import ApiError, error
from shim.wire.requests.shapes import BRANCH

_KINDS: Final[dict[type, str]] = {
    type(None): "null",
    bool: "a boolean",
    int: "an integer",
    float: "a decimal",
    str: "a string",
    list: "an array",
    dict: "an object",
}
_QUOTED: Final = re.compile(r"'([^']*)'")
#: Arrays whose items are strings; the items of all others are objects.
_STRINGS: Final = frozenset({"file_ids", "vector_store_ids"})


@dataclass(frozen=True, slots=True)
class Problem:
    """One of pydantic's errors: the path in the API's form, its last step, the value there, the context."""

    path: str
    last: str | int
    value: Any
    about: dict[str, Any]


def kind(value: Any) -> str:
    """The kind of a JSON value, in the API's words."""
    return _KINDS[type(value)]


def listed(values: Sequence[str], conjunction: str) -> str:
    """``'a'``, ``'a' and 'b'``, ``'a', 'b', and 'c'``, with ``conjunction`` for "and"."""
    quoted = [f"'{value}'" for value in values]
    if len(quoted) < 3:
        return f" {conjunction} ".join(quoted)
    return f"{', '.join(quoted[:-1])}, {conjunction} {quoted[-1]}"


def path(location: Sequence[str | int]) -> str:
    """``('tools', 0, 'function')`` as ``tools[0].function``."""
    text = ""
    for step in location:
        if isinstance(step, int):
            text += f"[{step}]"
        elif not step.startswith(BRANCH):
            text += f".{step}" if text else step
    return text


def _wrong_type(expected: str) -> Callable[[Problem], ApiError]:
    def convert(problem: Problem) -> ApiError:
        return _type(problem.path, expected, problem.value)

    return convert


def _type(param: str, expected: str, value: Any) -> ApiError:
    if not param:
        return error("invalid_body", got=kind(value))
    return error("invalid_type", param=param, expected=expected, got=kind(value))


def _array(problem: Problem) -> ApiError:
    return _type(
        problem.path, "an array of strings" if problem.last in _STRINGS else "an array of objects", problem.value
    )


def _missing(problem: Problem) -> ApiError:
    return error("missing_parameter", param=problem.path)


def _unknown(problem: Problem) -> ApiError:
    return error("unknown_parameter", param=problem.path)


def _not_one_of(problem: Problem) -> ApiError:
    return _choice(problem.path, _QUOTED.findall(problem.about["expected"]), problem.value)


def _choice(param: str, supported: Sequence[str], value: Any) -> ApiError:
    if not isinstance(value, str):
        several = "one of " if len(supported) > 1 else ""
        return _type(param, several + listed(supported, "or"), value)
    return error("bad_value", param=param, value=value, supported=listed(supported, "and"))


def _wrong_branch(problem: Problem) -> ApiError:
    if not isinstance(problem.value, dict):
        return _type(problem.path, problem.about["expected"], problem.value)
    param = f"{problem.path}.type"
    if "type" not in problem.value:
        return error("missing_parameter", param=param)
    return _choice(param, problem.about["branches"].split(), problem.value["type"])


def _wrong_kind(problem: Problem) -> ApiError:
    return _type(problem.path, problem.about["expected"], problem.value)


def _too_long(problem: Problem) -> ApiError:
    name = "too_many_properties" if isinstance(problem.value, dict) else "array_too_long"
    return error(name, param=problem.path, limit=problem.about["max_length"], length=len(problem.value))


def _too_short(problem: Problem) -> ApiError:
    return error("empty_array", param=problem.path, limit=problem.about["min_length"])


def _long_string(problem: Problem) -> ApiError:
    return error("string_too_long", param=problem.path, limit=problem.about["max_length"], length=len(problem.value))


def _empty_string(problem: Problem) -> ApiError:
    return error("empty_string", param=problem.path, limit=problem.about["min_length"])


def _pattern(problem: Problem) -> ApiError:
    return error("string_pattern", param=problem.path, pattern=problem.about["pattern"])


def _long_key(problem: Problem) -> ApiError:
    key = problem.about["key"]
    return error("key_too_long", param=problem.path, key=key, limit=problem.about["limit"], length=len(key))


def _too_low(problem: Problem) -> ApiError:
    limit = problem.about["ge"]
    name = "decimal_below_min" if isinstance(limit, float) else "integer_below_min"
    return error(name, param=problem.path, limit=str(limit).removesuffix(".0"), value=problem.value)


def _too_high(problem: Problem) -> ApiError:
    limit = problem.about["le"]
    name = "decimal_above_max" if isinstance(limit, float) else "integer_above_max"
    return error(name, param=problem.path, limit=str(limit).removesuffix(".0"), value=problem.value)


def _prefix(problem: Problem) -> ApiError:
    return error("wrong_prefix", param=problem.path, value=problem.value, prefix=problem.about["prefix"])


def _not_both(problem: Problem) -> ApiError:
    return error("mutually_exclusive", param=problem.path, names=problem.about["names"])


def _other(problem: Problem) -> ApiError:
    return error("invalid_value", param=problem.path)


#: Pydantic's error types, and our own, with the API's error for each.
PROBLEMS: Final[dict[str, Callable[[Problem], ApiError]]] = {
    "missing": _missing,
    "extra_forbidden": _unknown,
    # A field that only answers have.
    "none_required": _unknown,
    "string_type": _wrong_type("a string"),
    "int_type": _wrong_type("an integer"),
    "float_type": _wrong_type("a decimal"),
    "bool_type": _wrong_type("a boolean"),
    "dict_type": _wrong_type("an object"),
    "model_type": _wrong_type("an object"),
    "list_type": _array,
    "literal_error": _not_one_of,
    "wrong_branch": _wrong_branch,
    "wrong_kind": _wrong_kind,
    "too_long": _too_long,
    "too_short": _too_short,
    "string_too_long": _long_string,
    "string_too_short": _empty_string,
    "string_pattern_mismatch": _pattern,
    "key_too_long": _long_key,
    "greater_than_equal": _too_low,
    "less_than_equal": _too_high,
    "wrong_prefix": _prefix,
    "not_both": _not_both,
}


def translate(trouble: ValidationError) -> ApiError:
    """The first of the errors as the API would have reported it; one of an unknown type is reported without detail."""
    return each(trouble)[0][1]


def each(trouble: ValidationError) -> list[tuple[tuple[str | int, ...], ApiError]]:
    """All of the errors, each with the keys and indices of its path."""
    return [(_steps(error["loc"]), _converted(error)) for error in trouble.errors(include_url=False)]


def _steps(location: Sequence[str | int]) -> tuple[str | int, ...]:
    return tuple(step for step in location if isinstance(step, int) or not step.startswith(BRANCH))


def _converted(error: Any) -> ApiError:
    location = error["loc"]
    problem = Problem(path(location), location[-1] if location else "", error["input"], error.get("ctx", {}))
    return PROBLEMS.get(error["type"], _other)(problem)
