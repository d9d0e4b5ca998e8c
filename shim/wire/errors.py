"""Every error body that the shim answers, one row each, with the old API's texts.

The body is always ``{"error": {"message", "type", "param", "code"}}`` in that key order.  A row's ``known`` is the
source of its text: ``recorded`` in genuine traffic, ``reported`` verbatim by users of the real API (or recorded on
another endpoint with the same validator), ``choice`` if the real text is unknown and this one is ours.
"""

from typing import Any, Final

from shim.wire.error_rows import INVALID_REQUEST, SERVER_ERROR, SERVERS, Row

ERRORS: Final[dict[str, Row]] = {
    # keys and headers
    "invalid_api_key": Row(
        "recorded",
        401,
        "Incorrect API key provided: {key}. You can find your API key at https://platform.openai.com/account/api-keys.",
        code="invalid_api_key",
    ),
    "no_api_key": Row(
        "choice",
        401,
        "You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer auth "
        "(i.e. Authorization: Bearer YOUR_KEY).",
    ),
    "invalid_beta": Row(
        "reported",
        400,
        "You must provide the 'OpenAI-Beta' header to access the Assistants API. Please try again by setting the "
        "header 'OpenAI-Beta: assistants=v2'.",
        code="invalid_beta",
    ),
    # objects and paths
    "no_assistant": Row("reported", 404, "No assistant found with id '{id}'."),
    "no_thread": Row("recorded", 404, "No thread found with id '{id}'."),
    "no_message": Row("choice", 404, "No message found with id '{id}'."),
    "no_run": Row("choice", 404, "No run found with id '{id}'."),
    "no_step": Row("recorded", 404, "No run step found with id '{id}'."),
    "no_file": Row("choice", 404, "No file found with id '{id}'."),
    "wrong_prefix": Row(
        "reported",
        400,
        "Invalid '{param}': '{value}'. Expected an ID that begins with '{prefix}'.",
        param="{param}",
        code="invalid_value",
    ),
    "not_found_path": Row("reported", 404, "Invalid URL ({method} {path})"),
    "method_not_allowed": Row("choice", 405, "Invalid method for URL ({method} {path})"),
    "shut_down": Row(
        "choice",
        404,
        "The Assistants API was shut down on August 26, 2026 ({method} {path}). "
        "See https://platform.openai.com/docs/assistants/migration.",
    ),
    # the state of threads and runs
    "thread_busy_message": Row("reported", 400, "Can't add messages to {thread_id} while a run {run_id} is active."),
    "thread_busy_run": Row("reported", 400, "Thread {thread_id} already has an active run {run_id}."),
    "thread_busy_delete": Row(
        "choice", 400, "Can't delete message {message_id} from {thread_id} while a run {run_id} is active."
    ),
    "nothing_to_answer": Row(
        "recorded",
        400,
        "Run creation requires a Thread with a user message or an assistant with instructions.",
        code="invalid_thread",
    ),
    "not_accepting_outputs": Row("recorded", 400, 'Runs in status "{status}" do not accept tool outputs.'),
    # {expected} and {got} are lists of call ids: the API showed them in Python's notation of a list, without a full
    # stop.
    "outputs_mismatch": Row("reported", 400, "Expected tool outputs for call_ids {expected}, got {got}"),
    "cannot_cancel": Row("recorded", 400, "Cannot cancel run with status '{status}'."),
    "cannot_update": Row("recorded", 400, "Cannot update run with status '{status}'."),
    "key_used_otherwise": Row(
        "choice",
        400,
        "The Idempotency-Key of this request came with another body before. A key stands for one request.",
        code="idempotency_key_reused",
    ),
    "no_tenant": Row(
        "choice",
        404,
        "There is no tenant '{tenant}': `assistants-shim keys create --tenant NAME` makes a key for one; a server "
        "without keys has the tenant that SHIM_TENANT names.",
    ),
    "id_taken": Row("choice", 400, "There already is an object with id '{id}'.", code="id_taken"),
    "declared_assistant": Row(
        "choice",
        400,
        "The assistant '{id}' is declared in a file of this server ({place}) and cannot be changed here: change it in "
        "the file.",
        code="declared_assistant",
    ),
    # the shape of a request
    "invalid_json": Row(
        "reported",
        400,
        "We could not parse the JSON body of your request. (HINT: This likely means you aren't using your HTTP library "
        "correctly. The OpenAI API expects a JSON payload, but what was sent was not valid JSON.)",
    ),
    "invalid_body": Row(
        "choice",
        400,
        "Invalid type for the request body: expected an object, but got {got} instead.",
        code="invalid_type",
    ),
    "invalid_type": Row(
        "recorded",
        400,
        "Invalid type for '{param}': expected {expected}, but got {got} instead.",
        param="{param}",
        code="invalid_type",
    ),
    "bad_value": Row(
        "reported",
        400,
        "Invalid value: '{value}'. Supported values are: {supported}.",
        param="{param}",
        code="invalid_value",
    ),
    "invalid_value": Row("choice", 400, "Invalid value for '{param}'.", param="{param}", code="invalid_value"),
    "missing_parameter": Row(
        "reported", 400, "Missing required parameter: '{param}'.", param="{param}", code="missing_required_parameter"
    ),
    "unknown_parameter": Row(
        "reported", 400, "Unknown parameter: '{param}'.", param="{param}", code="unknown_parameter"
    ),
    "mutually_exclusive": Row(
        "choice",
        400,
        "Mutually exclusive parameters: '{param}'. Ensure you are only providing one of: {names}.",
        param="{param}",
        code="mutually_exclusive_parameters",
    ),
    "too_many_properties": Row(
        "reported",
        400,
        "Invalid '{param}': too many properties. Expected an object with at most {limit} properties, "
        "but got an object with {length} properties instead.",
        param="{param}",
        code="object_above_max_properties",
    ),
    "key_too_long": Row(
        "choice",
        400,
        "Invalid '{param}': property name '{key}' too long. Expected a property name with maximum length {limit}, "
        "but got a property name with length {length} instead.",
        param="{param}",
        code="string_above_max_length",
    ),
    "string_too_long": Row(
        "reported",
        400,
        "Invalid '{param}': string too long. Expected a string with maximum length {limit}, "
        "but got a string with length {length} instead.",
        param="{param}",
        code="string_above_max_length",
    ),
    "empty_string": Row(
        "choice",
        400,
        "Invalid '{param}': empty string. Expected a string with minimum length {limit}, "
        "but got an empty string instead.",
        param="{param}",
        code="empty_string",
    ),
    "string_pattern": Row(
        "reported",
        400,
        "Invalid '{param}': string does not match pattern. Expected a string that matches the pattern '{pattern}'.",
        param="{param}",
        code="invalid_value",
    ),
    "array_too_long": Row(
        "reported",
        400,
        "Invalid '{param}': array too long. Expected an array with maximum length {limit}, "
        "but got an array with length {length} instead.",
        param="{param}",
        code="array_above_max_length",
    ),
    # Also for a message whose content has no part: the real API's text for that is unknown.
    "empty_array": Row(
        "reported",
        400,
        "Invalid '{param}': empty array. Expected an array with minimum length {limit}, "
        "but got an empty array instead.",
        param="{param}",
        code="empty_array",
    ),
    "integer_below_min": Row(
        "reported",
        400,
        "Invalid '{param}': integer below minimum value. Expected a value >= {limit}, but got {value} instead.",
        param="{param}",
        code="integer_below_min_value",
    ),
    "integer_above_max": Row(
        "reported",
        400,
        "Invalid '{param}': integer above maximum value. Expected a value <= {limit}, but got {value} instead.",
        param="{param}",
        code="integer_above_max_value",
    ),
    "decimal_below_min": Row(
        "reported",
        400,
        "Invalid '{param}': decimal below minimum value. Expected a value >= {limit}, but got {value} instead.",
        param="{param}",
        code="decimal_below_min_value",
    ),
    "decimal_above_max": Row(
        "reported",
        400,
        "Invalid '{param}': decimal above maximum value. Expected a value <= {limit}, but got {value} instead.",
        param="{param}",
        code="decimal_above_max_value",
    ),
    # tools; the texts are those of the Responses API, which refuses the same requests
    "unknown_tool_choice": Row(
        "reported", 400, "Tool choice '{tool}' not found in 'tools' parameter.", param="tool_choice"
    ),
    # models
    "model_not_found": Row(
        "reported", 400, "The requested model '{model}' does not exist.", param="model", code="model_not_found"
    ),
    "unsupported_model": Row(
        "reported",
        400,
        "The requested model '{model}' cannot be used with the Assistants API.",
        param="model",
        code="unsupported_model",
    ),
    "unsupported_parameter": Row(
        "reported",
        400,
        "Unsupported parameter: '{param}' is not supported with this model.",
        param="{param}",
        code="unsupported_parameter",
    ),
    # the shim itself
    "server_error": Row(
        "reported",
        500,
        "The server had an error processing your request. Sorry about that! You can retry your request.",
        type=SERVER_ERROR,
    ),
} | SERVERS


class ApiError(Exception):
    """An answer with an error body: HTTP ``status``, the body's four fields, and ``headers`` to send with it."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        type: str = INVALID_REQUEST,
        param: str | None = None,
        code: str | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.type = type
        self.param = param
        self.code = code
        self.headers = {} if headers is None else headers

    @property
    def body(self) -> dict[str, Any]:
        return {"error": {"message": self.message, "type": self.type, "param": self.param, "code": self.code}}


def error(name: str, **values: object) -> ApiError:
    """The error of row ``name``, its templates filled with ``values``; every value that a template needs must be
    given.
    """
    row = ERRORS[name]
    param = None if row.param is None else row.param.format_map(values)
    return ApiError(row.status, row.message.format_map(values), type=row.type, param=param, code=row.code)
