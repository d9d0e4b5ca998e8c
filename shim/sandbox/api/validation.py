"""The checks of a request body: one row a parameter, and the conditions between parameters."""

from collections.abc import Callable
from typing import Any, Final

from shim.sandbox.shapes import items, refuse, strict
from shim.sandbox.shapes.fields import (
    Check,
    an_object,
    anything,
    array,
    boolean,
    decimal,
    either,
    integer,
    nullable,
    one_of,
    pairs,
    record,
    string,
    tagged,
)
from shim.sandbox.shapes.models import Model
from shim.sandbox.tools import tools
from shim.wire.types import Json

INCLUDES: Final = (
    "file_search_call.results",
    "web_search_call.results",
    "web_search_call.action.sources",
    "message.input_image.image_url",
    "computer_call_output.output.image_url",
    "code_interpreter_call.outputs",
    "reasoning.encrypted_content",
    "message.output_text.logprobs",
)

_FORMAT: Final = tagged(
    {
        "text": record({"type": string()}),
        "json_object": record({"type": string()}),
        "json_schema": record(
            {
                "type": string(),
                "name": string(64, pattern="[a-zA-Z0-9_-]+", empty=False),
                "schema": an_object,
                "description": nullable(string()),
                "strict": nullable(boolean),
            },
            "name",
            "schema",
        ),
    }
)
_EFFORTS: Final = one_of("none", "minimal", "low", "medium", "high", "xhigh", "max")
_SUMMARIES: Final = nullable(one_of("auto", "concise", "detailed"))
_REASONING: Final = record(
    {
        "effort": nullable(_EFFORTS),
        "summary": _SUMMARIES,
        "generate_summary": _SUMMARIES,
        "context": nullable(string()),
        "mode": nullable(string()),
    }
)

#: Every parameter of POST /v1/responses.
PARAMETERS: Final[dict[str, Check]] = {
    "background": nullable(boolean),
    "context_management": nullable(array(an_object)),
    "conversation": nullable(
        either("one of a string or an object", {str: anything, dict: record({"id": string()}, "id")})
    ),
    "include": nullable(array(one_of(*INCLUDES))),
    "input": items.INPUT,
    "instructions": nullable(string()),
    "max_output_tokens": nullable(integer(16)),
    "max_tool_calls": nullable(integer(1)),
    "metadata": nullable(pairs(16, 64, 512)),
    "model": string(empty=False),
    "parallel_tool_calls": nullable(boolean),
    "previous_response_id": nullable(string(prefix="resp_")),
    "prompt": nullable(record({"id": string(), "version": string(), "variables": an_object}, "id")),
    "prompt_cache_key": nullable(string(64)),
    "prompt_cache_retention": nullable(one_of("in_memory", "in-memory", "24h")),
    "reasoning": nullable(_REASONING),
    "safety_identifier": nullable(string(64)),
    "service_tier": nullable(one_of("auto", "default", "flex", "scale", "priority")),
    "store": nullable(boolean),
    "stream": nullable(boolean),
    "stream_options": nullable(record({"include_obfuscation": boolean})),
    "temperature": nullable(decimal(0, 2)),
    "text": record({"format": _FORMAT, "verbosity": nullable(one_of("low", "medium", "high"))}),
    "tool_choice": tools.CHOICE,
    "tools": tools.CHECK,
    "top_logprobs": nullable(integer(0, 20)),
    "top_p": nullable(decimal(0, 1)),
    "truncation": nullable(one_of("auto", "disabled")),
    "user": string(),
}
#: POST /v1/responses/input_tokens takes fewer.
COUNTED: Final[dict[str, Check]] = {
    name: nullable(PARAMETERS[name])
    for name in (
        "conversation",
        "input",
        "instructions",
        "model",
        "parallel_tool_calls",
        "previous_response_id",
        "reasoning",
        "text",
        "tool_choice",
        "tools",
        "truncation",
    )
} | {"personality": string(64)}

_BODY: Final = record(PARAMETERS, "model")
_COUNTED: Final = record(COUNTED)


def check(body: Any) -> None:
    """Check the parameters one by one, then their combinations; checks that need the model are in `check_model`."""
    _BODY(body, "")
    _check_chain(body)
    if body.get("prompt"):
        raise refuse.no_prompt(body["prompt"]["id"])
    if not any(body.get(name) for name in ("input", "previous_response_id", "conversation")):
        raise refuse.nothing_to_answer()
    tools.check_choice(body.get("tool_choice"), body.get("tools") or [])
    _check_format(body)
    if body.get("stream_options") and not body.get("stream"):
        message = "The 'stream_options' parameter is only allowed when 'stream' is enabled."
        raise refuse.Refused(message, param="stream_options", code="invalid_value")


def check_counted(body: Any) -> None:
    """The body of POST /v1/responses/input_tokens, in which nothing is required; null counts as missing."""
    _COUNTED(body, "")
    _check_chain(body)
    tools.check_choice(body.get("tool_choice"), body.get("tools") or [])
    _check_format(body)


def _check_chain(body: Json) -> None:
    if body.get("previous_response_id") and body.get("conversation"):
        raise refuse.both_chains()


def _check_format(body: Json) -> None:
    form = (body.get("text") or {}).get("format") or {}
    if form.get("type") == "json_schema" and form.get("strict"):
        problem = strict.problem(form["schema"])
        if problem:
            raise refuse.bad_schema(form["name"], problem, "text.format.schema", "invalid_json_schema")
    chained = body.get("previous_response_id") or body.get("conversation")
    if form.get("type") == "json_object" and not chained and "json" not in _all_text(body).lower():
        raise refuse.no_word_json()


def _all_text(body: Json) -> str:
    input_items = items.normal(body.get("input") or [], str)
    texts = [items.text(item) for item in input_items if item["type"] == "message"]
    return " ".join([*texts, body.get("instructions") or ""])


def _reasoning_effort(body: Json) -> bool:
    return (body.get("reasoning") or {}).get("effort") not in (None, "none")


def _encrypted(body: Json) -> bool:
    return "reasoning.encrypted_content" in (body.get("include") or [])


_NO_ENCRYPTION: Final = "Encrypted content is not supported with this model."
_NO_LOGPROBS: Final = "logprobs are not supported with reasoning models."
#: Unsupported parameters: (for reasoning models or others, whether it is requested, the parameter, the message, the
#: code).
_UNSUPPORTED: Final[tuple[tuple[bool, Callable[[Json], Any], str, str, str | None], ...]] = (
    (True, lambda body: body.get("temperature") is not None, "temperature", "", None),
    (True, lambda body: body.get("top_p") is not None, "top_p", "", None),
    (True, lambda body: body.get("top_logprobs"), "top_logprobs", _NO_LOGPROBS, "unsupported_parameter"),
    (False, _reasoning_effort, "reasoning.effort", "", "unsupported_parameter"),
    (False, _encrypted, "include", _NO_ENCRYPTION, None),
)


def check_model(body: Json, model: Model) -> None:
    """Refuse parameters that the model does not support."""
    for reasons, used, path, message, code in _UNSUPPORTED:
        if model.reasons is reasons and used(body):
            raise refuse.unsupported(path, message, code=code)
