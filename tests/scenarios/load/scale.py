"""How much is done, and how badly it is treated."""

import hashlib
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Scale:
    """``fault_every``: one request to upstream in so many goes wrong, each time in the next way.

    ``kill_every``: a process is killed whenever upstream has been asked so many times more.  ``stall``: seconds for
    which upstream falls silent.  ``timeout``: seconds after which a program gives up waiting for a byte; less than
    a stall for half of the processes, more for the others.  ``retry_after``: what upstream asks for with a 429.
    ``deadline``: seconds after which something hangs.
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
#: The same on a clock that runs ten times as fast.
REDUCED: Final = Scale(2, 4, 3, 6, 15, 3.0, (2.0, 6.0), 0.1, 240.0)

#: The function that every turn needs, and which is asked for a second time in every other one.
FUNCTION: Final = "get_fact"


def question(turn: int) -> str:
    """What the user says in a turn, counted from 1: the sandbox reads the calls from it."""
    first = f'Question {turn}: {FUNCTION} {{"turn": {turn}, "part": 1}}'
    return first if turn % 2 else first + f' then {FUNCTION} {{"turn": {turn}, "part": 2}}'


def parts(turn: int) -> tuple[int, ...]:
    return (1,) if turn % 2 else (1, 2)


def fact(seed: str, thread_id: str, turn: int, part: int) -> str:
    """What the function says: nobody can know it who was not told."""
    return hashlib.sha256(f"{seed}/{thread_id}/{turn}/{part}".encode()).hexdigest()[:20]


def facts(seed: str, thread_id: str, turn: int) -> list[str]:
    return [fact(seed, thread_id, turn, part) for part in parts(turn)]
