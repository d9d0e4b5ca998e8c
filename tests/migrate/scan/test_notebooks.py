"""Notebooks: all cells are one program, and findings have their positions in the file."""

import json
from pathlib import Path
from typing import Any

import pytest

from shim.migrate.scan import notebooks, sources

FIRST = ["!pip install openai\n", "%env KEY=1\n", "from openai import AzureOpenAI\n", "client = AzureOpenAI()"]
SECOND = ['thread = client.beta.threads.create(metadata={"said": "é"})\n', "thread?"]


def _write(path: Path, *cells: Any, **how: Any) -> list[str]:
    body = {"cells": [{"cell_type": "code", "source": each} for each in cells], "nbformat": 4}
    path.write_text(json.dumps(body, indent=1, **how), encoding="utf-8")
    return path.read_text().splitlines()


@pytest.mark.parametrize("ascii_only", [True, False])
def test_a_client_of_another_cell_is_known(tmp_path: Path, ascii_only: bool) -> None:
    lines = _write(tmp_path / "a.ipynb", FIRST, SECOND, ensure_ascii=ascii_only)
    (found,) = sources.scan(tmp_path / "a.ipynb").findings
    assert (found.rule, found.place.cell) == ("azure-client", 2)
    assert "client.beta.threads.create" in lines[found.place.line - 1]
    assert found.where.endswith(f"a.ipynb:{found.place.line} (cell 2)")


def test_a_cell_in_one_string(tmp_path: Path) -> None:
    lines = _write(tmp_path / "a.ipynb", "".join(FIRST), "".join(SECOND))
    (found,) = sources.scan(tmp_path / "a.ipynb").findings
    assert "client.beta.threads.create" in lines[found.place.line - 1]


def test_equal_lines_have_different_positions(tmp_path: Path) -> None:
    lines = _write(
        tmp_path / "a.ipynb", FIRST, ["client.beta.threads.create()"], ["x = 1\n", "client.beta.threads.create()"]
    )
    first, second = sources.scan(tmp_path / "a.ipynb").findings
    assert (first.place.cell, second.place.cell) == (2, 3)
    assert first.place.line < second.place.line
    assert all("beta.threads" in lines[each.place.line - 1] for each in (first, second))


def test_a_broken_cell_is_named_and_the_others_are_read(tmp_path: Path) -> None:
    _write(tmp_path / "a.ipynb", FIRST, ["print client.beta.threads.create()"], SECOND)
    found = sources.scan(tmp_path / "a.ipynb").findings
    assert [(each.rule, each.place.cell) for each in found] == [("call", 2), ("not-parsed", 2), ("azure-client", 3)]


def test_cells_of_other_languages_and_texts_are_left_out(tmp_path: Path) -> None:
    body = {
        "cells": [
            {"cell_type": "markdown", "source": "client.beta.threads.create()"},
            {"cell_type": "code", "source": ["%%bash\n", "client.beta.threads.create()"]},
            {"cell_type": "code", "source": []},
            "no cell",
        ]
    }
    (tmp_path / "a.ipynb").write_text(json.dumps(body))
    report = sources.scan(tmp_path / "a.ipynb")
    assert (report.findings, report.skipped) == ([], [])


@pytest.mark.parametrize("text", ["[]", "{}", '{"cells": 1}', "", "{"])
def test_files_that_are_not_notebooks(text: str) -> None:
    with pytest.raises(ValueError):
        notebooks.program(text)
