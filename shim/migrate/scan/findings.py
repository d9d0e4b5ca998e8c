"""Findings, and the report of a scan."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from shim.migrate.scan.rules import RULES, VERDICTS, Verdict

#: How many characters of a line are shown.
SHOWN: Final = 160


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Lines and columns count from 1; ``end_line`` is the last line of the finding.  ``cell``: of a notebook."""

    line: int
    column: int
    end_line: int
    cell: int | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """``file``: as the user named its folder.  ``what``: the operation, field, id or model.  ``text``: its line."""

    rule: str
    file: str
    place: Place
    what: str
    text: str = ""

    @property
    def verdict(self) -> Verdict:
        return RULES[self.rule].verdict

    @property
    def where(self) -> str:
        cell = "" if self.place.cell is None else f" (cell {self.place.cell})"
        return f"{self.file}:{self.place.line}{cell}"


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file that was not scanned, and why: a sentence without its full stop."""

    file: str
    why: str


@dataclass(slots=True)
class Report:
    """``files``: how many were scanned.  ``ignored``: findings that a comment in the code excludes."""

    findings: list[Finding] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    files: int = 0
    ignored: int = 0

    def add(self, other: "Report") -> None:
        """Add the report of another process."""
        self.findings += other.findings
        self.skipped += other.skipped
        self.files += other.files
        self.ignored += other.ignored

    def counted(self) -> dict[Verdict, int]:
        """How many findings there are of each verdict."""
        counts = Counter(each.verdict for each in self.findings)
        return {verdict: counts[verdict] for verdict in VERDICTS}

    def by_rule(self) -> list[tuple[str, int]]:
        """The rules with findings, those that need a human first, and the most frequent first among equals."""
        counts = Counter(each.rule for each in self.findings)
        order = {verdict: number for number, verdict in enumerate(reversed(VERDICTS))}
        return sorted(counts.items(), key=lambda pair: (order[RULES[pair[0]].verdict], -pair[1], pair[0]))


def worst(findings: Iterable[Finding]) -> Verdict | None:
    """The most severe verdict; None without findings."""
    return max((each.verdict for each in findings), key=VERDICTS.index, default=None)
