"""The documentation as a site: ``make site`` builds it and looks at what was built.

The generator finds links to pages that do not exist; here all other links are followed, and nothing may be loaded from
elsewhere.
"""

import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote, urlsplit

import yaml

ROOT: Final = Path(__file__).parents[1]
SITE: Final = ROOT / "build" / "site"
#: What a browser fetches by itself, by tag and attribute.
LOADED: Final = {("script", "src"), ("img", "src"), ("iframe", "src"), ("source", "src"), ("video", "src")}
#: Relations of ``<link>`` that only name a place.
NAMED: Final = {"canonical", "prev", "next", "alternate", "edit"}


class Page(HTMLParser):
    """What a page links to, what it loads, and the places in it that can be linked to."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.loads: list[str] = []
        self.places: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.places.update(given[name] for name in ("id", "name") if name in given)
        self.loads += [value for name, value in given.items() if (tag, name) in LOADED]
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        if tag == "link" and given.get("rel") not in NAMED:
            self.loads.append(given.get("href", ""))


def problems(site: Path) -> Iterator[str]:
    """What is wrong with a site, a line each."""
    pages = {path: Page(path.read_text()) for path in sorted(site.rglob("*.html"))}
    for path, page in pages.items():
        name = path.relative_to(site)
        if name.name == "404.html":
            # Shown at any address, so its links begin at the site's root, wherever that will be.
            continue
        yield from (f"{name}: loads {address} from elsewhere" for address in page.loads if urlsplit(address).netloc)
        for address in page.links + page.loads:
            parts = urlsplit(address)
            if parts.scheme or parts.netloc:
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            target = target / "index.html" if target.is_dir() else target
            if not target.is_file():
                yield f"{name}: {address} leads nowhere"
            elif parts.fragment and target in pages and unquote(parts.fragment) not in pages[target].places:
                yield f"{name}: {address} names a place that is not there"


def in_navigation(entries: Any) -> Iterator[str]:
    """The pages that the navigation names."""
    for entry in entries if isinstance(entries, list) else entries.values():
        if isinstance(entry, str):
            yield entry
        else:
            yield from in_navigation(entry)


def configuration() -> Any:
    return yaml.safe_load((ROOT / "mkdocs.yml").read_text())


def main() -> int:
    """Build and look; the exit status."""
    built = subprocess.run(
        [Path(sys.executable).parent / "zensical", "build", "--strict", "--clean"], check=False, cwd=ROOT
    )
    if built.returncode:
        return built.returncode
    found = list(problems(SITE))
    print(*found, f"{len(found)} problems in {SITE.relative_to(ROOT)}", sep="\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
