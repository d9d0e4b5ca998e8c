"""Cuts a recorded conversation into turns: the question, the history before it, and the answer."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from shim.migrate.parity.answers import Answer, Call, answer
from shim.translate import history
from shim.translate.history import Entry
from shim.wire.types import Json

#: The parameters of a run that its object contains, with the default of each.
DEFAULTS: Final[dict[str, Any]] = {
    "instructions": "",
    "tools": [],
    "temperature": 1.0,
    "top_p": 1.0,
    "reasoning_effort": None,
    "response_format": "auto",
    "tool_choice": "auto",
    "parallel_tool_calls": True,
    "max_prompt_tokens": None,
    "max_completion_tokens": None,
    "truncation_strategy": {"type": "auto", "last_messages": None},
}
#: Problems of a recorded conversation, and their consequences.
PROBLEMS: Final = {
    "empty": "no messages: skipped",
    "no_question": "no message of a user: skipped",
    "no_content": "a question without content: skipped",
    "no_answer": "it has no answer: skipped",
    "not_asked": "a run that no message of a user came before: skipped",
    "no_run": "no run is recorded: status, tool calls, tokens and time are unknown",
    "no_steps": "no steps of the run are recorded: tool calls and their outputs are unknown",
    "no_output": "a call without its output: a candidate that makes it is stopped there",
}


class Problem(NamedTuple):
    """A problem of the input.  ``code``: a key of `PROBLEMS`, or of the import's problems."""

    code: str
    place: str
    text: str

    def __str__(self) -> str:
        return f"{self.place}: {self.text}"


@dataclass(frozen=True, slots=True)
class Turn:
    """One question and its answer.

    ``before``: items of the history; ``question_items``: those of the question.  ``setting``: the run's parameters, by
    names of `DEFAULTS`; None if no run is recorded.
    """

    number: int
    question: str
    before: tuple[Json, ...]
    question_items: tuple[Json, ...]
    answer: Answer
    setting: Json | None = None
    assistant_id: str | None = None


@dataclass(frozen=True, slots=True)
class Conversation:
    """A thread.  ``name``: its original id, if an import gave it another one, else its id."""

    id: str
    name: str
    turns: tuple[Turn, ...] = ()
    tool_resources: Json = field(default_factory=dict)

    def calls_but(self, turn: Turn) -> list[Call]:
        """Recorded calls of all other turns."""
        return [call for each in self.turns if each is not turn for call in each.answer.calls or ()]


class _AnswerSource(NamedTuple):
    """The source of an answer: a run, which may have no messages, or messages whose run is unknown.  ``after``: the
    index of the user's last message before it.
    """

    run: Json | None
    messages: list[Json]
    after: int


def conversation(objects: Sequence[Json], entries: Sequence[Entry]) -> tuple[Conversation, list[Problem]]:
    """``objects``: a thread, its messages, runs and steps; ``entries``: its journal."""
    thread, *rest = objects
    messages, runs, steps = (
        [each for each in rest if each["object"] == kind]
        for kind in ("thread.message", "thread.run", "thread.run.step")
    )
    name = thread["metadata"].get("imported_id", thread["id"])
    problems: list[Problem] = []
    turns: list[Turn] = []
    begin = 0
    for source in _chosen_sources(messages, runs, problems, name):
        own_steps = [step for step in steps if source.run is not None and step["run_id"] == source.run["id"]]
        user_messages = [message for message in messages[begin : source.after + 1] if message["role"] == "user"]
        begin = source.after + 1
        turn = _turn(len(turns) + 1, source, own_steps, user_messages, entries)
        if not turn.question_items:
            problems.append(_problem("no_content", f"{name}, {user_messages[-1]['id']}"))
            continue
        turns.append(turn)
        problems += _missing_parts(turn, name)
    return Conversation(thread["id"], name, tuple(turns), thread["tool_resources"] or {}), problems


