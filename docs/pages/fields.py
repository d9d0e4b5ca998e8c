"""What happens to every field of a request, from its table."""

from typing import Final

from docs.pages.marks import cell, code, page, table
from shim.translate.fields import FIELDS, MESSAGE, OURS, Handling

INTRODUCTION: Final = """
What happens to every field of a request that starts a run. *Carried*: sent to upstream under the same name. *Renamed*:
sent under another name. *Approximated*: upstream has nothing with the same effect. *Kept*: not sent to upstream.
"""


def print_page() -> str:
    return page(
        "Fields",
        INTRODUCTION,
        "## Runs",
        _fates(FIELDS),
        "## Messages",
        _fates(MESSAGE),
        "## Fields that come from no field of the request",
        table(("field upstream", "meaning"), [(code(name), cell(text)) for name, text in OURS.items()]),
    )


def _fates(fates: dict[str, Handling]) -> str:
    rows = [(code(name), fate.kind, ", ".join(map(code, fate.to)), cell(fate.how)) for name, fate in fates.items()]
    return table(("field", "", "becomes", "how"), rows)
