"""Vector stores: files are processed with each retrieval, counted and searched; stores expire."""

import pytest

from shim.sandbox import Sandbox
from tests.sandbox.drive import NOON, Client

FOODS = "Travis's favorite food is pizza. Anna likes soup."
PETS = "Travis has a cat. Anna has a dog."
DAY = 86_400


def test_a_store_is_in_progress_for_one_retrieval():
    client = Client()
    made = client.store(foods=FOODS, pets=PETS)
    path = f"/vector_stores/{made['id']}"
    seen = [made, *(client.json("GET", path) for _ in range(2))]
    assert [each["status"] for each in seen] == ["in_progress", "in_progress", "completed"]
    counted = [(each["file_counts"]["in_progress"], each["file_counts"]["completed"]) for each in seen]
    assert counted == [(2, 0), (2, 0), (0, 2)]
    assert seen[-1]["usage_bytes"] == len(FOODS) + len(PETS)


def test_an_empty_store_is_ready_at_once():
    client = Client()
    made = client.json("POST", "/vector_stores", {"name": "empty", "metadata": {"a": "b"}})
    assert (made["status"], made["file_counts"]["total"], made["metadata"]) == ("completed", 0, {"a": "b"})
    changed = client.json("POST", f"/vector_stores/{made['id']}", {"name": "other", "metadata": None})
    assert (changed["name"], changed["metadata"]) == ("other", {})
    assert client.json("GET", "/vector_stores")["data"] == [changed]
    gone = client.json("DELETE", f"/vector_stores/{made['id']}")
    assert gone == {"id": made["id"], "object": "vector_store.deleted", "deleted": True}
    refused = client.error("GET", f"/vector_stores/{made['id']}")
    assert (refused["status"], refused["message"]) == (404, f"Vector store with id '{made['id']}' not found.")


def test_files_are_added_retrieved_changed_and_removed():
    client = Client()
    path = f"/vector_stores/{client.store()['id']}/files"
    file = client.upload("foods.txt", FOODS)["id"]
    added = client.json("POST", path, {"file_id": file, "attributes": {"year": 2024}})
    assert (added["status"], added["usage_bytes"], added["attributes"]) == ("in_progress", 0, {"year": 2024})
    assert added["chunking_strategy"]["static"] == {"max_chunk_size_tokens": 800, "chunk_overlap_tokens": 400}
    assert [client.json("GET", f"{path}/{file}")["status"] for _ in range(2)] == ["in_progress", "completed"]
    assert client.json("POST", f"{path}/{file}", {"attributes": {"year": 2025}})["attributes"] == {"year": 2025}
    assert client.json("GET", f"{path}/{file}/content")["data"] == [{"type": "text", "text": FOODS}]
    assert [each["id"] for each in client.json("GET", path, query="filter=completed")["data"]] == [file]
    assert client.json("GET", path, query="filter=failed")["data"] == []
    gone = client.json("DELETE", f"{path}/{file}")
    assert gone == {"id": file, "object": "vector_store.file.deleted", "deleted": True}
    assert client.error("GET", f"{path}/{file}")["status"] == 404
    assert client.json("GET", f"/files/{file}")["id"] == file


def test_pages_in_both_directions():
    client = Client()
    names = [client.store()["id"] for _ in range(4)]
    path = "/vector_stores"
    after = client.json("GET", path, query=f"order=asc&after={names[0]}&limit=2")
    assert ([each["id"] for each in after["data"]], after["has_more"]) == (names[1:3], True)
    before = client.json("GET", path, query=f"order=asc&before={names[3]}&limit=2")
    assert ([each["id"] for each in before["data"]], before["has_more"]) == (names[1:3], True)


@pytest.mark.parametrize(
    "name, content, code",
    [("a.png", "x", "unsupported_file"), ("a.txt", "", "invalid_file"), ("a.csv", "a,b", "unsupported_file")],
)
def test_files_that_cannot_be_read_fail(name, content, code):
    client = Client()
    path = f"/vector_stores/{client.store()['id']}/files"
    file = client.upload(name, content)["id"]
    client.json("POST", path, {"file_id": file})
    client.json("GET", f"{path}/{file}")
    failed = client.json("GET", f"{path}/{file}")
    assert (failed["status"], failed["last_error"]["code"]) == ("failed", code)


def test_a_deleted_file_is_removed_from_its_stores():
    client = Client()
    store = client.store(foods=FOODS)
    path = f"/vector_stores/{store['id']}/files"
    (file,) = client.json("GET", path)["data"]
    client.json("DELETE", f"/files/{file['id']}")
    assert client.json("GET", path)["data"] == []


