"""A program from the package registry, `mcp-simple-openai-assistant`: an MCP server for the old API.

It runs in a process of its own, as its users start it, unchanged except that `python -m shim` starts it.
"""

import json
import os
import subprocess
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import Any

from shim.sandbox import Sandbox
from shim.sandbox.http import running

#: An old assistant's id that users still have, and that the file of assistants declares.
OLD = "asst_Ab12Cd34Ef56Gh78Ij90Kl12"
PROTOCOL = "2025-03-26"


class Program:
    """The MCP server, which runs until the block ends.  Importing MCP's own client would take longer than the whole
    test.
    """

    def __init__(self, url: str, folder: Path) -> None:
        (folder / "team.yaml").write_text(f"{{id: {OLD}, model: gpt-4o, name: Old, instructions: Be brief.}}")
        given = {
            "OPENAI_API_KEY": "offline",
            "OPENAI_BASE_URL": url,
            "SHIM_DATABASE_URL": f"sqlite:///{folder}/shim.db",
            "SHIM_ASSISTANTS": str(folder / "team.yaml"),
            "SHIM_UPSTREAM_PROFILE": "sandbox",
            "DB_PATH": str(folder / "its-own.db"),
            "FASTMCP_SHOW_SERVER_BANNER": "false",
            "FASTMCP_CHECK_FOR_UPDATES": "off",
        }
        command = [sys.executable, "-m", "shim", "-m", "mcp_simple_openai_assistant"]
        pipes: Any = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
        self._process = subprocess.Popen(command, env=os.environ | given, **pipes)
        self._sent = 0

    def __enter__(self) -> "Program":
        who = {"name": "test", "version": "1"}
        self._call("initialize", protocolVersion=PROTOCOL, capabilities={}, clientInfo=who)
        self._send(method="notifications/initialized")
        return self

    def __exit__(self, *problem: object) -> None:
        self._process.stdin.close()  # type: ignore[union-attr]
        self._process.wait(60)

    def call(self, tool: str, **given: Any) -> str:
        """A tool's result; an error begins with "error: "."""
        found = self._call("tools/call", name=tool, arguments=given)
        return ("error: " if found.get("isError") else "") + str(found["content"][0]["text"])

    def _call(self, method: str, **params: Any) -> Any:
        self._sent += 1
        self._send(id=self._sent, method=method, params=params)
        for line in self._process.stdout:  # type: ignore[union-attr]
            answer = json.loads(line)
            if answer.get("id") == self._sent:
                return answer["result"]
        raise SystemExit(f"the program ended and did not answer {method}")

    def _send(self, **message: Any) -> None:
        print(json.dumps({"jsonrpc": "2.0"} | message), file=self._process.stdin, flush=True)


def talk(program: Program) -> None:
    made = program.call("create_assistant", name="New", instructions="Be kind.").rpartition(" ")[2]
    listed = program.call("list_assistants")
    assert {OLD, made} <= set(listed.split()), listed
    thread = program.call("create_new_assistant_thread", name="one").rpartition(" ")[2]
    answer = program.call("ask_assistant_in_thread", thread_id=thread, assistant_id=OLD, message="Hello")
    assert answer == 'You said "Hello". My instructions are "Be brief.".', answer
    assert "Successfully" in program.call("update_assistant", assistant_id=made, name="Newer")
    assert "Newer" in program.call("retrieve_assistant", assistant_id=made)
    answer = program.call("ask_assistant_in_thread", thread_id=thread, assistant_id=made, message="And now?")
    assert 'My instructions are "Be kind.". Earlier user said "Hello"' in answer, answer
    refused = program.call("retrieve_assistant", assistant_id="asst_gone")
    assert refused.startswith("error: "), refused
    assert "No assistant found with id 'asst_gone'" in refused, refused
    assert "Successfully deleted" in program.call("delete_thread", thread_id=thread)
    gone = program.call("ask_assistant_in_thread", thread_id=thread, assistant_id=made, message="Still?")
    assert f"No thread found with id '{thread}'" in gone, gone


sandbox = Sandbox()
with running(sandbox) as url, tempfile.TemporaryDirectory() as name, Program(url, Path(name)) as program:
    talk(program)
called = sum(each.path.endswith("/responses") for each in sandbox.requests)
print(f"mcp-simple-openai-assistant {version('mcp-simple-openai-assistant')} with openai {version('openai')}:", end=" ")
print(f"{called} calls upstream")
if called != 2:
    raise SystemExit("each of the two questions is one call upstream")
