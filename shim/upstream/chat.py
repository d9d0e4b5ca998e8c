"""A server that has only Chat Completions: the arguments for LiteLLM, and the conversion of its answers.

LiteLLM turns a request of the Responses API into one of Chat Completions, and the chunks of the answer into events.
"""

import re
from collections.abc import Iterator
from typing import Any, Final

import openai

from shim.wire import ids, sse
from shim.wire.types import Json

#: Fields of a request for which Chat Completions has a counterpart.  The others concern the storing of the answer or
#: conversations that are too long, and are not sent.
SENT: Final = frozenset(
    {
        "model",
        "input",
        "instructions",
        "tools",
        "tool_choice",
        "parallel_tool_calls",
        "temperature",
        "top_p",
        "max_output_tokens",
        "reasoning",
        "text",
        "stream",
    }
)
#: LiteLLM does not send these parameters to unknown servers unless they are allowed here; the server may refuse them.
ALLOWED: Final = (
    "max_tokens",
    "parallel_tool_calls",
    "reasoning_effort",
    "response_format",
    "temperature",
    "tool_choice",
    "tools",
    "top_p",
    "verbosity",
)
#: LiteLLM's name for any server with Chat Completions.  Retries are made by the SDK above.
SETTINGS: Final[Json] = {
    "custom_llm_provider": "custom_openai",
    "allowed_openai_params": [*ALLOWED],
    "max_retries": 0,
    "num_retries": 0,
}
#: Headers that belong to one request and are not passed on.
REQUEST_HEADERS: Final = re.compile(r"(?i)(accept.*|connection|content-.*|host|user-agent|x-stainless-.*)$")
#: What LiteLLM adds to a message: the names of its own errors before it, and the message a second time.
WRAPPED: Final = re.compile(r"^((litellm\.)?\w+(Error|Exception)( -|:) )+")
REPEATED: Final = re.compile(r" Original exception: .*", re.DOTALL)
NO_TOOL: Final = (
    "This upstream speaks Chat Completions, which has functions and no hosted tools: {what!r} is not supported."
)
NO_FILE: Final = "This upstream speaks Chat Completions, which takes an image by its URL: a file id is not supported."


def arguments(body: Json, headers: Any) -> Json:
    """LiteLLM's arguments for a request of the Responses API."""
    passed = {name: value for name, value in headers.items() if not REQUEST_HEADERS.match(name)}
    return {name: value for name, value in body.items() if name in SENT} | SETTINGS | {"extra_headers": passed}


def refusal(body: Json) -> Json | None:
    """The error for something that Chat Completions cannot do, with its name."""
    for position, tool in enumerate(body.get("tools") or ()):
        if tool["type"] != "function":
            return _unsupported(NO_TOOL.format(what=tool["type"]), f"tools[{position}].type")
    for where, part in _parts(body.get("input")):
        if part.get("type") == "input_image" and not part.get("image_url"):
            return _unsupported(NO_FILE, where)
    return None


def _parts(items: Any) -> Iterator[tuple[str, Json]]:
    for position, item in enumerate(items if isinstance(items, list) else ()):
        content = item.get("content")
        for number, part in enumerate(content if isinstance(content, list) else ()):
            yield f"input[{position}].content[{number}]", part


def _unsupported(message: str, param: str) -> Json:
    body = {"message": message, "type": "invalid_request_error", "param": param, "code": "unsupported_value"}
    return {"error": body}


class Answer:
    """Converts LiteLLM's objects for one answer to those of a Responses server that stores nothing.

    LiteLLM makes response ids from the server's ids, which may repeat; here each response gets a new one.
    """

    def __init__(self) -> None:
        self._id: Final = ids.new("resp")

    def response(self, response: Any) -> Json:
        """A response, of LiteLLM's type."""
        body: Json = response.model_dump(mode="json", exclude_none=True)
        return body | {"id": self._id, "store": False}

    def event(self, event: Any) -> bytes:
        """An event, of LiteLLM's type, in the form of a stream's event."""
        body: Json = event.model_dump(mode="json", exclude_none=True)
        if isinstance(body.get("response"), dict):
            body["response"] |= {"id": self._id, "store": False}
        return sse.encode(body["type"], body)


def causes(problem: BaseException | None) -> Iterator[BaseException]:
    """An error and its causes and contexts."""
    seen: set[int] = set()
    while problem is not None and id(problem) not in seen:
        seen.add(id(problem))
        yield problem
        problem = problem.__cause__ or problem.__context__


def refused(problem: Exception) -> Any:
    """The server's own answer behind an error of LiteLLM's, or None."""
    statuses = (each for each in causes(problem) if type(each).__module__.startswith("openai"))
    return next((each.response for each in statuses if isinstance(each, openai.APIStatusError)), None)


def failure(problem: Exception) -> tuple[int, Json]:
    """Status and body for an error of LiteLLM's own."""
    status = getattr(problem, "status_code", None)
    message = REPEATED.sub("", WRAPPED.sub("", str(problem)))
    body = {"message": message, "type": "server_error", "param": None, "code": None}
    return status if isinstance(status, int) and status >= 400 else 500, {"error": body}
