"""Every request that the real API accepted is accepted."""

import json
import re
from pathlib import Path
from typing import Any, Final

import pytest

from shim.wire.requests import read

ROUTES: Final = {
    r"/assistants": "assistants.create",
    r"/assistants/[^/]+": "assistants.update",
    r"/threads": "threads.create",
    r"/threads/runs": "threads.create_and_run",
    r"/threads/[^/]+": "threads.update",
    r"/threads/[^/]+/messages": "messages.create",
    r"/threads/[^/]+/messages/[^/]+": "messages.update",
    r"/threads/[^/]+/runs": "runs.create",
    r"/threads/[^/]+/runs/[^/]+": "runs.update",
    r"/threads/[^/]+/runs/[^/]+/cancel": "runs.cancel",
    r"/threads/[^/]+/runs/[^/]+/submit_tool_outputs": "runs.submit_tool_outputs",
}


def _operation(url: str) -> str:
    way = url.split("?")[0].partition("/v1")[2]
    return next(operation for route, operation in ROUTES.items() if re.fullmatch(route, way))


def _second_version(request: dict[str, Any]) -> bool:
    return any("assistants=v2" in value for key, value in request["headers"].items() if key.lower() == "openai-beta")


@pytest.mark.wire
def test_recorded_requests_are_accepted(wire: Path) -> None:
    taken = set()
    for file in (wire / "assistants").rglob("*POST*_200.json"):
        request = json.loads(file.read_text())["request"]
        if not _second_version(request):
            continue
        body = request.get("body")
        operation = _operation(request["url"])
        assert read(operation, b"" if body is None else json.dumps(body).encode()) == (body or {})
        taken.add(operation)
    assert taken >= set(ROUTES.values()) - {"threads.create_and_run", "runs.update"}
