"""``client.responses.submit_tool_outputs``: the method of the Assistants API, for responses of the Responses API.

For code that moves to the new API: outputs are submitted with the id of the response whose calls they answer; model,
tools and settings need not be repeated.  While the response is still being streamed the outputs are collected, and when
every call has its output, the same stream goes on with the events of the next response.
"""

import inspect
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final
from weakref import WeakValueDictionary

import openai
from openai import AsyncStream, Stream
from openai.resources.responses import AsyncResponses as _AsyncResponses
from openai.resources.responses import Responses as _Responses

from shim.wire.types import Json

if TYPE_CHECKING:
    from openai.types.responses import Response, ResponseStreamEvent

#: Items that need an output, and the type of the output item.
CALLS: Final = {"function_call": "function_call_output", "custom_tool_call": "custom_tool_call_output"}
#: Fields of a response that the next request repeats, each with its default values, which are not repeated: a server
#: fills them in, and may refuse them in a request (a response of a reasoning model has a temperature, but a request
#: must not have one).
SETTINGS: Final[dict[str, tuple[Any, ...]]] = {
    "model": (),
    "instructions": (None,),
    "tools": (None, []),
    "tool_choice": (None, "auto", "required"),
    "parallel_tool_calls": (None, True),
    "max_output_tokens": (None,),
    "max_tool_calls": (None,),
    "metadata": (None, {}),
    "prompt": (None,),
    "prompt_cache_key": (None,),
    "reasoning": (None, {}),
    "safety_identifier": (None,),
    "service_tier": (None, "auto", "default"),
    "temperature": (None, 1, 1.0),
    "text": (None, {"format": {"type": "text"}}, {"format": {"type": "text"}, "verbosity": "medium"}),
    "top_logprobs": (None, 0),
    "top_p": (None, 1, 1.0),
    "truncation": (None, "disabled"),
    "user": (None,),
}
#: Arguments that belong to one request only and are not repeated.
NOT_REPEATED: Final = frozenset(
    {"input", "previous_response_id", "stream", "stream_options", "background", "tool_choice"}
)


def items(tool_outputs: Sequence[Mapping[str, Any]], calls: Mapping[str, tuple[str, str]]) -> list[Json]:
    """Outputs as input items.  ``calls``: kind and call id by each id of a call: its call id and its item id.  Raises
    `openai.OpenAIError` for an unknown id.
    """
    result = []
    for each in tool_outputs:
        if each["tool_call_id"] not in calls:
            known = ", ".join(sorted({id for _, id in calls.values()})) or "none"
            raise openai.OpenAIError(f"No call of the response has the id {each['tool_call_id']}. Its calls: {known}.")
        kind, call_id = calls[each["tool_call_id"]]
        result.append({"type": CALLS[kind], "call_id": call_id, "output": each["output"]})
    return result


def calls_of(output: Sequence[Any]) -> dict[str, tuple[str, str]]:
    """Kind and call id of each call among items, by both of its ids."""
    calls = [each for each in output if each.type in CALLS]
    return {id: (each.type, each.call_id) for each in calls for id in (each.id, each.call_id) if id}


def resent(response: "Response") -> Json:
    """The fields of a response that the request which continues it repeats."""
    body = response.model_dump(mode="json", exclude_none=True)
    repeated = {
        name: body[name]
        for name, never_returned in SETTINGS.items()
        if name in body and body[name] not in never_returned
    }
    if isinstance(repeated.get("tool_choice"), dict):
        # A forced tool choice was obeyed; repeated, it would force the same call for ever.
        del repeated["tool_choice"]
    if conversation := body.get("conversation"):
        return repeated | {"conversation": conversation["id"]}
    return repeated | {"previous_response_id": response.id}


def following(response: "Response", tool_outputs: Sequence[Mapping[str, Any]]) -> Json:
    """The request that answers the calls of a response.  Raises `openai.OpenAIError`."""
    if response.status in ("in_progress", "queued"):
        raise openai.OpenAIError(f"The response {response.id} is still {response.status}: its calls are not complete.")
    answers = items(tool_outputs, calls_of(response.output))
    request = resent(response) | {"input": answers}
    # A field for which the installed SDK has no argument is sent in `extra_body`.
    arguments = inspect.signature(_Responses.create).parameters
    new = {name: request.pop(name) for name in list(request) if name not in arguments}
    return request | ({"extra_body": new} if new else {})


