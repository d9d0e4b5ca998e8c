"""The tool file_search in a response: when it searches, what it returns, and where it cites."""

import pytest

from shim.sandbox import Sandbox
from tests.sandbox.drive import NOON, WEATHER, Client, cited, text_of, types

FOODS = "Travis's favorite food is pizza. Anna likes soup."
PETS = "Travis has a cat as his favorite pet."
QUESTION = "What is Travis's favorite food?"


def tool(client: Client, **more):
    store = client.store(foods=FOODS, pets=PETS)
    return {"type": "file_search", "vector_store_ids": [store["id"]], **more}


def kinds(response):
    return [item["type"] for item in response["output"]]


def test_it_searches_without_a_control_word_if_the_files_contain_a_word_of_the_question():
    client = Client()
    response = client.create(QUESTION, tools=[tool(client)])
    call, message = response["output"]
    assert (call["queries"], call["results"], call["status"]) == ([QUESTION], None, "completed")
    assert text_of(response).startswith("According to foods.txt, Travis's favorite food is pizza. You said")
    (citation,) = message["content"][0]["annotations"]
    assert (citation["type"], citation["filename"]) == ("file_citation", "foods.txt")
    assert text_of(response)[: citation["index"]].endswith("pizza")


@pytest.mark.parametrize(
    "text, more, called",
    [
        ("Hello!", {}, False),
        ("file_search Hello!", {}, True),
        ("Hello!", {"tool_choice": "required"}, True),
        ("Hello!", {"tool_choice": {"type": "file_search"}}, True),
        (
            "Hello!",
            {"tool_choice": {"type": "allowed_tools", "mode": "required", "tools": [{"type": "file_search"}]}},
            True,
        ),
        (QUESTION, {"tool_choice": "none"}, False),
        ("please-refuse " + QUESTION, {}, False),
        ("file_search file_search", {"max_tool_calls": 1}, True),
    ],
)
def test_when_the_tool_is_called(text, more, called):
    client = Client()
    response = client.create(text, tools=[tool(client)], **more)
    assert kinds(response) == ["file_search_call"] * called + ["message"]


def test_there_is_no_second_search_for_an_answered_question():
    client = Client()
    offered = tool(client)
    first = client.create(QUESTION, tools=[offered])
    later = client.create([], tools=[offered], previous_response_id=first["id"])
    assert kinds(later) == ["message"]


def test_results_are_returned_if_they_are_included():
    client = Client()
    offered = tool(client, max_num_results=1)
    response = client.create(QUESTION, tools=[offered], include=["file_search_call.results"])
    (result,) = response["output"][0]["results"]
    assert (result["text"], result["vector_store_id"]) == (FOODS, offered["vector_store_ids"][0])
    assert 0 < result["score"] < 1


def test_a_search_without_results():
    response = (client := Client()).create(
        "file_search quarks", tools=[tool(client)], include=["file_search_call.results"]
    )
    assert response["output"][0]["results"] == []
    assert text_of(response).startswith('The files say nothing of "quarks". ')
    assert cited(response) == []


def test_options_narrow_the_search():
    client = Client()
    for more in ({"ranking_options": {"score_threshold": 1}}, {"filters": {"type": "eq", "key": "a", "value": 1}}):
        response = client.create(f"file_search {QUESTION}", tools=[tool(client, **more)])
        assert text_of(response).startswith("The files say nothing")


def test_queries_can_be_given():
    client = Client()
    response = client.create('file_search {"queries": ["soup", "pet"]} Go.', tools=[tool(client)])
    assert response["output"][0]["queries"] == ["soup", "pet"]


def annotations(events):
    """For each annotation the text sent before it, and the annotation."""
    text, found = "", []
    for event in events:
        if event["type"] == "response.output_text.delta":
            text += event["delta"]
        elif event["type"] == "response.output_text.annotation.added":
            found.append((text, event["annotation"], event["annotation_index"]))
    return text, found


@pytest.mark.parametrize(
    "control_word, places", [("", 1), ("cite-first", 1), ("cite-twice", 2), ("cite-emoji", 1), ("uncited", 0)]
)
def test_an_annotation_is_sent_after_the_text_that_it_cites(control_word, places):
    client = Client()
    events = client.stream(f"{control_word} {QUESTION}", tools=[tool(client)])
    text, found = annotations(events)
    assert len(found) == places
    for number, (out, annotation, index) in enumerate(found):
        assert (annotation["index"], index) == (len(out), number)
    final = events[-1]["response"]
    assert cited(final) == [annotation for _, annotation, _ in found]
    assert text == text_of(final)


def test_control_words_place_the_citations():
    client = Client()
    offered = tool(client)
    first, twice, emoji = (
        cited(client.create(f"{control_word} {QUESTION}", tools=[offered]))
        for control_word in ("cite-first", "cite-twice", "cite-emoji")
    )
    assert [each["index"] for each in first] == [0]
    assert twice[0]["index"] == twice[1]["index"]
    assert {each["filename"] for each in twice} == {"foods.txt", "pets.txt"}
    text = text_of(client.create(f"cite-emoji {QUESTION}", tools=[offered]))
    assert text[: emoji[0]["index"]].endswith("pizza")
    assert len(text.encode("utf-16-le")) // 2 > len(text)


