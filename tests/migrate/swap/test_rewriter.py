"""A program: parsing, and uses in strings that are reported."""

import pytest

from shim.migrate.swap import rewriter
from shim.migrate.swap.rewriter import NotUnderstood
from tests.migrate.swap.rewritten import notes, swapped

NOT_PYTHON = [
    b"print 'x'",
    b"{% if x %}\nimport openai\n{% endif %}",
    b"\xff\xfe",
    b"# coding: nonsense\nimport openai",
    b"x = (",
]


@pytest.mark.parametrize("source", NOT_PYTHON)
def test_invalid_python_stays_unchanged(source: bytes) -> None:
    with pytest.raises(NotUnderstood):
        rewriter.parse(source)


def test_code_that_cannot_be_reproduced_exactly_stays_unchanged() -> None:
    with pytest.raises(NotUnderstood, match="exactly as it is"):
        rewriter.parse(b"import openai\rx = 1\r")


NAMED = {
    "importlib.import_module('openai')": "`import_module('openai')` names the client in a string",
    "__import__('openai')": "`__import__('openai')` names the client in a string",
    'patch("openai.OpenAI")': '`patch("openai.OpenAI")` names the client in a string',
    "@mock.patch('openai.AsyncOpenAI')\ndef t(): ...": "`patch('openai.AsyncOpenAI')` names the client in a string",
}


@pytest.mark.parametrize("code", NAMED)
def test_a_client_in_a_string_is_left_and_named(code: str) -> None:
    assert swapped(code) == code
    assert notes(code) == [(1, NAMED[code])]


SILENT = [
    "patch('app.OpenAI')",
    "f()",
    "patch(name)",
    "(lambda: 1)('x')",
    "load('openai-key')",
    "patch('openai.RateLimitError')",
    "x = 'openai'",
    "version('openai')",
    "import_module('os')",
]


@pytest.mark.parametrize("code", SILENT)
def test_other_strings_are_not_named(code: str) -> None:
    assert notes(code) == []
