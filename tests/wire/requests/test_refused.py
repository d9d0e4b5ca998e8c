"""Invalid requests, with the API's error messages."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shim.wire.errors import ERRORS, ApiError
from shim.wire.requests import OPERATIONS, problems, read
from shim.wire.requests.problems import PROBLEMS, Problem
from tests.wire.refusals import REFUSED


@pytest.mark.parametrize("sent,expected", REFUSED, ids=[f"{row[0][0]}-{row[1][1]}-{row[1][2]}" for row in REFUSED])
def test_an_invalid_body_is_refused_with_the_apis_message(
    sent: tuple[str, Any], expected: tuple[str, str | None, str | None]
) -> None:
    operation, body = sent
    message, param, code = expected
    with pytest.raises(ApiError) as refused:
        read(operation, json.dumps(body).encode())
    assert refused.value.status == 400
    assert refused.value.body == {
        "error": {"message": message, "type": "invalid_request_error", "param": param, "code": code}
    }


def test_one_error_is_reported_and_unknown_keys_come_last() -> None:
    with pytest.raises(ApiError, match=r"^Missing required parameter: 'content'\.$"):
        read("messages.create", b'{"zzz": 1, "role": "user", "metadata": 3}')


@pytest.mark.parametrize(
    "body",
    [b"{", b"{}x", b"\xff", b'{"a": NaN}', b'{"a": "\\u00"}', b"[" * 100_000, b"{'a': 1}", b'{"a": 1,}', b" "],
)
def test_invalid_json(body: bytes) -> None:
    with pytest.raises(ApiError) as refused:
        read("threads.create", body)
    assert refused.value.status == 400
    assert refused.value.body["error"]["message"] == ERRORS["invalid_json"].message
    assert (refused.value.param, refused.value.code) == (None, None)


#: Numbers that JSON does not have, or that Python reads as infinite.
ENDLESS = ["NaN", "Infinity", "-Infinity", "1e999", "-1e999", "1E+400", "9" * 400 + ".5", "1.7976931348623159e308"]
#: Every place of a body in which any JSON may be, and places of numbers, strings and unknown fields.
PLACES = [
    (
        "assistants.create",
        '{"model": "m", "tools": [{"type": "function", "function": {"name": "f", "parameters": ?}}]}',
    ),
    ("assistants.update", '{"tools": [{"type": "web_search", "filters": ?}]}'),
    ("assistants.update", '{"response_format": {"type": "json_schema", "json_schema": {"name": "f", "schema": ?}}}'),
    ("runs.create", '{"assistant_id": "asst_1", "tools": [{"type": "mcp", "more": ?}], "instructions": "\\ud83d"}'),
    ("assistants.create", '{"model": "m", "temperature": ?}'),
    ("runs.create", '{"assistant_id": "asst_1", "max_prompt_tokens": ?}'),
    ("threads.create", '{"metadata": ?}'),
    ("threads.create", '{"unknown": ?}'),
    ("threads.create", "?"),
]


@pytest.mark.parametrize("number", ENDLESS)
@pytest.mark.parametrize("within", ["?", '{"a": ["\\ud83d", {"b": ?}]}'])
@pytest.mark.parametrize("operation, body", PLACES)
def test_a_number_without_end_is_invalid_json(operation: str, body: str, within: str, number: str) -> None:
    with pytest.raises(ApiError) as refused:
        read(operation, body.replace("?", within).replace("?", number).encode())
    assert refused.value.body["error"]["message"] == ERRORS["invalid_json"].message


@pytest.mark.parametrize("number", [1e-999, 1.7e308, -1.7e308, 10**400, -(10**4000)])
def test_any_other_number_is_accepted(number: float) -> None:
    body = {"response_format": {"type": "json_schema", "json_schema": {"name": "f", "schema": {"least": number}}}}
    assert read("assistants.update", json.dumps(body).encode()) == body


def test_an_unknown_error_is_reported_without_details(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(PROBLEMS, "string_type")
    with pytest.raises(ApiError, match=r"^Invalid value for 'name'\.$") as refused:
        read("assistants.create", b'{"model": "m", "name": 3}')
    assert refused.value.status == 400


def test_every_problem_has_an_example(monkeypatch: pytest.MonkeyPatch) -> None:
    used: set[str] = set()

    def noting(name: str, make_error: Any) -> Any:
        def note(problem: Problem) -> ApiError:
            used.add(name)
            answer: ApiError = make_error(problem)
            return answer

        return note

    monkeypatch.setattr(problems, "PROBLEMS", {name: noting(name, make_error) for name, make_error in PROBLEMS.items()})
    for (operation, body), _ in REFUSED:
        with pytest.raises(ApiError):
            read(operation, json.dumps(body).encode())
    assert used == set(PROBLEMS)


KEYS = sorted({name for model in OPERATIONS.values() for name in model.model_fields} | {"type", "function", "text"})
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
    | st.sampled_from(["function", "file_search", "text", "auto", "user", "asst_1"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS) | st.text(), inner, max_size=4),
    max_leaves=12,
)


def _refusal(operation: str, body: Any) -> ApiError | None:
    sent = json.dumps(body).encode()
    try:
        assert read(operation, sent) == json.loads(sent)
    except ApiError as refusal:
        return refusal
    return None


@given(operation=st.sampled_from(sorted(OPERATIONS)), body=VALUES)
def test_any_json_is_accepted_or_refused_with_the_apis_message(operation: str, body: Any) -> None:
    refusal = _refusal(operation, body)
    if refusal is not None:
        assert refusal.status == 400
        # The row for unknown errors.
        assert not refusal.message.startswith("Invalid value for")
