"""Every error body, from its table."""

from typing import Final

from docs.pages.marks import cell, code, page, table
from shim.wire.errors import ERRORS, Row

INTRODUCTION: Final = """
Every error that we answer ourselves. The body is `{"error": {"message", "type", "param", "code"}}`; names in braces are
filled in. *Known* says where the words come from: *recorded* in genuine traffic of the API, *reported* verbatim by its
users (or recorded on a sibling endpoint with the same validator), *choice* where no trace of the real words exists and
these are ours.

What upstream refuses because of the request comes in upstream's own words, with its status; fields that it names have
the names of your request (`reasoning_effort` for `reasoning.effort`, `additional_messages[0].content` for
`input[3].content[0].text`). The same holds for the `last_error` of a run. A field that your request does not have keeps
upstream's name, and the message says so.

A status of 200 with anything but a response (a web page, an empty body, an object of another API) is a failure of
upstream: the run ends failed, and its `last_error` says what came instead.
"""


def print_page() -> str:
    rows = [_row(name, row) for name, row in ERRORS.items()]
    return page("Errors", INTRODUCTION, table(("error", "HTTP", "message", "type", "param", "code", "known"), rows))


def _row(name: str, row: Row) -> tuple[str, ...]:
    param, coded = (code(value) if value else "" for value in (row.param, row.code))
    return code(name), str(row.status), cell(row.message), code(row.type), param, coded, row.known
