"""The settings, from their model; the README has the same table."""

import re
from typing import Any, Final

from docs.pages.marks import cell, code, page, table
from shim.settings import Settings

INTRODUCTION: Final = """
Environment variables. They are read when a client is made.
"""
#: Where the README's table stands.
BETWEEN: Final = re.compile(r"(<!-- settings -->\n).*?(\n<!-- /settings -->)", re.DOTALL)


def print_page() -> str:
    return page("Settings", INTRODUCTION, _table())


def within(text: str) -> str:
    """A text with the current table between its two marks."""
    return BETWEEN.sub(lambda marks: f"{marks[1]}\n{_table()}\n{marks[2]}", text)


def _table() -> str:
    rows = [
        (code(f"SHIM_{name.upper()}"), _default(field.default), cell(field.description or ""))
        for name, field in Settings.model_fields.items()
    ]
    return table(("variable", "default", "meaning"), rows)


def _default(value: Any) -> str:
    if value is None:
        return ""
    return code(str(value).lower() if isinstance(value, bool) else value)
