"""Retired models, and those that take minutes, from their tables."""

from typing import Final

from docs.pages.marks import code, page, table
from shim.translate.models import MINUTES, RETIRED

INTRODUCTION: Final = """
Models that no longer exist, and what answers in their place: the successors that OpenAI names on its deprecations page,
as of 2026-10-15. A row counts from its date on, and only where OpenAI's names mean OpenAI's models. Before it counts,
the upstream's own list of models is looked at, once a day: what that still has, without a `shutdown_date` in the past,
is called as it is. A model that the upstream refuses and lists no more is replaced before its date. Each mapping is
logged once; the run shows the name that it was given.

`SHIM_MODEL_MAP` adds names of your own, which come first: `{"gpt-4": "gpt-5.6-sol", "ft:gpt-3.5-turbo*": "my-model"}`,
or the path of a file that holds this. The longest prefix that fits counts; `null` leaves a model as it is, so that
`"*": null` puts your map in the table's place. `SHIM_MODEL_MAP=off` turns all mapping off. Where a model is unknown and
has no row, the run fails as it did, and the log names the setting.

What changes for your users with one model or another, `assistants-shim parity` tells from conversations that you have:
[Compare models](../how-to/compare-models.md).
"""


SLOW: Final = """
## Models that take minutes

Runs of these go on in upstream's background mode, where it has one and keeps responses, unless `SHIM_BACKGROUND` says
otherwise: [Choose where runs are driven](../how-to/background.md). `*` stands for any letters.
"""


def print_page() -> str:
    rows = [(code(name), row.since, code(row.successor)) for name, row in RETIRED.items()]
    slow = table(("model", "why"), [(code(name), why) for name, why in MINUTES.items()])
    return page("Retired models", INTRODUCTION, table(("model", "gone since", "answered by"), rows), SLOW, slow)
