"""The result of a bench: text for people, JSON for machines."""

import os
import platform
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import openai
import pydantic

Json = dict[str, Any]


@dataclass(frozen=True)
class Options:
    """The number of rounds and deltas."""

    rounds: int = 7
    deltas: int = 2000


@dataclass(frozen=True)
class Report:
    text: str
    data: Json


def spread(values: Iterable[float]) -> dict[str, float]:
    """Median, minimum and maximum."""
    found = sorted(values)
    figures = {"median": statistics.median(found), "min": found[0], "max": found[-1]}
    return {name: round(value, 3) for name, value in figures.items()}


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Columns of text: the first is aligned left, the others right."""
    lines = [list(head), *map(list, rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    shown = [
        "  ".join(
            [line[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(line[1:], widths[1:], strict=True))]
        )
        for line in lines
    ]
    return "\n".join([shown[0], "  ".join("-" * width for width in widths), *shown[1:]])


def machine() -> Json:
    """A description of the machine and the versions."""
    return {
        "python": platform.python_version(),
        "openai": openai.__version__,
        "pydantic": pydantic.VERSION,
        "system": f"{platform.system()} {platform.machine()}",
        "cpus": os.cpu_count(),
        "load": [round(load, 1) for load in os.getloadavg()],
    }
