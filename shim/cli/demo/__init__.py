"""``assistants-shim demo``: a run with two tool calls, offline, on a temporary database."""

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from shim import OpenAI
from shim.cli.demo import chain, program
from shim.cli.demo.screen import Screen
from shim.store.database import database


def demo(
    slowly: Annotated[
        bool | None,
        typer.Option("--slowly/--briskly", help="Pause between events.  Default: slowly in a terminal."),
    ] = None,
) -> None:
    """Run user → model → function → model → function → model → text in one stream, and show the requests to
    upstream.
    """
    slow = sys.stdout.isatty() if slowly is None else slowly
    screen = Screen()
    with _nowhere() as url:
        client = OpenAI()
        screen.begin(program.QUESTION)
        run = program.run(client, screen, slow)
        steps = client.beta.threads.runs.steps.list(run.id, thread_id=run.thread_id, order="asc").data
        screen.compare(run, steps, chain.of_run(url, run.id))
        client.close()
        database(url).close()


@contextmanager
def _nowhere() -> Iterator[str]:
    """A temporary database, the sandbox as upstream and default settings; yields the database's URL."""
    before = dict(os.environ)
    with tempfile.TemporaryDirectory(prefix="assistants-shim-", ignore_cleanup_errors=True) as folder:
        url = f"sqlite:///{Path(folder) / 'demo.db'}"
        for name in [name for name in os.environ if name.startswith(("SHIM_", "OPENAI_"))]:
            del os.environ[name]
        os.environ.update({"SHIM_UPSTREAM": "sandbox", "SHIM_DATABASE_URL": url, "SHIM_MODEL_MAP": "off"})
        try:
            yield url
        finally:
            os.environ.clear()
            os.environ.update(before)
