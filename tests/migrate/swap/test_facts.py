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
def test_which_attributes_are_used(code: str) -> None:
    assert facts([cst.parse_module(code)]).used == USED[code]


def test_submodule_imports_that_bind_the_modules_name_again() -> None:
    code = "import openai.types, openai.lib as l\nimport openai\nimport other.openai.x"
    assert facts([cst.parse_module(code)]).dotted == {"openai.types"}


def test_the_common_names_are_the_same_objects() -> None:
    """Checks the assumption behind the rules: only clients and settings differ between the two modules."""
    common = [each for each in openai.__all__ if each[0].isupper() and each not in CLIENTS]
    assert [
        each
        for each in [*common, "not_given", "omit", "file_from_path"]
        if getattr(shim, each) is not getattr(openai, each)
    ] == []
    assert {"types", "not_given"} <= SAME
