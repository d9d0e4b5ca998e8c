"""Notebooks: only the changed lines are rewritten."""

import json
from typing import Any

import pytest

from shim.migrate.swap import notebooks
from shim.migrate.swap.rewriter import NotUnderstood
from shim.migrate.swap.rules import SWAP, UNDO

CELLS: list[Any] = [
    {"cell_type": "markdown", "source": ["import openai\n", "openai.OpenAI()"]},
    {"cell_type": "code", "source": ["!pip install openai\n", 'import openai  # "é" \\ x\n'], "outputs": []},
    {"cell_type": "code", "source": ["%%bash\n", "import openai"]},
    {"cell_type": "code", "source": "x = 'é'\nclient = openai.OpenAI()\nfrom openai import OpenAI\n"},
    {"cell_type": "code", "source": ["print x\n", "import openai"]},
    {"cell_type": "code", "source": [], "metadata": {"source": "import openai"}},
]


@pytest.mark.parametrize(
    "form", [{"indent": 1}, {"indent": 2, "ensure_ascii": False}, {"separators": (",", ":")}, {"sort_keys": True}]
)
def test_only_changed_lines_are_rewritten(form: dict[str, Any]) -> None:
    text = json.dumps({"nbformat": 4, "cells": CELLS}, **form) + "\n"
    made, notes = notebooks.rewrite(text, SWAP)
    assert [each.why for each in notes] == ["cell 5: it is no Python that the parser understands"]
    cells = json.loads(made)["cells"]
    assert cells[1]["source"] == ["!pip install openai\n", 'import shim as openai  # "é" \\ x\n']
    assert cells[3]["source"] == "x = 'é'\nclient = openai.OpenAI()\nfrom shim import OpenAI\n"
    assert [cells[number] for number in (0, 2, 4, 5)] == [CELLS[number] for number in (0, 2, 4, 5)]
    assert notebooks.rewrite(made, SWAP)[0] == made
    assert notebooks.rewrite(made, UNDO)[0] == text


def test_notes_name_the_cell() -> None:
    cells = [
        {"cell_type": "code", "source": "import openai, openai.types"},
        {"cell_type": "code", "source": "\nopenai.OpenAI(); __import__('openai')"},
    ]
    text = json.dumps({"cells": cells})
    made, notes = notebooks.rewrite(text, SWAP)
    assert made == text
    assert [(each.line, each.why.partition(":")[0]) for each in notes] == [(1, "cell 1"), (2, "cell 2")]


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"cells": 1}', "{", "[" * 100_000])
def test_files_that_are_not_notebooks_stay_unchanged(text: str) -> None:
    with pytest.raises(NotUnderstood, match="no notebook"):
        notebooks.rewrite(text, SWAP)
