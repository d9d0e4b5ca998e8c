"""Finds the ids of files in an object of the API."""

from typing import Any


def collect(value: Any, ids: dict[str, None]) -> None:
    """Add the ids of all files that are anywhere in a value."""
    if isinstance(value, list):
        for one in value:
            collect(one, ids)
    elif isinstance(value, dict):
        for name, one in value.items():
            if name == "file_id" and isinstance(one, str):
                ids[one] = None
            elif name == "file_ids" and isinstance(one, list):
                ids.update(dict.fromkeys(map(str, one)))
            elif isinstance(one, (list, dict)):
                collect(one, ids)
