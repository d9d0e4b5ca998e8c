"""Puts an imported thread in order: each object once and complete, and the journal that its next run replays.

Pure: from the staged objects of a thread to the objects and journal for the store.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final, NamedTuple

from shim.migrate.imports.report import Place
from shim.migrate.imports.stage import Staged
from shim.translate import history, items
from shim.wire import objects
from shim.wire.types import Json

Note = Callable[[str, Place, str], None]
#: Kinds whose objects belong to a thread, in the order in which they are stored.
KINDS: Final = ("message", "run", "step")
#: The status for the import of an object that was active when it was exported.
UNDER_WAY: Final = ("expired", "incomplete")
#: How a list with the newest first begins and ends: a conversation begins with a question, a run with its calls.
_NEWEST_FIRST: Final = (("assistant", "user"), ("message_creation", "tool_calls"))


class Entry(NamedTuple):
    """One item of the journal, and the run and message that it belongs to."""

    direction: str
    item: Json
    run_id: str | None
    message_id: str | None


@dataclass
class Plan:
    """A thread as it is to be stored.  ``place``: its first place in the input."""

    thread: Json
    place: Place
    messages: list[Json] = field(default_factory=list)
    runs: list[Json] = field(default_factory=list)
    steps: list[Json] = field(default_factory=list)
    journal: list[Entry] = field(default_factory=list)

    def ids(self, kind: str) -> list[str]:
        return [one["id"] for one in self.of(kind)]

    def of(self, kind: str) -> list[Json]:
        return {"message": self.messages, "run": self.runs, "step": self.steps}[kind]


def plan(thread_id: str, staged: Iterable[Staged], note: Note, origin: str | None = None) -> Plan:
    """The plan for the staged objects of a thread.  ``origin``: its original id, if that was replaced."""
    by_kind: dict[str, list[Staged]] = {kind: [] for kind in ("thread", *KINDS)}
    for one in staged:
        by_kind[one.kind].append(one)
    each = {kind: _once(all_of, note) for kind, all_of in by_kind.items()}
    first = min((one for kind in each.values() for one in kind), key=lambda one: one.number)
    plan = Plan({}, first.place)
    for kind in KINDS:
        plan.of(kind).extend(_in_order(each[kind], note))
    plan.thread = _thread(thread_id, each["thread"], plan, note)
    if origin is not None:
        plan.thread = plan.thread | {"metadata": {"imported_id": origin[:512]} | plan.thread["metadata"]}
    _fit_steps(plan, each["step"], note)
    plan.journal = _journal(plan, {one.body["id"]: one.place for one in each["step"]}, note)
    return plan


def _once(staged: list[Staged], note: Note) -> list[Staged]:
    """Each object once: the first one is used, unless it was still active when it was exported."""
    first: dict[str, Staged] = {}
    for one in staged:
        id = one.body["id"]
        other = first.setdefault(id, one)
        if other is one:
            continue
        over, was_over = (each.body.get("status") not in UNDER_WAY for each in (one, other))
        if over and not was_over:
            first[id] = one
        same = one.body == other.body or over != was_over
        note("duplicate" if same else "conflict", one.place, id)
    return list(first.values())


def _in_order(staged: list[Staged], note: Note) -> list[Json]:
    """Oldest first: by the times, and where these are equal or missing in the order of the input, which is reversed if
    it began with the newest.
    """
    times = [one.body["created_at"] for one in staged if one.body["created_at"] is not None]
    if _newest_first(staged, times):
        if len(set(times)) < len(staged):
            note("newest_first", staged[0].place, f"{staged[0].body['thread_id']}, {staged[0].kind}s")
        staged, times = staged[::-1], times[::-1]
    last = times[0] if times else 0
    bodies = []
    for one in staged:
        if one.body["created_at"] is None:
            note("guessed_time", one.place, one.body["id"])
        last = last if one.body["created_at"] is None else one.body["created_at"]
        bodies.append(_at(one.body, last))
    return sorted(bodies, key=lambda body: body["created_at"])


def _at(body: Json, moment: int) -> Json:
    completed = {"completed_at": moment} if body.get("role") and body.get("completed_at") is None else {}
    return body | {"created_at": moment} | completed


def _newest_first(staged: list[Staged], times: list[int]) -> bool:
    """Whether there is evidence that the input begins with the newest: more times fall than rise, or, if all are the
    same, it is in list pages of the API and begins with an answer.  A page alone is no evidence, as recorded pages of
    both orders have equal times; roles alone are none, as many conversations begin with a greeting.
    """
    steps = [two - one for one, two in pairwise(times)]
    falling, rising = sum(1 for step in steps if step < 0), sum(1 for step in steps if step > 0)
    if falling or rising:
        return falling > rising
    listed = bool(staged) and all(one.newest_first for one in staged)
    return listed and (_turn(staged[0].body), _turn(staged[-1].body)) in _NEWEST_FIRST


def _turn(body: Json) -> str:
    """What a message or step does in a conversation."""
    return str(body.get("role") or body.get("step_details", {}).get("type"))


def _thread(thread_id: str, staged: list[Staged], plan: Plan, note: Note) -> Json:
    times = [one["created_at"] for kind in KINDS for one in plan.of(kind)]
    earliest = min(times, default=0)
    if staged:
        thread = staged[0].body
        return thread if thread["created_at"] is not None else thread | {"created_at": earliest}
    note("made_thread", plan.place, thread_id)
    attached = [one for message in plan.messages for one in message["attachments"]]
    read = [one["file_id"] for one in attached if {"type": "code_interpreter"} in one["tools"]]
    # The API did so itself when such a message was posted.
    resources = {"code_interpreter": {"file_ids": list(dict.fromkeys(read))}} if read else {}
    return objects.thread(thread_id, earliest, {"tool_resources": resources})


def _fit_steps(plan: Plan, staged: list[Staged], note: Note) -> None:
    """Give steps their run's thread and assistant; a step without its run cannot be shown and is dropped."""
    runs = {run["id"]: run for run in plan.runs}
    for one in staged:
        if one.body["run_id"] not in runs:
            note("no_run", one.place, one.body["id"])
    fitting = [step for step in plan.steps if step["run_id"] in runs]
    same = ("thread_id", "assistant_id")
    plan.steps[:] = [step | {name: runs[step["run_id"]][name] for name in same} for step in fitting]


