"""The official client works with the sandbox as with the real API."""

from collections.abc import AsyncIterator, Iterator

import openai
import pytest
from openai import AsyncOpenAI, OpenAI
from pydantic import BaseModel

from shim.sandbox import Sandbox
from shim.sandbox.http import running
from tests.sandbox.drive import WEATHER

SDK = tuple(int(part) for part in openai.__version__.split(".")[:2])


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with running(Sandbox(pace=0.001)) as base:
        yield base


@pytest.fixture
def client(url: str) -> Iterator[OpenAI]:
    with OpenAI(base_url=url, api_key="sk-test", max_retries=0) as made:
        yield made


@pytest.fixture
async def aclient(url: str) -> AsyncIterator[AsyncOpenAI]:
    async with AsyncOpenAI(base_url=url, api_key="sk-test") as made:
        yield made


def test_a_tool_loop_by_chaining(client: OpenAI):
    first = client.responses.create(model="gpt-4o", input="get_weather", tools=[WEATHER], store=True)
    (call,) = first.output
    answer = {"type": "function_call_output", "call_id": call.call_id, "output": "22 C"}
    second = client.responses.create(model="gpt-4o", input=[answer], previous_response_id=first.id, tools=[WEATHER])
    assert '"22 C"' in second.output_text
    assert second.usage.total_tokens == second.usage.input_tokens + second.usage.output_tokens


def test_reasoning_is_replayed_from_the_output(client: OpenAI):
    include = ["reasoning.encrypted_content"]
    first = client.responses.create(model="o4-mini", input="hi", store=False, include=include)
    again = [{"role": "user", "content": "hi"}, *(item.to_dict() for item in first.output)]
    second = client.responses.create(model="o4-mini", input=[*again, {"role": "user", "content": "and?"}], store=False)
    assert "assistant said" in second.output_text


@pytest.mark.skipif(SDK < (1, 87), reason="responses.stream() came later")
def test_the_stream_helper_builds_the_final_response(client: OpenAI):
    with client.responses.stream(
        model="gpt-5.4", input="aloud get_weather", tools=[WEATHER | {"strict": True} | _CLOSED]
    ) as s:
        text = "".join(event.delta for event in s if event.type == "response.output_text.delta")
        final = s.get_final_response()
    assert text == final.output_text == "I will call get_weather."
    assert [item.type for item in final.output] == ["reasoning", "message", "function_call"]
    assert final.output[2].arguments == '{"city":"city"}'


_CLOSED = {
    "parameters": {
        "type": "object",
        "properties": {"city": {"type": "string"}},
        "required": ["city"],
        "additionalProperties": False,
    }
}


class Person(BaseModel):
    name: str
    age: int


@pytest.mark.skipif(SDK < (1, 87), reason="responses.parse() came later")
def test_parse_validates_the_structured_answer(client: OpenAI):
    response = client.responses.parse(model="gpt-4o", input="who?", text_format=Person)
    assert response.output_parsed == Person(name="name", age=1)


def test_an_error_event_is_raised_by_the_client(client: OpenAI):
    with pytest.raises(openai.APIError, match="Rate limit reached"):
        for _ in client.responses.create(model="gpt-4o", input="limit-midway", stream=True):
            pass


@pytest.mark.parametrize(
    "control_word, error",
    [("status-429", openai.RateLimitError), ("status-500", openai.InternalServerError)],
)
def test_http_errors_raise_the_sdks_exception_classes(
    client: OpenAI, control_word: str, error: type[openai.APIStatusError]
):
    with pytest.raises(error):
        client.responses.create(model="gpt-4o", input=control_word)


def test_the_client_retries_immediately_and_succeeds(client: OpenAI):
    patient = client.with_options(max_retries=1)
    response = patient.responses.create(model="gpt-4o", input="status-429-once please")
    assert response.status == "completed"


def test_refusals_have_parameter_and_code(client: OpenAI):
    with pytest.raises(openai.BadRequestError) as caught:
        client.responses.create(model="gpt-4o", input="hi", max_output_tokens=3)
    assert (caught.value.param, caught.value.code) == ("max_output_tokens", "integer_below_min_value")


def test_an_invalid_key(url: str):
    with OpenAI(base_url=url, api_key="bad") as client, pytest.raises(openai.AuthenticationError):
        client.models.list()


async def test_background_with_the_async_client(aclient: AsyncOpenAI):
    extra = {"background": True}
    made = await aclient.responses.create(model="gpt-4o", input="essay-3", extra_body=extra)
    seen = [made.status]
    while seen[-1] != "completed":
        seen.append((await aclient.responses.retrieve(made.id)).status)
    assert seen == ["queued", "in_progress", "completed"]


async def test_the_async_stream(aclient: AsyncOpenAI):
    stream = await aclient.responses.create(model="gpt-4o", input="essay-30", stream=True)
    events = [event async for event in stream]
    assert events[-1].type == "response.completed"
    assert [event.sequence_number for event in events] == list(range(len(events)))


def test_the_rest_of_the_endpoint(client: OpenAI):
    made = client.responses.create(model="gpt-4o", input="hi")
    assert client.responses.retrieve(made.id).output_text == made.output_text
    assert [item.type for item in client.responses.input_items.list(made.id)] == ["message"]
    client.responses.delete(made.id)
    with pytest.raises(openai.NotFoundError):
        client.responses.retrieve(made.id)
    assert "gpt-4o" in [model.id for model in client.models.list()]
