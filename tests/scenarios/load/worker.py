"""One process: a client, and a conversation in each of its threads."""

import json
import os
import threading
import warnings
from dataclasses import dataclass
from typing import Any

import openai

from shim import OpenAI
from tests.scenarios.load.program import Conversation, Note


@dataclass(frozen=True)
class Job:
    """``server``: the address of ``assistants-shim serve``; None where the shim runs in the process itself.

    ``notes`` is a file to which a line is appended for each thing that happens; it remains after the process has died.
    """

    database: str
    upstream: str
    server: str | None
    assistant_id: str
    thread_ids: tuple[str, ...]
    turns: int
    seed: str
    timeout: float
    notes: str


def work(job: Job) -> None:
    """The main function of the process."""
    warnings.simplefilter("error", ResourceWarning)
    os.environ["SHIM_DATABASE_URL"] = job.database
    notes = os.open(job.notes, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    def note(what: str, seconds: float) -> None:
        os.write(notes, (json.dumps([what, round(seconds, 4)]) + "\n").encode())

    with _client(job) as client:
        talks = [Conversation(client, job.assistant_id, id, job.turns, job.seed, note) for id in job.thread_ids]
        threads = [threading.Thread(target=_converse, args=(talk, note), daemon=True) for talk in talks]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    os.close(notes)


def _client(job: Job) -> Any:
    if job.server is not None:
        return openai.OpenAI(base_url=job.server, api_key="test", timeout=job.timeout)
    return OpenAI(base_url=job.upstream, api_key="test", timeout=job.timeout)


def _converse(talk: Conversation, note: Note) -> None:
    try:
        talk.converse()
    except BaseException as problem:
        note(f"BROKEN {problem!r}", 0.0)
        raise