class OpenResponse:
    """A response whose stream is being read.  ``request``: the arguments of its request."""

    def __init__(self, request: Json) -> None:
        self._request = {name: value for name, value in request.items() if name not in NOT_REPEATED}
        self._calls: dict[str, tuple[str, str]] = {}
        self._outputs: dict[str, Json] = {}
        self._id = ""

    def submit(self, tool_outputs: Sequence[Mapping[str, Any]], options: Json) -> None:
        """Collect outputs for calls that have arrived so far.  Raises `openai.OpenAIError`."""
        self._outputs |= {each["call_id"]: each for each in items(tool_outputs, self._calls)}
        self._request |= options

    def observe(self, event: Any) -> None:
        """Process an event, before its reader gets it."""
        if event.type == "response.created":
            self._id = event.response.id
            OPEN[self._id] = self
        elif event.type in ("response.output_item.added", "response.output_item.done"):
            self._calls |= calls_of([event.item])

    def next_request(self, event: Any) -> Json | None:
        """The next request, after its reader has got an event; None if there is none.  Raises `openai.OpenAIError` if
        outputs are missing.
        """
        if event.type != "response.completed":
            return None
        OPEN.pop(self._id, None)
        if not self._outputs:
            return None
        call_ids = {call_id: None for _, call_id in self._calls.values()}
        if missing := [call_id for call_id in call_ids if call_id not in self._outputs]:
            raise openai.OpenAIError(f"The calls of a response are answered together; missing: {', '.join(missing)}.")
        chained = {} if "conversation" in self._request else {"previous_response_id": self._id}
        return self._request | chained | {"input": [self._outputs[call_id] for call_id in call_ids], "stream": True}


#: The responses that are being streamed in this process.
OPEN: Final[WeakValueDictionary[str, OpenResponse]] = WeakValueDictionary()


def continued(events: Iterator[Any], request: Json, create: Callable[..., Any]) -> Iterator[Any]:
    """The events of a response, and of the responses that follow after its calls."""
    while True:
        response, following = OpenResponse(request), None
        for event in events:
            response.observe(event)
            yield event
            following = response.next_request(event) or following
        if following is None:
            return
        request, events = following, create(**following)._iterator


async def continued_async(events: AsyncIterator[Any], request: Json, create: Callable[..., Any]) -> AsyncIterator[Any]:
    """The same behind an async client."""
    while True:
        response, following = OpenResponse(request), None
        while (event := await anext(events, None)) is not None:
            response.observe(event)
            yield event
            following = response.next_request(event) or following
        if following is None:
            return
        request, events = following, (await create(**following))._iterator


def with_submission(resource: Any) -> Any:
    """The same resource with `submit_tool_outputs`; an instance of a user's own class is not changed."""
    for plain, extended in ((_Responses, Responses), (_AsyncResponses, AsyncResponses)):
        if type(resource) is plain:
            resource.__class__ = extended
    return resource


class Responses(_Responses):
    """``client.responses`` of a blocking client."""

    if not TYPE_CHECKING:

        def create(self, **options: Any) -> Any:
            answer = super().create(**options)
            if isinstance(answer, Stream):
                answer._iterator = continued(answer._iterator, options, super().create)
            return answer

    def submit_tool_outputs(
        self, *, response_id: str, tool_outputs: Sequence[Mapping[str, Any]], stream: bool = False, **options: Any
    ) -> Any:
        """Answer the calls of a response: ``tool_outputs`` are ``{"tool_call_id": ..., "output": ...}``, with the id of
        the call or of its item.

        Returns the next response, or with ``stream=True`` its stream.  While the response itself is still being
        streamed, the outputs are collected, None is returned, and that stream goes on.  ``options``: arguments of
        ``responses.create`` that replace those of the response.  Raises `openai.OpenAIError` for an unknown id.
        """
        if (response := OPEN.get(response_id)) is not None:
            return response.submit(tool_outputs, options)
        request = following(self.retrieve(response_id), tool_outputs) | options
        return self.create(**request | ({"stream": True} if stream else {}))

    def submit_tool_outputs_stream(
        self, *, response_id: str, tool_outputs: Sequence[Mapping[str, Any]], **options: Any
    ) -> "Stream[ResponseStreamEvent]":
        """Answer the calls of a response that has ended; returns the stream of the next one."""
        stream: Stream[ResponseStreamEvent] = self.submit_tool_outputs(
            response_id=response_id, tool_outputs=tool_outputs, stream=True, **options
        )
        return stream


class AsyncResponses(_AsyncResponses):
    """``client.responses`` of an async client."""

    if not TYPE_CHECKING:

        async def create(self, **options: Any) -> Any:
            answer = await super().create(**options)
            if isinstance(answer, AsyncStream):
                answer._iterator = continued_async(answer._iterator, options, super().create)
            return answer

    async def submit_tool_outputs(
        self, *, response_id: str, tool_outputs: Sequence[Mapping[str, Any]], stream: bool = False, **options: Any
    ) -> Any:
        """As `Responses.submit_tool_outputs`."""
        if (response := OPEN.get(response_id)) is not None:
            return response.submit(tool_outputs, options)
        request = following(await self.retrieve(response_id), tool_outputs) | options
        return await self.create(**request | ({"stream": True} if stream else {}))

    async def submit_tool_outputs_stream(
        self, *, response_id: str, tool_outputs: Sequence[Mapping[str, Any]], **options: Any
    ) -> "AsyncStream[ResponseStreamEvent]":
        """As `Responses.submit_tool_outputs_stream`."""
        stream: AsyncStream[ResponseStreamEvent] = await self.submit_tool_outputs(
            response_id=response_id, tool_outputs=tool_outputs, stream=True, **options
        )
        return stream
