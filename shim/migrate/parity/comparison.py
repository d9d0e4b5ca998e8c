"""The whole comparison: reads conversations, sends their questions to every model, and compares the answers."""

import tempfile
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final, NamedTuple

import openai

from shim.assembly import wiring
from shim.migrate.parity import reading
from shim.migrate.parity.conversations import Conversation, Turn
from shim.migrate.parity.prices import Price
from shim.migrate.parity.reading import Loaded
from shim.migrate.parity.replay import CandidateParameters, ReplayEnvironment
from shim.migrate.parity.results import Compared, Options, Report, Result, judge
from shim.runtime import background
from shim.store.database import Database, SyncStore
from shim.wire.types import Json

#: Progress: the number of answers so far, and in total.
Progress = Callable[[int, int], None]
#: How many turns run at one time.
JOBS: Final = 4
#: How often a request that upstream refuses temporarily is repeated, as a rate limit is no property of a model.
RETRIES: Final = 5


class _Job(NamedTuple):
    """The unit of work of one worker: a turn, or with ``free`` a whole conversation."""

    conversation: Conversation
    turns: tuple[Turn, ...]
    model: str
    repetition: int


#: Identifies an answer: thread, turn, model, repetition.
Key = tuple[str, int, str, int]


@contextmanager
def replay_environment(client: openai.OpenAI) -> Iterator[tuple[ReplayEnvironment, Database]]:
    """A temporary store for a comparison, and a copy of the client that uses it."""
    with tempfile.TemporaryDirectory(prefix="assistants-shim-", ignore_cleanup_errors=True) as folder:
        parity_client = client.copy(max_retries=max(client.max_retries, RETRIES))
        context = wiring.wire_apart(parity_client, f"sqlite:///{Path(folder) / 'parity.db'}")
        assert isinstance(context.store, SyncStore)
        try:
            yield ReplayEnvironment(parity_client, context), context.store.database
        finally:
            wiring.wait_for_runs(parity_client)
            context.store.database.close()


def compare(  # noqa: PLR0913  # each option is a parameter
    paths: Sequence[str | Path],
    options: Options,
    client: openai.OpenAI,
    *,
    stored: Iterable[Loaded] = (),
    setting: Json | None = None,
    known: Mapping[str, Json] | None = None,
    prices: Mapping[str, Price] | None = None,
    limit: int | None = None,
    jobs: int = JOBS,
    encoding: str | None = None,
    begin: Callable[[Loaded], None] = lambda loaded: None,
    progress: Progress = lambda done, total: None,
) -> Report:
    """Send the questions of conversations to models, and compare their answers with the recorded ones.

    ``paths``: files and folders, in any shape that an import reads; ``stored``: further conversations.  ``client``: a
    client of the shim; its upstream and key are used, its threads are not changed.  ``setting``: instructions, tools
    and so on for all turns, by names of the API's fields; by default those of each recorded run, or else of its
    assistant among ``known``.  ``limit``: turns of each model at most.  ``begin`` is called with what was read, before
    any request is sent.

    Raises OSError for a path that does not exist.
    """
    with replay_environment(client) as (environment, database):
        loaded = reading.files([Path(path) for path in paths], database, encoding) if paths else Loaded()
        for more in stored:
            loaded.add(more)
        begin(loaded)
        conversations = _first(loaded.conversations, limit)
        parameters = CandidateParameters(options, setting, {**(known or {}), **loaded.assistants})
        total = sum(len(each.turns) for each in conversations) * len(options.models) * options.repetitions
        results = _Results(total, progress)
        jobs_left = deque(_jobs(conversations, options))
        _work(jobs_left, lambda job: results.add(job, _run_job(environment, job, parameters)), jobs)
    turns = tuple(_compared(each, turn, options, results.by_key) for each in conversations for turn in each.turns)
    return Report(options, turns, tuple(loaded.problems), prices or {}, int(time.time()))


def _first(conversations: Sequence[Conversation], limit: int | None) -> list[Conversation]:
    """The first ``limit`` turns."""
    limited, turns_left = [], limit
    # A thread may be in a file and also be given by its id.
    by_id = {conversation.id: conversation for conversation in conversations}
    for conversation in by_id.values():
        turns = conversation.turns if turns_left is None else conversation.turns[: max(turns_left, 0)]
        turns_left = None if turns_left is None else turns_left - len(turns)
        limited += [replace(conversation, turns=turns)] if turns else []
    return limited


def _jobs(conversations: Sequence[Conversation], options: Options) -> Iterator[_Job]:
    for conversation in conversations:
        for repetition in range(1, options.repetitions + 1):
            for model in options.models:
                groups = [conversation.turns] if options.free else [(turn,) for turn in conversation.turns]
                yield from (_Job(conversation, turns, model, repetition) for turns in groups)


def _run_job(environment: ReplayEnvironment, job: _Job, parameters: CandidateParameters) -> Iterable[Result]:
    if parameters.options.free:
        return environment.conversation(job.conversation, job.turns, job.model, parameters)
    return (environment.turn(job.conversation, turn, job.model, parameters) for turn in job.turns)


class _Results:
    """The results so far, added from any thread."""

    def __init__(self, total: int, progress: Progress) -> None:
        self.by_key: Final[dict[Key, Result]] = {}
        self._total, self._progress = total, progress
        progress(0, total)

    def add(self, job: _Job, results: Iterable[Result]) -> None:
        for turn, result in zip(job.turns, results, strict=True):
            key = job.conversation.id, turn.number, job.model, job.repetition
            self.by_key[key] = replace(result, repetition=job.repetition)
            self._progress(len(self.by_key), self._total)


def _work(jobs: "deque[_Job]", work: Callable[[_Job], None], workers: int) -> None:
    """Run all jobs, some in parallel.  Raises the exception of a job, and then starts no other."""

    def worker() -> None:
        while jobs:
            try:
                job = jobs.popleft()
            except IndexError:
                return
            work(job)

    begun = [background.thread(worker, "shim-parity") for _ in range(min(workers, len(jobs)))]
    try:
        for each in begun:
            each.result()
    finally:
        jobs.clear()


def _compared(conversation: Conversation, turn: Turn, options: Options, results: Mapping[Key, Result]) -> Compared:
    keys = [
        (conversation.id, turn.number, model, repetition)
        for model in options.models
        for repetition in range(1, options.repetitions + 1)
    ]
    return Compared(conversation, turn, tuple(judge(turn, results[key], options.ignored) for key in keys))
