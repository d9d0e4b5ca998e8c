"""A server that speaks Chat Completions alone: what LiteLLM is asked to send there, and what is made of its answer.

LiteLLM turns a request of the Responses API into one of Chat Completions, and the chunks of the answer into events.
"""

import re
from collections.abc import Iterator
from typing import Any, Final

import openai

from shim.wire import ids, sse
from shim.wire.types import Json

#: Fields of a request that Chat Completions has, under whatever name.  The others say what is done with the answer, or
#: what to do where it would not fit; the server is asked without them.
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
#: LiteLLM keeps parameters from servers that it does not know; whether it takes them is for the server to say.
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
#: How LiteLLM calls any server that speaks Chat Completions.  Whether to ask again is decided above.
SETTINGS: Final[Json] = {
    "custom_llm_provider": "custom_openai",
    "allowed_openai_params": [*ALLOWED],
    "max_retries": 0,
    "num_retries": 0,
}
#: Headers that a request makes for itself.
OWN: Final = re.compile(r"(?i)(accept.*|connection|content-.*|host|user-agent|x-stainless-.*)$")
#: What LiteLLM puts around a message: the names of its own errors before it, and the message a second time.
WRAPPED: Final = re.compile(r"^((litellm\.)?\w+(Error|Exception)( -|:) )+")
AGAIN: Final = re.compile(r" Original exception: .*", re.DOTALL)
NO_TOOL: Final = (
    "This upstream speaks Chat Completions, which has functions and no hosted tools: {what!r} is not supported."
)
NO_FILE: Final = "This upstream speaks Chat Completions, which takes an image by its URL: a file id is not supported."


def arguments(body: Json, headers: Any) -> Json:
    """What LiteLLM is called with for a request of the Responses API."""
    own = {name: value for name, value in headers.items() if not OWN.match(name)}
    return {name: value for name, value in body.items() if name in SENT} | SETTINGS | {"extra_headers": own}


def refusal(body: Json) -> Json | None:
    """The error for what Chat Completions cannot do, by its name."""
    for place, tool in enumerate(body.get("tools") or ()):
        if tool["type"] != "function":
            return _unsupported(NO_TOOL.format(what=tool["type"]), f"tools[{place}].type")
    for where, part in _parts(body.get("input")):
        if part.get("type") == "input_image" and not part.get("image_url"):
            return _unsupported(NO_FILE, where)
    return None


def _parts(items: Any) -> Iterator[tuple[str, Json]]:
    for place, item in enumerate(items if isinstance(items, list) else ()):
        content = item.get("content")
        for number, part in enumerate(content if isinstance(content, list) else ()):
            yield f"input[{place}].content[{number}]", part


def _unsupported(message: str, param: str) -> Json:
    body = {"message": message, "type": "invalid_request_error", "param": param, "code": "unsupported_value"}
    return {"error": body}


class Answer:
    """What LiteLLM tells of one answer, as the answer of a server that keeps nothing.

    Its ids of responses are made from the server's, which may begin anew; here each has one of its own.
    """

    def __init__(self) -> None:
        self._id: Final = ids.new("resp")

    def response(self, found: Any) -> Json:
        """A response, of LiteLLM's type."""
        body: Json = found.model_dump(mode="json", exclude_none=True)
        return body | {"id": self._id, "store": False}

    def event(self, found: Any) -> bytes:
        """An event, of LiteLLM's type, as it stands in a stream."""
        body: Json = found.model_dump(mode="json", exclude_none=True)
        if isinstance(body.get("response"), dict):
            body["response"] |= {"id": self._id, "store": False}
        return sse.encode(body["type"], body)


def causes(problem: BaseException | None) -> Iterator[BaseException]:
    """An error and what it was raised from, or while it was handled."""
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
    said = AGAIN.sub("", WRAPPED.sub("", str(problem)))
    body = {"message": said, "type": "server_error", "param": None, "code": None}
    return status if isinstance(status, int) and status >= 400 else 500, {"error": body}
