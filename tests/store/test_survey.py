"""The operator's queries."""

import pytest

from shim.store import assistants, messages, responses, runs, schema, survey, threads
from shim.store.survey import Hit, Spent
from shim.store.tx import Tx
from tests.store.things import Any_Store, assistant, message, run, thread

USAGE = {"input_tokens": 3}


def fill(tx: Tx) -> None:
    assistants.insert(tx, assistant(1))
    for n in (1, 2):
        threads.insert(tx, thread(n))
    for n, text in ((1, "Straße"), (2, "two")):
        messages.insert(tx, message(n, 1, None, text))
    runs.insert(tx, run(1, 1, "completed"), {}, None, None)
    for n in (1, 2, 3):
        responses.insert(tx, f"resp_{n}", "thread_1", "run_1", None, n * 10)
    for n in (1, 2):
        responses.finish(tx, f"resp_{n}", "completed", USAGE)


async def filled(store: Any_Store) -> None:
    for tenant in ("", "other"):
        await store.of(tenant).write(fill)


@pytest.mark.parametrize("tenant, owners", [("", [""]), ("other", ["other"]), (None, ["other", ""]), ("nobody", [])])
async def test_threads_are_listed_newest_first_with_their_sizes(
    store: Any_Store, tenant: str | None, owners: list[str]
) -> None:
    await filled(store)
    found = await store.read(survey.threads, tenant)
    sizes = [(row.tenant, row.body["id"], row.messages, row.runs) for row in found]
    assert sizes == [each for owner in owners for each in ((owner, "thread_2", 0, 0), (owner, "thread_1", 2, 1))]
    assert await store.read(survey.threads, tenant, 1) == found[:1]


async def test_the_tenants_of_an_id(store: Any_Store) -> None:
    await filled(store)
    assert sorted(await store.read(survey.tenants_of, schema.threads, "thread_1")) == ["", "other"]
    assert await store.read(survey.tenants_of, schema.threads, "thread_9") == []


async def test_the_search_in_messages_ignores_case(store: Any_Store) -> None:
    await filled(store)
    hit = Hit("other", message(1, 1, None, "Straße"))
    assert await store.read(lambda tx: list(survey.search(tx, "other", "STRASSE"))) == [hit]
    assert await store.read(lambda tx: list(survey.search(tx, "other", "ẞ"))) == [hit]
    assert len(await store.read(lambda tx: list(survey.search(tx, None, "t")))) == 4
    assert await store.read(lambda tx: list(survey.search(tx, None, "hello"))) == []


def test_only_text_parts_of_a_message_are_searched() -> None:
    image = {"type": "image_file", "image_file": {"file_id": "file_1"}}
    parts = [{"type": "text", "text": {"value": value}} for value in ("a", "b")]
    assert survey.text_of({"content": [parts[0], image, parts[1]]}) == "a\nb"
    assert survey.text_of({"content": []}) == ""


async def test_objects_of_a_thread_in_order_and_a_run_by_its_id(store: Any_Store) -> None:
    await filled(store)
    found = await store.read(survey.all_of, schema.messages, "thread_1")
    assert [each["id"] for each in found] == ["msg_1", "msg_2"]
    assert await store.read(survey.run, "run_1") == run(1, 1, "completed")
    assert await store.read(survey.run, "run_9") is None
    assert await store.of("nobody").read(survey.run, "run_1") is None
    assert await store.of("nobody").read(survey.all_of, schema.messages, "thread_1") == []


async def test_usage_is_the_sum_of_responses_that_have_ended(store: Any_Store) -> None:
    await filled(store)
    body = run(1, 1, "completed")
    both = [Spent("", at, "thread_1", body, USAGE) for at in (10, 20)]
    assert await store.read(lambda tx: list(survey.spent(tx, ""))) == both
    assert await store.read(lambda tx: list(survey.spent(tx, "", 20))) == both[1:]
    assert await store.read(lambda tx: list(survey.spent(tx, "", 21))) == []
    assert len(await store.read(lambda tx: list(survey.spent(tx, None)))) == 4


async def test_assistants_of_one_tenant_or_of_all(store: Any_Store) -> None:
    await filled(store)
    await store.write(assistants.insert, assistant(2))
    assert await store.read(survey.assistants, "") == [assistant(1), assistant(2)]
    assert len(await store.read(survey.assistants, None)) == 3
