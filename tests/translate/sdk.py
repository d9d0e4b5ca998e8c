"""The types of the installed SDK: the oracle of every table."""

from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

from openai.types.beta import AssistantStreamEvent, AssistantTool
from openai.types.responses import ResponseOutputItem, ResponseStreamEvent


def members(union: Any) -> list[Any]:
    """The classes of a union, however it is nested."""
    if get_origin(union) is Annotated:
        return members(get_args(union)[0])
    if get_origin(union) is Union:
        return [member for each in get_args(union) for member in members(each)]
    return [union]


def tags(union: Any, field: str = "type") -> set[str]:
    """The literals that tell a union's members apart."""
    return {tag for member in members(union) for tag in get_args(member.model_fields[field].annotation)}


def keys(*params: Any) -> set[str]:
    """The names that typed dictionaries have, all variants of a union together."""
    return {name for each in params for member in members(each) for name in get_type_hints(member)}


#: Everything that upstream can stream, and the items it can stream about.
EVENTS = tags(ResponseStreamEvent)
ITEMS = tags(ResponseOutputItem)
#: Everything that an Assistants stream can say.
NAMES = tags(AssistantStreamEvent, "event")
TOOLS = tags(AssistantTool)
