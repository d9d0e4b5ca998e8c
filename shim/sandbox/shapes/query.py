"""Query parameters, checked as the API checks them."""

from shim.sandbox.shapes import refuse
from shim.wire.types import Json


class Query:
    """The pairs of a query string, in order."""

    def __init__(self, pairs: list[tuple[str, str]]) -> None:
        self._pairs = pairs
        self._last = dict(pairs)

    def only(self, *known: str) -> None:
        """Refuses every other parameter."""
        for name, _ in self._pairs:
            if name not in (*known, "api-version"):
                raise refuse.unknown_parameter(name)

    def all(self, *names: str) -> list[str]:
        return [value for name, value in self._pairs if name in names]

    def flag(self, name: str) -> bool:
        value = self._last.get(name, "false")
        if value not in ("true", "false"):
            raise refuse.wrong_type(name, "a boolean", value)
        return value == "true"

    def choice(self, name: str, *known: str) -> str:
        """The first of ``known`` is the default."""
        value = self._last.get(name, known[0])
        if value not in known:
            raise refuse.not_supported_value(name, value, tuple(sorted(known)))
        return value

    def integer(self, name: str, default: int, minimum: int, maximum: int | None = None) -> int:
        if name not in self._last:
            return default
        text = self._last[name]
        if not text.lstrip("-").isdigit():
            raise refuse.wrong_type(name, "an integer", text)
        value = int(text)
        if value < minimum:
            raise refuse.out_of_range(name, "integer", "below", minimum, value)
        if maximum is not None and value > maximum:
            raise refuse.out_of_range(name, "integer", "above", maximum, value)
        return value

    def index_of(self, name: str, objects: list[Json]) -> int:
        """The index of the item whose id is given, or -1 if none is."""
        if name not in self._last:
            return -1
        ids = [item["id"] for item in objects]
        if self._last[name] not in ids:
            message = f"Item with id '{self._last[name]}' not found."
            raise refuse.Refused(message, status=404, param=name)
        return ids.index(self._last[name])

    def page(self, objects: list[Json], default: int = 20, max_limit: int = 100) -> Json:
        """One page of ``objects``, which is oldest first; newest first unless ``order=asc``."""
        limit = self.integer("limit", default, minimum=1, maximum=max_limit)
        ordered = objects if self.choice("order", "desc", "asc") == "asc" else objects[::-1]
        start = self.index_of("after", ordered) + 1
        end = self.index_of("before", ordered)
        ordered = ordered[start : end if end >= 0 else None]
        page = ordered[-limit:] if end >= 0 else ordered[:limit]
        return {
            "object": "list",
            "data": page,
            "first_id": page[0]["id"] if page else None,
            "has_more": len(ordered) > limit,
            "last_id": page[-1]["id"] if page else None,
        }
