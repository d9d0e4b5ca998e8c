"""Every event of both APIs, from the table of rules."""

from collections import defaultdict
from typing import Final

from docs.pages.marks import code, first_line, page, table
from shim.translate.stream import ENDS, RULES, Key, Nothing
from shim.translate.turn import EMITS, STEP_OPENS

INTRODUCTION: Final = """
How the events of a Responses stream become the events of an Assistants stream. Each row is one rule: a generator in
`shim/translate`. The tests check that it emits only the events listed. A polled run uses the same rules.

Two groups of events have a short name: *step opens* is {opens}; *ends* is {ends}. Which events of a group are sent
depends on the events that the run has sent before.
"""
SEEN: Final = """
For these events nothing is sent; each row gives the reason. An event without a row, of a newer version of the API for
example, is skipped and logged once.
"""
BACKWARDS: Final = """
The causes of each event of an Assistants stream. *The end of the response* is any of {last}. The events that no
rule emits are sent by the engine.
"""
#: Upstream's last events.
LAST: Final = ("response.completed", "response.incomplete", "response.failed", "response.cancelled")
#: Events that the engine sends without the translation, and when.
BY_ENGINE: Final[dict[str, str]] = {
    "thread.created": "`POST /threads/runs` with `stream`, at once",
    "thread.run.created": "the start of every run, after upstream has answered",
    "thread.run.queued": "the start of every run, and each time tool outputs are submitted",
    "thread.run.step.completed": "a step with function calls, when their outputs are submitted",
    "thread.run.expired": "the run's lifetime has passed",
    "thread.run.step.expired": "the run's lifetime has passed",
    "error": "a failure of our own, of the database for example, in an open stream; nothing follows it",
    "done": "the end of every stream",
}


def print_page() -> str:
    sent = [row for row in RULES.items() if not isinstance(row[1], Nothing)]
    rows = [(_key(key), first_line(rule), _emitted(EMITS[rule])) for key, rule in sent]
    opens, ends = (", ".join(map(code, names)) for names in (STEP_OPENS, ENDS))
    return page(
        "Events",
        INTRODUCTION.format(opens=opens, ends=ends),
        "## Events that are sent",
        table(("event upstream", "meaning", "may send"), rows),
        "## Events for which nothing is sent",
        SEEN,
        _silent(),
        "## Backwards",
        BACKWARDS.format(last=", ".join(map(code, LAST))),
        table(("Assistants event", "because of"), _backwards()),
    )


def _key(key: Key) -> str:
    return code(key) if isinstance(key, str) else f"{code(key[0])} of a {code(key[1])}"


def _emitted(names: frozenset[str]) -> str:
    """The names; a complete group is replaced by its short name."""
    shown = []
    for short_name, group in (("*step opens*", frozenset(STEP_OPENS)), ("*ends*", frozenset(ENDS))):
        if group <= names:
            shown.append(short_name)
            names -= group
    return ", ".join(shown + [code(name) for name in sorted(names)]) or "-"


def _silent() -> str:
    reasons: dict[str, list[str]] = defaultdict(list)
    for key, rule in RULES.items():
        if isinstance(rule, Nothing):
            reasons[rule.reason].append(_key(key))
    return table(("why", "upstream says"), [(reason, ", ".join(keys)) for reason, keys in reasons.items()])


def _backwards() -> list[tuple[str, str]]:
    because: dict[str, list[str]] = defaultdict(list)
    for rule, names in EMITS.items():
        keys = [key for key, each in RULES.items() if each is rule]
        causes = ["the end of the response" if key in LAST else _key(key) for key in keys]
        for name in names:
            because[name] += causes
    for name, when in BY_ENGINE.items():
        because[name].append(when)
    return [(code(name), ", ".join(dict.fromkeys(causes))) for name, causes in sorted(because.items())]
