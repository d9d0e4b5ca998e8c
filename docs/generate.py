"""Print the reference pages from the tables in the code: ``make docs``; ``make docs-check`` only compares.

A page is a function without arguments that returns Markdown.  What stands in a table is never written by hand.
"""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

from docs.pages import (
    commands,
    coverage,
    errors,
    events,
    failures,
    fields,
    findings,
    models,
    problems,
    rooms,
    routes,
    settings,
    statuses,
    upstreams,
)
from shim.sandbox import page as sandbox

ROOT: Final = Path(__file__).parents[1]
#: What a printed page begins with, so that nobody edits it.
NOTE: Final = "<!-- Printed by `make docs` from the tables in the code; do not edit. -->\n\n"

PAGES: Final[dict[str, Callable[[], str]]] = {
    "docs/explanation/rooms.md": rooms.print_page,
    "docs/reference/commands.md": commands.print_page,
    "docs/reference/coverage.md": coverage.print_page,
    "docs/reference/errors.md": errors.print_page,
    "docs/reference/events.md": events.print_page,
    "docs/reference/failures.md": failures.print_page,
    "docs/reference/fields.md": fields.print_page,
    "docs/reference/findings.md": findings.print_page,
    "docs/reference/models.md": models.print_page,
    "docs/reference/routes.md": routes.print_page,
    "docs/reference/settings.md": settings.print_page,
    "docs/reference/statuses.md": statuses.print_page,
    "docs/reference/upstreams.md": upstreams.print_page,
}


def printed() -> dict[Path, str]:
    """Every file that is printed, wholly or in part, as it must be."""
    found = {ROOT / name: NOTE + make() for name, make in PAGES.items()}
    # This one is printed by the sandbox itself, too: `python -m shim.sandbox.page`.
    found[ROOT / "docs/reference/sandbox.md"] = sandbox.page()
    readme = ROOT / "README.md"
    found[readme] = settings.within(readme.read_text())
    servers = ROOT / "docs/how-to/other-servers.md"
    found[servers] = upstreams.within(servers.read_text())
    importing = ROOT / "docs/how-to/import-your-threads.md"
    found[importing] = problems.within(importing.read_text())
    return found


def stale() -> list[Path]:
    """The files that are not as they must be."""
    return [path for path, text in printed().items() if not path.exists() or path.read_text() != text]


def main(arguments: list[str]) -> int:
    """Write what is stale, or with ``--check`` name it; returns the exit status."""
    found = stale()
    if "--check" in arguments:
        for path in found:
            print(f"{path.relative_to(ROOT)} is not what the tables say: run `make docs`")
        return 1 if found else 0
    pages = printed()
    for path in found:
        path.write_text(pages[path])
        print(f"printed {path.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
