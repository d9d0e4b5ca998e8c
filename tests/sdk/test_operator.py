"""``client.shim`` on every client: objects under chosen ids, and access to the whole store."""

import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openai
import pytest

import shim
from shim.assembly import ledger
from shim.sdk import operator
from shim.store.tx import Tx
from shim.wire.errors import ApiError
from tests.scenarios.doors.colours import COLOURS, opened

OWN, THREAD = "asst_fromTheDashboard01", "thread_fromTheBrowser0001"


@pytest.fixture(params=COLOURS)
def client(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setenv("SHIM_UPSTREAM", "sandbox")
    monkeypatch.setenv("SHIM_DATABASE_URL", f"sqlite:///{tmp_path / 'shim.db'}")
    with opened(request.param) as made:
        yield made


def test_an_assistant_and_a_thread_under_chosen_ids(client: Any) -> None:
    made = client.shim.assistants.create(id=OWN, model="gpt-4o", name="Own")
    assert (made.id, made.name) == (OWN, "Own")
    assert client.beta.assistants.retrieve(OWN).name == "Own"
    with pytest.raises(openai.BadRequestError, match=f"already is an object with id '{OWN}'"):
        client.shim.assistants.create(id=OWN, model="gpt-4o")
    messages = [{"role": "user", "content": "Hello?"}]
    assert client.shim.threads.create(id=THREAD, messages=messages).id == THREAD
    with pytest.raises(openai.BadRequestError, match="already is an object"):
        client.shim.threads.create(id=THREAD)
    run = client.beta.threads.runs.create_and_poll(thread_id=THREAD, assistant_id=OWN)
    assert run.status == "completed"
    assert client.beta.assistants.create(model="gpt-4o").id not in (OWN, THREAD)
    for id in ("thread_x", "asst", "asst_ä", "asst_" + "a" * 65):
        with pytest.raises(ValueError, match="begins with `asst_`"):
            client.shim.assistants.create(id=id, model="gpt-4o")


def test_the_contents_of_the_store(client: Any) -> None:
    client.shim.assistants.create(id=OWN, model="gpt-4o")
    thread = client.shim.threads.create(id=THREAD, messages=[{"role": "user", "content": "A rare WORD?"}])
    run = client.beta.threads.runs.create_and_poll(thread_id=THREAD, assistant_id=OWN)
    (one,) = client.shim.threads.list()
    assert (one.id, one.created_at, one.messages, one.runs) == (THREAD, thread.created_at, 2, 1)
    assert [found.role for found in client.shim.threads.search("rare word")][-1] == "user"
    assert client.shim.threads.search("of which nobody spoke") == []
    assert len(client.shim.threads.search("e", limit=1)) == 1
    kinds = [each["object"] for each in client.shim.threads.export(THREAD)]
    assert kinds == ["thread", "thread.message", "thread.message", "thread.run", "thread.run.step"]
    (round,) = client.shim.threads.trace(run.id).rounds
    assert (round.status, [item["role"] for item in round.sent]) == ("completed", ["user"])
    assert [item["type"] for item in round.received] == ["message"]
    for by, key in (("thread", THREAD), ("assistant", OWN), ("model", "gpt-4o")):
        (used,) = client.shim.threads.usage(by)
        assert (used.key, used.total_tokens) == (key, run.usage.total_tokens)
    assert client.shim.threads.usage(since=2**40) == []
    with pytest.raises(ApiError, match="No thread found"):
        client.shim.threads.export("thread_none")


def test_rounds_are_chained_and_send_only_new_items(client: Any) -> None:
    tool = {"type": "function", "function": {"name": "look_up", "parameters": {"type": "object", "properties": {}}}}
    client.shim.assistants.create(id=OWN, model="gpt-4o", tools=[tool])
    client.shim.threads.create(id=THREAD, messages=[{"role": "user", "content": "look_up, please"}])
    runs = client.beta.threads.runs
    run = runs.create_and_poll(thread_id=THREAD, assistant_id=OWN)
    outputs = [{"tool_call_id": call.id, "output": "42"} for call in run.required_action.submit_tool_outputs.tool_calls]
    runs.submit_tool_outputs_and_poll(run_id=run.id, thread_id=THREAD, tool_outputs=outputs)
    first, second = client.shim.threads.trace(run.id).rounds
    assert (first.previous, second.previous) == (None, first.response)
    assert [item["type"] for item in second.sent] == ["function_call_output"]
    client.beta.threads.messages.create(THREAD, role="user", content="And now?")
    again = runs.create_and_poll(thread_id=THREAD, assistant_id=OWN, tools=[])
    (third,) = client.shim.threads.trace(again.id).rounds
    assert third.previous == second.response
    assert [item.get("role") for item in third.sent] == ["user"]


def test_the_async_client_has_all_methods_of_the_blocking_one() -> None:
    pairs = [(getattr(operator, name), getattr(operator, f"Async{name}")) for name in ("Assistants", "Threads", "Shim")]
    for one, other in pairs:
        assert {name for name in vars(one) if name[0] != "_"} == {name for name in vars(other) if name[0] != "_"}
        for name in (name for name in vars(one) if name[0] != "_"):
            assert (
                inspect.signature(getattr(one, name)).parameters == inspect.signature(getattr(other, name)).parameters
            )
    for kind in (shim.OpenAI, shim.AzureOpenAI, shim.AsyncOpenAI, shim.AsyncAzureOpenAI):
        assert isinstance(kind.shim, property)


def test_an_id_that_several_tenants_have_is_ambiguous() -> None:
    class Rows:
        def execute(self, *_: Any) -> Any:
            return self

        def scalars(self) -> list[str]:
            return ["", "other"]

    assert ledger.owner(Tx(Rows(), ""), "other", "run", "run_1") == "other"
    with pytest.raises(ValueError, match="several tenants"):
        ledger.owner(Tx(Rows(), ""), None, "run", "run_1")
