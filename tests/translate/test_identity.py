"""The item to which an event refers."""

from typing import Any

import pytest

from shim.translate.identity import ItemRegistry, KnownItem

Json = dict[str, Any]


def message(id: str | None = None) -> Json:
    return {"type": "message", "id": id}


def function(call_id: str | None = None, id: str | None = None) -> Json:
    return {"type": "function_call", "call_id": call_id, "id": id}


def never(_: KnownItem, __: Json) -> bool:
    return False


def filled(*items: Json) -> ItemRegistry:
    """A registry of a response whose items were announced at output indexes 0, 1, ..."""
    registry = ItemRegistry()
    for place, item in enumerate(items):
        registry.add(item, place)
    return registry


@pytest.mark.parametrize(
    "items, keys",
    [
        ([message("m")], ["m"]),
        ([function("c", "f")], ["f"]),
        ([function("c")], ["c"]),
        ([message(), message("")], ["#0", "#1"]),
        ([message("m"), message("m")], ["m", "m#1"]),
        ([message("\0"), message("\ud800")], ["\0", "\ud800"]),
    ],
)
def test_each_item_has_its_own_key(items: list[Json], keys: list[str]) -> None:
    assert [known.key for known in filled(*items).items] == keys


def test_items_without_an_id_and_an_index_are_numbered() -> None:
    registry = ItemRegistry()
    assert [registry.add(message(), None).key for _ in range(2)] == ["#0", "#1"]


def test_an_empty_field_does_not_replace_a_known_one_and_the_kind_stays() -> None:
    registry = filled(function("c", "f") | {"name": "add"})
    known = registry.items[0]
    registry.learn(known, {"type": "message", "id": "g", "name": "", "call_id": None, "arguments": "{}"})
    assert known.item == function("c", "g") | {"name": "add", "arguments": "{}"}
    assert known.names == {"c", "f", "g"}
    assert registry.by_name["g"] is registry.by_name["f"] is known


@pytest.mark.parametrize(
    "known, place, expected", [(0, 0, True), (0, 1, False), (None, 1, True), (0, None, True), (None, None, True)]
)
def test_an_unknown_index_matches_every_index(known: int | None, place: int | None, expected: bool) -> None:
    assert KnownItem("k", "message", message(), known).may_be_at(place) is expected


@pytest.mark.parametrize(
    "before, item, place, found",
    [
        (message("m"), message("m"), 0, True),
        (message("m"), message("m"), None, True),
        (message("m"), message("m"), 1, False),
        (message("m"), message("n"), 0, False),
        (message(), message("n"), 0, True),
        (message("m"), message(), 0, True),
        (message(), message(), None, False),
        (message("m"), function(None, "m"), 0, False),
    ],
)
def test_an_item_that_is_announced_twice_is_one_item(before: Json, item: Json, place: int | None, found: bool) -> None:
    registry = filled(before)
    assert registry.beginning(item, place) is (registry.items[0] if found else None)


def test_a_finished_item_that_is_announced_again_is_marked() -> None:
    registry = filled(function("c", "f"))
    known = registry.items[0]
    known.settled = True
    assert registry.beginning(function("c", "other"), 0) is None
    assert registry.beginning(function("c", "f"), 0) is known
    assert not known.announced_again
    assert registry.beginning(function("c", "f"), None) is known
    assert known.announced_again


@pytest.mark.parametrize(
    "items, item, place, found",
    [
        ([message("a"), message("b")], message("b"), None, 1),
        ([message("a"), message("b")], message("b"), 0, 1),
        ([message(), message()], message("x"), 1, 1),
        ([message(), message()], message("x"), None, 0),
        ([function("c", "f")], function("d", "g"), None, None),
        ([function("c", "f")], function("d"), None, 0),
        ([function("c")], message("c"), None, None),
        ([], message("m"), 0, None),
    ],
)
def test_the_end_of_an_item_is_matched_with_its_beginning(
    items: list[Json], item: Json, place: int | None, found: int | None
) -> None:
    registry = filled(*items)
    assert registry.ending(item, place, never) is (None if found is None else registry.items[found])


def test_an_end_with_an_unknown_id_is_matched_with_the_item_of_equal_content() -> None:
    registry = filled(message("a"), message("b"))
    for known in registry.items:
        known.id_used = True
    assert registry.ending(message("x"), None, never) is None
    assert registry.ending(message("x"), None, lambda known, _: known.key == "b") is registry.items[1]


@pytest.mark.parametrize(
    "items, event, kind, found",
    [
        ([message("a"), message("b")], {"item_id": "a"}, "message", 0),
        ([message("a"), message("b")], {"item_id": "a", "output_index": 1}, "message", 1),
        ([message("a"), message("b")], {"item_id": "x", "output_index": 0}, "message", 0),
        ([message("a"), message("b")], {}, "message", 1),
        ([message("a")], {"item_id": None, "output_index": None}, "message", 0),
        ([message("a")], {"item_id": "x", "output_index": 5}, "message", None),
        ([function("c", "f")], {"item_id": "x"}, "function_call", None),
        ([function("c", "f")], {"item_id": "c"}, "function_call", 0),
        ([function("c", "f"), message("m")], {"item_id": "f"}, "message", None),
        ([], {"item_id": "a"}, "message", None),
    ],
)
def test_a_delta_is_matched_with_its_item(items: list[Json], event: Json, kind: str, found: int | None) -> None:
    registry = filled(*items)
    assert registry.item_of_event(event, kind) is (None if found is None else registry.items[found])


def test_an_id_that_was_matched_with_an_item_stays_with_it() -> None:
    registry = filled(message("a"), message("b"))
    first = registry.item_of_event({"item_id": "x", "output_index": 0}, "message")
    assert first is registry.items[0]
    assert registry.item_of_event({"item_id": "x"}, "message") is first


@pytest.mark.parametrize(
    "name, kind, expected",
    [("m", "function_call", True), ("m", "message", False), ("x", "message", False), (None, "message", False)],
)
def test_a_delta_for_an_item_of_another_kind_is_recognised(name: str | None, kind: str, expected: bool) -> None:
    assert filled(message("m")).is_of_other_kind({"item_id": name}, kind) is expected


@pytest.mark.parametrize(
    "items, output, found",
    [
        ([], [], []),
        ([], [message("m")], [None]),
        ([message("m")], [], []),
        # By id, in any order.
        ([message("a"), message("b")], [message("b"), message("a")], [1, 0]),
        # A call by its call id, although its item id has changed.
        ([function("c", "f"), function("d", "g")], [function("d", "f"), function("c", "g")], [1, 0]),
        # By kind and order, if no id is the same.
        ([message("a"), function("c"), message("b")], [message("x"), message("y"), function("z")], [0, 2, 1]),
        # By index, if one list is longer than the other.
        ([message("a"), message("b")], [function("c"), message("x")], [None, 1]),
        ([message("a")], [message("x"), message("y")], [0, None]),
    ],
)
def test_the_output_is_matched_as_a_whole(items: list[Json], output: list[Json], found: list[int | None]) -> None:
    registry = filled(*items)
    expected = [(item, None if at is None else registry.items[at]) for item, at in zip(output, found, strict=True)]
    assert registry.output(output) == expected
