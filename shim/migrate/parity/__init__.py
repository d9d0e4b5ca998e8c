"""Recorded conversations asked again of other models: what changes for users before they notice.

The way of a comparison: `reading` finds conversations, `conversations` cuts them into turns, `replay` asks each again
with the outputs that `playback` has, `differences` puts both answers side by side, `results` sums up, `page` shows it.
"""

from shim.migrate.parity.comparing import compare
from shim.migrate.parity.results import Options, Report, as_json

__all__ = ["Options", "Report", "as_json", "compare"]
