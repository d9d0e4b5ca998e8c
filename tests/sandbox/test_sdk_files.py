"""The official client with files, vector stores and containers, and responses that use them."""

from collections.abc import Iterator
from typing import Any

import openai
import pytest
from openai import AsyncOpenAI, OpenAI

from shim.sandbox import Sandbox
from shim.sandbox.http import running

SDK = tuple(int(part) for part in openai.__version__.split(".")[:2])
FOODS = b"Travis's favorite food is pizza.\r\nAnna likes soup."
QUICK = {"poll_interval_ms": 1}
with_containers = pytest.mark.skipif(SDK < (1, 87), reason="client.containers came later")


@pytest.fixture(scope="module")
def sandbox() -> Sandbox:
    return Sandbox()


@pytest.fixture(scope="module")
def url(sandbox: Sandbox) -> Iterator[str]:
    with running(sandbox) as base:
        yield base


@pytest.fixture
def client(url: str) -> Iterator[OpenAI]:
    with OpenAI(base_url=url, api_key="sk-test", max_retries=0) as made:
        yield made


def uploaded(client: OpenAI, purpose: Any = "user_data", name: str = "foods.txt") -> str:
    return client.files.create(file=(name, FOODS), purpose=purpose).id


def test_files(client: OpenAI):
    file = client.files.retrieve(uploaded(client, "vision", "äö ü.png"))
    assert (file.filename, file.bytes, file.status) == ("äö ü.png", len(FOODS), "processed")
    assert client.files.content(file.id).read() == FOODS
    assert file.id in [each.id for each in client.files.list(purpose="vision")]
    assert client.files.wait_for_processing(file.id).id == file.id
    assert client.files.delete(file.id).deleted
    with pytest.raises(openai.NotFoundError, match="No such File object"):
        client.files.retrieve(file.id)


def test_a_store_is_polled_and_searched(client: OpenAI):
    store = client.vector_stores.create(name="foods", metadata={"a": "b"})
    added = client.vector_stores.files.upload_and_poll(vector_store_id=store.id, file=("foods.txt", FOODS), **QUICK)
    assert (added.status, added.vector_store_id, added.last_error) == ("completed", store.id, None)
    again = client.vector_stores.files.create(
        store.id, file_id=uploaded(client), attributes={"kind": "copy", "year": 2024, "new": True}
    )
    again = client.vector_stores.files.poll(again.id, vector_store_id=store.id, **QUICK)
    assert again.attributes == {"kind": "copy", "year": 2024, "new": True}
    assert {each.id for each in client.vector_stores.files.list(store.id)} == {added.id, again.id}
    assert client.vector_stores.retrieve(store.id).file_counts.completed == 2
    filters: Any = {"type": "eq", "key": "kind", "value": "copy"}
    (hit,) = client.vector_stores.search(store.id, query="favorite food", filters=filters)
    assert (hit.file_id, hit.content[0].text) == (again.id, FOODS.decode())
    assert client.vector_stores.files.delete(again.id, vector_store_id=store.id).deleted
    assert client.vector_stores.update(store.id, name="other").name == "other"
    assert client.vector_stores.delete(store.id).deleted


def test_batches_are_polled(client: OpenAI):
    store = client.vector_stores.create()
    files = [(f"{number}.txt", FOODS) for number in range(3)]
    batch = client.vector_stores.file_batches.upload_and_poll(
        store.id, files=files, file_ids=[uploaded(client)], **QUICK
    )
    assert (batch.status, batch.file_counts.completed, batch.file_counts.total) == ("completed", 4, 4)
    listed = client.vector_stores.file_batches.list_files(batch.id, vector_store_id=store.id)
    assert [each.status for each in listed] == ["completed"] * 4
    failed = client.vector_stores.file_batches.create_and_poll(
        store.id, file_ids=[uploaded(client, name="a.mp3")], **QUICK
    )
    assert failed.file_counts.failed == 1


def test_a_file_search(client: OpenAI):
    store = client.vector_stores.create(file_ids=[uploaded(client)])
    response = client.responses.create(
        model="gpt-4o",
        input="What is Travis's favorite food?",
        tools=[{"type": "file_search", "vector_store_ids": [store.id]}],
        include=["file_search_call.results"],
    )
    call, message = response.output
    assert call.results[0].filename == "foods.txt"
    assert message.content[0].annotations[0].type == "file_citation"
    assert response.output_text.startswith("According to foods.txt, Travis's favorite food is pizza.")


@with_containers
def test_containers(client: OpenAI, sandbox: Sandbox):
    container = client.containers.create(name="mine", file_ids=[uploaded(client)])
    file = client.containers.files.create(container.id, file=("raw.bin", bytes(range(256))))
    assert client.containers.files.content.retrieve(file.id, container_id=container.id).read() == bytes(range(256))
    assert len(client.containers.files.list(container.id).data) == 2
    client.containers.files.delete(file.id, container_id=container.id)
    assert container.id in [each.id for each in client.containers.list()]
    sandbox.expire_containers(container.id)
    assert client.containers.retrieve(container.id).status == "expired"
    tools: Any = [{"type": "code_interpreter", "container": container.id}]
    with pytest.raises(openai.BadRequestError, match="Container is expired"):
        client.responses.create(model="gpt-4o", input="1 + 1", tools=tools)
    client.containers.delete(container.id)


@with_containers
def test_a_file_created_by_code(client: OpenAI):
    tools: Any = [{"type": "code_interpreter", "container": {"type": "auto"}}]
    include: Any = ["code_interpreter_call.outputs"]
    with client.responses.stream(
        model="gpt-4o", input="make-file show-image 6 * 7", tools=tools, include=include
    ) as stream:
        response = stream.get_final_response()
    call = response.output[0]
    assert call.code.startswith("print(6 * 7)")
    assert [output.type for output in call.outputs] == ["logs", "image"]
    linked, shown = response.output[1].content[0].annotations
    assert response.output_text[linked.start_index : linked.end_index] == "sandbox:/mnt/data/answer.txt"
    read = client.containers.files.content.retrieve
    assert read(linked.file_id, container_id=linked.container_id).read() == b"42\n"
    assert read(shown.file_id, container_id=shown.container_id).read().startswith(b"\x89PNG")


def test_images_and_files_in_the_input(client: OpenAI):
    image, file = uploaded(client, "vision", "cat.png"), uploaded(client, name="a.pdf")
    content: Any = [
        {"type": "input_text", "text": "Look."},
        {"type": "input_image", "file_id": image, "detail": "auto"},
        {"type": "input_file", "file_id": file},
    ]
    response = client.responses.create(model="gpt-4o", input=[{"role": "user", "content": content}])
    assert f"I see 1 image: {image}. I see 1 file: {file}." in response.output_text


async def test_the_async_client_polls_as_well(url: str):
    async with AsyncOpenAI(base_url=url, api_key="sk-test") as client:
        store = await client.vector_stores.create()
        added = await client.vector_stores.files.upload_and_poll(
            vector_store_id=store.id, file=("foods.txt", FOODS), **QUICK
        )
        assert added.status == "completed"
        page = await client.vector_stores.search(store.id, query="pizza")
        assert [hit.file_id for hit in page.data] == [added.id]


def test_a_retired_model_is_listed_with_its_shutdown_date():
    with running(Sandbox(retired={"gpt-4o": "2026-10-23"})) as url, OpenAI(base_url=url, api_key="sk-test") as client:
        assert client.models.retrieve("gpt-4o").to_dict()["shutdown_date"] == "2026-10-23"
        with pytest.raises(openai.BadRequestError, match="does not exist"):
            client.responses.create(model="gpt-4o", input="x")
