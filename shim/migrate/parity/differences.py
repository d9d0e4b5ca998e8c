"""Compares the structure of two answers to the same question.

It does not decide which one is better, or right.  Lengths, tokens, costs and times are reported elsewhere and are never
a difference.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

from shim.migrate.parity import values
from shim.migrate.parity.answers import Answer, Call
from shim.migrate.parity.formats import KINDS, Form, form
from shim.migrate.parity.playback import Reply

#: The aspects that are compared, each with a description.
ASPECTS: Final = {
    "status": "how the run ended: its status, the code of its error, why it is incomplete",
    "calls": "functions: calls that are missing, extra, or in another order",
    "arguments": "the arguments of functions, as JSON values",
    "hosted": "which hosted tools were used (file_search, code_interpreter)",
    "citations": "which files are cited",
    "files": "whether code made files or pictures",
    "form": "JSON, JSON in a code block, text, a refusal, no text",
    "json": "keys of a JSON answer and the types there",
    "markdown": "headings, lists, tables, quotes, links, images, code blocks and their languages",
}
NOTHING: Final = "–"
#: Statuses of runs without an answer.
UNANSWERED: Final = ("failed", "expired", "cancelled", "cancelling")


class Difference(NamedTuple):
    """One difference.  ``aspect``: a key of `ASPECTS`.  Both sides are texts for the report."""

    aspect: str
    what: str
    recorded: str
    candidate: str


@dataclass(frozen=True, slots=True)
class Sides:
    """Both answers.  ``stopped``: the candidate's turn was cancelled, so it has no text."""

    recorded: Answer
    candidate: Answer
    replies: Sequence[Reply] = ()
    stopped: bool = False


def differences(sides: Sides) -> list[Difference]:
    """All differences, aspect by aspect.  What was not recorded is not compared."""
    over = sides.stopped or not {sides.recorded.status, sides.candidate.status}.isdisjoint(UNANSWERED)
    return [difference for check in (WHILE_IT_LASTED if over else CHECKS) for difference in check(sides)]


def ended_alike(sides: Sides) -> bool:
    """Whether both ended in the same way.  If no run is recorded, there was an answer, as otherwise there would be no
    turn.
    """
    recorded = sides.recorded if sides.recorded.status is not None else replace(sides.recorded, status="completed")
    return _end(recorded) == _end(sides.candidate)


def _status(sides: Sides) -> Iterator[Difference]:
    if not sides.stopped and not ended_alike(sides):
        yield Difference("status", "status", _end(sides.recorded), _end(sides.candidate))


def _end(answer: Answer) -> str:
    why = (answer.error or {}).get("code") or answer.incomplete
    return f"{answer.status} ({why})" if why else answer.status or "unknown"


def _calls(sides: Sides) -> Iterator[Difference]:
    recorded = sides.recorded.calls
    if recorded is None:
        return
    met = {reply.index for reply in sides.replies}
    for index, call in enumerate(recorded):
        if index not in met:
            yield Difference("calls", "missing call", shown(call), NOTHING)
    for reply in sides.replies:
        if reply.index is None:
            yield Difference("calls", "extra call", NOTHING, shown(reply.call))
    order = [recorded[index].batch for index in _in_turn(sides.replies)]
    if order != sorted(order):
        names = (call.name for call in recorded)
        candidate_names = (reply.call.name for reply in sides.replies)
        yield Difference("calls", "order", ", ".join(names), ", ".join(candidate_names))


def _in_turn(replies: Sequence[Reply]) -> list[int]:
    """The recorded indices of the candidate's calls.  Those made together have no order among themselves."""
    met = [(reply.call.batch, reply.index) for reply in replies if reply.index is not None]
    return [index for _, index in sorted(met)]


def _arguments(sides: Sides) -> Iterator[Difference]:
    for reply in sides.replies:
        if reply.index is None or sides.recorded.calls is None:
            continue
        recorded = sides.recorded.calls[reply.index]
        for change in values.changes(values.parsed(recorded.arguments), values.parsed(reply.call.arguments)):
            where = f"{reply.call.name}: {change.path or 'arguments'}"
            yield Difference("arguments", where, values.shown(change.recorded), values.shown(change.candidate))


def _hosted(sides: Sides) -> Iterator[Difference]:
    if sides.recorded.hosted is not None:
        yield from _sets("hosted", "hosted tools", sides.recorded.hosted, sides.candidate.hosted or ())


def _citations(sides: Sides) -> Iterator[Difference]:
    yield from _sets("citations", "cited files", sides.recorded.cited, sides.candidate.cited)


def _files(sides: Sides) -> Iterator[Difference]:
    counts = sides.recorded.files, sides.candidate.files
    if bool(counts[0]) != bool(counts[1]):
        yield Difference("files", "files and pictures that code made", *map(str, counts))


def _form(sides: Sides) -> Iterator[Difference]:
    one, other = forms(sides)
    if one.kind != other.kind:
        yield Difference("form", "form", KINDS[one.kind], KINDS[other.kind])


def _json(sides: Sides) -> Iterator[Difference]:
    one, other = (dict(each.keys) for each in forms(sides))
    if not one or not other:
        return
    for path in sorted({*one, *other}):
        types = one.get(path), other.get(path)
        # A nullable field may be null in one of the answers.
        if types[0] != types[1] and "null" not in types:
            yield Difference("json", path, types[0] or NOTHING, types[1] or NOTHING)


def _markdown(sides: Sides) -> Iterator[Difference]:
    one, other = forms(sides)
    if one.kind == other.kind == "text":
        yield from _sets("markdown", "Markdown", one.features, other.features)
        yield from _sets("markdown", "languages of code blocks", one.languages, other.languages)


def forms(sides: Sides) -> tuple[Form, Form]:
    """The forms of both."""
    one, other = sides.recorded, sides.candidate
    return form(one.text, one.refused), form(other.text, other.refused)


def _sets(aspect: str, what: str, recorded: Sequence[str], candidate: Sequence[str]) -> Iterator[Difference]:
    one, other = sorted({*recorded}), sorted({*candidate})
    if one != other:
        yield Difference(aspect, what, ", ".join(one) or NOTHING, ", ".join(other) or NOTHING)


def shown(call: Call) -> str:
    """A call as text for the report."""
    return f"{call.name}({call.arguments})"


Check = Callable[[Sides], Iterator[Difference]]
CHECKS: Final[tuple[Check, ...]] = (
    _status,
    _calls,
    _arguments,
    _hosted,
    _citations,
    _files,
    _form,
    _json,
    _markdown,
)
#: The aspects that are compared for a turn without an answer.
WHILE_IT_LASTED: Final[tuple[Check, ...]] = (_status, _calls, _arguments)
