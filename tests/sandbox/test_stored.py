"""Stored responses: retrieve, chain, list, delete, expire."""

import json

import pytest

from shim.sandbox import Sandbox
from tests.sandbox.drive import NOON, WEATHER, Client, function, outputs, text_of


def not_found(client: Client, response_id: str) -> bool:
    reply = client.request("GET", f"/responses/{response_id}")
    error = json.loads(client.bytes(reply))["error"]
    assert error["message"] == f"Response with id '{response_id}' not found."
    return reply.status == 404


def chain(client: Client, response_id: str) -> str | None:
    """The code of the refusal of a chain from that response, or None."""
    reply = client.request("POST", "/responses", {"model": "gpt-4o", "input": "x", "previous_response_id": response_id})
    return None if reply.status == 200 else json.loads(client.bytes(reply))["error"]["code"]


def test_a_created_response_is_retrieved_and_deleted():
    client = Client()
    made = client.create("hi")
    assert client.json("GET", f"/responses/{made['id']}") == made
    gone = client.json("DELETE", f"/responses/{made['id']}")
    assert gone == {"id": made["id"], "object": "response.deleted", "deleted": True}
    assert not_found(client, made["id"])
    assert client.request("DELETE", f"/responses/{made['id']}").status == 404


def test_a_streamed_response_is_stored_when_its_last_event_is_sent():
    client = Client()
    reply = client.request("POST", "/responses", {"model": "gpt-4o", "input": "hi", "stream": True})
    chunks = iter(reply.body)
    response_id = json.loads(next(chunks).split(b"data: ")[1])["response"]["id"]  # type: ignore[union-attr]
    assert not_found(client, response_id)
    for chunk in chunks:
        if b"response.completed" in chunk:  # type: ignore[operator]
            # A client may continue the response while its stream is still open.
            assert chain(client, response_id) is None
            return
    pytest.fail("no terminal event")


def test_not_stored_means_not_found_and_not_continued():
    client = Client()
    made = client.create("hi", store=False)
    assert made["store"] is False
    assert made["id"].removeprefix("resp_")[16:18] == "01"
    assert not_found(client, made["id"])
    assert chain(client, made["id"]) == "previous_response_not_found"


@pytest.mark.parametrize("options", [{"can_store": False}, {"store_by_default": False}])
def test_servers_that_do_not_store_report_it(options):
    client = Client(Sandbox(**options))
    assert client.create("hi")["store"] is False
    assert client.create("hi", store=True)["store"] is options.get("can_store", True)


def test_one_response_or_all_can_be_forgotten():
    client = Client()
    first, second = client.create("a"), client.create("b")
    client.sandbox.forget(first["id"])
    assert not_found(client, first["id"])
    assert chain(client, second["id"]) is None
    client.sandbox.forget()
    assert chain(client, second["id"]) == "previous_response_not_found"


def test_responses_expire_after_thirty_days():
    now = [NOON]
    client = Client(Sandbox(clock=lambda: now[0]))
    made = client.create("a")
    now[0] += 30 * 86_400
    assert not_found(client, made["id"])
    assert chain(client, made["id"]) == "previous_response_not_found"


def test_a_chain_works_without_the_deleted_response_in_its_middle_and_may_fork():
    client = Client()
    first = client.create("one")
    second = client.create("two", previous_response_id=first["id"])
    client.json("DELETE", f"/responses/{first['id']}")
    assert 'user said "one"' in text_of(client.create("three", previous_response_id=second["id"]))
    assert 'user said "two"' in text_of(client.create("four", previous_response_id=second["id"]))


@pytest.mark.parametrize("control_word", ["fail-early", "limit-midway"])
def test_a_failed_response_can_be_read_but_not_continued(control_word):
    client = Client()
    failed = client.stream(control_word)[-1]["response"]
    assert client.json("GET", f"/responses/{failed['id']}")["status"] == "failed"
    assert chain(client, failed["id"]) == "previous_response_not_found"


