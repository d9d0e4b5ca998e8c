"""Notices that are logged once."""

import pytest

from shim.engine.notices import MAX_SUBJECTS, Notices


def test_a_line_is_logged_once_for_each_subject(caplog: pytest.LogCaptureFixture) -> None:
    notices = Notices()
    for subject in ("thread_1", "thread_2", "thread_1"):
        notices.warn(("thread", subject), "strange: %s", subject)
    notices.warn(("run", "thread_1"), "strange run")
    assert caplog.messages == ["strange: thread_1", "strange: thread_2", "strange run"]
    assert {record.levelname for record in caplog.records} == {"WARNING"}


def test_invented_subjects_fill_neither_log_nor_memory(caplog: pytest.LogCaptureFixture) -> None:
    notices = Notices()
    assert [notices.first("thread", str(n)) for n in range(MAX_SUBJECTS + 9)].count(True) == MAX_SUBJECTS
    notices.warn(("thread", "another"), "nobody hears it")
    assert not notices.first("thread", "0")
    assert caplog.messages == []


def test_each_context_has_its_own_notices() -> None:
    assert Notices().first("a")
    assert Notices().first("a")
