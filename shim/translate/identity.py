"""Finds the item to which an event refers.

Ids, call ids and output indices differ by server: they may be missing, null, changed from one event to the next, or the
same for several items.  So no single one of them is sufficient.  A `KnownItem` item stores every id that upstream has
used for it, and the registry finds it for three kinds of events: an item that begins or ends, a text without an item (a
delta), and the output of the final response, which is matched as a whole.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from shim.wire.types import Json

Agrees = Callable[["KnownItem", Json], bool]


@dataclass(slots=True)
class KnownItem:
    """One item of a response, as far as upstream has sent it.

    ``key``: its own key, unique in the response.  ``id_used``: an event has used its id.  ``announced``: the rule for
    its beginning has run.  ``settled``: it was emitted completely.  ``announced_again``: it was announced a second time
    after its end, so later events with its id refer to another item.
    """

    key: str
    kind: str
    item: Json
    output_index: int | None
    names: set[str] = field(default_factory=set)
    id_used: bool = False
    announced: bool = False
    settled: bool = False
    journalled: bool = False
    announced_again: bool = False

    def learn(self, item: Json) -> None:
        """Take over the fields of another event about the item, except empty ones."""
        fields = {name: value for name, value in item.items() if value not in (None, "")}
        self.item = self.item | fields | {"type": self.item["type"]}
        self.names.update(_names(item))

    def may_be_at(self, output_index: int | None) -> bool:
        return output_index is None or self.output_index is None or output_index == self.output_index


def _names(item: Json) -> list[str]:
    """The ids of an item; for a call the id of the call comes first."""
    return [name for name in (item.get("call_id"), item.get("id")) if name]


@dataclass(slots=True)
class ItemRegistry:
    """The items of one response, in the order in which they first occurred."""

    items: list[KnownItem] = field(default_factory=list)
    by_name: dict[str, KnownItem] = field(default_factory=dict)

    def add(self, item: Json, output_index: int | None) -> KnownItem:
        """Add an item."""
        names = _names(item)
        wanted = (
            item.get("id") or item.get("call_id") or f"#{len(self.items) if output_index is None else output_index}"
        )
        taken = {known.key for known in self.items}
        key = wanted if wanted not in taken else f"{wanted}#{len(self.items)}"
        known = KnownItem(key, item["type"], item, output_index, set(names))
        self.items.append(known)
        self.by_name |= dict.fromkeys([*names, key], known)
        return known

    def learn(self, known: KnownItem, item: Json) -> None:
        """Store the fields of an event about a known item, and its ids."""
        known.learn(item)
        self.by_name |= dict.fromkeys(_names(item), known)

    def beginning(self, item: Json, output_index: int | None) -> KnownItem | None:
        """The known item that ``output_item.added`` announces again; None for a new one."""
        for known in self._same_names(item, output_index):
            if not known.may_be_at(output_index) or (known.settled and _differs(known, item)):
                continue
            known.announced_again = known.settled and (output_index is None or known.output_index is None)
            return known
        without_id = (
            known for known in self._open(item["type"], output_index) if not item.get("id") or not known.item.get("id")
        )
        return next(
            (known for known in without_id if output_index is not None and known.output_index == output_index), None
        )

    def ending(self, item: Json, output_index: int | None, agrees: Agrees) -> KnownItem | None:
        """The item that ``output_item.done`` ends; None for one that was not announced.  ``agrees``: whether the text
        so far of an item is the beginning of this one's.
        """
        for known in self._same_names(item, output_index):
            if not known.settled or (known.may_be_at(output_index) and not known.announced_again):
                return known
        waiting = list(self._open(item["type"], output_index))
        at_index = [known for known in waiting if output_index is not None and known.output_index == output_index]
        without_id = [known for known in waiting if not known.id_used and not _is_other_call(known, item)]
        return next(iter(at_index or without_id or [known for known in waiting if agrees(known, item)]), None)

    def item_of_event(self, event: Json, kind: str) -> KnownItem | None:
        """The item of that kind to which a delta, or another event without an item, refers."""
        name, output_index = event.get("item_id"), event.get("output_index")
        known = self.by_name.get(name) if name else None
        if known is not None and known.kind == kind and not known.announced_again:
            known.id_used = True
            if output_index is None or known.output_index is None or output_index == known.output_index:
                return known
        return self._best_match(name, output_index, kind, known)

    def _best_match(
        self, name: str | None, output_index: int | None, kind: str, known: KnownItem | None
    ) -> KnownItem | None:
        """The same if the id alone is not sufficient."""
        waiting = list(self._open(kind, output_index))
        if known is not None and known.kind != kind:
            waiting = [each for each in waiting if name in each.names]
        at_index = [each for each in waiting if output_index is not None and each.output_index == output_index]
        same = (
            [known] if known is not None and known.kind == kind and not (known.settled or known.announced_again) else []
        )
        # A call's arguments with an unknown id may belong to another tool: they wait until the call has more fields.
        without_id = [each for each in waiting if not name or not (each.id_used or kind == "function_call")]
        matches = at_index or same or without_id
        return self._with_id(matches[-1], name) if matches else None

    def _with_id(self, known: KnownItem, name: str | None) -> KnownItem:
        """The item, after the id that an event has used was added to it."""
        if name and name not in known.names:
            known.names.add(name)
            self.by_name[name] = known
        return known

    def is_of_other_kind(self, event: Json, kind: str) -> bool:
        """Whether an event's id belongs only to items of another kind, so that its text must be ignored."""
        kinds = [known.kind for known in self.items if event.get("item_id") in known.names]
        return bool(kinds) and kind not in kinds

    def output(self, items: list[Json]) -> list[tuple[Json, KnownItem | None]]:
        """The items of the final response, each with its known item: calls by the id of the call, others by id, else by
        kind and order, and by output index if the numbers of a kind differ.
        """
        left, matched = list(self.items), dict[int, KnownItem]()
        for agrees in (_by_call, _by_id):
            for index, item in enumerate(items):
                known = next((each for each in left if index not in matched and agrees(each, item)), None)
                if known is not None:
                    matched[index] = known
                    left.remove(known)
        rest = [index for index in range(len(items)) if index not in matched]
        for kind in {known.kind for known in left}:
            mine = [index for index in rest if items[index]["type"] == kind]
            matched |= _in_order(mine, [known for known in left if known.kind == kind])
        return [(item, matched.get(index)) for index, item in enumerate(items)]

    def _same_names(self, item: Json, output_index: int | None) -> list[KnownItem]:
        """The known items of that kind that share an id with it: those with most in common first, and the latest."""

        def common(known: KnownItem) -> float:
            same = sum(name in known.names for name in _names(item))
            return same + (same and output_index is not None and known.output_index == output_index) / 2

        alike = [known for known in reversed(self.items) if known.kind == item["type"] and common(known)]
        return sorted(alike, key=common, reverse=True)

    def _open(self, kind: str, output_index: int | None) -> Iterator[KnownItem]:
        return (each for each in self.items if each.kind == kind and not each.settled and each.may_be_at(output_index))


def _differs(known: KnownItem, item: Json) -> bool:
    """Whether an item has another id than the known one, although both have the same call id."""
    return bool(item.get("id") and known.item.get("id") and item["id"] not in known.names)


def _is_other_call(known: KnownItem, item: Json) -> bool:
    """Whether both have ids for their calls, and none is the same."""
    return item["type"] == "function_call" and bool(known.names) and len(_names(item)) == 2


def _by_call(known: KnownItem, item: Json) -> bool:
    return known.kind == item["type"] and item.get("call_id") in known.names


def _by_id(known: KnownItem, item: Json) -> bool:
    return known.kind == item["type"] and item.get("id") in known.names


def _in_order(indices: list[int], left: list[KnownItem]) -> dict[int, KnownItem]:
    """Matches items of one kind: in order if the numbers are equal; else first those with the same output index."""
    matched: dict[int, KnownItem] = {}
    if len(left) != len(indices):
        matched = {index: known for index in indices for known in left if known.output_index == index}
    rest = [known for known in left if known not in matched.values()]
    return matched | dict(zip((index for index in indices if index not in matched), rest, strict=False))
