"""The context window, and models that were shut down."""

import pytest

from shim.sandbox import Sandbox
from tests.sandbox.drive import WEATHER, Client, outputs, text_of

LONG = "word " * 9


def small(words: int) -> Client:
    return Client(Sandbox(context_window=words))


def test_too_much_is_refused_and_truncation_drops_the_oldest():
    client = small(12)
    first = client.create(f"one {LONG}")
    body = {"model": "gpt-4o", "input": f"two {LONG}", "previous_response_id": first["id"]}
    refused = client.refused(body)
    assert (refused["code"], refused["param"]) == ("context_length_exceeded", "input")
    second = client.json("POST", "/responses", body | {"truncation": "auto"})
    assert "one" not in text_of(second)
    assert second["usage"]["input_tokens"] <= 12
    listed = client.json("GET", f"/responses/{second['id']}/input_items")["data"]
    assert len(listed) == 3


def test_input_tokens_applies_the_same_limit():
    client = small(12)
    first = client.create(f"one {LONG}")
    more = {"model": "gpt-4o", "input": f"two {LONG}", "previous_response_id": first["id"]}
    assert client.error("POST", "/responses/input_tokens", more)["code"] == "context_length_exceeded"
    counted = client.json("POST", "/responses/input_tokens", more | {"truncation": "auto"})["input_tokens"]
    assert counted == client.json("POST", "/responses", more | {"truncation": "auto"})["usage"]["input_tokens"]


@pytest.mark.parametrize("words, remains", [(50, True), (52, False)])
def test_the_output_of_a_dropped_call_is_dropped(words, remains):
    client = Client(Sandbox(context_window=60))
    first = client.create("get_weather", tools=[WEATHER])
    second = client.create(outputs(first, "sunny"), previous_response_id=first["id"], tools=[WEATHER])
    third = client.create("word " * words, previous_response_id=second["id"], truncation="auto")
    assert ("a tool returned" in text_of(third)) is remains
    assert third["usage"]["input_tokens"] == (60 if remains else 59)


def test_an_item_that_alone_is_too_long_is_refused():
    client = small(5)
    body = {"model": "gpt-4o", "input": [{"role": "user", "content": each} for each in ("a", LONG)]}
    assert client.refused(body | {"truncation": "auto"})["code"] == "context_length_exceeded"


def test_retired_models_are_listed_with_their_shutdown_date_and_refused():
    client = Client(Sandbox(retired={"gpt-4o": "2026-10-23", "gpt-3": "2024-01-04"}))
    listed = {each["id"]: each.get("shutdown_date") for each in client.json("GET", "/models")["data"]}
    assert (listed["gpt-4o"], listed["gpt-3"], listed["gpt-5"]) == ("2026-10-23", "2024-01-04", None)
    assert client.json("GET", "/models/gpt-3")["shutdown_date"] == "2024-01-04"
    assert client.refused({"model": "gpt-4o", "input": "x"})["code"] == "model_not_found"
    assert client.create("x", model="gpt-5")["status"] == "completed"


@pytest.mark.parametrize("name", ["gpt-3", "sandbox"])
def test_no_model_is_retired_unless_set(name):
    client = Client()
    assert "shutdown_date" not in client.json("GET", "/models/sandbox")
    assert (client.request("GET", f"/models/{name}").status == 200) is (name == "sandbox")
