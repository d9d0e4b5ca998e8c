"""Containers: they store files, are extended by use, and expire after twenty idle minutes or on request."""

import re

import pytest

from shim.sandbox import Sandbox
from tests.sandbox.drive import NOON, Client

MINUTES = 60
CODE = {"type": "code_interpreter", "container": {"type": "auto"}}


def timed() -> tuple[Client, list[float]]:
    now = [NOON]
    return Client(Sandbox(clock=lambda: now[0])), now


def used(response) -> str:
    return next(item["container_id"] for item in response["output"] if item["type"] == "code_interpreter_call")


def test_files_are_uploaded_and_downloaded():
    client = Client()
    container = client.json("POST", "/containers", {"name": "mine"})
    path = f"/containers/{container['id']}/files"
    made = client.upload("a.txt", "hello", path=path)
    assert (made["source"], made["bytes"], made["container_id"]) == ("user", 5, container["id"])
    assert re.fullmatch(r"/mnt/data/[0-9a-f]{32}-a\.txt", made["path"])
    copied = client.json("POST", path, {"file_id": client.upload("b.txt", "again")["id"]})
    assert [each["id"] for each in client.json("GET", path, query="order=asc")["data"]] == [made["id"], copied["id"]]
    assert client.bytes(client.request("GET", f"{path}/{copied['id']}/content")) == b"again"
    client.json("DELETE", f"{path}/{made['id']}")
    assert client.error("GET", f"{path}/{made['id']}")["status"] == 404
    assert client.error("POST", path, {})["code"] == "missing_required_parameter"


def test_uploaded_files_can_be_copied_into_a_container():
    client = Client()
    file = client.upload("a.txt", "hello")["id"]
    container = client.json("POST", "/containers", {"name": "mine", "file_ids": [file]})
    (copied,) = client.json("GET", f"/containers/{container['id']}/files")["data"]
    assert copied["path"] == f"/mnt/data/{file}-a.txt"
    assert client.error("POST", "/containers", {"name": "x", "file_ids": ["file-none"]})["status"] == 404


def test_containers_are_listed_by_name_and_deleted():
    client = Client()
    made = [client.json("POST", "/containers", {"name": name}) for name in "ab"]
    assert client.json("GET", "/containers")["data"] == made[::-1]
    assert client.json("GET", "/containers", query="name=a")["data"] == made[:1]
    client.json("DELETE", f"/containers/{made[0]['id']}")
    for method in ("GET", "DELETE"):
        assert client.error(method, f"/containers/{made[0]['id']}")["status"] == 404


def test_use_extends_a_container_and_an_idle_one_expires():
    client, now = timed()
    path = f"/containers/{client.json('POST', '/containers', {'name': 'mine'})['id']}"
    client.upload("a.txt", "hello", path=f"{path}/files")
    for _ in range(3):
        now[0] += 19 * MINUTES
        assert client.json("GET", path)["last_active_at"] == now[0]
    now[0] += 20 * MINUTES
    assert client.json("GET", path)["status"] == "expired"
    refused = client.error("GET", f"{path}/files")
    assert (refused["status"], refused["message"]) == (400, "Container is expired.")
    now[0] -= 20 * MINUTES
    assert client.json("GET", path)["status"] == "expired"


def test_a_container_may_expire_earlier():
    client, now = timed()
    expiry = {"expires_after": {"anchor": "last_active_at", "minutes": 5}}
    path = f"/containers/{client.json('POST', '/containers', {'name': 'mine'} | expiry)['id']}"
    now[0] += 5 * MINUTES
    assert client.json("GET", path)["status"] == "expired"


@pytest.mark.parametrize("by_id", [False, True])
def test_containers_expire_on_request(by_id):
    client = Client()
    made = [client.json("POST", "/containers", {"name": name})["id"] for name in "ab"]
    client.sandbox.expire_containers(*made[:1] * by_id)
    states = [client.json("GET", f"/containers/{each}")["status"] for each in made]
    assert states == ["expired", "running" if by_id else "expired"]


def test_an_expired_container_cannot_be_used():
    client = Client()
    container = client.json("POST", "/containers", {"name": "mine"})["id"]
    body = {"model": "gpt-4o", "input": "x", "tools": [{"type": "code_interpreter", "container": container}]}
    client.sandbox.expire_containers()
    refused = client.refused(body)
    assert (refused["status"], refused["message"]) == (400, "Container is expired.")
    body["tools"][0]["container"] = "cntr_none"
    assert client.refused(body)["status"] == 404


@pytest.mark.parametrize("tools", [[CODE], []])
def test_a_chain_that_used_an_expired_container_fails(tools):
    client, now = timed()
    first = client.create("code_interpreter", tools=[CODE])
    second = client.create("Hello", tools=tools, previous_response_id=first["id"])
    now[0] += 20 * MINUTES
    for response in (first, second):
        refused = client.refused(
            {"model": "gpt-4o", "input": "x", "tools": tools, "previous_response_id": response["id"]}
        )
        assert (refused["status"], refused["message"]) == (400, "Container is expired.")
    assert client.json("GET", f"/responses/{first['id']}")["id"] == first["id"]


def test_a_call_of_an_expired_container_cannot_be_sent_again():
    client = Client()
    first = client.create("code_interpreter", tools=[CODE])
    again = [{"role": "user", "content": "x"}, *first["output"], {"role": "user", "content": "y"}]
    assert client.create(again, tools=[CODE])["status"] == "completed"
    client.sandbox.expire_containers()
    refused = client.refused({"model": "gpt-4o", "input": again})
    assert refused["status"] == 400
    assert refused["message"].startswith(f"Expected container_id: {used(first)}")


def test_auto_uses_the_container_of_the_conversation():
    client, now = timed()
    first = client.create("code_interpreter make-file", tools=[CODE])
    now[0] += 19 * MINUTES
    file = client.upload("more.csv", "a,b")["id"]
    more = {"type": "code_interpreter", "container": {"type": "auto", "file_ids": [file]}}
    second = client.create("code_interpreter", tools=[more], previous_response_id=first["id"])
    assert used(second) == used(first)
    now[0] += 19 * MINUTES
    files = client.json("GET", f"/containers/{used(first)}/files", query="order=asc")["data"]
    assert [each["path"] for each in files] == ["/mnt/data/answer.txt", f"/mnt/data/{file}-more.csv"]
    assert used(client.create("code_interpreter", tools=[CODE])) != used(first)


def test_two_calls_of_one_response_share_a_container():
    response = Client().create("code_interpreter then code_interpreter", tools=[CODE])
    first, second = (item["container_id"] for item in response["output"] if item["type"] == "code_interpreter_call")
    assert first == second
