"""The system that a client runs on, which the SDK names in a header of each request."""

from collections.abc import Callable
from typing import Any, Final

import openai

#: The attribute of an async client for it.  The first versions of the SDK do not have it.
PLATFORM: Final = "_platform"


class Copies:
    """Makes copies of an async client, which know the system as soon as an earlier copy knew it.

    A client of the SDK finds it out in a thread, before its first request
    (`openai._base_client.AsyncAPIClient.request`); each copy would do that again.
    """

    def __init__(self, make: Callable[[], openai.AsyncOpenAI]) -> None:
        self._make: Final = make
        self._last: Any = None
        self._platform: Any = None

    def __call__(self) -> openai.AsyncOpenAI:
        copied: Any = self._make()
        if self._platform is None:
            self._platform = getattr(self._last, PLATFORM, None)
            self._last = copied if self._platform is None else None
        if self._platform is not None:
            setattr(copied, PLATFORM, self._platform)
        return copied  # type: ignore[no-any-return]
