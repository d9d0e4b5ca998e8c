"""What is said of a store that fails, from its table."""

from typing import Final

from docs.pages.marks import cell, code, page, table
from shim.store.failures import IN_DOUBT, MEANINGS, UNREADABLE, Meaning

INTRODUCTION: Final = """
What you see when the database behind `SHIM_DATABASE_URL` fails: an `openai.InternalServerError` (500, `server_error`)
from a call, an `openai.APIError` from a stream, an `openai.OpenAIError` from a client whose settings cannot be used, a
sentence and exit status 1 from a command. The message is `The store PLACE SAID. ADVICE`; it never holds a password, a
statement or what was to be written. *When* is a part of what the driver said.

A call that failed has had no effect, but that a run which could not be taken back any more ends failed. It may be
repeated, except where the message says that nobody knows.

*Passes* says what a run does whose answer is coming in. What passes **by help** or **by itself** is waited for:
upstream is heard to its end, nothing is told that is not stored, and then the store is given as long as the lease
(`SHIM_LEASE`). After that, or at once where it **never** passes, the stream ends with the error, the log says why, and
the run is left to whoever looks at its thread next: he fetches the answer from upstream or, where upstream keeps none,
ends the run as failed. What passes by itself is asked for again by the SDK, too (`max_retries`).
"""
#: What no word of a driver tells.
DOUBT: Final = "a `COMMIT` whose answer was lost, and no word from the server afterwards"
TEXT: Final = "a text that is neither JSON nor encrypted with a known key"


def print_page() -> str:
    rows = [_row(each) for each in MEANINGS]
    rows.append(
        (
            "a `COMMIT` whose answer was lost, and no word from the server",
            cell(IN_DOUBT.state),
            cell(IN_DOUBT.advice),
            "never",
        )
    )
    rows.append(("a text that is neither JSON nor encrypted with a known key", cell(UNREADABLE), "", "never"))
    return page("When the store fails", INTRODUCTION, table(("when", "said", "advice", "passes"), rows))


def _row(each: Meaning) -> tuple[str, ...]:
    return ", ".join(map(code, each.pieces)), cell(each.state), cell(each.advice), each.passes
