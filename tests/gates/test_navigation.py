"""Every page of the documentation has its place in the site, and links between pages lead somewhere."""

import re

from docs import site
from tests.gates.files import every_file, short

DOCS = site.ROOT / "docs"
LINK = re.compile(r"\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ +(.+?)$", re.MULTILINE)
FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


def test_every_page_is_in_the_navigation_once() -> None:
    pages = [path.relative_to(DOCS) for path in every_file() if path.suffix == ".md" and path.is_relative_to(DOCS)]
    there = [str(page) for page in pages if page.parts[0] != "examples"]
    assert sorted(site.in_navigation(site.configuration()["nav"])) == sorted(there), "see `nav` in mkdocs.yml"


def test_links_stay_in_the_site() -> None:
    """Files outside of the documentation are named without a link, as the site has no page for them."""
    away = []
    for path in (path for path in every_file() if path.suffix == ".md" and path.is_relative_to(DOCS)):
        for link in LINK.findall(path.read_text()):
            target = (path.parent / link.partition("#")[0]).resolve()
            if ":" not in link and not target.is_relative_to(DOCS):
                away.append(f"{short(path)}: {link}")
    assert away == []


def _anchors(text: str) -> set[str]:
    """The anchors of a page's headings, as the site and code hosts make them."""
    return {
        re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-")
        for heading in HEADING.findall(FENCED.sub("", text))
    }


def test_links_to_headings_name_one_that_is_there() -> None:
    """Building the site finds these too, in many times the time; it also knows the anchors of the printed modules."""
    broken = []
    for path in (path for path in every_file() if path.suffix == ".md"):
        for link in LINK.findall(path.read_text()):
            page, _, anchor = link.partition("#")
            target = path.parent / page if page else path
            if anchor and ":" not in link and "." not in anchor and anchor not in _anchors(target.read_text()):
                broken.append(f"{short(path)}: {link}")
    assert broken == []
