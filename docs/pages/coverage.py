"""Every method of the SDK and the routes that it calls; every field and event, and what becomes of it."""

from typing import Any, Final

import openai

from docs.pages import calls, types
from docs.pages.marks import cell, code, page, table
from shim.engine.api.routes import OURS, ROUTES
from shim.translate.fields import FIELDS, MESSAGE, Fate

INTRODUCTION: Final = """
Measured against `openai` {version}: what it has of the Assistants API, found by calling its methods and reading its
types, and what becomes of each here. When a newer SDK brings something, this page is stale, and CI says so.
"""
METHODS: Final = """
{count} of {count} methods. What each calls in one use was found by calling it; tests do the same in both colours, and
prove that no route is left uncalled.
"""
GUESTS: Final = """
Calls of other APIs that are answered here, too, or on their way: files that code interpreter made, and vector stores
that an assistant searches.
"""
REQUESTS: Final = """
*Carried*: upstream gets it under the same name. *Renamed*: under another. *Approximated*: upstream has nothing that
does the same. *Kept*: upstream never hears of it. A field that is in no table is refused by name:
`Unknown parameter: 'x'.`
"""
ANSWERS: Final = (
    "Every key of every object, in the order of the wire. *Ours alone* is what the SDK's types do not name."
)
EVENTS: Final = "Every event that the SDK knows. *Never* says why one is not sent."
NEVER: Final = {"error": "never: a failure of the model ends the run, and one of our own is raised where it is read"}

#: What becomes of fields that start no run.
OTHER: Final[dict[str, Fate]] = {
    "name": Fate("kept", "Shown with the assistant."),
    "description": Fate("kept", "Shown with the assistant."),
    "messages": Fate("renamed", "Added to the thread, then sent with its first run.", ("input",)),
    "tool_outputs": Fate("renamed", "Sent as `function_call_output` items, in the order of the calls.", ("input",)),
    "limit": Fate("kept", "1 to 100, 20 by default."),
    "order": Fate("kept", "By the order in which things were stored."),
    "after": Fate("kept", "What follows that object in the list."),
    "before": Fate("kept", "What precedes that object in the list."),
    "run_id": Fate("kept", "Only what that run wrote."),
}


def print_page() -> str:
    methods = list(calls.methods())
    rows = [(code(f"client.beta.{path}.{name}"), calls.routes(path, name)) for path, name in methods]
    guests = [(code(f"{method} /{path}"),) for method, path in ROUTES if path.partition("/")[0] not in OURS]
    return page(
        "Coverage",
        INTRODUCTION.format(version=openai.__version__),
        "## Methods",
        METHODS.format(count=len(methods)),
        table(("method", "calls"), rows),
        GUESTS,
        table(("call",), guests),
        "## Request fields",
        REQUESTS,
        *_requests(),
        "## Answers",
        ANSWERS,
        *_answers(),
        "## Events",
        EVENTS,
        table(("event", "sent"), [(code(name), NEVER.get(name, "yes")) for name in types.events()]),
    )


def fate(operation: str, name: str) -> Fate:
    """What becomes of a field of an operation.  Raises `LookupError` for one that nobody has decided about."""
    if operation.startswith("messages.") and name in MESSAGE:
        return MESSAGE[name]
    if operation not in types.STARTING and name == "metadata":
        return Fate("kept", "Shown with the object; up to 16 pairs.")
    for known in (OTHER, FIELDS):
        if name in known:
            return known[name]
    raise LookupError(f"{operation} has a field {name!r} that no table knows")


def _requests() -> list[str]:
    parts = []
    for operation, names in types.requests().items():
        fates = [(name, fate(operation, name)) for name in names]
        rows = [(code(name), each.kind, ", ".join(map(code, each.to)), cell(each.how)) for name, each in fates]
        parts += [f"### {operation}", table(("field", "", "becomes", "how"), rows)]
    return parts


def _answers() -> list[str]:
    parts: list[str] = []
    for kind, (made, known) in types.answers().items():
        rows = [(code(name), "" if name in known else "ours alone", _default(value)) for name, value in made.items()]
        parts += [f"### {kind}", table(("key", "", "at first"), rows)]
    return parts


def _default(value: Any) -> str:
    return code("null" if value is None else value)
