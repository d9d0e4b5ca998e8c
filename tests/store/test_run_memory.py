import json

from shim.store import run_memory


def test_a_memory_is_read_as_it_was_stored() -> None:
    memory = run_memory.blank("gpt-4o", {"file_search": {}}, ["vs_1"]) | {"tip": {"id": "resp_1", "covers": 3}}
    assert run_memory.load(json.dumps(memory)) == memory


def test_fields_that_an_earlier_version_did_not_write_have_their_initial_value() -> None:
    found = run_memory.load('{"model": "gpt-4o", "asker": "resp_1"}')
    assert found == run_memory.blank("gpt-4o", {}, []) | {"asker": "resp_1"}


def test_every_field_has_an_initial_value() -> None:
    assert list(run_memory.blank("", {}, [])) == list(run_memory.RunMemory.__annotations__)
