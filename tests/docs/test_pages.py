"""The generated pages match the present tables, and every row of a table is on its page."""

import re
from functools import cache
from pathlib import Path
from typing import get_args

import pytest
from openai.types.beta import AssistantStreamEvent

from docs import generate
from docs.pages import events, statuses, upstreams
from shim import lifecycle
from shim.engine.api.routes import ROUTES
from shim.server import operator
from shim.settings import names
from shim.translate.stream import RULES
from shim.upstream.profiles import PROFILES
from shim.wire.errors import ERRORS

REFERENCE = generate.ROOT / "docs" / "reference"
PAGES = sorted(path for path in (generate.ROOT / "docs").rglob("*.md"))


#: To print all pages takes two seconds.
printed = cache(generate.printed)


def _page(name: str) -> str:
    return (REFERENCE / name).read_text()


@pytest.mark.parametrize("path", printed(), ids=lambda path: path.name)
def test_a_page_matches_the_tables(path: Path) -> None:
    assert path.read_text() == printed()[path], "run `make docs`"


def test_every_page_of_the_reference_is_generated() -> None:
    assert set(REFERENCE.glob("*.md")) <= set(printed())


def test_every_rule_is_on_its_page() -> None:
    page = _page("events.md")
    assert [key for key in RULES if f"`{key if isinstance(key, str) else key[1]}`" not in page] == []


def test_every_event_of_the_sdk_has_its_cause() -> None:
    because = _page("events.md").partition("## Backwards")[2]
    tags = {get_args(kind.model_fields["event"].annotation)[0] for kind in get_args(get_args(AssistantStreamEvent)[0])}
    assert len(tags) > 20
    assert {tag for tag in tags if f"| `{tag}` |" not in because} == set()
    assert {name for name in events.BY_ENGINE if f"| `{name}` |" not in because} == set()


def test_every_happening_has_a_meaning() -> None:
    assert set(statuses.HAPPENINGS) == set(get_args(lifecycle.Happening))


def test_all_routes_errors_and_settings_are_on_their_pages() -> None:
    assert all(f"| {method} | `/{path}` |" in _page("routes.md") for method, path in ROUTES)
    assert all(f"| {method} | `{path}` |" in _page("routes.md") for method, path in operator.ROUTES)
    assert all(f"| `{name}` | {row.status} |" in _page("errors.md") for name, row in ERRORS.items())
    assert all(f"| `{name}` |" in _page("settings.md") for name in names())


def test_every_profile_has_its_server() -> None:
    page = (generate.ROOT / "docs/how-to/other-servers.md").read_text()
    assert set(upstreams.SERVERS) == set(PROFILES) - {"sandbox"}
    assert all(f"| {name} | `{key}` |" in page for key, (name, _) in upstreams.SERVERS.items())


def test_outdated_pages_are_named(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    wrong = {generate.ROOT / "docs" / "reference" / "events.md": "other"}
    monkeypatch.setattr(generate, "printed", lambda: wrong)
    assert generate.main(["--check"]) == 1
    assert "docs/reference/events.md" in capsys.readouterr().out


#: Code in blocks and within a line is removed, as a regular expression may look like a link.
CODE = re.compile(r"^```.*?^```$|``[^\n]*?``|`[^`\n]*`", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\((?!https?://|#)([^)#\s]+)(?:#[^)]*)?\)")


@pytest.mark.parametrize("path", [generate.ROOT / "README.md", *PAGES], ids=lambda path: path.name)
def test_links_lead_to_existing_pages(path: Path) -> None:
    links = LINK.findall(CODE.sub("", path.read_text()))
    assert [link for link in links if not (path.parent / link).exists()] == []
