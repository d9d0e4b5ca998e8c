"""Metrics for Prometheus, at ``/metrics``.

With several workers each writes its numbers to files of a folder (``PROMETHEUS_MULTIPROC_DIR``), and the worker that
gets the request adds up all of them.
"""

import os
import time
from collections.abc import Callable
from functools import partial
from typing import Any, Final

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    generate_latest,
    multiprocess,
)

from shim.ports import Happening
from shim.server.exchange import Exchange
from shim.server.recent import Recent
from shim.wire.types import Json

#: The variable with the folder for the workers' numbers.
FOLDER: Final = "PROMETHEUS_MULTIPROC_DIR"
CONTENT_TYPE: Final = CONTENT_TYPE_LATEST
#: Bounds of histograms in seconds: for answers of models, and for short delays.
LONG: Final = (0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600)
SHORT: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5)


class Metrics:
    """The numbers of one process."""

    def __init__(self) -> None:
        self._registry = registry = CollectorRegistry()
        self._sent_at: Recent[float] = Recent()
        if FOLDER not in os.environ:
            ProcessCollector(registry=registry)
            PlatformCollector(registry=registry)
        counter, histogram = partial(Counter, registry=registry), partial(Histogram, registry=registry)
        self._runs = counter("shim_runs", "Rounds of runs that have ended, by the run's status.", ["status"])
        self._first = histogram(
            "shim_first_token_seconds", "From the request to upstream to its first text.", buckets=LONG
        )
        self._round = histogram(
            "shim_round_seconds", "From the request to upstream to the end of its answer.", buckets=LONG
        )
        self._upstream_requests = counter("shim_upstream_requests", "Requests for responses.")
        self._refused = counter(
            "shim_upstream_errors", "Requests without a response, by upstream's status.", ["status"]
        )
        self._healed = counter("shim_healings", "Runs that sent the whole thread as they had no chain.", ["cause"])
        self._taken = counter("shim_lease_takeovers", "Runs taken over from a process that has ended.")
        self._waits = histogram("shim_store_wait_seconds", "Waits for a connection to the store.", buckets=SHORT)
        self._lag = histogram("shim_event_lag_seconds", "Delay of the event loop and of every event.", buckets=SHORT)
        self._text_waits = histogram(
            "shim_text_delay_seconds", "Time for which text waits as the process is busy.", buckets=SHORT
        )
        self._requests = counter("shim_http_requests", "Requests, by route and status.", ["method", "route", "status"])
        self._seconds = histogram("shim_http_request_seconds", "To the end of the answer.", ["route"], buckets=LONG)
        self._streams = _gauge("shim_open_streams", "Answers that are being streamed.", registry)
        self._driven = _gauge("shim_driven_runs", "Runs that are being driven.", registry)
        self._circuits = _gauge(
            "shim_open_circuits", "Upstreams that get no requests, as they do not answer.", registry
        )

    def monitor(self, what: Happening, run: Json, detail: str = "", /) -> None:
        """Count events of runs; see `shim.ports.Monitor`."""
        observe: dict[Happening, Callable[[], Any]] = {
            "asking": lambda: self._begun(run["id"]),
            "refused": lambda: self._refused.labels(detail or "none").inc(),
            "first": lambda: self._since(run["id"], self._first, over=False),
            "ended": lambda: self._ended(run["id"], detail),
            "healed": lambda: self._healed.labels(detail).inc(),
            "taken_over": self._taken.inc,
        }
        if what in observe:
            observe[what]()

    def exchange(self, exchange: Exchange) -> None:
        """Count a request whose answer has ended."""
        self._requests.labels(exchange.method, exchange.route, exchange.status).inc()
        self._seconds.labels(exchange.route).observe(exchange.seconds)

    def waited(self, seconds: float) -> None:
        """Record how long a transaction has waited."""
        self._waits.observe(seconds)

    def text_waits(self, seconds: float) -> None:
        """Record how long text waits now."""
        self._text_waits.observe(seconds)

    def circuits(self, open: int) -> None:
        """Upstreams that are left alone."""
        self._circuits.set(open)

    def measured(self, lag: float, streams: int, driven: int) -> None:
        """Record the values that are measured once a second."""
        self._lag.observe(lag)
        self._streams.set(streams)
        self._driven.set(driven)

    def page(self) -> bytes:
        """The page that Prometheus reads."""
        if FOLDER not in os.environ:
            return generate_latest(self._registry)
        whole = CollectorRegistry()
        multiprocess.MultiProcessCollector(whole)  # type: ignore[no-untyped-call]
        return generate_latest(whole)

    def _begun(self, run_id: str) -> None:
        self._upstream_requests.inc()
        self._sent_at[run_id] = time.perf_counter()

    def _ended(self, run_id: str, status: str) -> None:
        self._runs.labels(status).inc()
        self._since(run_id, self._round, over=True)

    def _since(self, run_id: str, histogram: Histogram, over: bool) -> None:
        began = self._sent_at.get(run_id)
        if began is not None:
            histogram.observe(time.perf_counter() - began)
        if over:
            self._sent_at.pop(run_id, None)


def _gauge(name: str, description: str, registry: CollectorRegistry) -> Gauge:
    """A gauge; with several workers their sum."""
    return Gauge(name, description, registry=registry, multiprocess_mode="livesum")
