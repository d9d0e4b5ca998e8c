"""Every rule has a page with the section that it names, and some scanner reports it."""

import re
from pathlib import Path

import pytest

from shim.migrate.scan import frameworks, languages
from shim.migrate.scan.rules import RULES, VERDICTS

ROOT = Path(__file__).parents[3]


def _anchors(page: str) -> set[str]:
    """The anchors of a page's headings, by the rules of code hosts."""
    headings = re.findall(r"^#+ (.*)$", page, re.MULTILINE)
    return {re.sub(r"[^\w\s-]", "", each.lower()).replace(" ", "-") for each in headings}


@pytest.mark.parametrize("name", RULES)
def test_the_page_of_a_rule_exists(name: str) -> None:
    path, _, anchor = RULES[name].page.partition("#")
    page = (ROOT / "docs" / path).read_text()
    assert not anchor or anchor in _anchors(page)


@pytest.mark.parametrize("name", RULES)
def test_a_rule_has_its_advice_in_sentences(name: str) -> None:
    rule = RULES[name]
    assert rule.verdict in VERDICTS
    assert rule.advice.endswith(".")
    assert not rule.title.endswith(".")


def test_tables_name_existing_rules() -> None:
    used = {row.rule for row in frameworks.FRAMEWORKS} | {row.rule for row in languages.PATTERNS}
    assert used <= set(RULES)


def test_every_rule_is_reported_by_a_scanner() -> None:
    code = "".join(path.read_text() for path in (ROOT / "shim/migrate/scan").glob("*.py") if path.name != "rules.py")
    assert [name for name in RULES if f'"{name}"' not in code] == []


def test_vector_stores_below_beta_work_in_python_alone() -> None:
    assert RULES["beta-vector-stores"].verdict == "works"
    assert RULES["other-language-vector-stores"].verdict == "human"
