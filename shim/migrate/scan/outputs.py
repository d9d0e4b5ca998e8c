"""Writes a report as JSON, SARIF 2.1.0 or Markdown."""

from collections.abc import Callable, Iterator
from pathlib import PurePath
from typing import Final
from urllib.parse import quote

from shim.migrate.scan.findings import Finding, Report
from shim.migrate.scan.rules import RULES, VERDICTS, Verdict
from shim.wire import encoding
from shim.wire.types import Json

MEANING: Final[dict[Verdict, str]] = {
    "works": "works as is",
    "remark": "works with a remark",
    "human": "needs a human",
}
#: The SARIF level of each verdict.
LEVELS: Final[dict[Verdict, str]] = {"works": "note", "remark": "warning", "human": "error"}
SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"


def as_json(report: Report, version: str) -> str:
    """The whole report, for programs.  ``form`` is raised when a key changes its meaning."""
    body = {
        "form": 1,
        "version": version,
        "files": report.files,
        "counts": report.counted(),
        "ignored": report.ignored,
        "findings": [_finding(each) for each in report.findings],
        "skipped": [{"file": each.file, "why": each.why} for each in report.skipped],
    }
    return encoding.indented(body).decode() + "\n"


def _finding(each: Finding) -> Json:
    rule = RULES[each.rule]
    return {
        "rule": each.rule,
        "verdict": rule.verdict,
        "file": each.file,
        "line": each.place.line,
        "end_line": each.place.end_line,
        "column": each.place.column,
        "cell": each.place.cell,
        "what": each.what,
        "text": each.text,
        "title": rule.title,
        "advice": rule.advice,
        "page": f"docs/{rule.page}",
    }


def as_sarif(report: Report, version: str) -> str:
    """For code hosts and editors: one run, with a rule for every kind of finding."""
    numbers = {name: number for number, name in enumerate(RULES)}
    run = {
        "tool": {"driver": {"name": "assistants-shim", "version": version, "rules": [_rule(name) for name in RULES]}},
        "columnKind": "unicodeCodePoints",
        "results": [_result(each, numbers[each.rule]) for each in report.findings],
        "invocations": [
            {
                "executionSuccessful": True,
                "toolExecutionNotifications": [
                    {
                        "level": "warning",
                        "message": {"text": f"{each.file} was skipped: {each.why}."},
                        "locations": [{"physicalLocation": {"artifactLocation": {"uri": _uri(each.file)}}}],
                    }
                    for each in report.skipped
                ],
            }
        ],
    }
    return encoding.indented({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}).decode() + "\n"


def _rule(name: str) -> Json:
    rule = RULES[name]
    return {
        "id": name,
        "shortDescription": {"text": f"{plain(rule.title)}."},
        "fullDescription": {"text": f"{plain(rule.title)}: {MEANING[rule.verdict]}. {plain(rule.advice)}"},
        "help": {
            "text": f"{plain(rule.advice)} See docs/{rule.page}.",
            "markdown": f"{rule.advice} See `docs/{rule.page}`.",
        },
        "defaultConfiguration": {"level": LEVELS[rule.verdict]},
    }


def _result(each: Finding, number: int) -> Json:
    rule = RULES[each.rule]
    place = each.place
    region = {"startLine": place.line, "endLine": place.end_line}
    if place.cell is None:
        # In a notebook columns are those of the cell, not of the file.
        region["startColumn"] = place.column
    return {
        "ruleId": each.rule,
        "ruleIndex": number,
        "level": LEVELS[rule.verdict],
        "message": {"text": f"{plain(rule.title)}: {each.what}. {plain(rule.advice)}"},
        "locations": [{"physicalLocation": {"artifactLocation": {"uri": _uri(each.file)}, "region": region}}],
    }


def plain(text: str) -> str:
    """A sentence without backticks."""
    return text.replace("`", "")


def _uri(file: str) -> str:
    path = PurePath(file)
    return path.as_uri() if path.is_absolute() else quote(path.as_posix())


def summary(report: Report) -> str:
    """The counts, in one line."""
    counts = report.counted()
    counted = ", ".join(f"{MEANING[verdict]}: {counts[verdict]}" for verdict in reversed(VERDICTS))
    return f"files: {report.files}, {counted}"


def as_markdown(report: Report, version: str) -> str:
    """For a ticket or a wiki: a table of the kinds, then all places of each."""
    lines = [
        "# Uses of the Assistants API",
        f"Found by assistants-shim {version}. {summary(report)}.",
        "\n".join(["| rule | verdict | found | page |", "| --- | --- | --- | --- |", *_kinds(report)]),
        *_places(report),
    ]
    if report.skipped:
        lines += ["## Files that were skipped", "\n".join(f"- `{each.file}`: {each.why}" for each in report.skipped)]
    return "\n\n".join(lines) + "\n"


def _kinds(report: Report) -> Iterator[str]:
    for name, count in report.by_rule():
        rule = RULES[name]
        yield f"| [{name}](#{name}) | {MEANING[rule.verdict]} | {count} | `docs/{rule.page}` |"


def _places(report: Report) -> Iterator[str]:
    for name, _ in report.by_rule():
        rule = RULES[name]
        yield f"## {name}"
        yield f"{rule.title}: {MEANING[rule.verdict]}. {rule.advice}"
        findings = [each for each in report.findings if each.rule == name]
        yield "\n".join(f"- `{each.where}` {_code(each.what)}" for each in findings)


def _code(text: str) -> str:
    flat = " ".join(text.split())
    return f"`` {flat} ``" if "`" in flat else f"`{flat}`"


FORMATS: Final[dict[str, Callable[[Report, str], str]]] = {
    "json": as_json,
    "sarif": as_sarif,
    "markdown": as_markdown,
}
