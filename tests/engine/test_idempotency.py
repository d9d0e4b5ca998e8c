"""Which requests count as another attempt of an earlier request, and which are new requests."""

from typing import Any

import pytest

from shim.engine import idempotency
from shim.engine.idempotency import MAX_ATTEMPTS, Kind, Post, Repeated
from shim.engine.protocol import Request
from shim.runtime import drive
from shim.wire.errors import ApiError
from tests.engine.scripted import Harness

PATH, BODY = "threads/thread_1/messages", b'{"role": "user", "content": "Yes"}'


def requested(
    harness: Harness, kind: Kind = "message", *, path: str = PATH, body: bytes = BODY, attempt: int = 0, key: str = ""
) -> Post:
    headers = {"X-Stainless-Retry-Count": str(attempt)} | ({"Idempotency-Key": key} if key else {})
    return idempotency.post(harness.context, Request("POST", path, (), headers, body), kind)


def noted(harness: Harness, post: Post, made: str, thread: str | None) -> int:
    return harness.base.write(idempotency.note, harness.context, post, made, thread)


def found(harness: Harness, post: Post) -> str | None:
    """The object of an earlier request that is matched; None if this one must have its effect."""
    try:
        harness.base.write(idempotency.check, post)
    except Repeated as repeated:
        return repeated.row.made
    return None


@pytest.fixture
def thread(harness: Harness) -> str:
    return harness.thread()


def test_two_requests_have_one_mark_if_path_and_body_are_the_same(harness: Harness) -> None:
    mark = requested(harness).mark
    assert requested(harness, attempt=1).mark == mark
    others = [requested(harness, path=f"{PATH}x"), requested(harness, body=b"{}"), requested(harness, key="mine")]
    assert len({mark, *(each.mark for each in others)}) == 4


def test_with_a_key_the_mark_does_not_depend_on_the_body(harness: Harness) -> None:
    first = requested(harness, key="mine")
    other = requested(harness, key="mine", body=b"{}")
    assert (first.mark, first.digest) == (other.mark, requested(harness).mark)
    assert other.digest != first.digest
    assert requested(harness, key="yours").mark != first.mark
    assert requested(harness, key="mine", path=f"{PATH}x").mark != first.mark


@pytest.mark.parametrize(
    "count, attempt",
    [
        ("0", 0),
        ("2", 2),
        ("999999999", MAX_ATTEMPTS),
        ("1000000000", 0),  # more digits than are parsed
        ("-1", 0),
        ("one", 0),
        ("", 0),
        ("²", 0),  # true for `isdigit`, but an error for `int`
    ],
)
def test_the_header_of_attempts_may_have_any_value(harness: Harness, count: str, attempt: int) -> None:
    request = Request("POST", PATH, (), {idempotency.COUNT: count}, BODY)
    post = idempotency.post(harness.context, request, "message")
    assert (post.attempt, post.in_doubt) == (attempt, attempt > 0)


def test_creating_a_thread_or_an_assistant_is_matched_only_by_a_key(harness: Harness) -> None:
    kinds: tuple[Kind, ...] = ("assistant", "thread")
    for kind in kinds:
        repeated = requested(harness, kind, attempt=1)
        assert (repeated.attempt, repeated.in_doubt) == (0, False)
        assert noted(harness, repeated, f"{kind}_1", None) == 0
        assert found(harness, requested(harness, kind, attempt=2)) is None
        assert noted(harness, requested(harness, kind, key=kind), f"{kind}_2", None) > 0
        assert found(harness, requested(harness, kind, key=kind)) == f"{kind}_2"


def test_another_attempt_finds_the_object_of_the_first(harness: Harness, thread: str) -> None:
    first = requested(harness)
    assert found(harness, first) is None
    seq = noted(harness, first, "msg_1", thread)
    assert found(harness, requested(harness, attempt=1)) == "msg_1"
    assert found(harness, requested(harness, attempt=0)) is None, "the same words once more"
    harness.base.write(idempotency.forget, seq)
    assert found(harness, requested(harness, attempt=1)) is None, "it was taken back"


