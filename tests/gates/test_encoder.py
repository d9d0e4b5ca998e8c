"""JSON is written in one place, `shim.wire.encoding`, which replaces halves of surrogate pairs."""

import re

from tests.gates.files import ours, short

WRITES = re.compile(r"\bjson\.dumps?\(|\bJSONEncoder\(|\bto_json\(|\borjson\b")
#: Modules that write JSON themselves, and the reason for each.
EXCEPTIONS = {
    "shim/wire/encoding.py": "it is that place",
    "shim/upstream/secrets.py": "reads it again at once: nothing leaves",
    "shim/cli/demo/program.py": "shows a user's program",
    "shim/migrate/eject/agents.py": "writes a program of the user's",
    "shim/migrate/eject/responses.py": "writes a program of the user's",
    "shim/migrate/swap/notebooks.py": "a line of somebody's notebook, in that file's own form",
    "shim/sandbox/planning/answers.py": "text of an answer, which leaves through the encoder",
    "shim/sandbox/planning/planner.py": "text of an answer, which leaves through the encoder",
    "shim/sandbox/tools/remote_tools.py": "text of an answer, which leaves through the encoder",
}


def test_one_place_writes_json() -> None:
    found = {short(path) for path in ours("shim") if WRITES.search(path.read_text())}
    assert found == set(EXCEPTIONS)
