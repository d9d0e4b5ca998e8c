import json

from shim.store import run_memory


def test_a_memory_survives_its_column() -> None:
    memory = run_memory.blank("gpt-4o", {"file_search": {}}, ["vs_1"]) | {"tip": {"id": "resp_1", "covers": 3}}
    assert run_memory.load(json.dumps(memory)) == memory


def test_what_an_earlier_version_did_not_write_has_its_first_value() -> None:
    found = run_memory.load('{"model": "gpt-4o", "asker": "resp_1"}')
    assert found == run_memory.blank("gpt-4o", {}, []) | {"asker": "resp_1"}


def test_every_field_has_a_first_value() -> None:
    assert list(run_memory.blank("", {}, [])) == list(run_memory.RunMemory.__annotations__)
