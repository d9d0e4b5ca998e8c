"""The standard library's processes, started by each of its methods while runs of the client are active."""

import multiprocessing
import sys
import threading
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from typing import Any

import stage
from conversations import TOOLS, WAYS, talk

from shim import OpenAI

METHODS = ("forkserver", "spawn")
#: Number of pools that are forked during conversations.
FORKS = 5


@cache
def client() -> Any:
    """In a forked process, the parent's client; in any other process, a new one."""
    return OpenAI()


def conversation(given: tuple[str, str, str]) -> Any:
    assistant, way, output = given
    return talk(client(), assistant, way, output)


def talk_in_processes(assistant: str, method: str) -> dict[str, list[str]]:
    """Conversations in processes that are started by that method; returns the tools' outputs by thread."""
    given = [(assistant, way, stage.secret()) for way in WAYS * 2]
    with ProcessPoolExecutor(2, multiprocessing.get_context(method)) as pool:
        found = list(pool.map(conversation, given))
    assert all(each["status"] == "completed" for each in found), found
    return {each["thread"]: [how[2]] for how, each in zip(given, found, strict=True)}


def in_the_middle(assistant: str) -> dict[str, list[str]]:
    """Fork processes repeatedly while two threads of this process run conversations."""
    over, done = threading.Event(), dict[str, list[str]]()

    def busy() -> None:
        while not over.is_set():
            output = stage.secret()
            done[talk(client(), assistant, "stream", output)["thread"]] = [output]

    crowd = [threading.Thread(target=busy) for _ in range(2)]
    for each in crowd:
        each.start()
    made = [talk_in_processes(assistant, "fork") for _ in range(FORKS)]
    over.set()
    for each in crowd:
        each.join()
    return {thread: outputs for each in (done, *made) for thread, outputs in each.items()}


def main() -> None:
    with stage.stage() as (sandbox, _):
        assistant = client().beta.assistants.create(model="gpt-4o", tools=TOOLS).id
        threads = in_the_middle(assistant)
        for method in METHODS:
            threads |= talk_in_processes(assistant, method)
        for each, outputs in threads.items():
            stage.check_thread(client(), each, outputs)
        stage.report(f"multiprocessing on {sys.platform}", sandbox, len(threads), ", ".join(["fork", *METHODS]))


if __name__ == "__main__":
    main()
