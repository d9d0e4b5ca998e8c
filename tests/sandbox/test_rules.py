"""The sandbox's own rules: calls, turns, arguments, answers."""

import json

import pytest

from tests.sandbox.drive import TIME, WEATHER, Client, calls, function, outputs, text_of

TOOLS = [WEATHER, TIME]


def test_every_named_function_is_called_in_one_turn():
    response = Client().create("Please use get_weather and get_time.", tools=TOOLS)
    assert calls(response) == [("get_weather", {"city": "city"}), ("get_time", {"zone": "zone"})]


def test_names_after_then_are_called_in_the_next_turn():
    client = Client()
    first = client.create("get_weather then get_time", tools=TOOLS)
    assert [name for name, _ in calls(first)] == ["get_weather"]
    second = client.create(outputs(first, "22 C"), previous_response_id=first["id"], tools=TOOLS)
    assert [name for name, _ in calls(second)] == ["get_time"]
    third = client.create(outputs(second, "noon"), previous_response_id=second["id"], tools=TOOLS)
    assert calls(third) == []
    assert 'get_weather returned "22 C"' in text_of(third)
    assert 'get_time returned "noon"' in text_of(third)


def test_without_parallel_calls_each_has_its_own_turn():
    client = Client()
    first = client.create("get_weather get_time", tools=TOOLS, parallel_tool_calls=False)
    second = client.create(
        outputs(first, "x"), previous_response_id=first["id"], tools=TOOLS, parallel_tool_calls=False
    )
    assert [[name for name, _ in calls(each)] for each in (first, second)] == [["get_weather"], ["get_time"]]


def test_a_json_object_after_a_name_becomes_its_arguments():
    text = 'get_weather {"city": "Paris then Rome"} and get_weather with {"city": "Rome"}'
    response = Client().create(text, tools=TOOLS)
    assert calls(response) == [("get_weather", {"city": "Paris then Rome"}), ("get_weather", {"city": "Rome"})]


def test_a_name_is_a_whole_word():
    assert calls(Client().create("get_weather_report get-weather", tools=TOOLS)) == []


def test_replayed_items_lead_to_the_same_turn_as_a_chain():
    client = Client()
    first = client.create("get_weather then get_time", tools=TOOLS)
    question = {"role": "user", "content": "get_weather then get_time"}
    bare = [{name: each[name] for name in ("type", "call_id", "name", "arguments")} for each in first["output"]]
    replayed = client.create([question, *bare, *outputs(first, "22 C")], tools=TOOLS)
    assert [name for name, _ in calls(replayed)] == ["get_time"]


def test_an_answered_message_causes_no_further_calls():
    client = Client()
    first = client.create("get_weather", tools=TOOLS)
    second = client.create(outputs(first, "22 C"), previous_response_id=first["id"], tools=TOOLS)
    third = client.create([], previous_response_id=second["id"], tools=TOOLS)
    assert calls(third) == []


@pytest.mark.parametrize("output", ['{"error": "no such city"}', "Error: no such city", '"error"'])
def test_retry_calls_a_failed_function_once_more(output):
    client = Client()
    first = client.create('retry get_weather {"city": "X"} and get_time', tools=TOOLS)
    second = client.create(outputs(first, output, "noon"), previous_response_id=first["id"], tools=TOOLS)
    assert calls(second) == [("get_weather", {"city": "X"})]
    third = client.create(outputs(second, output), previous_response_id=second["id"], tools=TOOLS)
    assert calls(third) == []
    assert "get_time returned" in text_of(third)


def test_without_retry_a_failure_is_only_reported():
    client = Client()
    first = client.create("get_weather", tools=TOOLS)
    second = client.create(outputs(first, "Error: no"), previous_response_id=first["id"], tools=TOOLS)
    assert calls(second) == []
    assert "Error: no" in text_of(second)


