"""Every kind of finding has a page with the place that it names, and something finds it."""

import re
from pathlib import Path

import pytest

from shim.migrate.scan import frameworks, languages
from shim.migrate.scan.rules import RULES, VERDICTS

ROOT = Path(__file__).parents[3]


def _anchors(page: str) -> set[str]:
    """The anchors of a page's headings, as code hosts make them."""
    headings = re.findall(r"^#+ (.*)$", page, re.MULTILINE)
    return {re.sub(r"[^\w\s-]", "", each.lower()).replace(" ", "-") for each in headings}


@pytest.mark.parametrize("name", RULES)
def test_its_page_is_there(name: str) -> None:
    path, _, anchor = RULES[name].page.partition("#")
    page = (ROOT / "docs" / path).read_text()
    assert not anchor or anchor in _anchors(page)


@pytest.mark.parametrize("name", RULES)
def test_it_says_what_to_do_in_sentences(name: str) -> None:
    rule = RULES[name]
    assert rule.verdict in VERDICTS
    assert rule.advice.endswith(".")
    assert not rule.title.endswith(".")


def test_tables_name_rules_that_are_there() -> None:
    named = {row.rule for row in frameworks.FRAMEWORKS} | {row.rule for row in languages.PATTERNS}
    assert named <= set(RULES)


def test_every_rule_is_found_by_somebody() -> None:
    code = "".join(path.read_text() for path in (ROOT / "shim/migrate/scan").glob("*.py") if path.name != "rules.py")
    assert [name for name in RULES if f'"{name}"' not in code] == []
