"""The types of the installed SDK, with which every table is compared."""

from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

from openai.types.beta import AssistantStreamEvent, AssistantTool
from openai.types.responses import ResponseOutputItem, ResponseStreamEvent


def members(union: Any) -> list[Any]:
    """The classes of a union, including nested unions."""
    if get_origin(union) is Annotated:
        return members(get_args(union)[0])
    if get_origin(union) is Union:
        return [member for each in get_args(union) for member in members(each)]
    return [union]


def tags(union: Any, field: str = "type") -> set[str]:
    """The literals by which the members of a union are distinguished."""
    return {tag for member in members(union) for tag in get_args(member.model_fields[field].annotation)}


def keys(*params: Any) -> set[str]:
    """The keys of typed dictionaries, of all variants of a union together."""
    return {name for each in params for member in members(each) for name in get_type_hints(member)}


#: All events that upstream can stream, and all items that they can contain.
EVENTS = tags(ResponseStreamEvent)
ITEMS = tags(ResponseOutputItem)
#: All events of an Assistants stream.
NAMES = tags(AssistantStreamEvent, "event")
TOOLS = tags(AssistantTool)
