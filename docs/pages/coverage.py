"""Every method of the SDK and the routes that it calls; every field and event, and how the shim treats it."""

from typing import Any, Final

import openai

from docs.pages import calls, types
from docs.pages.marks import cell, code, page, table
from shim.engine.api.routes import OURS, ROUTES
from shim.translate.fields import FIELDS, MESSAGE, Handling

INTRODUCTION: Final = """
Measured against `openai` {version}: every part of the Assistants API in that SDK, found by calling its methods and
reading its types, and how the shim treats it. When a newer SDK adds something, this page is out of date, and CI fails.
"""
METHODS: Final = """
{count} of {count} methods. The routes that a method calls were found by calling it. Tests call every method of the sync
and the async client, and check that every route is called.
"""
GUESTS: Final = """
Calls of other APIs that the shim answers itself or changes before it passes them on: files that code interpreter made,
and vector stores that an assistant searches.
"""
REQUESTS: Final = """
*Carried*: sent to upstream under the same name. *Renamed*: sent under another name. *Approximated*: upstream has
nothing with the same effect. *Kept*: not sent to upstream. A field that is in no table is refused by name:
`Unknown parameter: 'x'.`
"""
ANSWERS: Final = (
    "Every key of every object, in the order in which it is sent. *Ours alone*: the SDK's types do not have it."
)
EVENTS: Final = "Every event that the SDK knows. *Never*: not sent, with the reason."
NEVER: Final = {
    "error": "never: a failure of the model ends the run, and a failure of the shim is raised where the stream is read"
}

#: What happens to fields of requests that start no run.
OTHER: Final[dict[str, Handling]] = {
    "name": Handling("kept", "Shown with the assistant."),
    "description": Handling("kept", "Shown with the assistant."),
    "messages": Handling("renamed", "Added to the thread, then sent with its first run.", ("input",)),
    "tool_outputs": Handling("renamed", "Sent as `function_call_output` items, in the order of the calls.", ("input",)),
    "limit": Handling("kept", "1 to 100, 20 by default."),
    "order": Handling("kept", "Sorts by the order in which the objects were stored."),
    "after": Handling("kept", "The objects that follow this one in the list."),
    "before": Handling("kept", "The objects that precede this one in the list."),
    "run_id": Handling("kept", "Only the messages that this run wrote."),
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


def fate(operation: str, name: str) -> Handling:
    """What happens to a field of an operation.  Raises `LookupError` for a field that is in no table."""
    if operation.startswith("messages.") and name in MESSAGE:
        return MESSAGE[name]
    if operation not in types.STARTING and name == "metadata":
        return Handling("kept", "Shown with the object; up to 16 pairs.")
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