#: A request, a later one to its thread, and whether a repetition is still matched with the first.
MEANWHILE: list[tuple[Kind, Kind, bool]] = [
    ("message", "message", True),
    ("message", "run", False),
    ("run", "message", False),
    ("run", "run", False),
    ("run", "outputs", False),
    ("run", "cancel", True),
    ("outputs", "run", True),
    ("cancel", "message", True),
]


@pytest.mark.parametrize("kind, then, same", MEANWHILE)
def test_later_requests_show_whether_the_caller_had_received_the_answer(
    harness: Harness, thread: str, kind: Kind, then: Kind, same: bool
) -> None:
    noted(harness, requested(harness, kind), "first", thread)
    noted(harness, requested(harness, then, body=b"other"), "later", harness.thread())
    assert found(harness, requested(harness, kind, attempt=1)) == "first", "another thread says nothing"
    noted(harness, requested(harness, then, body=b"other"), "later", thread)
    assert found(harness, requested(harness, kind, attempt=1)) == ("first" if same else None)


def test_with_a_key_later_requests_do_not_count(harness: Harness, thread: str) -> None:
    noted(harness, requested(harness, key="mine"), "msg_1", thread)
    noted(harness, requested(harness, "run", body=b"run"), "run_1", thread)
    assert found(harness, requested(harness, key="mine")) == "msg_1"
    with pytest.raises(ApiError, match="another body before"):
        found(harness, requested(harness, key="mine", body=b"{}"))


def test_after_ten_minutes_a_repetition_is_a_new_request(harness: Harness, thread: str) -> None:
    noted(harness, requested(harness), "msg_1", thread)
    noted(harness, requested(harness, key="mine"), "msg_2", thread)
    harness.clock.time += 599
    assert [found(harness, requested(harness, attempt=1)), found(harness, requested(harness, key="mine"))] == [
        "msg_1",
        "msg_2",
    ]
    harness.clock.time += 2
    assert [found(harness, requested(harness, attempt=1)), found(harness, requested(harness, key="mine"))] == [
        None,
        None,
    ]


def test_only_possible_repetitions_are_checked_beforehand(harness: Harness, thread: str) -> None:
    noted(harness, requested(harness), "msg_1", thread)

    def check(post: Post) -> None:
        drive.finish(idempotency.check_early(harness.context, post))

    check(requested(harness))
    with pytest.raises(Repeated, match="message msg_1"):
        check(requested(harness, attempt=1))


def test_each_earlier_request_is_claimed_by_one_repetition(harness: Harness, thread: str) -> None:
    noted(harness, requested(harness), "msg_1", thread)

    def claim(**given: Any) -> bool:
        post = requested(harness, **given)
        with pytest.raises(Repeated) as repeated:
            harness.base.read(idempotency._check, post)
        return drive.finish(idempotency.claim(harness.context, repeated.value))

    with pytest.raises(Repeated) as of_both:
        harness.base.read(idempotency._check, requested(harness, attempt=1))
    assert claim(attempt=1)
    assert not drive.finish(idempotency.claim(harness.context, of_both.value)), "the other one was quicker"
    assert claim(attempt=2), "the same request, once more"
    noted(harness, requested(harness, key="mine"), "msg_2", thread)
    assert claim(key="mine")
    assert claim(key="mine"), "a key may come as often as it likes"


def test_a_first_attempt_that_arrives_last_gets_the_object_of_the_second(harness: Harness, thread: str) -> None:
    first = requested(harness)
    noted(harness, requested(harness, attempt=1), "msg_1", thread)
    with pytest.raises(Repeated) as repeated:
        harness.base.write(idempotency.check, first)
    assert drive.finish(idempotency.claim(harness.context, repeated.value))
    assert drive.finish(idempotency.claim(harness.context, repeated.value)), "nobody claims what came later"
