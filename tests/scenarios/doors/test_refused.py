"""The forms in which servers send errors, and how the caller receives them."""

from typing import Any

import openai
import pytest

from shim import OpenAI
from tests.scenarios.doors.loopback import Loopback, Reply

#: The body of an answer with status 422, and the message, code and param of the resulting error.
BODIES: list[tuple[Any, tuple[str, str | None, str | None]]] = [
    ({"error": {"message": "No.", "type": "t", "param": "model", "code": "c"}}, ("No.", "c", "model")),
    (
        {"error": {"message": "No.", "type": "t", "param": "p", "code": "c"}},
        ("No. ('p' is upstream's name, for a field that the shim sends)", "c", "p"),
    ),
    ({"error": {"message": "No.", "type": "t", "code": 422}}, ("No.", None, None)),
    ({"error": {"error": {"message": "No.", "code": "c"}}}, ("No.", "c", None)),
    ({"error": "No.", "code": "not-found"}, ("No.", None, None)),
    ({"detail": "No."}, ("No.", None, None)),
    ({"message": "No.", "code": "c"}, ("No.", "c", None)),
]


@pytest.mark.parametrize("body, expected", BODIES)
def test_an_error_has_the_servers_own_message(body: Any, expected: tuple[str, str | None, str | None]) -> None:
    server = Loopback(lambda request: Reply.json(body, 422))
    with server, OpenAI(base_url=server.url, api_key="x", max_retries=0) as client:
        helper = client.beta.assistants.create(model="gpt-4o")
        thread: Any = {"messages": [{"role": "user", "content": "Hi"}]}
        with pytest.raises(openai.UnprocessableEntityError) as caught:
            client.beta.threads.create_and_run(assistant_id=helper.id, thread=thread, stream=True)
    error = caught.value.body
    assert isinstance(error, dict)
    assert (error["message"], error["code"], error["param"]) == expected
