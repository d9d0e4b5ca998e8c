"""What becomes of every field of a request, from its table."""

from typing import Final

from docs.pages.marks import cell, code, page, table
from shim.translate.fields import FIELDS, MESSAGE, OURS, Fate

INTRODUCTION: Final = """
What becomes of every field of a request that starts a run. *Carried*: upstream gets it under the same name. *Renamed*:
under another. *Approximated*: upstream has nothing that does the same. *Kept*: upstream never hears of it.
"""


def print_page() -> str:
    return page(
        "Fields",
        INTRODUCTION,
        "## Runs",
        _fates(FIELDS),
        "## Messages",
        _fates(MESSAGE),
        "## What no field gave",
        table(("field upstream", "meaning"), [(code(name), cell(text)) for name, text in OURS.items()]),
    )


def _fates(fates: dict[str, Fate]) -> str:
    rows = [(code(name), fate.kind, ", ".join(map(code, fate.to)), cell(fate.how)) for name, fate in fates.items()]
    return table(("field", "", "becomes", "how"), rows)
