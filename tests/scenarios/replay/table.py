"""The table at the end of a run: how many recordings of which kind were played, and how they ended."""

import json
from collections import Counter, defaultdict

import pytest

from tests.scenarios.replay.catalogue import streams
from tests.scenarios.replay.expected import NO_COUNTERPART, expect

#: The name of the property in which a test reports its recording: {kind, stream, ended, chunking}.
PROPERTY = "replay"


def _played(reporter: pytest.TerminalReporter) -> list[tuple[dict[str, str], str]]:
    reports = [report for name in ("passed", "failed", "skipped") for report in reporter.stats.get(name, [])]
    return [
        (json.loads(value), report.outcome)
        for report in reports
        for name, value in getattr(report, "user_properties", [])
        if name == PROPERTY and (report.when == "call" or report.outcome != "passed")
    ]


def show(reporter: pytest.TerminalReporter) -> None:
    """Print the table, if anything was replayed."""
    played = _played(reporter)
    if not played:
        return
    reporter.section("recorded streams played")
    _by_kind(reporter, played)
    names = {entry["stream"] for entry, _ in played}
    _without_counterpart(reporter, names)
    _cut_how(reporter, played)


def _by_kind(reporter: pytest.TerminalReporter, played: list[tuple[dict[str, str], str]]) -> None:
    kinds: dict[str, set[str]] = defaultdict(set)
    ends: dict[str, Counter[str]] = defaultdict(Counter)
    wrong: Counter[str] = Counter()
    for entry, outcome in played:
        if entry["stream"] not in kinds[entry["kind"]]:
            ends[entry["kind"]][entry["ended"]] += 1
        kinds[entry["kind"]].add(entry["stream"])
        wrong[entry["kind"]] += outcome != "passed"
    held = Counter(stream.kind for stream in streams())
    for kind in sorted(held):
        counts = ", ".join(f"{count} {end}" for end, count in sorted(ends[kind].items())) or "NOT PLAYED"
        failed = f"   {wrong[kind]} tests FAILED" if wrong[kind] else ""
        reporter.write_line(f"{kind:38} {len(kinds[kind]):2} of {held[kind]:2}   {counts}{failed}")
    reporter.write_line(f"{'all':38} {sum(map(len, kinds.values())):2} of {held.total():2}")


def _without_counterpart(reporter: pytest.TerminalReporter, names: set[str]) -> None:
    seen: Counter[str] = Counter()
    for stream in streams():
        if stream.name in names:
            seen.update(item["type"] for item in stream.response["output"])
            seen.update(note["type"] for each in expect(stream.response).messages for note in each.annotations)
    reporter.write_line("without a counterpart in the Assistants API:")
    for name, becomes in NO_COUNTERPART.items():
        reporter.write_line(f"  {name:24} {seen[name]:3} times   {becomes}")


def _cut_how(reporter: pytest.TerminalReporter, played: list[tuple[dict[str, str], str]]) -> None:
    cuts = Counter(entry["chunking"] for entry, _ in played)
    reporter.write_line("cut: " + ", ".join(f"{name} {count}" for name, count in cuts.items()))
    if 0 < cuts["1 byte"] < len(streams()):
        reporter.write_line("     (longer ones byte by byte through reader and rules only: the client is slow at that)")
