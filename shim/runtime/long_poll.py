"""Long polling: a polling helper of the SDK gets its answer when the run has changed.

Fifty callers that poll every few milliseconds would leave no processor time to the runs that they wait for.  So the
process that drives a run delays the answer until the run has ended or needs tool outputs, but never longer than half of
the caller's read timeout.  A plain retrieve, or one with an interval of its own, is answered at once.
"""

from collections.abc import Mapping
from typing import Final

from shim.engine import Registry, Request
from shim.engine.api.routes import polled_run
from shim.runtime.colours import Colour

#: Seconds: the longest delay, and the delay where the caller states no timeout.
LONGEST: Final = 5.0
DEFAULT: Final = 1.0
#: Headers in which the SDKs of Python and Node state their timeout, in seconds.
WAITS: Final = ("x-stainless-read-timeout", "x-stainless-timeout")


def seconds(headers: Mapping[str, str]) -> float:
    """How many seconds the answer to a request with these headers may be delayed."""
    timeout = next((headers[name] for name in WAITS if name in headers), None)
    try:
        # NaN becomes 0.
        return DEFAULT if timeout is None else min(LONGEST, max(0.0, float(timeout) / 2))
    except ValueError:
        return DEFAULT


async def until_news(registry: Registry, request: Request, tenant: str, colour: Colour) -> None:
    """Delay the answer to a polling helper.  Not for a run of another tenant: the delay would show that it exists."""
    run_id = polled_run(request)
    if run_id is None:
        return
    bell = colour.signal()
    if registry.watch(run_id, bell.ring, tenant):
        try:
            await bell.wait(seconds(request.headers))
        finally:
            registry.unwatch(run_id, bell.ring)
