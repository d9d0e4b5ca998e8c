"""Files that code wrote are read only up to the maximum size."""

from collections.abc import Iterator

import pytest

from tests.scenarios.doors.colours import COLOURS, opened
from tests.scenarios.doors.loopback import Loopback, Reply, Request
from tests.scenarios.doors.talking import carry_out

CHUNK = b"x" * 65_536
MANY = 1_000


@pytest.mark.parametrize("colour", COLOURS)
def test_a_file_that_is_too_large_is_not_read_to_its_end(
    colour: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    sent: list[int] = []

    def endless() -> Iterator[bytes]:
        for number in range(MANY):
            sent.append(number)
            yield CHUNK

    def answer(request: Request) -> Reply | None:
        if not request.path.endswith("/content"):
            return None
        return Reply(200, (("content-type", "application/octet-stream"),), endless())

    monkeypatch.setenv("SHIM_KEEP_FILE_BYTES", "100000")
    monkeypatch.setenv("SHIM_UPSTREAM_PROFILE", "sandbox")
    with Loopback(answer) as server, opened(colour, base_url=server.url) as client:
        helper = client.beta.assistants.create(model="gpt-4o", tools=[{"type": "code_interpreter"}])
        thread = client.beta.threads.create(messages=[{"role": "user", "content": "code_interpreter make-file"}])
        result = carry_out(client, "stream", thread.id, helper.id, {})
    assert result.run["status"] == "completed"
    assert result.messages[-1]["attachments"]
    assert 0 < len(sent) < MANY
    assert "SHIM_KEEP_FILE_BYTES" in caplog.text
