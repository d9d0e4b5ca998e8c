"""Every error body, compared exactly; the recorded ones are among them."""

import json
import re
from pathlib import Path

import pytest

from shim.wire.error_rows import SERVERS
from shim.wire.errors import ERRORS, ApiError, error

IDS = {"thread_id": "thread_1", "run_id": "run_2", "message_id": "msg_3"}
SHAPE = {"param": "tools", "limit": 1, "length": 2, "value": 3}
INVALID = "invalid_request_error"
BETA = (
    "You must provide the 'OpenAI-Beta' header to access the Assistants API. "
    "Please try again by setting the header 'OpenAI-Beta: assistants=v2'."
)
NOTHING = "Run creation requires a Thread with a user message or an assistant with instructions."
KEY = "Incorrect API key provided: sk-1. You can find your API key at https://platform.openai.com/account/api-keys."

# row, values, status, message, param, code
BODIES = [
    ("invalid_api_key", {"key": "sk-1"}, 401, KEY, None, "invalid_api_key"),
    ("no_api_key", {}, 401, "You didn't provide an API key.", None, None),
    ("invalid_beta", {}, 400, BETA, None, "invalid_beta"),
    ("no_assistant", {"id": "asst_1"}, 404, "No assistant found with id 'asst_1'.", None, None),
    ("no_thread", {"id": "thread_1"}, 404, "No thread found with id 'thread_1'.", None, None),
    ("no_message", {"id": "msg_1"}, 404, "No message found with id 'msg_1'.", None, None),
    ("no_run", {"id": "run_1"}, 404, "No run found with id 'run_1'.", None, None),
    ("no_step", {"id": "step_123"}, 404, "No run step found with id 'step_123'.", None, None),
    ("no_file", {"id": "file-1"}, 404, "No file found with id 'file-1'.", None, None),
    (
        "wrong_prefix",
        {"param": "assistant_id", "value": "wf_1", "prefix": "asst"},
        400,
        "Invalid 'assistant_id': 'wf_1'. Expected an ID that begins with 'asst'.",
        "assistant_id",
        "invalid_value",
    ),
    ("not_found_path", {"method": "POST", "path": "/v1/x"}, 404, "Invalid URL (POST /v1/x)", None, None),
    ("method_not_allowed", {"method": "PUT", "path": "/v1/x"}, 405, "Invalid method for URL (PUT /v1/x)", None, None),
    ("shut_down", {"method": "GET", "path": "/v1/threads"}, 404, "The Assistants API was shut down", None, None),
    ("thread_busy_message", IDS, 400, "Can't add messages to thread_1 while a run run_2 is active.", None, None),
    ("thread_busy_run", IDS, 400, "Thread thread_1 already has an active run run_2.", None, None),
    ("thread_busy_delete", IDS, 400, "Can't delete message msg_3 from thread_1 while a run run_2 is", None, None),
    ("nothing_to_answer", {}, 400, NOTHING, None, "invalid_thread"),
    (
        "not_accepting_outputs",
        {"status": "completed"},
        400,
        'Runs in status "completed" do not accept tool outputs.',
        None,
        None,
    ),
    (
        "outputs_mismatch",
        {"expected": ["call_A", "call_B"], "got": ["call_A"]},
        400,
        "Expected tool outputs for call_ids ['call_A', 'call_B'], got ['call_A']",
        None,
        None,
    ),
    ("cannot_cancel", {"status": "completed"}, 400, "Cannot cancel run with status 'completed'.", None, None),
    ("cannot_update", {"status": "in_progress"}, 400, "Cannot update run with status 'in_progress'.", None, None),
    (
        "key_used_otherwise",
        {},
        400,
        "The Idempotency-Key of this request came with another body before. A key stands for one request.",
        None,
        "idempotency_key_reused",
    ),
    (
        "no_tenant",
        {"tenant": "acme"},
        404,
        "There is no tenant 'acme': `assistants-shim keys create --tenant NAME` makes a key for one; a server without "
        "keys has the tenant that SHIM_TENANT names.",
        None,
        None,
    ),
    ("id_taken", {"id": "asst_1"}, 400, "There already is an object with id 'asst_1'.", None, "id_taken"),
    (
        "declared_assistant",
        {"id": "asst_1", "place": "a.toml"},
        400,
        "The assistant 'asst_1' is declared in a file of this server (a.toml) and cannot be changed here: "
        "change it in the file.",
        None,
        "declared_assistant",
    ),
    ("invalid_json", {}, 400, "We could not parse the JSON body of your request. (HINT:", None, None),
    ("invalid_body", {"got": "an array"}, 400, "expected an object, but got an array instead.", None, "invalid_type"),
    (
        "invalid_type",
        {"param": "metadata.modified", "expected": "a string", "got": "a boolean"},
        400,
        "Invalid type for 'metadata.modified': expected a string, but got a boolean instead.",
        "metadata.modified",
        "invalid_type",
    ),
    (
        "bad_value",
        {"param": "role", "value": "system", "supported": "'user' and 'assistant'"},
        400,
        "Invalid value: 'system'. Supported values are: 'user' and 'assistant'.",
        "role",
        "invalid_value",
    ),
    ("invalid_value", {"param": "x"}, 400, "Invalid value for 'x'.", "x", "invalid_value"),
    (
        "missing_parameter",
        {"param": "assistant_id"},
        400,
        "Missing required parameter: 'assistant_id'.",
        "assistant_id",
        "missing_required_parameter",
    ),
    ("unknown_parameter", {"param": "role"}, 400, "Unknown parameter: 'role'.", "role", "unknown_parameter"),
    (
        "mutually_exclusive",
        {"param": "x", "names": "'a' or 'b'"},
        400,
        "Mutually exclusive parameters: 'x'. Ensure you are only providing one of: 'a' or 'b'.",
        "x",
        "mutually_exclusive_parameters",
    ),
    (
        "too_many_properties",
        {"param": "metadata", "limit": 16, "length": 17},
        400,
        "Invalid 'metadata': too many properties. Expected an object with at most 16 properties, "
        "but got an object with 17 properties instead.",
        "metadata",
        "object_above_max_properties",
    ),
    ("key_too_long", {**SHAPE, "key": "k"}, 400, "property name 'k' too long", "tools", "string_above_max_length"),
    (
        "string_too_long",
        {"param": "content", "limit": 256000, "length": 1620133},
        400,
        "Invalid 'content': string too long. Expected a string with maximum length 256000, "
        "but got a string with length 1620133 instead.",
        "content",
        "string_above_max_length",
    ),
    ("empty_string", SHAPE, 400, "Invalid 'tools': empty string. Expected a string with", "tools", "empty_string"),
    (
        "string_pattern",
        {"param": "x", "pattern": "^[a-zA-Z0-9_-]+$"},
        400,
        "Invalid 'x': string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'.",
        "x",
        "invalid_value",
    ),
    (
        "array_too_long",
        {"param": "tools", "limit": 128, "length": 150},
        400,
        "Invalid 'tools': array too long. Expected an array with maximum length 128, "
        "but got an array with length 150 instead.",
        "tools",
        "array_above_max_length",
    ),
    (
        "empty_array",
        {"param": "messages", "limit": 1},
        400,
        "Invalid 'messages': empty array. Expected an array with minimum length 1, but got an empty array instead.",
        "messages",
        "empty_array",
    ),
    (
        "integer_below_min",
        {"param": "max_output_tokens", "limit": 16, "value": 1},
        400,
        "Invalid 'max_output_tokens': integer below minimum value. Expected a value >= 16, but got 1 instead.",
        "max_output_tokens",
        "integer_below_min_value",
    ),
    (
        "integer_above_max",
        {"param": "limit", "limit": 100, "value": 101},
        400,
        "Invalid 'limit': integer above maximum value. Expected a value <= 100, but got 101 instead.",
        "limit",
        "integer_above_max_value",
    ),
    (
        "decimal_below_min",
        {"param": "temperature", "limit": 0, "value": -1},
        400,
        "Invalid 'temperature': decimal below minimum value. Expected a value >= 0, but got -1 instead.",
        "temperature",
        "decimal_below_min_value",
    ),
    ("decimal_above_max", SHAPE, 400, "Invalid 'tools': decimal above maximum", "tools", "decimal_above_max_value"),
    ("unknown_tool_choice", {"tool": "f"}, 400, "Tool choice 'f' not found in 'tools' parameter.", "tool_choice", None),
    ("model_not_found", {"model": "X"}, 400, "The requested model 'X' does not exist.", "model", "model_not_found"),
    (
        "unsupported_model",
        {"model": "gpt-5-mini"},
        400,
        "The requested model 'gpt-5-mini' cannot be used with the Assistants API.",
        "model",
        "unsupported_model",
    ),
    (
        "unsupported_parameter",
        {"param": "temperature"},
        400,
        "Unsupported parameter: 'temperature' is not supported with this model.",
        "temperature",
        "unsupported_parameter",
    ),
    ("server_error", {}, 500, "The server had an error processing your request. Sorry about that!", None, None),
]
#: Rows with a text of the project's own, or with only a part of the text in the table above.
IN_PART = {
    "no_api_key",
    "shut_down",
    "thread_busy_delete",
    "invalid_json",
    "invalid_body",
    "key_too_long",
    "empty_string",
    "decimal_above_max",
    "server_error",
}


