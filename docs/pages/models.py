"""Retired models, from their table."""

from typing import Final

from docs.pages.marks import code, page, table
from shim.translate.models import RETIRED

INTRODUCTION: Final = """
Models that no longer exist, and what answers in their place: the successors that OpenAI names on its deprecations page,
as of 2026-10-15. A row counts from its date on, and only where OpenAI's names mean OpenAI's models. Each mapping is
logged once. `SHIM_MODEL_MAP` adds names of your own, which come first; `SHIM_MODEL_MAP=off` turns all mapping off.
"""


def print_page() -> str:
    rows = [(code(name), row.since, code(row.successor)) for name, row in RETIRED.items()]
    return page("Retired models", INTRODUCTION, table(("model", "gone since", "answered by"), rows))
