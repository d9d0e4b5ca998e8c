"""The size of the load, and how often requests fail and processes are killed."""

import hashlib
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Scale:
    """``fault_every``: one in this number of requests to upstream fails, each time in the next way.

    ``kill_every``: a process is killed after each such number of requests to upstream.  ``stall``: seconds for which
    upstream sends nothing.  ``timeouts``: seconds for which a program waits for a byte; less than a stall for half of
    the processes, more for the others.  ``retry_after``: the header's value in upstream's 429.  ``deadline``: seconds
    after which a program that has not finished counts as hanging.
    """

    processes: int
    threads: int
    turns: int
    fault_every: int
    kill_every: int
    stall: float
    timeouts: tuple[float, float]
    retry_after: float
    deadline: float

    @property
    def all_threads(self) -> int:
        return self.processes * self.threads

    @property
    def all_turns(self) -> int:
        return self.all_threads * self.turns


FULL: Final = Scale(8, 50, 20, 25, 400, 30.0, (20.0, 60.0), 1.0, 5400.0)
#: A small load whose times are a tenth of those of the full one.
REDUCED: Final = Scale(2, 4, 3, 6, 15, 3.0, (2.0, 6.0), 0.1, 240.0)

#: The function that every turn calls; every second turn calls it twice.
FUNCTION: Final = "get_fact"


def question(turn: int) -> str:
    """The user's message in a turn, counted from 1.  The sandbox derives its function calls from this text."""
    first = f'Question {turn}: {FUNCTION} {{"turn": {turn}, "part": 1}}'
    return first if turn % 2 else first + f' then {FUNCTION} {{"turn": {turn}, "part": 2}}'


def parts(turn: int) -> tuple[int, ...]:
    return (1,) if turn % 2 else (1, 2)


def fact(seed: str, thread_id: str, turn: int, part: int) -> str:
    """The function's output: a model can only repeat it if it has received it."""
    return hashlib.sha256(f"{seed}/{thread_id}/{turn}/{part}".encode()).hexdigest()[:20]


def facts(seed: str, thread_id: str, turn: int) -> list[str]:
    return [fact(seed, thread_id, turn, part) for part in parts(turn)]
