"""A dict of limited size, for what a process remembers by the ids of runs or keys that may never come again."""

from collections import OrderedDict
from collections.abc import Callable
from typing import Final, TypeVar

T = TypeVar("T")
#: The largest number of entries.
MOST: Final = 10_000


class Recent(OrderedDict[str, T]):
    """The newest entries.  ``dropped`` is called with the oldest one when it is one too many."""

    def __init__(self, dropped: Callable[[T], object] | None = None) -> None:
        super().__init__()
        self._dropped = dropped

    def __setitem__(self, key: str, value: T) -> None:
        super().__setitem__(key, value)
        if len(self) > MOST:
            oldest = self.popitem(last=False)[1]
            if self._dropped is not None:
                self._dropped(oldest)
