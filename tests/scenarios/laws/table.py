"""The table at the end of a test run: the generated cases, and how often each occurred."""

import json
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

#: The name under which a test reports what was generated for it: {of, counts}.
PROPERTY = "generated"
Note = Callable[[str, object], None]


def note(record_property: Note, of: str, counts: Counter[str]) -> None:
    """Record the cases that were generated for a test; the report at the end of the test run shows them."""
    record_property(PROPERTY, json.dumps({"of": of, "counts": counts}))


def show(reporter: pytest.TerminalReporter) -> None:
    """Print it, if anything was generated."""
    reports = [report for name in ("passed", "failed") for report in reporter.stats.get(name, [])]
    found: list[dict[str, Any]] = [
        json.loads(value)
        for report in reports
        if report.when == "call"
        for name, value in report.user_properties
        if name == PROPERTY
    ]
    for each in sorted(found, key=lambda each: each["of"]):
        reporter.section(f"generated: {each['of']}")
        for name, count in sorted(each["counts"].items()):
            reporter.write_line(f"{name:34}{count:6}")
