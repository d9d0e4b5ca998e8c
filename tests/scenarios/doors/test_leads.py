"""Files and vector stores that upstream has lost are named in the log, once per id, by the client and by the server."""

import openai
import pytest

from tests.scenarios.doors.colours import COLOURS, opened
from tests.scenarios.doors.loopback import Loopback
from tests.server.sending import send
from tests.server.served import served


# Each id is named once per process, so every test uses its own ids.
def _lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage().partition(" is not known upstream")[0] for record in caplog.records]


@pytest.mark.parametrize("colour", COLOURS)
def test_behind_a_client(colour: str, caplog: pytest.LogCaptureFixture) -> None:
    with Loopback() as upstream, opened(colour, base_url=upstream.url) as client:
        for _ in range(2):
            with pytest.raises(openai.NotFoundError):
                client.files.retrieve(f"file-{colour}2024")
            with pytest.raises(openai.NotFoundError):
                client.vector_stores.retrieve(f"vs_{colour}2024")
    assert _lines(caplog) == [f"file file-{colour}2024", f"vector store vs_{colour}2024"]


def test_behind_the_server(caplog: pytest.LogCaptureFixture) -> None:
    with Loopback() as upstream, served(upstream=upstream.url) as url:
        for _ in range(2):
            assert send(f"{url}/v1/files/file-ofaserver", authorization="Bearer mine").status == 404
    assert [line for line in _lines(caplog) if "file-" in line] == ["file file-ofaserver"]