@pytest.mark.parametrize("name,values,status,message,param,code", BODIES, ids=[row[0] for row in BODIES])
def test_the_body_of_an_error(
    name: str, values: dict[str, object], status: int, message: str, param: str | None, code: str | None
) -> None:
    made = error(name, **values)
    assert made.status == status
    kind = "server_error" if status >= 500 else INVALID
    body = made.body["error"]
    assert list(body) == ["message", "type", "param", "code"]
    assert (body["type"], body["param"], body["code"]) == (kind, param, code)
    if name in IN_PART:
        assert message in body["message"]
    else:
        assert body["message"] == message


def test_every_row_is_tested() -> None:
    assert [row[0] for row in BODIES] == [name for name in ERRORS if name not in SERVERS]


def test_a_row_without_its_values_raises() -> None:
    with pytest.raises(KeyError, match="thread_id"):
        error("thread_busy_run", run_id="run_1")


def test_values_are_not_expanded_as_templates() -> None:
    made = error("unknown_parameter", param="{secret}{0}")
    assert (made.message, made.param) == ("Unknown parameter: '{secret}{0}'.", "{secret}{0}")


def test_headers_are_not_shared_between_errors() -> None:
    made = error("server_error")
    made.headers["x-should-retry"] = "false"
    assert error("server_error").headers == {}


