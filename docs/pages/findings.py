"""What `assistants-shim scan` may find, from its table of rules; what it looks for in other languages."""

from typing import Final

from docs.pages.marks import cell, code, page, table
from shim.migrate.scan.languages import PATTERNS
from shim.migrate.scan.outputs import LEVELS, MEANING
from shim.migrate.scan.rules import RULES, VERDICTS

INTRODUCTION: Final = """
Every kind of finding of [`assistants-shim scan`](../how-to/scan.md), those that need most work first. `# shim:
ignore[rule]` in the code suppresses one. In SARIF, *needs a human* is an error, *works with a remark* a warning, *works
as is* a note.
"""
LANGUAGES: Final = """
## Other languages

Each row is a regular expression that is applied to a file without its comments. A row with a second expression counts
only in a file that matches both. In configuration files the scan looks only for ids, addresses and, next to an
assistant's id, retired models.
"""


def print_page() -> str:
    parts = []
    for verdict in reversed(VERDICTS):
        rows = [
            (code(name), cell(rule.title), cell(rule.advice), f"[{rule.page.partition('#')[0]}](../{rule.page})")
            for name, rule in RULES.items()
            if rule.verdict == verdict
        ]
        parts += [
            f"## {MEANING[verdict].capitalize()}",
            f"Shown as `{LEVELS[verdict]}` in SARIF.",
            table(("rule", "what was found", "what to do", "page"), rows),
        ]
    patterns = [
        (
            code(each.rule),
            ", ".join(sorted(each.languages)) or "all",
            code(each.pattern.pattern),
            code(each.beside.pattern) if each.beside else "",
        )
        for each in PATTERNS
    ]
    return page(
        "Findings",
        INTRODUCTION,
        *parts,
        LANGUAGES,
        table(("rule", "suffixes", "pattern", "beside"), patterns),
    )
