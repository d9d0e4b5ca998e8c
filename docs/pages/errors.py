"""Every error body, from its table."""

from typing import Final

from docs.pages.marks import cell, code, page, table
from shim.wire.errors import ERRORS, Row

INTRODUCTION: Final = """
Every error that the shim answers itself. The body is `{"error": {"message", "type", "param", "code"}}`; names in braces
are filled in. *Known* is the source of the text: *recorded* in genuine traffic of the API, *reported* verbatim by its
users (or recorded on a sibling endpoint with the same validator), *choice* where the real text is not known and this
one is our own.

A request that upstream refuses is answered with upstream's own text and status; fields in it have the names of your
request (`reasoning_effort` for `reasoning.effort`, `additional_messages[0].content` for
`input[3].content[0].text`). The same holds for the `last_error` of a run. A field that your request does not have keeps
upstream's name, and the message says so.

A status of 200 with anything but a response (a web page, an empty body, an object of another API) is a failure of
upstream: the run ends as failed, and its `last_error` describes the answer.
"""


def print_page() -> str:
    rows = [_row(name, row) for name, row in ERRORS.items()]
    return page("Errors", INTRODUCTION, table(("error", "HTTP", "message", "type", "param", "code", "known"), rows))


def _row(name: str, row: Row) -> tuple[str, ...]:
    param, coded = (code(value) if value else "" for value in (row.param, row.code))
    return code(name), str(row.status), cell(row.message), code(row.type), param, coded, row.known
