"""Refusals and their texts."""

import json
from typing import Any

import pytest

from shim.sandbox import Sandbox
from tests.sandbox.drive import WEATHER, Client, function, outputs

TEXT = {"role": "user", "content": "hi"}
CALL = {"type": "function_call", "call_id": "call_1", "name": "f", "arguments": "{}"}
OUTPUT = {"type": "function_call_output", "call_id": "call_1", "output": "x"}
LOOSE = {"type": "object", "properties": {"a": {"type": "string"}}}
BAD_FUNCTION = "invalid_function_parameters"

#: The invalid part of a request, the parameter in the error, the code, and a part of the message.
ROWS: list[tuple[dict[str, Any], str | None, str | None, str]] = [
    ({"nonsense": 1}, "nonsense", "unknown_parameter", "Unknown parameter: 'nonsense'."),
    ({"input": [TEXT | {"x": 1}]}, "input[0].x", "unknown_parameter", "Unknown parameter: 'input[0].x'."),
    ({"messages": []}, "messages", "unknown_parameter", "Unknown parameter: 'messages'."),
    ({"model": 5}, "model", "invalid_type", "Invalid type for 'model': expected a string, but got an integer instead."),
    ({"temperature": "warm"}, "temperature", "invalid_type", "expected a decimal, but got a string instead."),
    ({"temperature": 2.5}, "temperature", "decimal_above_max_value", "Expected a value <= 2, but got 2.5 instead."),
    ({"max_output_tokens": 15}, "max_output_tokens", "integer_below_min_value", "Expected a value >= 16, but got 15"),
    ({"max_output_tokens": 1.5}, "max_output_tokens", "invalid_type", "expected an integer, but got a decimal"),
    ({"stream": "yes"}, "stream", "invalid_type", "expected a boolean, but got a string instead."),
    ({"metadata": {"a": 1}}, "metadata.a", "invalid_type", "expected a string, but got an integer instead."),
    ({"metadata": {"k" * 65: "v"}}, "metadata." + "k" * 65, "string_above_max_length", "maximum length 64"),
    ({"metadata": {str(n): "" for n in range(17)}}, "metadata", "object_above_max_properties", "at most 16 properties"),
    ({"truncation": "some"}, "truncation", "invalid_value", "Supported values are: 'auto' and 'disabled'."),
    ({"include": ["x"]}, "include[0]", "invalid_value", "Invalid value: 'x'."),
    ({"tools": None}, "tools", "invalid_type", "expected an array, but got null instead."),
    ({"tools": [{"type": "function"}]}, "tools[0].name", "missing_required_parameter", "Missing required parameter:"),
    ({"tools": [{"type": "telepathy"}]}, "tools[0].type", "invalid_value", "Invalid value: 'telepathy'."),
    ({"tools": [function("a b")]}, "tools[0].name", "invalid_value", "matches the pattern '^[a-zA-Z0-9_-]+$'."),
    ({"tools": [{"type": "function", "function": {"name": "f"}}]}, "tools[0].function", "unknown_parameter", ""),
    ({"tools": [function("f"), function("f")]}, "tools[1].name", "invalid_value", "must be unique"),
    (
        {"tools": [WEATHER | {"strict": True}]},
        "tools[0].parameters",
        BAD_FUNCTION,
        "'additionalProperties' is required",
    ),
    (
        {"tools": [WEATHER | {"parameters": {}}]},
        "tools[0].parameters",
        BAD_FUNCTION,
        "JSON Schema of 'type: \"object\"'",
    ),
    (
        {"tools": [function("f", parameters={"type": "object", "required": 1})]},
        "tools[0].parameters",
        BAD_FUNCTION,
        "'array'",
    ),
    ({"tool_choice": "required"}, "tool_choice", None, "must be specified with 'tools' parameter."),
    ({"tool_choice": "some"}, "tool_choice", "invalid_value", "'none', 'auto', and 'required'."),
    ({"tool_choice": {"type": "function", "name": "f"}}, "tool_choice", None, "'f' not found in 'tools' parameter."),
    (
        {"text": {"format": {"type": "json_schema", "name": "n", "schema": LOOSE, "strict": True}}},
        "text.format.schema",
        "invalid_json_schema",
        "Invalid schema for response_format 'n'",
    ),
    ({"text": {"format": {"type": "json_object"}}}, "input", None, "must contain the word 'json'"),
    ({"stream_options": {"include_obfuscation": False}}, "stream_options", "invalid_value", "only allowed when"),
    ({"input": []}, "input", "missing_required_parameter", "must be provided."),
    ({"input": [{}]}, "input[0].type", "missing_required_parameter", ""),
    ({"input": [{"type": "thing"}]}, "input[0].type", "invalid_value", "Invalid value: 'thing'."),
    ({"input": [{"role": "robot", "content": "x"}]}, "input[0].role", "invalid_value", "Invalid value: 'robot'."),
    ({"input": [{"role": "user"}]}, "input[0].content", "missing_required_parameter", ""),
    ({"input": [{"role": "user", "content": []}]}, "input[0].content", "empty_array", "empty array"),
    (
        {"input": [{"role": "assistant", "content": [{"type": "input_text", "text": "x"}]}]},
        "input[0].content[0].type",
        "invalid_value",
        "Supported values are: 'output_text' and 'refusal'.",
    ),
    (
        {"input": [{"role": "user", "content": [{"type": "text", "text": "x"}]}]},
        "input[0].content[0].type",
        "invalid_value",
        "Supported values are: 'input_text', 'input_image', and 'input_file'.",
    ),
    ({"input": [TEXT | {"id": "run_1"}]}, "input[0].id", "invalid_value", "Expected an ID that begins with 'msg'."),
    ({"input": [TEXT | {"id": "msg_1"}, TEXT | {"id": "msg_1"}]}, "input", None, "Duplicate item found with id msg_1."),
    ({"input": [TEXT, CALL]}, "input", None, "No tool output found for function call call_1."),
    ({"input": [TEXT, OUTPUT]}, "input", None, "No tool call found for function call output with call_id call_1."),
    ({"input": [OUTPUT, CALL]}, "input", None, "No tool call found for function call output with call_id call_1."),
    ({"input": [CALL, OUTPUT, OUTPUT]}, "input", None, "Multiple tool outputs found for function call call_1."),
    ({"input": [CALL | {"arguments": {}}]}, "input[0].arguments", "invalid_type", "expected a string"),
    ({"input": [{"type": "item_reference", "id": "msg_9"}]}, "input", None, "Item with id 'msg_9' not found."),
    ({"previous_response_id": "run_1"}, "previous_response_id", "invalid_value", "begins with 'resp'"),
    ({"conversation": "conv_1"}, None, None, "Conversation with id 'conv_1' not found."),
    ({"prompt": {"id": "pmpt_1"}}, None, None, "Prompt with id 'pmpt_1' not found."),
    ({"reasoning": {"effort": "high"}}, "reasoning.effort", "unsupported_parameter", "not supported with this model."),
    ({"include": ["reasoning.encrypted_content"]}, "include", None, "Encrypted content is not supported"),
    ({"model": "o3", "temperature": 1}, "temperature", None, "'temperature' is not supported with this model."),
    ({"model": "gpt-5-mini", "top_p": 1}, "top_p", None, "'top_p' is not supported with this model."),
    ({"model": "o4-mini", "top_logprobs": 2}, "top_logprobs", "unsupported_parameter", "logprobs"),
]
NOT_FOUND = ("Item with id", "Conversation with id", "Prompt with id")


