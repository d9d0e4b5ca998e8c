"""Scans one file: from its path to its findings."""

import ast
import re
import warnings
from bisect import bisect_right
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from shim.migrate.scan import files, ignoring, languages, notebooks, python, texts
from shim.migrate.scan.findings import SHOWN, Finding, Place, Report
from shim.translate.models import RETIRED

#: A Python file without any of these cannot have findings and is not parsed; most files have none.  Only plain words,
#: and expressions that begin with one, as these are fast; a header may have a capital.
WORDS: Final = (
    *(
        "OpenAIAssistant",
        "openai_assistant",
        "gpt_assistant",
        "GPTAssistant",
        "AssistantEventHandler",
        "AssistantAgent",
    ),
    *("agency_swarm", "litellm", "marvin", "phi.assistant", "azure.ai.agents", "astra_assistants"),
    *("/threads", "/assistants", "ssistants=v", "thread.run", "thread.message", "thread.created"),
)
BEGINNINGS: Final = tuple(
    re.compile(pattern)
    for pattern in (
        r"beta\b",
        r"asst_[A-Za-z0-9]{20}",
        r"thread_[A-Za-z0-9]{20}",
        r"vs_[A-Za-z0-9]{20}",
        r"content\b.{0,4}\[\d",
    )
)
#: The same for other languages, with fewer words, as patterns are cheap.
OTHER: Final = ("openai", "assistants=v", "/threads", "/assistants", "asst_", "thread_", "beta", "thread.")
#: A name that is assigned to a model, or one in quotation marks.
MODEL: Final = re.compile(
    r"""\b\w*model\w*["']?\s*(?:=>|:=|[:=])\s*["'`]?([\w.-]+)|["'`]((?:gpt|o\d|chatgpt)[\w.-]*)["'`]""", re.IGNORECASE
)


def scan(path: Path) -> Report:
    """The findings of one file.  Never raises: a file that cannot be read is listed in the report."""
    report = Report()
    try:
        kind = files.suffix(path.name)
        text = files.decode(files.read(path), kind)
        findings = list(_findings(str(path), text, kind)) if _is_interesting(text, kind) else []
    except files.Unreadable as why:
        report.skipped.append(files.skipped(path, why))
        return report
    except RecursionError:
        report.skipped.append(files.skipped(path, "it is nested too deeply"))
        return report
    report.files = 1
    report.findings = ignoring.not_ignored(sorted(set(findings), key=lambda each: (each.place, each.rule)), text)
    report.ignored = len(set(findings)) - len(report.findings)
    return report


def _is_interesting(text: str, kind: str) -> bool:
    if kind not in (*files.PYTHON, files.NOTEBOOK):
        low = text.lower()
        return any(text_part in low for text_part in OTHER)
    return any(text_part in text for text_part in WORDS) or any(each.search(text) for each in BEGINNINGS)


def _findings(name: str, text: str, kind: str) -> Iterator[Finding]:
    if kind in files.PYTHON:
        yield from _python(name, text)
    elif kind == files.NOTEBOOK:
        yield from _notebook(name, text)
    elif kind in files.CONFIGURATION:
        yield from _configuration(name, text)
    else:
        yield from _patterns(name, text, kind)


def _parsed(source: str) -> ast.Module:
    with warnings.catch_warnings():
        # Suppress warnings about invalid escapes in old programs.
        warnings.simplefilter("ignore")
        return ast.parse(source)


def _python(name: str, text: str) -> Iterator[Finding]:
    try:
        tree = _parsed(text)
    except (SyntaxError, ValueError) as problem:
        yield from _unparsed(name, text, Place(getattr(problem, "lineno", None) or 1, 1, 1))
        return
    lines = text.split("\n")
    for occurrence in python.find(tree):
        yield _finding(name, occurrence, lines)


