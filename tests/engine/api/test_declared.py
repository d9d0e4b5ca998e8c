"""Assistants that a file declares, as applications see them: beside those of the store, in one list with them."""

from itertools import product
from typing import Any

import pytest

from shim.engine import Engine
from shim.ports import Declared
from shim.wire import objects
from tests.engine.scripted import Harness, Refused, answer
from tests.translate.upstream_events import last, message, says

Json = dict[str, Any]


def declare(harness: Harness, *ids: str, tenants: tuple[str, ...] = ()) -> None:
    bodies = {id: objects.assistant(id, 5, {"model": "gpt-4o", "instructions": f"I am {id}."}) for id in ids}
    declared = {
        id: Declared(body, f"team.yaml, line {line}", tenants) for line, (id, body) in enumerate(bodies.items(), 1)
    }
    object.__setattr__(harness.context, "files", declared)


def test_a_declared_assistant_is_an_ordinary_one(harness: Harness) -> None:
    declare(harness, "asst_a")
    assert harness.get("assistants/asst_a")["instructions"] == "I am asst_a."
    emitted = harness.run(harness.thread("One"), answer(message(says("Hello."))), assistant_id="asst_a")
    assert last(emitted, "run.completed")["assistant_id"] == "asst_a"
    assert harness.sent["instructions"] == "I am asst_a."


@pytest.mark.parametrize("method", ["POST", "DELETE"])
def test_calls_cannot_change_a_declared_assistant(
    harness: Harness, method: str, caplog: pytest.LogCaptureFixture
) -> None:
    declare(harness, "asst_a")
    with pytest.raises(Refused, match=r"declared in a file of this server \(team\.yaml, line 1\)") as refused:
        harness.call(method, "assistants/asst_a", {"name": "Other"} if method == "POST" else None)
    assert (refused.value.status, refused.value.error["code"]) == (400, "declared_assistant")
    assert "`assistants-shim assistants apply FILE`" in caplog.text
    assert harness.get("assistants/asst_a")["name"] is None


def test_a_stored_assistant_with_a_declared_id_is_hidden_and_logged_once(
    harness: Harness, caplog: pytest.LogCaptureFixture
) -> None:
    stored = harness.assistant(instructions="Stored.")
    declare(harness, stored, "asst_b")
    for _ in range(2):
        assert harness.get(f"assistants/{stored}")["instructions"] == f"I am {stored}."
        assert harness.get("assistants/asst_b")
    assert [record.args for record in caplog.records] == [(stored, "team.yaml, line 1")]
    assert listed(harness, order="asc") == [stored, "asst_b"]


def listed(harness: Harness, **query: str) -> list[str]:
    return [each["id"] for each in harness.get("assistants", **query)["data"]]


@pytest.mark.parametrize("order", ["asc", "desc"])
@pytest.mark.parametrize("shadowed", [False, True])
def test_every_page_is_the_right_part_of_the_list(harness: Harness, order: str, shadowed: bool) -> None:
    """Each pair of cursors and each limit, against slices of the whole list."""
    stored = [harness.assistant() for _ in range(3)]
    declare(harness, *(stored[1:2] if shadowed else []), "asst_x", "asst_y")
    whole = [id for id in stored if id not in harness.context.declared] + list(harness.context.declared)
    whole = whole if order == "asc" else whole[::-1]
    assert listed(harness, order=order) == whole
    for after, before, limit in product([None, *whole], [None, *whole], range(1, 7)):
        wanted = whole[whole.index(after) + 1 if after else 0 : whole.index(before) if before else None]
        part = wanted[-limit:] if before and not after else wanted[:limit]
        query = {"order": order, "limit": str(limit)} | {
            name: value for name, value in (("after", after), ("before", before)) if value
        }
        page = harness.get("assistants", **query)
        assert [each["id"] for each in page["data"]] == part, query
        assert page["has_more"] == (len(wanted) > limit), query


def test_an_unknown_cursor(harness: Harness) -> None:
    declare(harness, "asst_a")
    with pytest.raises(Refused, match="No assistant found with id 'asst_none'"):
        harness.get("assistants", after="asst_none")


def of(harness: Harness, tenant: str, name: str = "") -> Harness:
    """The same store, for a tenant."""
    other = object.__new__(Harness)
    other.__dict__ |= harness.__dict__
    other.engine = Engine(harness.context).of(tenant, name=name)
    other.context = other.engine.context
    return other


@pytest.mark.parametrize("tenant, name", [("acme", ""), ("key-0123", "acme"), ("key-4567", "")])
def test_a_declared_assistant_with_tenants_is_visible_to_them(harness: Harness, tenant: str, name: str) -> None:
    """By the name that the operator gave the tenant, or by the tenant's key in the store."""
    declare(harness, "asst_a", tenants=("acme", "key-4567"))
    theirs = of(harness, tenant, name)
    assert theirs.get("assistants/asst_a")["instructions"] == "I am asst_a."
    assert listed(theirs) == ["asst_a"]
    emitted = theirs.run(theirs.thread("One"), answer(message(says("Hello."))), assistant_id="asst_a")
    assert last(emitted, "run.completed")["instructions"] == "I am asst_a."


@pytest.mark.parametrize("tenant, name", [("", ""), ("key-0123", ""), ("key-0123", "acme2"), ("bob", "bob")])
def test_a_declared_assistant_with_tenants_is_unknown_to_all_others(
    harness: Harness, tenant: str, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Other tenants may store an assistant with the same id, which is not hidden and can be changed."""
    declare(harness, "asst_a", tenants=("acme", "key-4567"))
    others = of(harness, tenant, name)
    thread = others.thread("One")
    nobodys = "No assistant found with id 'asst_a'"
    for method, path, body in (
        ("GET", "assistants/asst_a", None),
        ("POST", "assistants/asst_a", {"name": "Other"}),
        ("DELETE", "assistants/asst_a", None),
        ("POST", f"threads/{thread}/runs", {"assistant_id": "asst_a"}),
        ("POST", "threads/runs", {"assistant_id": "asst_a", "thread": {"messages": []}}),
    ):
        with pytest.raises(Refused, match=nobodys) as refused:
            others.call(method, path, body)
        assert refused.value.status == 404
    with pytest.raises(Refused, match=nobodys):
        others.get("assistants", after="asst_a")
    assert listed(others) == []
    caplog.clear()
    object.__setattr__(others.context, "ids", lambda kind: f"{kind}_a")
    assert others.post("assistants", model="gpt-4o", instructions="Mine.")["id"] == "asst_a"
    assert others.get("assistants/asst_a")["instructions"] == "Mine."
    assert listed(others) == ["asst_a"]
    assert others.post("assistants/asst_a", name="Other")["name"] == "Other"
    assert others.delete("assistants/asst_a")["deleted"] is True
    assert caplog.records == []
    assert of(harness, "acme").get("assistants/asst_a")["instructions"] == "I am asst_a."