def test_ids_share_the_partition_of_their_chain():
    client = Client()
    first = client.create("get_weather aloud", tools=[WEATHER])
    second = client.create(outputs(first, "x"), previous_response_id=first["id"], tools=[WEATHER])
    ids = [first["id"], second["id"], *(item["id"] for item in first["output"] + second["output"])]
    assert len({each.partition("_")[2][:16] for each in ids}) == 1
    assert len(set(ids)) == len(ids)
    assert [each.partition("_")[0] for each in ids] == ["resp", "resp", "msg", "fc", "msg"]
    assert all(len(each.partition("_")[2]) == 50 for each in ids)
    call_id = first["output"][1]["call_id"]
    assert call_id.startswith("call_")
    assert len(call_id) == 29


def test_input_items_are_the_whole_history_newest_first():
    client = Client()
    first = client.create("get_weather", tools=[WEATHER])
    second = client.create(outputs(first, "22 C"), previous_response_id=first["id"], tools=[WEATHER])
    page = client.json("GET", f"/responses/{second['id']}/input_items")
    assert [item["type"] for item in page["data"]] == ["function_call_output", "function_call", "message"]
    assert all(item["id"] and item["status"] == "completed" for item in page["data"])
    assert (page["first_id"], page["last_id"]) == (page["data"][0]["id"], page["data"][-1]["id"])


def test_input_items_are_paged():
    client = Client()
    made = client.create([{"role": "user", "content": each} for each in "ABC"])
    path = f"/responses/{made['id']}/input_items"
    first = client.json("GET", path, query="order=asc&limit=2")
    assert first["has_more"] is True
    rest = client.json("GET", path, query=f"order=asc&limit=2&after={first['last_id']}")
    assert rest["has_more"] is False
    texts = [item["content"][0]["text"] for item in first["data"] + rest["data"]]
    assert texts == ["A", "B", "C"]
    refused = json.loads(client.bytes(client.request("GET", path, query="limit=1000")))["error"]
    assert (refused["param"], refused["code"]) == ("limit", "integer_above_max_value")


def test_input_tokens_count_the_chain_and_store_nothing():
    client = Client()
    plain = client.json("POST", "/responses/input_tokens", {"model": "gpt-4o", "input": "one two three"})
    assert plain == {"object": "response.input_tokens", "input_tokens": 3 + 1}
    first = client.create("one two")
    body = {"model": "gpt-4o", "input": "three", "previous_response_id": first["id"]}
    chained = client.json("POST", "/responses/input_tokens", body)
    assert chained["input_tokens"] == 3 + len(text_of(first).split()) + 1


def test_tools_and_instructions_are_not_inherited_by_a_chain():
    client = Client()
    first = client.create("hi", tools=[function("ping")], instructions="Sing", metadata={"a": "b"}, temperature=0.5)
    second = client.create("ping", previous_response_id=first["id"])
    echoed = [second[name] for name in ("tools", "instructions", "metadata", "temperature")]
    assert echoed == [[], None, {}, 1.0]
    assert [item["type"] for item in second["output"]] == ["message"]


def test_item_references_stand_for_stored_items():
    client = Client()
    first = client.create("hello there")
    reference = {"type": "item_reference", "id": first["output"][0]["id"]}
    assert "assistant said" in text_of(client.create([reference, {"role": "user", "content": "and?"}]))


def test_models_are_listed():
    client = Client(Sandbox(models=["my-deployment"]))
    names = [each["id"] for each in client.json("GET", "/models")["data"]]
    assert {"gpt-4o", "my-deployment"} <= set(names)
    assert client.json("GET", "/models/gpt-4o")["object"] == "model"
    assert client.request("GET", "/models/nothing").status == 404
    assert client.create("hi", model="my-deployment")["model"] == "my-deployment"


def test_requests_are_recorded_without_secrets():
    client = Client()
    client.create("hi")
    (received,) = client.sandbox.requests
    assert (received.method, received.path) == ("POST", "/v1/responses")
    assert received.body == {"model": "gpt-4o", "input": "hi"}
    assert "sk-test" not in repr(received)


@pytest.mark.parametrize("path", ["/v1/responses", "/openai/v1/responses", "/openai/responses", "/responses"])
def test_azures_path_prefix_is_accepted(path):
    sandbox = Sandbox()
    body = b'{"model": "gpt-4o", "input": "hi"}'
    reply = sandbox.handle("POST", path, [("api-version", "preview")], {"api-key": "azure"}, body)
    assert reply.status == 200
