"""The commands on the page about the server, run in a shell."""

import shutil
import subprocess

import pytest

from tests.docs.blocks import blocks
from tests.server.served import PATIENCE, served


@pytest.mark.skipif(not (shutil.which("curl") and shutil.which("sh")), reason="no curl or no shell")
def test_curl_streams_a_run() -> None:
    with served(upstream="sandbox") as url:
        _, program = blocks("docs/how-to/serve.md", "sh")
        there = program.replace("http://127.0.0.1:8787", url)
        ran = subprocess.run(["sh", "-c", there], capture_output=True, text=True, timeout=PATIENCE, check=True)
    names = [line.removeprefix("event: ") for line in ran.stdout.splitlines() if line.startswith("event: ")]
    assert names[:3] == ["thread.created", "thread.run.created", "thread.run.queued"]
    assert "thread.message.delta" in names
    assert names[-2:] == ["thread.run.completed", "done"]
