"""Every event of both APIs, from the table of rules."""

from collections import defaultdict
from typing import Final

from docs.pages.marks import code, first_line, page, table
from shim.translate.stream import ENDS, RULES, Key, Nothing
from shim.translate.turn import EMITS, STEP_OPENS

INTRODUCTION: Final = """
A Responses stream goes in, an Assistants stream comes out. Each row is one rule, a plain generator in
`shim/translate`; the tests hold it to what it may emit. A polled run goes through the same rules.

Two groups of events are named by a word: *step opens* is {opens}; *ends* is {ends}. Which of them are told depends on
what has been told before.
"""
SEEN: Final = """
These rows say that nothing is told, and why. An event that has no row (next year's API has more of them) is skipped and
logged once.
"""
BACKWARDS: Final = """
What leads to each event of an Assistants stream. *The end of the response* is any of {last}. Those that no
rule may emit are told by the engine.
"""
#: Upstream's last events.
LAST: Final = ("response.completed", "response.incomplete", "response.failed", "response.cancelled")
#: Events that are told outside the translation, and when.
BY_ENGINE: Final[dict[str, str]] = {
    "thread.created": "`POST /threads/runs` with `stream`, at once",
    "thread.run.created": "every run's beginning, once upstream has answered",
    "thread.run.queued": "every run's beginning, and each time tool outputs come in",
    "thread.run.step.completed": "a step of functions, when its outputs come in",
    "thread.run.expired": "the run's time is over",
    "thread.run.step.expired": "the run's time is over",
    "error": "a failure of our own, of the database for example, in an open stream; nothing follows it",
    "done": "the end of every stream",
}


def print_page() -> str:
    told = [row for row in RULES.items() if not isinstance(row[1], Nothing)]
    rows = [(_key(key), first_line(rule), _emitted(EMITS[rule])) for key, rule in told]
    opens, ends = (", ".join(map(code, names)) for names in (STEP_OPENS, ENDS))
    return page(
        "Events",
        INTRODUCTION.format(opens=opens, ends=ends),
        "## What is told",
        table(("upstream says", "meaning", "may be told"), rows),
        "## What is seen and not told",
        SEEN,
        _silent(),
        "## Backwards",
        BACKWARDS.format(last=", ".join(map(code, LAST))),
        table(("Assistants event", "because of"), _backwards()),
    )


def _key(key: Key) -> str:
    return code(key) if isinstance(key, str) else f"{code(key[0])} of a {code(key[1])}"


def _emitted(names: frozenset[str]) -> str:
    """The names, with the two groups by their words."""
    words = []
    for word, group in (("*step opens*", frozenset(STEP_OPENS)), ("*ends*", frozenset(ENDS))):
        if group <= names:
            words.append(word)
            names -= group
    return ", ".join(words + [code(name) for name in sorted(names)]) or "-"


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
