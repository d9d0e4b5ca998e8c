"""Error texts of servers that cannot continue from a previous response: one row for each known text."""

from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True)
class Wording:
    """``body`` is the whole answer, with ``{id}`` for the previous response.  ``status`` is None for an error in a
    stream.

    ``never``: the server refuses every previous response.  ``opened``: the error follows a normal ``response.created``
    event in the same network read.
    """

    status: int | None
    body: Json
    never: bool = False
    opened: bool = False

    @property
    def error(self) -> Json:
        """``message`` and, if present, ``code`` and ``param``."""
        whole = self.body.get("response", self.body)
        found = whole.get("error", whole)
        if isinstance(found, str):
            return {"message": found}
        error: Json = {"message": found["detail"]} if "detail" in found else found
        return error


def _openai(message: str, code: str | None = None, param: str | None = None) -> Json:
    return {"error": {"message": message, "type": "invalid_request_error", "param": param, "code": code}}


GONE = "Previous response with id '{id}' not found."
ZDR = "Previous response cannot be used for this organization due to Zero Data Retention."
OGX = "Response '{id}' not found. Use 'client.responses.list()' to list available Responses."
NODE = "Prediction history node with id '{id}' not found while attempting to build chat history chain."
CHAIN = "previous_response_id"

WORDINGS: dict[str, Wording] = {
    "OpenAI, expired or deleted": Wording(400, _openai(GONE, "previous_response_not_found", CHAIN)),
    "OpenAI, an id of another server": Wording(
        400,
        _openai(
            "Invalid 'previous_response_id': '{id}'. Expected an ID that begins with 'resp'.", "invalid_value", CHAIN
        ),
    ),
    "OpenAI, a dead container": Wording(400, _openai("Container is expired.")),
    "OpenAI, an unanswered call": Wording(
        400, _openai("No tool output found for function call call_1.", None, "input")
    ),
    "OpenAI, a call that is gone": Wording(
        400, _openai("No tool call found for function call output with call_id call_1.", None, "input")
    ),
    "Azure, by its code alone": Wording(404, _openai("Gone.", "previous_response_not_found")),
    "zero data retention": Wording(400, _openai(ZDR, "unsupported_parameter", CHAIN), never=True),
    "xAI": Wording(404, {"code": "not-found", "error": ZDR}, never=True),
    "OGX": Wording(404, {"detail": OGX}),
    "OGX, in its stream": Wording(None, {"type": "error", "code": "404", "message": OGX, "param": None}),
    "a nested error in a stream": Wording(
        None, {"type": "error"} | _openai(GONE, "previous_response_not_found", CHAIN)
    ),
    "a response that fails at once": Wording(
        None,
        {
            "type": "response.failed",
            "response": {
                "id": "resp_failed",
                "status": "failed",
                "previous_response_id": "{id}",
                "store": True,
                "output": [],
                "error": {"code": "previous_response_not_found", "message": GONE},
            },
        },
    ),
    "a response that begins well and fails": Wording(
        None,
        {
            "type": "response.failed",
            "response": {
                "id": "resp_failed",
                "status": "failed",
                "previous_response_id": "{id}",
                "store": True,
                "output": [],
                "error": {"code": "server_error", "message": GONE},
            },
        },
        opened=True,
    ),
    "vLLM, a bare error in its stream": Wording(None, {"error": {"message": "Response with id '{id}' not found."}}),
    "a proxy, with a 200": Wording(200, _openai(GONE, "previous_response_not_found", CHAIN)),
    "a proxy, with a 500": Wording(500, _openai("litellm.APIConnectionError: OpenAIException - " + GONE, "500")),
    "somebody, in words of his own": Wording(404, _openai("{id}? Never heard of it.")),
    "OpenAI, items that were not kept": Wording(
        404,
        _openai(
            "Item with id 'rs_1' not found. Items are not persisted when `store` is set to false. Try again with "
            "`store` set to true, or remove this item from your input.",
            None,
            "input",
        ),
    ),
    "OpenAI, half of what belongs together": Wording(
        400,
        _openai(
            "Item 'fc_1' of type 'function_call' was provided without its required 'reasoning' item: 'rs_1'.",
            None,
            "input",
        ),
    ),
    "OpenAI, another region": Wording(400, _openai("The response is kept elsewhere.", "data_residency_mismatch")),
    "DeepSeek, an unanswered call": Wording(400, _openai("No tool output found for tool call call-a.")),
    "OGX, not finished": Wording(
        400, {"detail": "Cannot use an incomplete background response as previous_response_id."}
    ),
    "vLLM": Wording(
        404,
        {
            "error": {
                "message": "Response with id '{id}' not found.",
                "type": "NotFoundError",
                "param": None,
                "code": 404,
            }
        },
    ),
    "vLLM, an id of another server": Wording(
        400, _openai("Invalid 'response_id': '{id}'. Expected an ID that begins with 'resp'.", None, "response_id")
    ),
    "LM Studio": Wording(400, _openai(NODE, "previous_response_not_found", CHAIN)),
    "LM Studio, by its words alone": Wording(400, {"error": NODE}),
    "llama.cpp": Wording(
        400,
        {
            "error": {
                "code": 400,
                "message": "llama.cpp does not support 'previous_response_id'.",
                "type": "invalid_request_error",
            }
        },
        never=True,
    ),
    "OpenRouter": Wording(
        400, {"error": {"code": 400, "message": "previous_response_id is not supported"}}, never=True
    ),
    "a proxy": Wording(400, {"detail": "Unsupported parameter: previous_response_id"}, never=True),
    "a proxy that checks": Wording(
        422, {"detail": "1 validation error: previous_response_id: Extra inputs are not permitted"}, never=True
    ),
    "LiteLLM, of OpenAI's": Wording(400, _openai("litellm.BadRequestError: OpenAIException - " + GONE, "400")),
}