def test_batches():
    client = Client()
    store = client.store()
    files = [client.upload(f"{name}.txt", "text")["id"] for name in "ab"]
    path = f"/vector_stores/{store['id']}/file_batches"
    made = client.json("POST", path, {"file_ids": files, "attributes": {"a": True}})
    seen = [made, *(client.json("GET", f"{path}/{made['id']}") for _ in range(2))]
    assert [each["status"] for each in seen] == ["in_progress", "in_progress", "completed"]
    assert seen[-1]["file_counts"] == {"in_progress": 0, "completed": 2, "failed": 0, "cancelled": 0, "total": 2}
    listed = client.json("GET", f"{path}/{made['id']}/files")["data"]
    assert [(each["id"], each["attributes"]) for each in listed] == [(name, {"a": True}) for name in files[::-1]]
    assert client.error("GET", f"{path}/vsfb_1")["status"] == 404


def test_a_batch_with_attributes_of_each_file_is_cancelled():
    client = Client()
    store = client.store()
    file = client.upload("a.txt", "text")["id"]
    path = f"/vector_stores/{store['id']}/file_batches"
    made = client.json("POST", path, {"files": [{"file_id": file, "attributes": {"n": 1.5}}]})
    cancelled = client.json("POST", f"{path}/{made['id']}/cancel")
    assert (cancelled["status"], cancelled["file_counts"]["cancelled"]) == ("cancelled", 1)
    assert client.json("POST", f"/vector_stores/{store['id']}/search", {"query": "text"})["data"] == []


def test_search_ranks_limits_filters_and_does_not_wait():
    client = Client()
    path = f"/vector_stores/{client.store(foods=FOODS, pets=PETS)['id']}"
    found = client.json("POST", f"{path}/search", {"query": "Which food does Travis like?"})
    assert [each["filename"] for each in found["data"]] == ["foods.txt", "pets.txt"]
    first = found["data"][0]
    assert first["content"] == [{"type": "text", "text": FOODS}]
    assert 0 < found["data"][1]["score"] < first["score"] < 1
    one = client.json("POST", f"{path}/search", {"query": ["food", "cat"], "max_num_results": 1})
    assert len(one["data"]) == 1
    strict = {"ranking_options": {"score_threshold": first["score"]}}
    assert len(client.json("POST", f"{path}/search", {"query": "Which food does Travis like?"} | strict)["data"]) == 1
    only = {"filters": {"type": "eq", "key": "kind", "value": "pets"}}
    assert client.json("POST", f"{path}/search", {"query": "Travis"} | only)["data"] == []


def test_long_files_are_cut_into_chunks():
    client = Client()
    path = f"/vector_stores/{client.store()['id']}"
    file = client.upload("long.txt", " ".join(f"word{number}" for number in range(300)))["id"]
    static = {"max_chunk_size_tokens": 100, "chunk_overlap_tokens": 10}
    client.json("POST", f"{path}/files", {"file_id": file, "chunking_strategy": {"type": "static", "static": static}})
    assert len(client.json("GET", f"{path}/files/{file}/content")["data"]) == 4
    (hit,) = client.json("POST", f"{path}/search", {"query": "word250"})["data"]
    assert "word250" in hit["content"][0]["text"]
    assert "word100 " not in hit["content"][0]["text"]


def test_stores_expire_some_days_after_their_last_use():
    now = [NOON]
    client = Client(Sandbox(clock=lambda: now[0]))
    body = {"expires_after": {"anchor": "last_active_at", "days": 1}}
    path = f"/vector_stores/{client.json('POST', '/vector_stores', body)['id']}"
    now[0] += DAY / 2
    client.json("POST", f"{path}/search", {"query": "x"})
    now[0] += DAY / 2
    assert client.json("GET", path)["status"] == "completed"
    now[0] += DAY / 2
    assert client.json("GET", path)["status"] == "expired"
    assert client.error("POST", f"{path}/files", {"file_id": "file-1"})["status"] == 400


WRONG = [
    ({"file_ids": ["file-none"]}, "id"),
    ({"expires_after": {"anchor": "created_at", "days": 1}}, "expires_after.anchor"),
    ({"expires_after": {"anchor": "last_active_at", "days": 0}}, "expires_after.days"),
    (
        {"chunking_strategy": {"type": "static", "static": {"max_chunk_size_tokens": 5}}},
        "chunking_strategy.static.chunk_overlap_tokens",
    ),
    ({"nonsense": 1}, "nonsense"),
]


@pytest.mark.parametrize("body, param", WRONG)
def test_invalid_stores(body, param):
    assert Client().error("POST", "/vector_stores", body)["param"] == param


def test_attributes_are_strings_numbers_or_booleans():
    client = Client()
    path = f"/vector_stores/{client.store()['id']}/files"
    refused = client.error("POST", path, {"file_id": client.upload("a.txt", "x")["id"], "attributes": {"a": []}})
    assert refused["param"] == "attributes.a"
