"""The format of an answer."""

import pytest

from shim.migrate.parity.formats import Form, form

FENCED = '```json\n{"a": 1}\n```'


@pytest.mark.parametrize(
    "text, expected",
    [
        ("", Form("nothing")),
        (" \n", Form("nothing")),
        ("Hello, *you*.", Form("text")),
        (
            '{"a": 1, "b": [{"c": null}, {"c": "x"}]}',
            Form("json", (("a", "number"), ("b", "array"), ("b[]", "object"), ("b[].c", "string"))),
        ),
        ('{"a": null}', Form("json", (("a", "null"),))),
        ("[1, true]", Form("json", (("[]", "boolean/number"),))),
        ("{}", Form("json")),
        ("42", Form("text")),
        ('"a text"', Form("text")),
        ("{broken", Form("text")),
        (FENCED, Form("fenced json", (("a", "number"),))),
        (f"Here:\n\n{FENCED}", Form("text", (), ("code blocks",), ("json",))),
        ("```\nplain\n```", Form("text", (), ("code blocks",))),
        ("```Python run\nx = 1\n```", Form("text", (), ("code blocks",), ("python",))),
        ("# A\n\n- b\n- c\n\n1. d\n", Form("text", (), ("bullet lists", "headings", "numbered lists"))),
        ("| a | b |\n|---|---|\n| 1 | 2 |", Form("text", (), ("tables",))),
        ("> a\n\n[b](https://b.example) ![c](c.png)", Form("text", (), ("images", "links", "quotes"))),
        ("5 * 3 - 2 | 1", Form("text")),
        ("<script>alert(1)</script>", Form("text")),
    ],
)
def test_form(text: str, expected: Form) -> None:
    assert form(text) == expected


def test_a_refusal_is_not_text() -> None:
    assert form('{"a": 1}', refused=True) == Form("refusal")
