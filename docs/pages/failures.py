"""What is said of a store that fails, from its table."""

from typing import Final

from docs.pages.marks import cell, code, page, table
from shim.store.failures import IN_DOUBT, MEANINGS, UNREADABLE, Meaning

INTRODUCTION: Final = """
What you see when the database behind `SHIM_DATABASE_URL` fails: an `openai.InternalServerError` (500, `server_error`)
from a call, an `openai.APIError` from a stream, an `openai.OpenAIError` from a client whose settings cannot be used, a
sentence and exit status 1 from a command. The message is `The store PLACE STATE. ADVICE`; it never contains a password,
a statement or the values to be written. *When* is a part of the driver's error text.

A call that failed has had no effect, with one exception: a run that could not be undone any more ends as failed. The
call may be repeated, except where the message says that it is unknown whether the change was stored.

*Passes* says what happens to a run that is reading its answer. While a failure that passes **by help** or **by itself**
lasts, the run waits: it reads the response to its end, sends no event that is not stored, and then tries to write for
as long as the lease (`SHIM_LEASE`). After that, or at once where the failure **never** passes, the stream ends with the
error, and the log gives the reason. The next call about the thread, of any program, then fetches the answer from
upstream or, where upstream does not store responses, ends the run as failed. Failures that pass by themselves are also
retried by the SDK (`max_retries`).
"""
#: Failures that no text of a driver describes.
DOUBT: Final = "a `COMMIT` whose answer was lost, and no message from the server afterwards"
TEXT: Final = "a text that is neither JSON nor encrypted with a known key"


def print_page() -> str:
    rows = [_row(each) for each in MEANINGS]
    rows.append(
        (
            "a `COMMIT` whose answer was lost, and no message from the server",
            cell(IN_DOUBT.state),
            cell(IN_DOUBT.advice),
            "never",
        )
    )
    rows.append(("a text that is neither JSON nor encrypted with a known key", cell(UNREADABLE), "", "never"))
    return page("When the store fails", INTRODUCTION, table(("when", "state", "advice", "passes"), rows))


def _row(each: Meaning) -> tuple[str, ...]:
    return ", ".join(map(code, each.pieces)), cell(each.state), cell(each.advice), each.passes
