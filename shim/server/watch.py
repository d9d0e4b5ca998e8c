"""The observers of requests and runs: metrics, spans, and the log of runs' ends."""

from typing import Any, Final

from shim.ports import Happening
from shim.server.logs import Runs
from shim.server.metrics import Metrics
from shim.server.tracing import Tracing


class Watch:
    """Of one server."""

    def __init__(self) -> None:
        self.metrics: Final = Metrics()
        self.tracing: Final = Tracing()
        self._monitors: Final = (self.metrics.monitor, self.tracing.monitor, Runs())

    def monitor(self, what: Happening, run: dict[str, Any], detail: str = "", /) -> None:
        """Report events of runs; see `shim.ports.Monitor`."""
        for each in self._monitors:
            each(what, run, detail)
