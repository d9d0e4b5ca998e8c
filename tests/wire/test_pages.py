"""The page that a query requests."""

import pytest

from shim.engine.api.routes import find
from shim.wire.errors import ApiError
from shim.wire.pages import FILE_SEARCH_CONTENT, Page, page, read_include, read_page

LOW = "Invalid 'limit': integer below minimum value. Expected a value >= 1, but got {} instead."
HIGH = "Invalid 'limit': integer above maximum value. Expected a value <= 100, but got {} instead."
TEXT = "Invalid type for 'limit': expected an integer, but got a string instead."


def test_an_empty_query() -> None:
    assert read_page([]) == Page(limit=20, order="desc", after=None, before=None, run_id=None)


def test_a_query_with_every_parameter() -> None:
    query = [("limit", "2"), ("order", "asc"), ("after", "msg_1"), ("before", "msg_9"), ("run_id", "run_1")]
    assert read_page(query, run_id=True) == Page(2, "asc", "msg_1", "msg_9", "run_1")
    assert read_page(query).run_id is None


def test_empty_values_and_unknown_parameters_are_ignored() -> None:
    assert read_page([("limit", ""), ("order", ""), ("after", ""), ("api-version", "2024-05-01-preview")]) == Page()


@pytest.mark.parametrize("limit", ["1", "100", "007"])
def test_limits_in_range(limit: str) -> None:
    assert read_page([("limit", limit)]).limit == int(limit)


@pytest.mark.parametrize(
    "limit,message,code",
    [
        ("0", LOW, "integer_below_min_value"),
        ("-1", LOW, "integer_below_min_value"),
        ("101", HIGH, "integer_above_max_value"),
        ("9" * 5000, HIGH, "integer_above_max_value"),
        ("ten", TEXT, "invalid_type"),
        ("1.5", TEXT, "invalid_type"),
        ("1_0", TEXT, "invalid_type"),
        (" 7", TEXT, "invalid_type"),
        ("\u0667", TEXT, "invalid_type"),
        ("-", TEXT, "invalid_type"),
    ],
)
def test_limits_refused(limit: str, message: str, code: str) -> None:
    with pytest.raises(ApiError) as refused:
        read_page([("limit", limit)])
    assert refused.value.status == 400
    assert refused.value.body["error"] == {
        "message": message.format(limit),
        "type": "invalid_request_error",
        "param": "limit",
        "code": code,
    }


def test_order_refused() -> None:
    with pytest.raises(ApiError) as refused:
        read_page([("order", "newest")])
    assert refused.value.body["error"] == {
        "message": "Invalid value: 'newest'. Supported values are: 'asc' and 'desc'.",
        "type": "invalid_request_error",
        "param": "order",
        "code": "invalid_value",
    }


@pytest.mark.parametrize("key", ["include[]", "include", "include[0]"])
def test_include(key: str) -> None:
    assert read_include([(key, FILE_SEARCH_CONTENT)])
    assert not read_include([(key, "")])
    assert not read_include([("limit", "2")])


def test_include_refused() -> None:
    with pytest.raises(ApiError) as refused:
        read_include([("include[]", FILE_SEARCH_CONTENT), ("include[]", "everything")])
    assert refused.value.body["error"] == {
        "message": f"Invalid value: 'everything'. Supported values are: '{FILE_SEARCH_CONTENT}'.",
        "type": "invalid_request_error",
        "param": "include[1]",
        "code": "invalid_value",
    }


def test_page_object() -> None:
    full = page([{"id": "msg_2"}, {"id": "msg_1"}], True)
    assert list(full) == ["object", "data", "first_id", "last_id", "has_more"]
    assert (full["object"], full["first_id"], full["last_id"], full["has_more"]) == ("list", "msg_2", "msg_1", True)
    assert page([], False) == {"object": "list", "data": [], "first_id": None, "last_id": None, "has_more": False}


@pytest.mark.parametrize("name", ["after", "before", "run_id"])
@pytest.mark.parametrize("value", ["\0", "msg_\0", "msg_" + "x" * 300])
def test_a_cursor_that_cannot_be_stored(name: str, value: str) -> None:
    with pytest.raises(ApiError, match=f"Invalid value for '{name}'"):
        read_page([(name, value)], run_id=True)


@pytest.mark.parametrize("value", ["thread_\0", "thread_" + "x" * 300])
def test_an_id_that_cannot_be_stored_has_no_route(value: str) -> None:
    assert find("GET", f"threads/{value}") is None
