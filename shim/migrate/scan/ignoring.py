"""Comments that exclude findings: ``# shim: ignore``, ``# shim: ignore[rule, rule]``, ``# shim: ignore-file``.

They may be in a comment of any language, on a line of the finding; ``ignore-file`` may be anywhere in the file.
"""

import re
from collections.abc import Iterable
from typing import Final

from shim.migrate.scan.findings import Finding

COMMENT: Final = re.compile(
    r"(?:\#|//|/\*|--|;|<!--|\*)\s*shim:\s*ignore(-file\b)?(?:\[([\w,\s-]*)\])?(?![-\w])", re.IGNORECASE
)


def not_ignored(findings: Iterable[Finding], text: str) -> list[Finding]:
    """The findings that no comment excludes."""
    everywhere: list[set[str] | None] = []
    lines: dict[int, set[str] | None] = {}
    if "ignore" in text:
        for number, line in enumerate(text.split("\n"), 1):
            for match in COMMENT.finditer(line):
                rules = None if match[2] is None else {each.strip() for each in match[2].split(",")}
                if match[1]:
                    everywhere.append(rules)
                else:
                    lines[number] = rules
    return [each for each in findings if not _ignored(each, lines, everywhere)]


def _ignored(finding: Finding, lines: dict[int, set[str] | None], everywhere: list[set[str] | None]) -> bool:
    place = finding.place
    here = [lines[number] for number in range(place.line, place.end_line + 1) if number in lines]
    return any(rules is None or finding.rule in rules for rules in [*here, *everywhere])
