"""Options that assistants and runs share: output format, effort, truncation, token limits."""

from typing import Annotated, Any, Final, Literal

from pydantic import Field

from shim.wire.requests.shapes import ByKind, ByType, Index, Name, Shape


class TextFormat(Shape):
    type: Literal["text"]


class JsonObjectFormat(Shape):
    type: Literal["json_object"]


class JsonSchema(Shape):
    name: Name
    description: str | None = None
    # ``schema`` is a method of every pydantic model.
    schema_: dict[str, Any] | None = Field(default=None, alias="schema")
    strict: bool | None = None


class JsonSchemaFormat(Shape):
    type: Literal["json_schema"]
    json_schema: JsonSchema


FORMATS: Final[dict[str, type[Shape]]] = {
    "text": TextFormat,
    "json_object": JsonObjectFormat,
    "json_schema": JsonSchemaFormat,
}
ResponseFormat = Annotated[
    Any,
    ByKind("one of 'auto' or an object", string=Literal["auto"], object=Annotated[dict[str, Any], ByType(FORMATS)]),
]
ReasoningEffort = Literal["none", "minimal", "low", "medium", "high", "xhigh", "max"]


class AutoTruncation(Shape):
    type: Literal["auto"]
    last_messages: Index | None = None


class LastMessages(Shape):
    """The count is required here (our choice: in the schema it is optional, without a meaning for its absence)."""

    type: Literal["last_messages"]
    last_messages: Index


Truncation = Annotated[dict[str, Any], ByType({"auto": AutoTruncation, "last_messages": LastMessages})]
#: The schema says at least 256 for both token limits; in recordings 16 is accepted, and users report that lower values
#: were refused.
Tokens = Annotated[int, Field(ge=16)]