def _journal(plan: Plan, places: dict[str, Place], note: Note) -> list[Entry]:
    """Messages in order, and the function calls of each run with their outputs before the message they led to."""
    waiting = [step for step in plan.steps if step["step_details"]["type"] == "tool_calls"]
    creates = {
        step["step_details"]["message_creation"].get("message_id"): number
        for number, step in enumerate(plan.steps)
        if step["step_details"]["type"] == "message_creation"
    }
    number_of = {step["id"]: number for number, step in enumerate(plan.steps)}
    entries: list[Entry] = []

    def before(message: Json, step: Json) -> bool:
        """Whether a step comes before a message."""
        if step["run_id"] != message["run_id"]:
            return bool(step["created_at"] < message["created_at"])
        index = creates.get(message["id"])
        if index is not None:
            return number_of[step["id"]] < index
        return bool(step["created_at"] <= message["created_at"])

    for message in plan.messages:
        due = [step for step in waiting if before(message, step)]
        waiting = [step for step in waiting if step not in due] if due else waiting
        entries += [entry for step in due for entry in _calls(step, places, note)]
        entries += _of_message(message)
    return entries + [entry for step in waiting for entry in _calls(step, places, note)]


def _of_message(message: Json) -> list[Entry]:
    if not message["content"]:
        return []
    direction = "out" if message["run_id"] else "in"
    item = items.journalled(history.of_message(message))
    return [Entry(direction, item, message["run_id"], message["id"])]


def _calls(step: Json, places: dict[str, Place], note: Note) -> list[Entry]:
    functions = [call for call in step["step_details"]["tool_calls"] if call["type"] == "function"]
    answered = [call for call in functions if isinstance(call["function"].get("output"), str)]
    for call in functions:
        if call not in answered:
            note("no_output", places[step["id"]], call["id"])
    calls = [items.journalled(_call(call)) for call in answered]
    outputs = [items.journalled(history.of_output(call["id"], call["function"]["output"])) for call in answered]
    return [
        *(Entry("out", call, step["run_id"], None) for call in calls),
        *(Entry("in", output, step["run_id"], None) for output in outputs),
    ]


def _call(call: Json) -> Json:
    function = call["function"]
    fields = {"call_id": call["id"], "name": function["name"], "arguments": function["arguments"]}
    return {"type": "function_call", **fields, "status": "completed"}
