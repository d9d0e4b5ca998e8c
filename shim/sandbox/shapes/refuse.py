"""The real API's refusals, with its texts: one function each, so that each text is in one place.

Texts that were recorded from the real API are used exactly; others follow users' reports, or the most similar recorded
text.  `CHOSEN` lists those that are based on neither.
"""

from collections.abc import Mapping
from typing import Any, Final

from shim.wire import encoding
from shim.wire.types import Json

#: Refusals whose text or existence is our choice: the sandbox is stricter than the recordings, or there is no
#: recording.
CHOSEN: Final = (
    "two tool outputs for one call",
    "a chain from a response that failed, was cancelled or is not finished",
    "a stream asked of a response that was not made as a background stream",
    "an input of which a single item is longer than the context window, with `truncation: auto` too",
)


class Refused(Exception):
    """A request that is answered with an error envelope instead of a response."""

    def __init__(
        self,
        message: str,
        *,
        status: int = 400,
        type: str = "invalid_request_error",
        param: str | None = None,
        code: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.headers = dict(headers or {})
        self.error: Json = {"message": message, "type": type, "param": param, "code": code}

    def body(self) -> bytes:
        """The envelope, ``{"error": {message, type, param, code}}``."""
        return encoding.compact({"error": self.error})


def kind(value: Any) -> str:
    """The API's name of a JSON value's type, with the article."""
    return _KINDS[type(value)]


_KINDS: Final[dict[type, str]] = {
    type(None): "null",
    bool: "a boolean",
    int: "an integer",
    float: "a decimal",
    str: "a string",
    list: "an array",
    dict: "an object",
}


def unknown_parameter(path: str) -> Refused:
    return Refused(f"Unknown parameter: '{path}'.", param=path, code="unknown_parameter")


def missing(path: str) -> Refused:
    return Refused(f"Missing required parameter: '{path}'.", param=path, code="missing_required_parameter")


def wrong_type(path: str, wanted: str, got: Any) -> Refused:
    message = f"Invalid type for '{path}': expected {wanted}, but got {kind(got)} instead."
    return Refused(message, param=path, code="invalid_type")


def not_supported_value(path: str, got: Any, known: tuple[str, ...]) -> Refused:
    *most, last = [f"'{each}'" for each in known]
    listed = f"{', '.join(most)}{',' * (len(most) > 1)} and {last}" if most else last
    message = f"Invalid value: '{got}'. Supported values are: {listed}."
    return Refused(message, param=path, code="invalid_value")


def out_of_range(path: str, type_name: str, side: str, bound: float, got: float) -> Refused:
    """``type_name`` is integer or decimal, ``side`` is below or above."""
    edge, sign = ("minimum", ">=") if side == "below" else ("maximum", "<=")
    message = (
        f"Invalid '{path}': {type_name} {side} {edge} value. Expected a value {sign} {bound}, but got {got} instead."
    )
    return Refused(message, param=path, code=f"{type_name}_{side}_{edge[:3]}_value")


def too_long(path: str, limit: int, got: int) -> Refused:
    message = (
        f"Invalid '{path}': string too long. Expected a string with maximum length {limit}, "
        f"but got a string with length {got} instead."
    )
    return Refused(message, param=path, code="string_above_max_length")


def empty_string(path: str) -> Refused:
    message = (
        f"Invalid '{path}': empty string. Expected a string with minimum length 1, but got an empty string instead."
    )
    return Refused(message, param=path, code="empty_string")


def empty_array(path: str) -> Refused:
    message = f"Invalid '{path}': empty array. Expected an array with minimum length 1, but got an empty array instead."
    return Refused(message, param=path, code="empty_array")


def array_too_long(path: str, limit: int, got: int) -> Refused:
    message = (
        f"Invalid '{path}': array too long. Expected an array with maximum length {limit}, "
        f"but got an array with length {got} instead."
    )
    return Refused(message, param=path, code="array_above_max_length")


def too_many_properties(path: str, limit: int, got: int) -> Refused:
    message = (
        f"Invalid '{path}': too many properties. Expected an object with at most {limit} properties, "
        f"but got an object with {got} properties instead."
    )
    return Refused(message, param=path, code="object_above_max_properties")


def pattern(path: str, expected: str) -> Refused:
    message = (
        f"Invalid '{path}': string does not match pattern. Expected a string that matches the pattern '{expected}'."
    )
    return Refused(message, param=path, code="invalid_value")


def id_prefix(path: str, got: str, prefix: str) -> Refused:
    message = f"Invalid '{path}': '{got}'. Expected an ID that begins with '{prefix}'."
    return Refused(message, param=path, code="invalid_value")


def unsupported(path: str, message: str = "", *, code: str | None = "unsupported_parameter") -> Refused:
    text = message or f"Unsupported parameter: '{path}' is not supported with this model."
    return Refused(text, param=path, code=code)


def bad_json() -> Refused:
    return Refused(
        "Invalid body: failed to parse JSON value. Please check the value to ensure it is valid JSON. (Common errors "
        "include trailing commas, missing closing brackets, missing quotation marks, etc.)",
        code="invalid_json",
    )


def no_key() -> Refused:
    message = (
        "You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer auth "
        "(i.e. Authorization: Bearer YOUR_KEY)."
    )
    return Refused(message, status=401)


def bad_key(key: str) -> Refused:
    shown = key if len(key) <= 12 else f"{key[:6]}{'*' * (len(key) - 10)}{key[-4:]}"
    message = f"Incorrect API key provided: {shown}. You can find your API key at https://platform.openai.com/account/api-keys."
    return Refused(message, status=401, code="invalid_api_key")


def no_route(method: str, path: str) -> Refused:
    return Refused(f"Invalid URL ({method} {path})", status=404)


def no_model(name: str) -> Refused:
    return Refused(f"The requested model '{name}' does not exist.", param="model", code="model_not_found")


def no_listed_model(name: str) -> Refused:
    message = f"The model '{name}' does not exist"
    return Refused(message, status=404, param="model", code="model_not_found")


def no_response(response_id: str) -> Refused:
    return Refused(f"Response with id '{response_id}' not found.", status=404)


def no_previous(response_id: str) -> Refused:
    return Refused(
        f"Previous response with id '{response_id}' not found.",
        param="previous_response_id",
        code="previous_response_not_found",
    )


def nothing_to_answer() -> Refused:
    return Refused(
        "One of \"input\" or \"previous_response_id\" or 'prompt' or 'conversation_id' must be provided.",
        param="input",
        code="missing_required_parameter",
    )


def both_chains() -> Refused:
    return Refused(
        "Mutually exclusive parameters: ''. Ensure you are only providing one of: 'pre..._id' or 'conversation'.",
        code="mutually_exclusive_parameters",
    )


def no_conversation(conversation_id: str) -> Refused:
    return Refused(f"Conversation with id '{conversation_id}' not found.", status=404)


def no_conversation_item(item_id: str) -> Refused:
    return Refused(f"Item with id '{item_id}' not found in conversation.", status=404)


def no_prompt(prompt_id: str) -> Refused:
    return Refused(f"Prompt with id '{prompt_id}' not found.", status=404)


def unanswered_call(call_id: str) -> Refused:
    return Refused(f"No tool output found for function call {call_id}.", param="input")


def output_without_call(call_id: str) -> Refused:
    return Refused(f"No tool call found for function call output with call_id {call_id}.", param="input")


def two_outputs(call_id: str) -> Refused:
    return Refused(f"Multiple tool outputs found for function call {call_id}.", param="input")


def duplicate_item(item_id: str) -> Refused:
    message = f"Duplicate item found with id {item_id}. Remove duplicate items from your input and try again."
    return Refused(message, param="input")


def no_item(item_id: str) -> Refused:
    return Refused(
        f"Item with id '{item_id}' not found. Items are not persisted when `store` is set to false. "
        "Try again with `store` set to true, or remove this item from your input.",
        status=404,
        param="input",
    )


def lonely_reasoning(item_id: str) -> Refused:
    message = f"Item '{item_id}' of type 'reasoning' was provided without its required following item."
    return Refused(message, param="input")


def lacks_reasoning(item_id: str, item_type: str, reasoning_id: str) -> Refused:
    message = (
        f"Item '{item_id}' of type '{item_type}' was provided without its required 'reasoning' item: '{reasoning_id}'."
    )
    return Refused(message, param="input")


def context_exceeded() -> Refused:
    message = "Your input exceeds the context window of this model. Please adjust your input and try again."
    return Refused(message, param="input", code="context_length_exceeded")


def bad_schema(name: str, problem: str, path: str, code: str) -> Refused:
    where = "function" if code == "invalid_function_parameters" else "response_format"
    return Refused(f"Invalid schema for {where} '{name}': {problem}", param=path, code=code)


def no_word_json() -> Refused:
    return Refused(
        "Response input messages must contain the word 'json' in some form to use 'text.format' of type 'json_object'.",
        param="input",
    )


def synchronous() -> Refused:
    return Refused("Cannot cancel a synchronous response.")


def not_streamed(response_id: str) -> Refused:
    message = f"Response with id '{response_id}' was not created with `background=true` and `stream=true`."
    return Refused(message, param="stream")
