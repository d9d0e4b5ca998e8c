"""Retired models, and those that take minutes, from their tables."""

from typing import Final

from docs.pages.marks import code, page, table
from shim.translate.models import MINUTES, RETIRED

INTRODUCTION: Final = """
Models that no longer exist, and the models that answer in their place: the successors that OpenAI names on its
deprecations page, as of 2026-10-15. A row applies from its date on, and only where OpenAI's names mean OpenAI's models.
Before a row is applied, the shim reads the upstream's own list of models, once a day: a model that is still in it,
without a `shutdown_date` in the past, is called unchanged. A model that the upstream refuses and no longer lists is
replaced before its date. Each mapping is logged once; the run shows the original name.

`SHIM_MODEL_MAP` adds names of your own, which come first: `{"gpt-4": "gpt-5.6-sol", "ft:gpt-3.5-turbo*": "my-model"}`,
or the path of a file with such an object. The longest prefix that matches is used; `null` leaves a model unchanged, so
that `"*": null` makes your map replace the table. `SHIM_MODEL_MAP=off` turns all mapping off. Where upstream does not
know a model and the model has no row, the run fails with upstream's error, and the log names the setting.

`assistants-shim parity` shows from your own conversations what changes for your users with another model:
[Compare models](../how-to/compare-models.md).
"""


SLOW: Final = """
## Models that take minutes

Runs of these use upstream's background mode, where it has one and stores responses, unless `SHIM_BACKGROUND` sets
something else: [Choose where runs are driven](../how-to/background.md). `*` stands for any characters.
"""


def print_page() -> str:
    rows = [(code(name), row.since, code(row.successor)) for name, row in RETIRED.items()]
    slow = table(("model", "why"), [(code(name), why) for name, why in MINUTES.items()])
    return page("Retired models", INTRODUCTION, table(("model", "gone since", "answered by"), rows), SLOW, slow)
