"""The position up to which a background response has been read.

Such an answer can be continued where the connection broke, as each of its events has a number.
"""

from dataclasses import dataclass
from typing import Any, Final

#: Seconds before each attempt to continue, if the attempt before got no event.
PAUSES: Final = (0.2, 1.0, 2.0, 4.0)


@dataclass(slots=True)
class StreamPosition:
    """``last``: the number of the last event that was read.  ``broken``: how many attempts in a row got no event."""

    response_id: str | None = None
    last: int | None = None
    broken: int = 0

    def read(self, events: list[dict[str, Any]]) -> None:
        """Record the events that were read."""
        self.broken = 0
        for event in events:
            response, number = event.get("response"), event.get("sequence_number")
            if self.response_id is None and isinstance(response, dict):
                self.response_id = response.get("id")
            if isinstance(number, int):
                self.last = number

    def silent(self) -> None:
        """Record that the answer is opened again, as no event came."""
        self.broken += 1
