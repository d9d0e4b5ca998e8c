"""Messages in a request: a role, a string or parts, attachments."""

from typing import Annotated, Any, Final, Literal

from pydantic import Field

from shim.wire.requests.shapes import ByKind, ByType, Metadata, Shape, Text
from shim.wire.requests.tools import ATTACHMENT_TOOLS

Detail = Literal["auto", "low", "high"]


class TextPart(Shape):
    type: Literal["text"]
    text: Text


class ImageUrl(Shape):
    url: Annotated[str, Field(min_length=1)]
    detail: Detail | None = None


class ImageUrlPart(Shape):
    type: Literal["image_url"]
    image_url: ImageUrl


class ImageFile(Shape):
    file_id: str
    detail: Detail | None = None


class ImageFilePart(Shape):
    type: Literal["image_file"]
    image_file: ImageFile


PARTS: Final[dict[str, type[Shape]]] = {"text": TextPart, "image_url": ImageUrlPart, "image_file": ImageFilePart}
Part = Annotated[dict[str, Any], ByType(PARTS)]
Content = Annotated[
    Any,
    ByKind("one of a string or array of objects", string=Text, array=Annotated[list[Part], Field(min_length=1)]),
]


class Attachment(Shape):
    """Both keys are required, though they are optional in the SDK's types: the real API's error named the missing
    ``tools``.
    """

    file_id: str
    tools: list[Annotated[dict[str, Any], ByType(ATTACHMENT_TOOLS)]]


class CreateMessage(Shape):
    role: Literal["user", "assistant"]
    content: Content
    attachments: list[Attachment] | None = None
    metadata: Metadata | None = None


class UpdateMessage(Shape):
    metadata: Metadata | None = None
