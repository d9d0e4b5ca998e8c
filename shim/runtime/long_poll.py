"""Who polls a run through the SDK's helpers is answered when there is something to tell.

Asked every few milliseconds, fifty callers would leave the runs that they wait for no time to go on.  So where this
process drives the run, the answer is held until the run is done or wants something, but not for longer than half of the
time that its caller waits.  Whoever retrieves a run by himself, or names an interval, is answered at once.
"""

from collections.abc import Mapping
from typing import Final

from shim.engine import Registry, Request
from shim.engine.api.routes import polled_run
from shim.runtime.colours import Colour

#: Seconds, at most; and where a caller does not say how long he waits.
HOLD: Final = 5.0
UNSAID: Final = 1.0
#: Where the SDKs of Python and Node say it, in seconds.
WAITS: Final = ("x-stainless-read-timeout", "x-stainless-timeout")


def seconds(headers: Mapping[str, str]) -> float:
    """For how long the answer to a request with these headers may be held."""
    asked = next((headers[name] for name in WAITS if name in headers), None)
    try:
        # What is no number at all is less than nothing.
        return UNSAID if asked is None else min(HOLD, max(0.0, float(asked) / 2))
    except ValueError:
        return UNSAID


async def hold(registry: Registry, asked: Request, tenant: str, colour: Colour) -> None:
    """Hold the answer to a polling helper.  A run of another tenant is not waited for: that would tell that there is
    one.
    """
    run_id = polled_run(asked)
    if run_id is None:
        return
    bell = colour.signal()
    if registry.watch(run_id, bell.ring, tenant):
        try:
            await bell.wait(seconds(asked.headers))
        finally:
            registry.unwatch(run_id, bell.ring)
