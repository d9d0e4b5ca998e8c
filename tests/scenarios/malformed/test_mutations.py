"""One event of an answer is spoilt in every way: the run ends as without it, with the same text and calls."""

import pytest

from tests.scenarios.malformed.streams import STREAMS, final, mutations, translated


@pytest.mark.parametrize("name", STREAMS)
def test_one_spoilt_event_changes_nothing(name: str) -> None:
    events = STREAMS[name]
    whole = final(translated(events)[1])
    wrong = {}
    for what, spoilt in mutations(events):
        _, emitted = translated(spoilt)
        found = final(emitted)
        names = [each for each, _ in emitted]
        assert names.count("thread.run.in_progress") == 1, what
        assert sum(each.startswith("thread.run.") and each.count(".") == 2 for each in names) == 2, what
        if found != whole:
            wrong[what] = found
    assert wrong == {}
