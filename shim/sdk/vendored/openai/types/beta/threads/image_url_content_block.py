# From openai 3.54.0 (Apache License 2.0, see LICENSE); changed by docs/vendor.py: imports.

# File generated from our OpenAPI spec by Castiron. See CONTRIBUTING.md for details.

from typing_extensions import Literal

from .image_url import ImageURL
from shim.sdk.borrowed import BaseModel

__all__ = ["ImageURLContentBlock"]


class ImageURLContentBlock(BaseModel):
    """References an image URL in the content of a message."""

    image_url: ImageURL

    type: Literal["image_url"]
    """The type of the content part."""
