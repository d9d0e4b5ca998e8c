"""Lists: which page a query asks for, and the page object.

Default limit 20, 1 to 100; default order ``desc``.  Unknown query parameters are ignored, as SDKs and proxies add their
own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal, cast

from shim.wire.errors import error
from shim.wire.requests.paths import is_possible
from shim.wire.types import Json

Order = Literal["asc", "desc"]

LIMIT: Final = 20
MAX_LIMIT: Final = 100
ORDERS: Final = ("asc", "desc")
#: The only value of ``include[]``, in runs.create, steps.list and steps.retrieve.
FILE_SEARCH_CONTENT: Final = "step_details.tool_calls[*].file_search.results[*].content"
#: How the SDKs write an array in a query: ``include[]=x``, ``include=x`` or ``include[0]=x``.
_INCLUDE: Final = ("include[]", "include", "include[0]")


CURSORS: Final = ("after", "before", "run_id")


@dataclass(frozen=True, slots=True)
class Page:
    """The parameters of a list; ``after``, ``before`` and ``run_id`` are ids, unchecked."""

    limit: int = LIMIT
    order: Order = "desc"
    after: str | None = None
    before: str | None = None
    run_id: str | None = None


def read_page(query: Sequence[tuple[str, str]], *, run_id: bool = False) -> Page:
    """The page that ``query`` requests.  ``run_id``: whether this list has that filter (only messages do).

    An empty value counts as none.  Raises `ApiError`.
    """
    params = {key: value for key, value in query if value}
    for name in CURSORS:
        if not is_possible(params.get(name, "")):
            raise error("invalid_value", param=name)
    return Page(
        limit=_limit(params.get("limit")),
        order=_order(params.get("order")),
        after=params.get("after"),
        before=params.get("before"),
        run_id=params.get("run_id") if run_id else None,
    )


def _limit(text: str | None) -> int:
    if text is None:
        return LIMIT
    digits = text.removeprefix("-")
    # Not int(): it would accept "1_0", " 7 " and other alphabets' digits; nine digits are more than any limit.
    if not (digits.isascii() and digits.isdigit()):
        raise error("invalid_type", param="limit", expected="an integer", got="a string")
    value = int(text[:10])
    if value < 1:
        raise error("integer_below_min", param="limit", limit=1, value=text)
    if value > MAX_LIMIT:
        raise error("integer_above_max", param="limit", limit=MAX_LIMIT, value=text)
    return value


def _order(text: str | None) -> Order:
    if text is None:
        return "desc"
    if text not in ORDERS:
        raise error("bad_value", param="order", value=text, supported="'asc' and 'desc'")
    return cast(Order, text)


def read_include(query: Sequence[tuple[str, str]]) -> bool:
    """Whether the answer must contain the contents of file search results.  Raises `ApiError` for any other value."""
    requested = [value for key, value in query if key in _INCLUDE and value]
    for index, value in enumerate(requested):
        if value != FILE_SEARCH_CONTENT:
            raise error("bad_value", param=f"include[{index}]", value=value, supported=f"'{FILE_SEARCH_CONTENT}'")
    return bool(requested)


def page(items: list[Json], has_more: bool) -> Json:
    """The list object, its keys in the API's order."""
    return {
        "object": "list",
        "data": items,
        "first_id": items[0]["id"] if items else None,
        "last_id": items[-1]["id"] if items else None,
        "has_more": has_more,
    }
