"""With the sandbox as upstream no request reaches a network, not even those of other APIs."""

from typing import Any

import pytest

from shim.http import offline
from tests.scenarios.doors.colours import COLOURS, opened
from tests.scenarios.doors.loopback import Loopback, Reply, Request


def answer(request: Request) -> Reply:
    return Reply.json({"error": {"message": "no request was expected"}}, status=500)


@pytest.mark.sdk("1.66")
@pytest.mark.parametrize("colour", COLOURS)
def test_files_and_vector_stores_are_those_of_the_sandbox(colour: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHIM_UPSTREAM", "sandbox")
    with Loopback(answer) as network, opened(colour, base_url=network.url) as client:
        file: Any = client.files.create(file=("foods.txt", b"Travis likes pizza.\r\n\x00"), purpose="vision")
        assert client.files.content(file.id).read() == b"Travis likes pizza.\r\n\x00"
        store = client.vector_stores.create(file_ids=[file.id])
        assert client.vector_stores.retrieve(store.id).file_counts.total == 1
        assert network.requests == []
    assert offline.sandbox().requests[-1].path == f"/v1/vector_stores/{store.id}"