@pytest.mark.parametrize("wrong, param, code, message", ROWS)
def test_refusals(wrong, param, code, message):
    refused = Client().refused({"model": "gpt-4o", "input": "hi", **wrong})
    assert (refused["param"], refused["code"]) == (param, code), refused["message"]
    assert message in refused["message"]
    assert refused["type"] == "invalid_request_error"
    assert refused["status"] == (404 if message.startswith(NOT_FOUND) else 400)


@pytest.mark.parametrize("missing", ["model", "input"])
def test_required_parameters(missing):
    body = {"model": "gpt-4o", "input": "hi"}
    del body[missing]
    refused = Client().refused(body)
    assert (refused["param"], refused["code"]) == (missing, "missing_required_parameter")


@pytest.mark.parametrize(
    "model", ["no-such-model", "gpt-no-such", "gpt-4-turbo-preview", "gpt-4-1106-preview", "bad model"]
)
def test_unknown_and_retired_models(model):
    refused = Client().refused({"model": model, "input": "hi"})
    assert (refused["status"], refused["param"], refused["code"]) == (400, "model", "model_not_found")
    assert refused["message"] == f"The requested model '{model}' does not exist."


@pytest.mark.parametrize("stream", [False, True])
def test_a_chain_must_be_answered_in_full(stream):
    client = Client()
    tools = [WEATHER, function("get_time", "zone")]
    first = client.create("get_weather get_time", tools=tools)
    body = {"model": "gpt-4o", "previous_response_id": first["id"], "tools": tools, "stream": stream}
    one, other = outputs(first, "x")
    missing = client.refused(body | {"input": [one]})
    assert missing["message"] == f"No tool output found for function call {other['call_id']}."
    assert client.refused(body | {"input": "never mind"})["param"] == "input"
    alien = client.refused(body | {"input": [one, other, other | {"call_id": "call_x"}]})
    assert alien["message"] == "No tool call found for function call output with call_id call_x."
    assert client.request("POST", "/responses", body | {"input": [one, other]}).status == 200


