"""The request to LiteLLM, and the translation of its answers; without LiteLLM itself."""

from types import SimpleNamespace
from typing import Any

import openai
import pytest

from shim.http.guard import http
from shim.upstream import chat
from shim.wire import sse

BODY: dict[str, Any] = {
    "model": "chatty",
    "input": "Hi",
    "stream": True,
    "store": False,
    "metadata": {"ticket": "7"},
    "truncation": "auto",
    "include": ["reasoning.encrypted_content"],
}


def test_parameters_for_storing_are_not_sent() -> None:
    sent = chat.arguments(BODY, {"Authorization": "Bearer key", "Content-Length": "7", "x-stainless-os": "Linux"})
    assert {name: sent[name] for name in BODY if name in sent} == {"model": "chatty", "input": "Hi", "stream": True}
    assert sent["extra_headers"] == {"Authorization": "Bearer key"}
    assert (sent["max_retries"], sent["num_retries"]) == (0, 0)


@pytest.mark.parametrize(
    "body, param, words",
    [
        ({"tools": [{"type": "function"}, {"type": "file_search"}]}, "tools[1].type", "'file_search'"),
        ({"tools": [{"type": "web_search"}]}, "tools[0].type", "'web_search'"),
        (
            {"input": [{"content": "x"}, {"content": [{"type": "input_image", "file_id": "file-1"}]}]},
            "input[1].content[0]",
            "a file id",
        ),
    ],
)
def test_unsupported_features_are_named(body: dict[str, Any], param: str, words: str) -> None:
    refusal = chat.refusal(BODY | body)
    assert refusal is not None
    assert (refusal["error"]["param"], refusal["error"]["code"]) == (param, "unsupported_value")
    assert words in refusal["error"]["message"]


def test_supported_features_are_not_named() -> None:
    picture = {"type": "input_image", "image_url": "https://example.com/cat.png"}
    items = [
        {"content": [{"type": "input_text", "text": "x"}, picture]},
        {"type": "function_call", "call_id": "call_1"},
    ]
    assert chat.refusal(BODY | {"tools": [{"type": "function", "name": "f"}], "input": items}) is None
    assert chat.refusal(BODY) is None


class Model(SimpleNamespace):
    """Returns LiteLLM's chunks one by one, as they are requested."""

    def model_dump(self, **_: Any) -> dict[str, Any]:
        return dict(vars(self))


def test_each_answer_has_its_own_id_and_is_not_stored() -> None:
    first, second = chat.Answer(), chat.Answer()
    created = Model(type="response.created", response={"id": "resp_same", "store": True, "status": "in_progress"})
    (event,) = sse.Reader().feed(first.event(created))
    responses = [first.response(Model(id="resp_same", status="completed")), second.response(Model(id="resp_same"))]
    assert event["response"]["id"] == responses[0]["id"] != responses[1]["id"]
    assert [event["response"]["store"], *(each["store"] for each in responses)] == [False] * 3
    assert responses[0]["id"].startswith("resp_")
    (delta,) = sse.Reader().feed(first.event(Model(type="response.output_text.delta", delta="Hé")))
    assert delta == {"type": "response.output_text.delta", "delta": "Hé"}


def failed(status: int, body: Any) -> openai.APIStatusError:
    response = http.Response(status, json=body, request=http.Request("POST", "http://127.0.0.1/v1/chat/completions"))
    return openai.APIStatusError("no", response=response, body=body)


class Wrapped(Exception):
    """An error as LiteLLM raises it."""

    status_code = 429


def test_the_servers_own_answer_is_found_in_the_causes_of_an_error() -> None:
    own = failed(429, {"error": {"message": "slow down"}})
    outer = Wrapped("litellm.RateLimitError: no")
    outer.__context__ = own
    assert chat.refused(outer).json() == {"error": {"message": "slow down"}}
    assert chat.refused(Wrapped("no")) is None


def test_a_circle_of_causes_does_not_loop() -> None:
    one, other = Wrapped("1"), Wrapped("2")
    one.__context__, other.__context__ = other, one
    assert list(chat.causes(one)) == [one, other]


@pytest.mark.parametrize(
    "text, message",
    [
        ("litellm.APIConnectionError: APIConnectionError: OpenAIException - gone Original exception: it", "gone"),
        ("custom_openai does not support parameters", "custom_openai does not support parameters"),
    ],
)
def test_litellms_own_error_is_shown_without_its_prefix(text: str, message: str) -> None:
    assert chat.failure(Wrapped(text)) == (
        429,
        {"error": {"message": message, "type": "server_error", "param": None, "code": None}},
    )
    assert chat.failure(ValueError("no"))[0] == 500
