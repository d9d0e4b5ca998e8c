"""Which attributes of a module a program uses."""

import libcst as cst
import openai
import pytest

import shim
from shim.migrate.swap.facts import CLIENTS, SAME, facts

USED = {
    "o.OpenAI()": {"o": {"OpenAI"}},
    "o.types.beta.Thread": {"o": {"types"}},
    "use(o)": {"use": {"*"}, "o": {"*"}},
    "use(o=1)": {"use": {"*"}},
    "a.o.b": {"a": {"o"}},
    "a().o": {"a": {"*"}},
    "import o": {},
    "from o import p": {},
}


@pytest.mark.parametrize("code", USED)
def test_what_is_used(code: str) -> None:
    assert facts([cst.parse_module(code)]).used == USED[code]


def test_submodules_that_bind_the_module_anew() -> None:
    code = "import openai.types, openai.lib as l\nimport openai\nimport other.openai.x"
    assert facts([cst.parse_module(code)]).dotted == {"openai.types"}


def test_the_names_that_are_the_same_are_the_same() -> None:
    """The rule for what may stay is true of the two modules: only clients and settings differ."""
    named = [each for each in openai.__all__ if each[0].isupper() and each not in CLIENTS]
    assert [
        each
        for each in [*named, "not_given", "omit", "file_from_path"]
        if getattr(shim, each) is not getattr(openai, each)
    ] == []
    assert {"types", "not_given"} <= SAME
