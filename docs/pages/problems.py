"""The problems that an import may report about its input, from its table."""

from typing import Final

from docs.pages.marks import cell, table
from shim.migrate.imports.report import PROBLEMS

MARK: Final = "<!-- problems -->"


def within(text: str) -> str:
    """The page with the table behind its mark, to the end."""
    head, mark, _ = text.partition(MARK)
    rows = [(level, cell(sentence)) for level, sentence in sorted(PROBLEMS.values())]
    return f"{head}{mark}\n\n{table(('', 'what'), rows)}\n"
