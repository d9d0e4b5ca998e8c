"""The page about comparing models: its program, its prices, and the names that it lists."""

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from shim import OpenAI
from shim.cli import table
from shim.migrate.parity import as_json
from shim.migrate.parity.differences import ASPECTS
from shim.migrate.parity.playback import MATCHES
from shim.migrate.parity.prices import Price, read
from tests.docs.blocks import ROOT, blocks
from tests.migrate.parity.candidates import recorded
from tests.migrate.parity.shown import report

NAME = "docs/how-to/compare-models.md"
PAGE = (ROOT / NAME).read_text()


def test_the_program_compares(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SHIM_UPSTREAM", "sandbox")
    monkeypatch.setenv("OPENAI_API_KEY", "any")
    monkeypatch.chdir(tmp_path)
    with OpenAI() as client:
        recorded(client, "Hello.")
    assert CliRunner().invoke(table.app(), ["export", "--to", "ndjson"]).exit_code == 0
    exec(*blocks(NAME), {})
    assert capsys.readouterr().out == "recorded 0 0 0\ngpt-5.6-terra 1 0 0\ngpt-6-luna 1 0 0\n"


def test_the_prices_can_be_read(tmp_path: Path) -> None:
    (tmp_path / "prices.yaml").write_text(*blocks(NAME, "yaml"))
    assert read(tmp_path / "prices.yaml")["gpt-5.6-terra"] == Price(2, 8, 0.2)


def test_all_aspects_and_matches_are_explained() -> None:
    _, aspects = PAGE.split("| aspect | what is compared |")
    assert re.findall(r"^\| `(\w+)` \| ", aspects.partition("\n\n")[0], re.MULTILINE) == [*ASPECTS]
    for match, label in MATCHES.items():
        assert f"`{label}` |" in PAGE
        assert f"`{match}`" in PAGE


def test_all_fields_of_the_json_are_named() -> None:
    fields = as_json(report(), "")
    turn = fields["turns"][0]
    candidate = turn["candidates"][0]
    answer = candidate["answer"]
    parts = fields, fields["options"], fields["summary"][0], turn, candidate, answer, answer["tokens"]
    parts += fields["problems"][0], candidate["calls"][0], turn["candidates"][1]["differences"][0]
    documented = {*re.findall(r"`(\w+)`", PAGE)}
    assert {name for part in parts for name in part} - documented == set()
