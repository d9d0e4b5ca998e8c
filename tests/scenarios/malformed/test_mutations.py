"""One event of an answer is spoilt in every way: the run ends as without it, with the same text and calls."""

import pytest

from tests.scenarios.malformed.streams import STREAMS, final, heard, mutations


@pytest.mark.parametrize("name", STREAMS)
def test_one_spoilt_event_changes_nothing(name: str) -> None:
    events = STREAMS[name]
    whole = final(heard(events)[1])
    wrong = {}
    for what, spoilt in mutations(events):
        _, told = heard(spoilt)
        found = final(told)
        names = [each for each, _ in told]
        assert names.count("thread.run.in_progress") == 1, what
        assert sum(each.startswith("thread.run.") and each.count(".") == 2 for each in names) == 2, what
        if found != whole:
            wrong[what] = found
    assert wrong == {}
