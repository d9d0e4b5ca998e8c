"""Every page of the documentation has its place in the site: a line of ``nav`` in `mkdocs.yml`."""

from docs import site
from tests.gates.files import every_file

DOCS = site.ROOT / "docs"


def test_every_page_is_in_the_navigation_once() -> None:
    pages = [path.relative_to(DOCS) for path in every_file() if path.suffix == ".md" and path.is_relative_to(DOCS)]
    there = [str(page) for page in pages if page.parts[0] != "examples"]
    assert sorted(site.in_navigation(site.configuration()["nav"])) == sorted(there), "see `nav` in mkdocs.yml"
