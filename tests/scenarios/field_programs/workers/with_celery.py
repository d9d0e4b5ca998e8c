"""Celery's pool of forked processes: parallel conversations, and a process that is killed during one."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any

import stage
from conversations import WAYS

TALKS = 8


@contextmanager
def working(folder: Path) -> Iterator[Any]:
    """The module of the tasks, with a running Celery worker of two processes."""
    for name in ("queue", "control", "results"):
        (folder / name).mkdir()
    os.environ["CELERY_FOLDER"] = str(folder)
    options = ["worker", "--pool", "prefork", "--concurrency", "2", "--loglevel", "critical", "--without-mingle"]
    options += ["--without-gossip", "--without-heartbeat"]
    command = [sys.executable, "-m", "celery", "-A", "celery_tasks", *options]
    process = subprocess.Popen(command, cwd=stage.HERE, env=os.environ | {"C_FORCE_ROOT": "1"})
    try:
        import celery_tasks

        yield celery_tasks
    finally:
        process.terminate()
        process.wait(stage.PATIENCE)


def got(result: Any) -> Any:
    return result.get(timeout=stage.PATIENCE, interval=0.05)


def crowd(tasks: Any) -> dict[str, list[str]]:
    given = [{"way": WAYS[n % 2], "output": stage.secret()} for n in range(TALKS)]
    results = [got(result) for result in [tasks.converse.delay(**each) for each in given]]
    assert all(each["status"] == "completed" for each in results), results
    assert os.getpid() not in {each["pid"] for each in results}
    return {each["thread"]: [how["output"]] for how, each in zip(given, results, strict=True)}


def killed(tasks: Any, folder: Path, thread: str) -> str:
    place = folder / "whose"
    tasks.essay.delay(thread, str(place))
    stage.until("the long answer has begun", place.exists)
    os.kill(int(place.read_text()), signal.SIGKILL)
    return stage.settled(tasks.client, thread)


def main() -> None:
    with stage.stage() as (sandbox, folder), working(folder) as tasks:
        threads = crowd(tasks)
        thread = next(iter(threads))
        ended = killed(tasks, folder, thread)
        for each, outputs in threads.items():
            outputs.append(stage.secret())
            assert got(tasks.converse.delay("stream", outputs[-1], each))["status"] == "completed"
        for each, outputs in threads.items():
            stage.check_thread(tasks.client, each, outputs)
        end = f"a process was killed, its run {ended}"
        stage.report(f"celery {version('celery')}", sandbox, len(threads), end)


main()