def test_an_error_passed_on_from_upstream() -> None:
    made = ApiError(429, "slow down", type="tokens", code="rate_limit_exceeded", headers={"retry-after": "1"})
    assert str(made) == "slow down"
    assert made.body == {
        "error": {"message": "slow down", "type": "tokens", "param": None, "code": "rate_limit_exceeded"}
    }
    assert made.headers == {"retry-after": "1"}


#: Errors that only the first version of the API has, for routes that the second does not have.
FIRST_VERSION = ("1 validation error for Request", "No message file found with id")


def _pattern(template: str) -> str:
    return re.sub(r"\\\{\w+\\\}", ".+", re.escape(template))


@pytest.mark.wire
def test_recorded_bodies_are_rows(wire: Path) -> None:
    recorded = json.loads((wire / "assistants" / "ERRORS_recorded.json").read_text())
    bodies = [(each["status"], each["response_body"]["error"]) for each in recorded]
    bodies = [(status, body) for status, body in bodies if not body["message"].startswith(FIRST_VERSION)]
    assert len(bodies) >= 20
    for status, body in bodies:
        fitting = [row for row in ERRORS.values() if re.fullmatch(_pattern(row.message), body["message"])]
        assert len(fitting) == 1, body
        [row] = fitting
        assert row.known == "recorded"
        assert list(body) == ["message", "type", "param", "code"]
        assert (row.status, row.type, row.code) == (status, body["type"], body["code"])
        assert (row.param is None) == (body["param"] is None)
