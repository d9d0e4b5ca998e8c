"""POST /v1/responses/input_tokens: counts the tokens of valid requests, refuses invalid ones."""

import secrets
from typing import Any

import openai
import pytest
from openai import OpenAI

from shim.sandbox import Sandbox
from shim.sandbox.api.validation import COUNTED
from shim.sandbox.http import running
from tests.sandbox.drive import WEATHER, Client, outputs

Json = dict[str, Any]
SDK = tuple(int(part) for part in openai.__version__.split(".")[:2])


def count(client: Client, **body: Any) -> int:
    found = client.json("POST", "/responses/input_tokens", body)
    assert found.keys() == {"object", "input_tokens"}
    assert found["object"] == "response.input_tokens"
    return int(found["input_tokens"])


@pytest.mark.skipif(SDK < (3, 0), reason="earlier SDKs know fewer parameters")
def test_every_parameter_of_the_sdk_is_accepted():
    from openai.types.responses.input_token_count_params import InputTokenCountParams

    assert COUNTED.keys() == InputTokenCountParams.__annotations__.keys()


@pytest.mark.skipif(SDK < (2, 0), reason="responses.input_tokens came later")
def test_the_official_client_counts():
    text = " ".join(secrets.token_hex(2) for _ in range(7))
    with running(Sandbox()) as url, OpenAI(base_url=url, api_key="sk-test", max_retries=0) as client:
        counted = client.responses.input_tokens.count(model="gpt-4o", input=text, instructions="Be brief.")
        made = client.responses.create(model="gpt-4o", input=text, instructions="Be brief.")
        assert (counted.object, counted.input_tokens) == ("response.input_tokens", made.usage.input_tokens)
        with pytest.raises(openai.BadRequestError) as caught:
            client.responses.input_tokens.count(model="gpt-no-such", input=text)
        assert caught.value.code == "model_not_found"


def test_all_parts_of_a_request_are_counted():
    client = Client()
    bare = count(client, model="gpt-4o", input="one two")
    assert count(client, model="gpt-4o", input="one two", instructions="Be brief.") > bare
    assert count(client, model="gpt-4o", input="one two", tools=[WEATHER | {"description": "What it is like."}]) > bare
    assert count(client, input="one two", model=None, tools=None, reasoning=None) == bare


def test_outputs_are_counted_together_with_their_chain():
    client = Client()
    first = client.create("get_weather", tools=[WEATHER])
    round_ = {"model": "gpt-4o", "input": outputs(first, "sunny"), "previous_response_id": first["id"]}
    assert count(client, **round_) == client.json("POST", "/responses", round_)["usage"]["input_tokens"]


#: A body, and the refusal's code and parameter.
REFUSED: list[tuple[Json, str | None, str | None]] = [
    ({"temperature": 1.0}, "unknown_parameter", "temperature"),
    ({"store": True}, "unknown_parameter", "store"),
    ({"model": "gpt-no-such"}, "model_not_found", "model"),
    ({"model": 7}, "invalid_type", "model"),
    ({"input": [{"type": "nonsense"}]}, "invalid_value", "input[0].type"),
    ({"truncation": "middle"}, "invalid_value", "truncation"),
    ({"previous_response_id": "resp_gone"}, "previous_response_not_found", "previous_response_id"),
    ({"conversation": "conv_1"}, None, None),
    ({"tool_choice": "required"}, None, "tool_choice"),
    ({"input": [{"type": "function_call_output", "call_id": "call_1", "output": "x"}]}, None, "input"),
]


@pytest.mark.parametrize("body, code, param", REFUSED)
def test_an_invalid_request_is_not_counted(body: Json, code: str | None, param: str | None):
    refused = Client().error("POST", "/responses/input_tokens", {"model": "gpt-4o", "input": "hi"} | body)
    assert (refused["code"], refused["param"]) == (code, param)