def _finding(name: str, occurrence: python.Occurrence, lines: list[str]) -> Finding:
    line = python.line(occurrence)
    # The end of a class or a function is that of its head; that of a call is its last line, for comments that ignore
    # it.
    node = occurrence.node
    ends = line if isinstance(node, (ast.ClassDef, ast.FunctionDef)) else getattr(node, "end_lineno", line)
    place = Place(line, getattr(node, "col_offset", 0) + 1, ends)
    return Finding(occurrence.rule, name, place, occurrence.what, lines[line - 1].strip()[:SHOWN])


def _unparsed(name: str, text: str, place: Place) -> Iterator[Finding]:
    """The findings by patterns in a file that Python cannot parse, and the place of the syntax error, if there are
    any.
    """
    findings = list(_patterns(name, text, "py"))
    if findings:
        line = text.split("\n")[place.line - 1 : place.line]
        yield Finding("not-parsed", name, place, "no Python 3", "".join(line).strip()[:SHOWN])
    yield from findings


def _notebook(name: str, text: str) -> Iterator[Finding]:
    try:
        program = notebooks.program(text)
    except (ValueError, RecursionError) as problem:
        raise files.Unreadable(f"it is no notebook: {problem}") from problem
    lines = program.source.split("\n")
    for occurrence in python.find(_parsed(program.source)):
        at, end = python.line(occurrence), getattr(occurrence.node, "end_lineno", python.line(occurrence))
        first, last = program.places[at - 1], program.places[end - 1]
        place = Place(first.file, getattr(occurrence.node, "col_offset", 0) + 1, last.file, first.cell)
        yield Finding(occurrence.rule, name, place, occurrence.what, lines[at - 1].strip()[:SHOWN])
    for line, source in program.broken:
        for each in _unparsed(name, source, Place(line.file, 1, line.file, line.cell)):
            yield Finding(each.rule, name, Place(line.file, 1, line.file, line.cell), each.what, each.text)


def _patterns(name: str, text: str, kind: str) -> Iterator[Finding]:
    starts = _starts(text)
    matches = list(languages.find(text, kind))
    for rule, start, end, matched in matches:
        yield _placed(rule, name, text, starts, (start, end), " ".join(matched.split())[:SHOWN])
    if any(rule in ("other-language", "raw-http") for rule, *_ in matches):
        yield from _models(name, languages.without_comments(text, kind), starts)


def _models(name: str, text: str, starts: list[int]) -> Iterator[Finding]:
    """Retired models, in a file with other findings."""
    for each in MODEL.finditer(text):
        group = 1 if each[1] else 2
        if (row := RETIRED.get(each[group])) is not None:
            yield _placed(
                "retired-model", name, text, starts, each.span(group), f"{each[group]} (gone from {row.since})"
            )


def _configuration(name: str, text: str) -> Iterator[Finding]:
    """Ids and addresses; and models, if the file contains an assistant's id."""
    starts, matches = _starts(text), []
    for rule, pattern in [*texts.IDS.items(), ("raw-http", texts.ADDRESS)]:
        matches += [
            (rule, each) for each in pattern.finditer(text) if rule == "raw-http" or texts.MIXED.search(each[0])
        ]
    rules = {rule for rule, _ in matches}
    for rule, each in matches:
        if rule != "upstream-id" or rules != {"upstream-id"}:
            yield _placed(rule, name, text, starts, each.span(), each[0])
    if "assistant-id" in rules:
        yield from _models(name, text, starts)


def _starts(text: str) -> list[int]:
    """The offset at which each line begins."""
    return [0, *(match.end() for match in re.finditer("\n", text))]


def _placed(rule: str, name: str, text: str, starts: list[int], span: tuple[int, int], what: str) -> Finding:
    start, end = span
    line, last = bisect_right(starts, start), bisect_right(starts, max(start, end - 1))
    shown = text[starts[line - 1] : starts[line] if line < len(starts) else None]
    return Finding(rule, name, Place(line, start - starts[line - 1] + 1, last), what, shown.strip()[:SHOWN])
