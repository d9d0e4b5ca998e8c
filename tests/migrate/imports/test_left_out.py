"""A message that cannot be imported is left out of its thread, and the rest of the thread is imported."""

import json
from pathlib import Path
from typing import Any

import pytest

from shim.migrate import Importer, Refused, Report
from shim.settings import current_settings
from shim.store import messages
from shim.store.database import database

Json = dict[str, Any]
THREAD = "thread_GG000001"
GOOD: list[Json] = [
    {
        "id": f"msg_{number}",
        "role": ("user", "assistant")[number % 2],
        "content": str(number),
        "created_at": 100 + number,
    }
    for number in range(4)
]
BAD: dict[str, Json] = {"a role": {"role": "You"}, "a time": {"created_at": "10:30"}, "nothing": {"content": ""}}


def imported(path: Path, given: list[Json], **options: Any) -> Report:
    path.write_text(json.dumps({"thread_id": THREAD, "messages": given}))
    with Importer(**options) as importer:
        importer.read(path)
    return importer.report


def texts() -> list[str]:
    found = database(current_settings().database_url).read(messages.page, THREAD, 100, "asc").data
    return [one["content"][0]["text"]["value"] for one in found]


@pytest.mark.parametrize("at", range(4))
@pytest.mark.parametrize("what", BAD)
def test_the_rest_is_imported_and_a_mended_export_adds_the_message(what: str, at: int, tmp_path: Path) -> None:
    bad = [*GOOD[:at], GOOD[at] | BAD[what], *GOOD[at + 1 :]]
    with pytest.raises(Refused):
        imported(tmp_path / "all.json", bad, strict=True)
    assert texts() == []
    report = imported(tmp_path / "all.json", bad)
    assert (report.refused, report.added["messages"]) == (1, 3)
    assert texts() == [one["content"] for one in GOOD if one is not GOOD[at]]
    assert imported(tmp_path / "all.json", GOOD).replaced == {"threads": 1}
    assert texts() == [one["content"] for one in GOOD]
