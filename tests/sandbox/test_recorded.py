"""The sandbox compared with genuine recordings: the same order of events, the same keys, the same repeated fields, the
same refusals.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from shim.sandbox import Sandbox
from tests.sandbox.drive import Client, types
from tests.sandbox.recorded import Exchange, differences, same_echo, same_keys, send_again

pytestmark = pytest.mark.wire

HARBOR = "briskly lookup_harbor_label lookup_orchard_label"
PREVIOUS = "openai-dotnet__ResponsesTests_FunctionCallWorks__01"
HUMID = "openinference__agent-framework_test_processor_test_multiple_tools__01"
RETRY = "pydantic-ai__test_openai_responses_test_openai_previous_response_id_seed"
SQUARE = "maruel-genai__openairesponses_TestClient_Scoreboard_gpt-5.6-luna_thinking_GenStream-Tools-SquareRoot"

#: Case, beginning of the file's name, the control words that select the model's behaviour, and the first request if
#: the recorded request continues a response.
ROWS: list[tuple[str, str, str, str]] = [
    ("text_nonstream", "maruel-genai", "briskly", ""),
    ("text_nonstream", "openai-dotnet", "", ""),
    ("text_stream", "maruel-genai", "briskly", ""),
    ("text_stream", "openai-dotnet", "", ""),
    ("function_call_nonstream", "openai-dotnet", "get_weather_at_location", ""),
    ("function_call_stream", "fantasy", "weather", ""),
    ("function_call_stream", "openai-dotnet", "get_weather_at_location", ""),
    ("function_call_parallel_nonstream", "openinference", "get_temperature get_humidity", ""),
    ("function_call_parallel_stream", "fantasy", "add multiply", ""),
    ("function_call_parallel_stream", "rig", HARBOR, ""),
    ("text_and_function_call", "dd-trace-py", "research then transfer_to_summarizer aloud", ""),
    ("text_and_function_call", "langchain-openai__test_phase__", "get_weather aloud", ""),
    ("text_and_function_call", "langchain-openai__test_phase_streaming", "get_weather aloud", ""),
    ("text_and_function_call", "mirascope", "get_book_info then get_book_info aloud", ""),
    ("function_call_empty_args", "logfire", "random_number transfer_to_agent2", ""),
    ("function_call_empty_args", "rig__openai_responses_tool_args_zero_argument_tool_call_nonstreaming", "ping", ""),
    ("function_call_empty_args", "rig__openai_responses_tool_args_zero_argument_tool_call_streaming", "ping", ""),
    ("followup_prev_function_output_nonstream", PREVIOUS, "", "get_weather_at_location"),
    ("followup_prev_function_output_nonstream", HUMID, "", "get_temperature get_humidity"),
    ("followup_prev_function_output_nonstream", RETRY, "", "get_weather then get_weather"),
    ("followup_prev_function_output_stream", f"{SQUARE}-1", "briskly", ""),
    ("reasoning_and_function_call", "fantasy__TestOpenAIResponsesCommon_openai-gpt-5_multi_tool", "add multiply", ""),
    ("reasoning_and_function_call", "fantasy__TestOpenAIResponsesCommon_openai-o4-mini", "weather", ""),
    ("reasoning_summary", "fantasy", "weather", ""),
    ("reasoning_summary", "rig", "", ""),
    ("refusal", "mirascope__python_e2e_output_test_refusal_openai_gpt_4o_responses_stream", "please-refuse", ""),
    ("refusal", "mirascope__python_e2e_output_test_refusal_openai_gpt_4o_responses_sync", "please-refuse", ""),
    ("refusal", "rig", "please-refuse", ""),
    ("incomplete_max_output_tokens", "langchain-openai__test_incomplete_response__00", "essay-100", ""),
    ("incomplete_max_output_tokens", "langchain-openai__test_incomplete_response__01", "essay-100", ""),
    ("incomplete_max_output_tokens", "rig__openai_streaming_grammar_incomplete_max", "ponder-forever", ""),
    ("incomplete_max_output_tokens", "rig__openai_streaming_grammar_incomplete_mid", "briskly add token-cap", ""),
    ("structured_output", "fantasy", "", ""),
    ("structured_output", "openai-dotnet", "", ""),
    ("previous_response_id_text", "openai-dotnet__ResponsesTests_TwoTurnCrossModel__00", "", ""),
    ("previous_response_id_text", "openai-dotnet__ResponsesTests_TwoTurnCrossModel__01", "", "Hello!"),
    ("previous_response_id_text", "rig", "briskly", "Hello!"),
    ("store_false", "openai-dotnet__ResponsesTests_CanOptOutOfStorage__00", "", ""),
    ("store_false", "openai-dotnet__ResponsesTests_ReasoningWithStoreDisabled__00", "", ""),
    ("background", "openai-dotnet__ResponsesTests_CanCancelBackgroundResponses__00", "", ""),
    ("background", "openai-dotnet__ResponsesTests_CanStreamBackgroundResponses__00", "", ""),
    ("stream_errors", "chatlas", "test_tool then keepalive", ""),
    ("image_input", "agent-framework__Responses_image_input__", "", ""),
    ("image_input", "agent-framework__Responses_image_input_streaming__", "", ""),
]
#: Organisations with unusual settings.
ELSEWHERE: dict[str, dict[str, Any]] = {"dd-trace-py": {"store_by_default": False}}


@pytest.mark.parametrize("case, name, control_words, first", ROWS)
def test_the_same_request_gets_an_answer_in_the_same_format(
    wire: Path, case: str, name: str, control_words: str, first: str
):
    exchange = Exchange(wire, case, name)
    made = send_again(Client(Sandbox(**ELSEWHERE.get(name, {}))), exchange, control_words, first)
    if exchange.events:
        assert types(made) == types(exchange.events)
        assert differences(exchange.events, made) == []
        assert [each["sequence_number"] for each in made] == list(range(len(made)))
    else:
        assert [item["type"] for item in made["output"]] == [item["type"] for item in exchange.body["output"]]
        assert [*same_keys(exchange.body, made), *same_echo(exchange.body, made)] == []


def test_reasoning_without_a_summary_before_an_answer(wire: Path):
    """In the recording a summary was requested and the model wrote none; the request here does not ask for one."""
    exchange = Exchange(wire, "followup_prev_function_output_stream", f"{SQUARE}-2")
    made = send_again(Client(), exchange, "", "square_root", reasoning={"effort": "low"})
    assert types(made) == types(exchange.events)
    assert differences(exchange.events, made) == []


def test_each_part_of_a_summary_is_opened_and_closed(wire: Path):
    """The model wrote four parts; the sandbox writes one, in the same format."""
    exchange = Exchange(wire, "reasoning_summary", "openai-dotnet")
    made = send_again(Client(), exchange, "", "")
    parts = [each for each in types(exchange.events) if "summary" in each]
    assert [each for each in types(made) if "summary" in each] == parts[:4]
    assert parts == parts[:4] * (len(parts) // 4)
    rest = [[each for each in types(events) if "summary" not in each] for events in (exchange.events, made)]
    assert rest[0] == rest[1]


@pytest.mark.parametrize(
    "name, control_word", [("prism", "limit-early"), ("vercel-ai__openai__openai-error.1.sse", "quota-early")]
)
def test_failed_streams(wire: Path, name: str, control_word: str):
    exchange = Exchange(wire, "stream_errors", name)
    opened = exchange.events[0]["response"]
    opening_options = {name: opened[name] for name in ("model", "max_output_tokens")}
    made = Client().stream(f"briskly {control_word}", **opening_options)
    assert types(made) == types(exchange.events)
    assert differences(exchange.events, made) == []
    for key in ("type", "code", "param"):
        assert made[2]["error"][key] == exchange.events[2]["error"][key]


def test_background_with_retrievals(wire: Path):
    name = "pydantic-ai__test_openai_responses_test_background_mode_vcr__0"
    exchanges = [Exchange(wire, "background", f"{name}{number}") for number in range(3)]
    client = Client()
    reply = client.request("POST", "/responses", exchanges[0].request | {"store": False})
    made = json.loads(client.bytes(reply))
    seen = [made, *(client.json("GET", f"/responses/{made['id']}", query="stream=false") for _ in range(2))]
    for exchange, each in zip(exchanges, seen, strict=True):
        assert [*same_keys(exchange.body, each), *same_echo(exchange.body, each)] == []


def test_a_background_stream_is_resumed_and_retrieved(wire: Path):
    name = "openai-dotnet__ResponsesTests_CanStreamBackgroundResponses__0"
    first, retrieved, again = (Exchange(wire, "background", f"{name}{number}") for number in range(3))
    client = Client()
    events = send_again(client, first, "", "")
    path = f"/responses/{events[0]['response']['id']}"
    resumed = client.events(client.request("GET", path, query="stream=true&starting_after=1"))
    assert types(resumed) == types(again.events)
    assert resumed[0]["sequence_number"] == again.events[0]["sequence_number"]
    assert differences(again.events, resumed) == []
    assert list(same_keys(retrieved.body, client.json("GET", path))) == []


def test_cancel(wire: Path):
    name = "openai-dotnet__ResponsesTests_CanCancelBackgroundResponses__0"
    client = Client()
    made = send_again(client, Exchange(wire, "background", f"{name}0"), "", "")
    cancelled = client.json("POST", f"/responses/{made['id']}/cancel")
    recorded = Exchange(wire, "background", f"{name}1").body
    assert [*same_keys(recorded, cancelled), *same_echo(recorded, cancelled)] == []


def test_a_response_is_retrieved_and_deleted(wire: Path):
    name = "openai-dotnet__ResponsesTests_CanDeleteResponse__0"
    client = Client()
    made = send_again(client, Exchange(wire, "text_nonstream", f"{name}0"), "", "")
    path = f"/responses/{made['id']}"
    assert list(same_keys(Exchange(wire, "retrieve", f"{name}1").body, client.json("GET", path))) == []
    assert client.json("DELETE", path) == Exchange(wire, "delete", f"{name}2").body | {"id": made["id"]}
    gone = Exchange(wire, "delete", f"{name}3")
    reply = client.request("GET", path)
    assert reply.status == gone.meta["status"]
    assert client.bytes(reply).decode() == _swapped(gone.body, "resp_", made["id"])


def _swapped(body: Any, prefix: str, new: str) -> str:
    """The recorded body as compact JSON, with its id replaced."""
    text = json.dumps(body, separators=(",", ":"))
    old = text[text.index(prefix) :].split("'")[0].split('"')[0]
    return text.replace(old, new)


def test_input_items_of_a_chain(wire: Path):
    client = Client()
    exchange = Exchange(wire, "followup_prev_function_output_nonstream", PREVIOUS)
    made = send_again(client, exchange, "", "get_weather_at_location")
    page = client.json("GET", f"/responses/{made['id']}/input_items")
    recorded = Exchange(wire, "followup_input_items_of_chain", "openai-dotnet").body
    assert [item["type"] for item in page["data"]] == [item["type"] for item in recorded["data"]]
    assert list(same_keys(recorded, page)) == []


def test_input_items_with_parts_and_pages(wire: Path):
    recorded = Exchange(
        wire, "input_items", "openai-dotnet__ResponseStoreTests_GetInputItemsWithMultiPartPagination"
    ).body
    client = Client()
    parts = [
        {"type": "input_text", "text": "What is input text?"},
        {"type": "input_file", "filename": "test_favorite_foods.pdf", "file_data": "data:application/pdf;base64,AA=="},
        {"type": "input_image", "image_url": "data:image/png;base64,AA=="},
    ]
    made = client.create([{"role": "user", "content": each} for each in (parts, "Item 2", "Item 3")])
    page = client.json("GET", f"/responses/{made['id']}/input_items", query="limit=2&order=asc")
    assert list(same_keys(recorded, page)) == []
    assert page["data"][0]["content"] == recorded["data"][0]["content"]
    assert page["has_more"] is recorded["has_more"]


@pytest.mark.parametrize("name", ["ellmer", "openai-dotnet"])
def test_input_tokens(wire: Path, name: str):
    exchange = Exchange(wire, "input_tokens", name)
    made = Client().json("POST", "/responses/input_tokens", exchange.request)
    assert made.keys() == exchange.body.keys()
    assert made["object"] == exchange.body["object"]


#: The beginning of the file's name, and the options of the sandbox for this recording.
ERRORS: list[tuple[str, dict[str, Any], dict[str, str]]] = [
    ("agent-framework__Responses_mutual", {}, {}),
    ("maruel-genai__openairesponses_TestClient_errors_bad_apiKey", {}, {"Authorization": "Bearer bad apiKey"}),
    ("maruel-genai__openairesponses_TestClient_errors_bad_model_GenStream", {}, {}),
    ("maruel-genai__openairesponses_TestClient_errors_bad_model_GenSync", {}, {}),
    ("mirascope", {}, {}),
    ("pydantic-ai__test_openai_responses_test_openai_responses_model_http_error", {}, {}),
    ("pydantic-ai__test_openai_responses_test_openai_responses_thinking_with_modified_history", {}, {}),
    ("rig", {}, {}),
    # The text was removed from the recording, so the context window is made smaller instead.
    ("ruby_llm", {"context_window": 3}, {}),
]


@pytest.mark.parametrize("name, options, key", ERRORS)
def test_recorded_refusals(wire: Path, name: str, options: dict[str, Any], key: dict[str, str]):
    exchange = Exchange(wire, "errors", name)
    client = Client(Sandbox(**options))
    reply = client.request("POST", "/responses", exchange.request, key=key or None)
    # One source did not record the status; its body is that of a 400.
    assert reply.status == (exchange.meta["status"] or 400)
    assert json.loads(client.bytes(reply)) == exchange.body


def test_recorded_refusal_of_a_body_that_is_no_json(wire: Path):
    exchange = Exchange(wire, "errors", "agent-framework__Conversations_error_invalid_json")
    client = Client()
    assert json.loads(client.bytes(client.request("POST", "/responses", b"{"))) == exchange.body


def test_a_response_with_store_false_is_not_found(wire: Path):
    client = Client()
    name = "openai-dotnet__ResponsesTests_CanOptOutOfStorage__0"
    made = send_again(client, Exchange(wire, "store_false", f"{name}0"), "", "")
    gone = Exchange(wire, "store_false", f"{name}1")
    reply = client.request("GET", f"/responses/{made['id']}")
    assert reply.status == gone.meta["status"]
    assert client.bytes(reply).decode() == _swapped(gone.body, "resp_", made["id"])
