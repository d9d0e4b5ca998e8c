"""Ids that come from outside instead of being fresh."""

import pytest

from shim.ports import Declared
from shim.wire import objects
from tests.engine.scripted import Harness, Refused


@pytest.mark.parametrize("path, prefix", [("assistants", "asst"), ("threads", "thread")])
def test_an_id_that_exists_is_refused(harness: Harness, path: str, prefix: str) -> None:
    object.__setattr__(harness.context, "ids", lambda kind: f"{kind}_given")
    body = {"model": "gpt-4o"} if path == "assistants" else {}
    assert harness.post(path, **body)["id"] == f"{prefix}_given"
    with pytest.raises(Refused, match=f"There already is an object with id '{prefix}_given'") as refused:
        harness.post(path, **body)
    assert refused.value.status == 400


def test_an_id_that_a_file_declares_is_refused(harness: Harness) -> None:
    object.__setattr__(harness.context, "ids", lambda kind: f"{kind}_given")
    declared = Declared(objects.assistant("asst_given", 1, {"model": "m"}), "team.yaml")
    object.__setattr__(harness.context, "files", {"asst_given": declared})
    with pytest.raises(Refused, match=r"declared in a file of this server \(team\.yaml\)"):
        harness.assistant()
