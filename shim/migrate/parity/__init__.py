"""Compares models: sends the questions of recorded conversations to other models.

The steps of a comparison: `reading` reads conversations, `conversations` cuts them into turns, `replay` runs each again
with the outputs of `playback`, `differences` compares both answers, `results` sums up, `page` writes the report.
"""

from shim.migrate.parity.comparison import compare
from shim.migrate.parity.results import Options, Report, as_json

__all__ = ["Options", "Report", "as_json", "compare"]