def test_cite_twice_cites_one_file_twice_if_there_is_only_one():
    client = Client()
    offered = {"type": "file_search", "vector_store_ids": [client.store(foods=FOODS)["id"]]}
    first, second = cited(client.create(f"cite-twice {QUESTION}", tools=[offered]))
    assert first == second


def test_a_late_citation_refers_to_earlier_text():
    client = Client()
    events = client.stream(f"cite-late {QUESTION}", tools=[tool(client)])
    text, ((out, annotation, _),) = annotations(events)
    assert out == text
    assert text[: annotation["index"]].endswith("pizza")


def test_two_messages_share_the_citations():
    client = Client()
    response = client.create(f"cite-late two-messages {QUESTION}", tools=[tool(client)])
    first, second = (item["content"][0] for item in response["output"][1:])
    (citation,) = first["annotations"] or second["annotations"]
    holder = first if first["annotations"] else second
    assert holder["text"][: citation["index"]].endswith("pizza")


def test_a_cut_text_has_only_the_citations_before_the_cut():
    client = Client()
    offered = tool(client)
    cut = client.create(f"essay-40 {QUESTION}", tools=[offered], max_output_tokens=16)
    assert (cut["status"], len(cited(cut))) == ("incomplete", 1)
    assert cited(client.create(f"token-cap cite-late {QUESTION}", tools=[offered])) == []


def test_a_search_comes_before_functions_and_between_turns():
    client = Client()
    response = client.create("file_search get_weather", tools=[tool(client), WEATHER])
    assert kinds(response) == ["file_search_call", "function_call"]
    aloud = client.create(f"aloud file_search get_weather {QUESTION}", tools=[tool(client), WEATHER])
    assert kinds(aloud) == ["file_search_call", "message", "function_call"]
    assert text_of(aloud).endswith("pizza. I will call get_weather.")
    assert len(cited(aloud)) == 1


def test_reasoning_after_a_search():
    client = Client()
    response = client.create(f"think-again {QUESTION}", model="o4-mini", tools=[tool(client)])
    assert kinds(response) == ["reasoning", "file_search_call", "reasoning", "message"]
    assert response["usage"]["output_tokens_details"]["reasoning_tokens"] == 16


def test_json_has_no_citations_and_an_essay_comes_after_the_answer():
    client = Client()
    schema = {"type": "object", "properties": {}, "required": [], "additionalProperties": False}
    form = {"format": {"type": "json_schema", "name": "a", "schema": schema}}
    response = client.create(QUESTION, tools=[tool(client)], text=form)
    assert (kinds(response), text_of(response), cited(response)) == (["file_search_call", "message"], "{}", [])
    essay = client.create(f"essay-3 {QUESTION}", tools=[tool(client)])
    assert text_of(essay).endswith("pizza. word1 word2 word3")


def test_the_order_of_events():
    client = Client()
    events = client.stream(QUESTION, tools=[tool(client)])
    assert types(events)[2:7] == [
        "response.output_item.added",
        "response.file_search_call.in_progress",
        "response.file_search_call.searching",
        "response.file_search_call.completed",
        "response.output_item.done",
    ]


def test_its_items_are_accepted_as_input():
    client = Client()
    offered = tool(client)
    first = client.create(QUESTION, tools=[offered], store=False)
    again = [{"role": "user", "content": QUESTION}, *first["output"], {"role": "user", "content": "And Anna?"}]
    assert "assistant said" in text_of(client.create(again, tools=[offered]))


def test_stores_must_exist_and_not_be_expired():
    client = Client()
    refused = client.refused(
        {"model": "gpt-4o", "input": "x", "tools": [{"type": "file_search", "vector_store_ids": ["vs_1"]}]}
    )
    assert (refused["status"], refused["message"]) == (404, "Vector store with id ['vs_1'] not found.")


def test_an_expired_store_is_refused():
    now = [NOON]
    client = Client(Sandbox(clock=lambda: now[0]))
    store = client.json("POST", "/vector_stores", {"expires_after": {"anchor": "last_active_at", "days": 1}})
    body = {"model": "gpt-4o", "input": "x", "tools": [{"type": "file_search", "vector_store_ids": [store["id"]]}]}
    assert client.json("POST", "/responses", body)["status"] == "completed"
    now[0] += 86_400
    assert client.refused(body)["message"] == f"Vector store '{store['id']}' is expired."


WRONG = [
    ({"type": "file_search"}, "tools[0].vector_store_ids"),
    ({"type": "file_search", "vector_store_ids": []}, "tools[0].vector_store_ids"),
    ({"type": "file_search", "vector_store_ids": ["vs_1"], "max_num_results": 51}, "tools[0].max_num_results"),
    (
        {"type": "file_search", "vector_store_ids": ["vs_1"], "ranking_options": {"score_threshold": 2}},
        "tools[0].ranking_options.score_threshold",
    ),
    ({"type": "file_search", "vector_store_ids": ["vs_1"], "filters": {"type": "like"}}, "tools[0].filters.type"),
]


@pytest.mark.parametrize("wrong, param", WRONG)
def test_invalid_tools(wrong, param):
    assert Client().refused({"model": "gpt-4o", "input": "x", "tools": [wrong]})["param"] == param
