"""The one type that all rooms share: a JSON object as plain Python."""

from typing import Any

#: Keys are the API's own; values are those of `json`.
Json = dict[str, Any]
