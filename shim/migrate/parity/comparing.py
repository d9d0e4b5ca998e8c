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
from shim.migrate.parity.reading import Found
from shim.migrate.parity.replay import Asked, Stage
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

    talk: Conversation
    turns: tuple[Turn, ...]
    model: str
    repetition: int


#: Identifies an answer: thread, turn, model, repetition.
Key = tuple[str, int, str, int]


@contextmanager
def stage(client: openai.OpenAI) -> Iterator[tuple[Stage, Database]]:
    """A temporary store for a comparison, and a copy of the client that uses it."""
    with tempfile.TemporaryDirectory(prefix="assistants-shim-", ignore_cleanup_errors=True) as folder:
        own = client.copy(max_retries=max(client.max_retries, RETRIES))
        context = wiring.wire_apart(own, f"sqlite:///{Path(folder) / 'parity.db'}")
        assert isinstance(context.store, SyncStore)
        try:
            yield Stage(own, context), context.store.database
        finally:
            wiring.settle(own)
            context.store.database.close()


def compare(  # noqa: PLR0913  # each option is a parameter
    paths: Sequence[str | Path],
    options: Options,
    client: openai.OpenAI,
    *,
    stored: Iterable[Found] = (),
    setting: Json | None = None,
    known: Mapping[str, Json] | None = None,
    prices: Mapping[str, Price] | None = None,
    limit: int | None = None,
    jobs: int = JOBS,
    encoding: str | None = None,
    begin: Callable[[Found], None] = lambda found: None,
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
    with stage(client) as (place, base):
        found = reading.files([Path(path) for path in paths], base, encoding) if paths else Found()
        for more in stored:
            found.add(more)
        begin(found)
        talks = _first(found.conversations, limit)
        asked = Asked(options, setting, {**(known or {}), **found.assistants})
        results = _Results(sum(len(talk.turns) for talk in talks) * len(options.models) * options.repetitions, progress)
        _work(deque(_jobs(talks, options)), lambda job: results.add(job, _ask(place, job, asked)), jobs)
    turns = tuple(_compared(talk, turn, options, results.by_key) for talk in talks for turn in talk.turns)
    return Report(options, turns, tuple(found.problems), prices or {}, int(time.time()))


def _first(talks: Sequence[Conversation], limit: int | None) -> list[Conversation]:
    """The first ``limit`` turns."""
    kept, left = [], limit
    # A thread may be in a file and also be given by its id.
    once = {talk.id: talk for talk in talks}
    for talk in once.values():
        turns = talk.turns if left is None else talk.turns[: max(left, 0)]
        left = None if left is None else left - len(turns)
        kept += [replace(talk, turns=turns)] if turns else []
    return kept


def _jobs(talks: Sequence[Conversation], options: Options) -> Iterator[_Job]:
    for talk in talks:
        for repetition in range(1, options.repetitions + 1):
            for model in options.models:
                groups = [talk.turns] if options.free else [(turn,) for turn in talk.turns]
                yield from (_Job(talk, turns, model, repetition) for turns in groups)


def _ask(place: Stage, job: _Job, asked: Asked) -> Iterable[Result]:
    if asked.options.free:
        return place.conversation(job.talk, job.turns, job.model, asked)
    return (place.turn(job.talk, turn, job.model, asked) for turn in job.turns)


class _Results:
    """The results so far, added from any thread."""

    def __init__(self, total: int, progress: Progress) -> None:
        self.by_key: Final[dict[Key, Result]] = {}
        self._total, self._progress = total, progress
        progress(0, total)

    def add(self, job: _Job, results: Iterable[Result]) -> None:
        for turn, result in zip(job.turns, results, strict=True):
            key = job.talk.id, turn.number, job.model, job.repetition
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


def _compared(talk: Conversation, turn: Turn, options: Options, results: Mapping[Key, Result]) -> Compared:
    keys = [
        (talk.id, turn.number, model, repetition)
        for model in options.models
        for repetition in range(1, options.repetitions + 1)
    ]
    return Compared(talk, turn, tuple(judge(turn, results[key], options.ignored) for key in keys))