def test_the_next_turn_follows_after_a_retry():
    client = Client()
    first = client.create("retry get_weather then get_time", tools=TOOLS)
    second = client.create(outputs(first, "Error"), previous_response_id=first["id"], tools=TOOLS)
    third = client.create(outputs(second, "22 C"), previous_response_id=second["id"], tools=TOOLS)
    assert [[name for name, _ in calls(each)] for each in (second, third)] == [["get_weather"], ["get_time"]]


def test_aloud_writes_before_it_calls():
    response = Client().create("get_weather aloud", tools=TOOLS)
    assert [item["type"] for item in response["output"]] == ["message", "function_call"]
    assert "get_weather" in text_of(response)


@pytest.mark.parametrize(
    "choice, expected",
    [
        ("none", []),
        ("auto", []),
        ("required", ["get_weather"]),
        ({"type": "function", "name": "get_time"}, ["get_time"]),
        (
            {"type": "allowed_tools", "mode": "required", "tools": [{"type": "function", "name": "get_time"}]},
            ["get_time"],
        ),
        ({"type": "allowed_tools", "mode": "auto", "tools": [{"type": "function", "name": "get_time"}]}, []),
    ],
)
def test_tool_choice_is_obeyed(choice, expected):
    response = Client().create("hello", tools=TOOLS, tool_choice=choice)
    assert [name for name, _ in calls(response)] == expected
    assert response["tool_choice"] == choice


def test_tool_choice_none_prevents_calls_and_required_applies_to_every_turn():
    client = Client()
    assert calls(client.create("get_weather", tools=TOOLS, tool_choice="none")) == []
    first = client.create("get_weather", tools=TOOLS, tool_choice="required")
    second = client.create(outputs(first, "x"), previous_response_id=first["id"], tools=TOOLS, tool_choice="required")
    assert len(calls(second)) == 1


def test_a_function_without_parameters_gets_an_empty_object():
    response = Client().create("ping", tools=[{"type": "function", "name": "ping", "parameters": None}])
    assert [item["arguments"] for item in response["output"]] == ["{}"]


def test_the_answer_lists_the_whole_conversation():
    client = Client()
    first = client.create("my name is Ada", instructions="Be brief")
    assert '"Be brief"' in text_of(first)
    second = client.create("what is my name?", previous_response_id=first["id"])
    assert "Be brief" not in text_of(second).split("Earlier")[0], "instructions do not carry over"
    assert 'You said "what is my name?"' in text_of(second)
    assert 'user said "my name is Ada"' in text_of(second)
    assert "assistant said" in text_of(second)


def test_answers_do_not_grow_twofold_with_every_turn():
    client = Client()
    response = client.create("x" * 150)
    for _ in range(8):
        response = client.create("y" * 150, previous_response_id=response["id"])
    assert len(text_of(response)) < 9 * 2 * 250


def test_files_and_images_are_named():
    client = Client()
    file = client.upload("cat.png", b"x", "vision")["id"]
    parts = [{"type": "input_text", "text": "see"}, {"type": "input_image", "file_id": file}]
    assert f"[input_image {file}]" in text_of(client.create([{"role": "user", "content": parts}]))


def test_a_text_format_leads_to_valid_json():
    schema = {
        "type": "object",
        "properties": {"n": {"type": "integer"}, "who": {"type": "string"}},
        "required": ["n", "who"],
        "additionalProperties": False,
    }
    form = {"type": "json_schema", "name": "answer", "schema": schema}
    assert json.loads(text_of(Client().create(text={"format": form}))) == {"n": 1, "who": "who"}
    response = Client().create("as json", text={"format": {"type": "json_object"}})
    assert "as json" in json.loads(text_of(response))["answer"]


def test_the_same_requests_get_the_same_answers():
    def answers() -> list[dict]:
        client = Client()
        first = client.create("get_weather get_time", tools=TOOLS)
        return [first, client.create(outputs(first, "x"), previous_response_id=first["id"], tools=TOOLS)]

    assert answers() == answers()


def test_function_names_may_contain_a_hyphen():
    assert calls(Client().create("use look-up", tools=[function("look-up", "what")])) == [("look-up", {"what": "what"})]
