"""The one type that all rooms share: a JSON object as plain Python."""

from typing import Any

#: Keys are the wire's own; values are what `json` makes of them.
Json = dict[str, Any]
