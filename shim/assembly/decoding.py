"""Decodes a stream's events to the SDK's objects by their names.

The SDK has one type for all events of a stream, a union of two dozen, and tries each of them for every event: that is
most of an event's cost.  The event's name determines the type, so that one is tried first; an event that does not fit
it is decoded by the SDK.
"""

import weakref
from collections.abc import Iterator
from typing import Any, Final, get_args

import openai
import pydantic
from openai.types.beta import AssistantStreamEvent

#: The SDK's method that makes an object from parsed JSON, the same in all its versions.
STEP: Final = "_process_response_data"


def _by_name() -> Iterator[tuple[str, Any]]:
    for member in get_args(get_args(AssistantStreamEvent)[0]):
        for name in get_args(member.model_fields["event"].annotation):
            yield name, member


#: The type of every event.
TYPES: Final[dict[str, Any]] = dict(_by_name())


def by_name(client: openai.OpenAI | openai.AsyncOpenAI) -> None:
    """Let a client decode events by their names."""
    slow: Any = getattr(type(client), STEP, None)
    if slow is None:
        return
    # Without a reference cycle, so that an unused client is freed at once.
    reference = weakref.ref(client)

    def process(*, data: Any, cast_to: Any, **more: Any) -> Any:
        if cast_to is AssistantStreamEvent and (kind := TYPES.get(data["event"])) is not None:
            try:
                return kind.model_validate(data)
            except pydantic.ValidationError:
                pass
        return slow(reference(), data=data, cast_to=cast_to, **more)

    setattr(client, STEP, process)