def test_items_of_the_chain_may_not_be_sent_again():
    client = Client()
    first = client.create("hi")
    body = {"model": "gpt-4o", "previous_response_id": first["id"], "input": [*first["output"], TEXT]}
    assert client.refused(body)["message"].startswith(f"Duplicate item found with id {first['output'][0]['id']}.")


def reasoned(client: Client, **more: Any) -> list[dict[str, Any]]:
    return client.create("hi", model="o4-mini", **more)["output"]


def test_reasoning_and_the_item_after_it_need_each_other():
    client = Client()
    thought, message = reasoned(client, include=["reasoning.encrypted_content"])
    body = {"model": "o4-mini", "input": [TEXT, thought, message, TEXT]}
    assert client.request("POST", "/responses", body).status == 200
    alone = f"Item '{thought['id']}' of type 'reasoning' was provided without its required following item."
    edited = {"role": "assistant", "content": "something else"}
    for rest in ([], [TEXT], [edited, TEXT]):
        assert client.refused(body | {"input": [TEXT, thought, *rest]})["message"] == alone
    bare = client.refused(body | {"input": [TEXT, message, TEXT]})["message"]
    assert bare.endswith(f"was provided without its required 'reasoning' item: '{thought['id']}'.")


def test_reasoning_has_no_status():
    thought, message = reasoned(Client())
    refused = Client().refused({"model": "o4-mini", "input": [thought | {"status": None}, message]})
    assert refused["message"] == "Unknown parameter: 'input[0].status'."


def test_reasoning_that_was_not_stored_is_unknown_without_its_content():
    client = Client()
    thought, message = reasoned(client, store=False)
    refused = client.refused({"model": "o4-mini", "input": [thought, message, TEXT]})
    assert (refused["status"], refused["param"]) == (404, "input")
    thought, message = reasoned(client, store=False, include=["reasoning.encrypted_content"])
    assert client.request("POST", "/responses", {"model": "o4-mini", "input": [thought, message, TEXT]}).status == 200


def test_a_chain_that_ends_with_reasoning_cannot_be_continued():
    client = Client()
    cut = client.create("ponder-forever", model="o4-mini", max_output_tokens=16)
    refused = client.refused({"model": "o4-mini", "input": "x", "previous_response_id": cut["id"]})
    assert refused["message"].endswith("without its required following item.")


def test_an_incomplete_call_must_be_answered_too():
    client = Client()
    cut = client.create("get_weather token-cap", tools=[WEATHER])
    refused = client.refused({"model": "gpt-4o", "input": "x", "previous_response_id": cut["id"]})
    assert refused["message"].startswith("No tool output found for function call")


def test_the_context_window():
    client = Client(Sandbox(context_window=10))
    body = {"model": "gpt-4o", "input": "word " * 20}
    assert client.refused(body)["code"] == "context_length_exceeded"
    assert client.refused(body | {"truncation": "auto"})["code"] == "context_length_exceeded"


@pytest.mark.parametrize(
    "key, code, shown",
    [
        ({}, None, "You didn't provide an API key."),
        ({"Authorization": "Bearer bad"}, "invalid_api_key", "Incorrect API key provided: bad."),
        ({"Authorization": "Bearer sk-bad-1234567890"}, "invalid_api_key", "sk-bad*******7890."),
        ({"api-key": "bad"}, "invalid_api_key", "Incorrect API key provided: bad."),
    ],
)
def test_keys(key, code, shown):
    client = Client()
    reply = client.request("GET", "/models", key=key)
    error = json.loads(client.bytes(reply))["error"]
    assert (reply.status, error["code"]) == (401, code)
    assert shown in error["message"]


@pytest.mark.parametrize("body", [b"{", b'{"model": "gpt-4o",}', b"\xff"])
def test_bodies_that_are_not_json(body):
    client = Client()
    reply = client.request("POST", "/responses", body)
    error = json.loads(client.bytes(reply))["error"]
    assert (reply.status, error["code"]) == (400, "invalid_json")


def test_bodies_that_are_not_objects():
    assert Client().refused(["model"])["code"] == "invalid_type"


@pytest.mark.parametrize("method, path", [("POST", "/threads"), ("PUT", "/responses"), ("GET", "/responses")])
def test_unknown_routes(method, path):
    client = Client()
    reply = client.request(method, path)
    assert reply.status == 404
    assert json.loads(client.bytes(reply))["error"]["message"] == f"Invalid URL ({method} /v1{path})"


@pytest.mark.parametrize("query", ["nonsense=1", "stream=maybe", "stream=true&starting_after=x"])
def test_query_parameters_are_checked(query):
    client = Client()
    made = client.stream("hi", background=True)[-1]["response"]
    assert client.request("GET", f"/responses/{made['id']}", query=query).status == 400