def _chosen_sources(messages: list[Json], runs: list[Json], problems: list[Problem], id: str) -> list[_AnswerSource]:
    """One answer for each question, in order: of several runs the last completed one, else the last."""
    user_positions = [position for position, message in enumerate(messages) if message["role"] == "user"]
    if not user_positions:
        problems.append(_problem("empty" if not messages else "no_question", id))
        return []
    groups: dict[int, list[_AnswerSource]] = {}
    for source in (*_by_runs(messages, runs), *_by_messages(messages, {run["id"] for run in runs})):
        if source.after < 0:
            problems += [_problem("not_asked", f"{id}, {source.run['id']}")] if source.run else []
        else:
            groups.setdefault(source.after, []).append(source)
    if not groups or max(groups) < user_positions[-1]:
        problems.append(_problem("no_answer", f"{id}, {messages[user_positions[-1]]['id']}"))
    return [_best(groups[position]) for position in sorted(groups)]


def _best(sources: list[_AnswerSource]) -> _AnswerSource:
    def rank(source: _AnswerSource) -> int:
        return 0 if source.run is None else 2 if source.run["status"] == "completed" else 1

    return max(reversed(sources), key=rank)


def _by_runs(messages: list[Json], runs: list[Json]) -> Iterator[_AnswerSource]:
    before = -1
    for run in runs:
        own_positions = [position for position, message in enumerate(messages) if message["run_id"] == run["id"]]
        user_positions = [position for position, message in enumerate(messages) if message["role"] == "user"]
        if own_positions:
            before = max((position for position in user_positions if position < own_positions[0]), default=-1)
        else:
            before = _by_time(messages, run, [position for position in user_positions if position > before], before)
        yield _AnswerSource(run, [messages[position] for position in own_positions], before)


def _by_time(messages: list[Json], run: Json, user_positions: list[int], before: int) -> int:
    """The question of a run without messages, by times.  They are in whole seconds: of several messages in the run's
    own second the first one is used.
    """
    earlier = [position for position in user_positions if messages[position]["created_at"] < run["created_at"]]
    same = [position for position in user_positions if messages[position]["created_at"] == run["created_at"]]
    return max([before, *earlier, *same[:1]])


def _by_messages(messages: list[Json], known: set[str]) -> Iterator[_AnswerSource]:
    """Answers whose runs are not recorded: for each question the messages after it."""
    after = -1
    groups: dict[int, list[Json]] = {}
    for position, message in enumerate(messages):
        if message["role"] == "user":
            after = position
        elif message["run_id"] not in known and after >= 0:
            groups.setdefault(after, []).append(message)
    for position, answers in groups.items():
        yield _AnswerSource(None, answers, position)


def run_parameters(body: Json) -> Json:
    """The parameters of a run, or of an assistant.  Defaults are left out, as some models refuse even these."""
    return {name: body[name] for name, default in DEFAULTS.items() if body.get(name) not in (None, default)}


def _turn(
    number: int, source: _AnswerSource, steps: list[Json], user_messages: list[Json], entries: Sequence[Entry]
) -> Turn:
    ids = {message["id"] for message in user_messages}
    indices = [position for position, entry in enumerate(entries) if entry.message_id in ids]
    first, end = (indices[0], indices[-1] + 1) if indices else (len(entries), len(entries))
    run = source.run
    return Turn(
        number,
        "\n\n".join(_text(message) for message in user_messages),
        _items(entries[:first]),
        _items(entries[first:end]),
        answer(run, steps, source.messages),
        None if run is None else run_parameters(run),
        None if run is None else run["assistant_id"],
    )


def _items(entries: Iterable[Entry]) -> tuple[Json, ...]:
    """Items in a form that any server accepts: without reasoning, which is valid only with the response that made
    it.
    """
    composed = history.compose(entries, thoughts=False)
    return tuple(item for item in composed if item["type"] != "message" or item["content"])


def _text(message: Json) -> str:
    shown = [part["text"]["value"] if part["type"] == "text" else f"[{part['type']}]" for part in message["content"]]
    return "\n".join([*shown, *(f"[{file['file_id']}]" for file in message["attachments"] or ())])


def _missing_parts(turn: Turn, id: str) -> Iterator[Problem]:
    place = f"{id}, turn {turn.number}"
    if turn.answer.status is None:
        yield _problem("no_run", place)
    elif turn.answer.calls is None and turn.answer.status == "completed":
        yield _problem("no_steps", place)
    for call in turn.answer.calls or ():
        if call.output is None:
            yield _problem("no_output", f"{place}, {call.name}")


def _problem(code: str, place: str) -> Problem:
    return Problem(code, place, PROBLEMS[code])
