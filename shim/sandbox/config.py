"""How a sandbox behaves: the options of `shim.sandbox.Sandbox`."""

import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import TypedDict


class Options(TypedDict, total=False):
    """The names and types of the options; their meanings and defaults are in `Config`."""

    seed: str
    clock: Callable[[], float]
    burst: int
    pace: float
    models: Collection[str]
    retired: Mapping[str, str]
    store_by_default: bool
    can_store: bool
    context_window: int


@dataclass(frozen=True, slots=True)
class Config:
    """``seed``: what the ids are made from.  ``clock``: seconds since the epoch.  ``burst``: events in one chunk.

    ``pace``: seconds between events after the word ``slowly``.  ``models``: further names of models.  ``retired``:
    names of models that were shut down, with the date; they are still listed.  ``store_by_default``: the default of
    ``store``.  ``can_store``: false for a server that stores nothing and has ``store: false`` in its echo.
    ``context_window``: the largest number of words of an input.
    """

    seed: str = "sandbox"
    clock: Callable[[], float] = time.time
    burst: int = 1
    pace: float = 0.05
    models: Collection[str] = ()
    retired: Mapping[str, str] = field(default_factory=dict)
    store_by_default: bool = True
    can_store: bool = True
    context_window: int = 400_000
