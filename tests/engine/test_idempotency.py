"""Which requests count as another attempt of an earlier request, and which are new requests."""

from typing import Any

import pytest

from shim.engine import idempotency
from shim.engine.idempotency import MAX_ATTEMPTS, Kind, Post, Repeated
from shim.engine.protocol import Request
from shim.runtime import drive
from shim.wire.errors import ApiError
from tests.engine.scripted import World

PATH, BODY = "threads/thread_1/messages", b'{"role": "user", "content": "Yes"}'


def asked(
    world: World, kind: Kind = "message", *, path: str = PATH, body: bytes = BODY, attempt: int = 0, key: str = ""
) -> Post:
    headers = {"X-Stainless-Retry-Count": str(attempt)} | ({"Idempotency-Key": key} if key else {})
    return idempotency.post(world.context, Request("POST", path, (), headers, body), kind)


def noted(world: World, post: Post, made: str, thread: str | None) -> int:
    return world.base.write(idempotency.note, world.context, post, made, thread)


def found(world: World, post: Post) -> str | None:
    """The object of an earlier request that is matched; None if this one must have its effect."""
    try:
        world.base.write(idempotency.check, post)
    except Repeated as again:
        return again.row.made
    return None


@pytest.fixture
def thread(world: World) -> str:
    return world.thread()


def test_two_requests_have_one_mark_if_path_and_body_are_the_same(world: World) -> None:
    mark = asked(world).mark
    assert asked(world, attempt=1).mark == mark
    others = [asked(world, path=f"{PATH}x"), asked(world, body=b"{}"), asked(world, key="mine")]
    assert len({mark, *(each.mark for each in others)}) == 4


def test_with_a_key_the_mark_does_not_depend_on_the_body(world: World) -> None:
    first = asked(world, key="mine")
    other = asked(world, key="mine", body=b"{}")
    assert (first.mark, first.digest) == (other.mark, asked(world).mark)
    assert other.digest != first.digest
    assert asked(world, key="yours").mark != first.mark
    assert asked(world, key="mine", path=f"{PATH}x").mark != first.mark


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
def test_the_header_of_attempts_may_have_any_value(world: World, count: str, attempt: int) -> None:
    request = Request("POST", PATH, (), {idempotency.COUNT: count}, BODY)
    post = idempotency.post(world.context, request, "message")
    assert (post.attempt, post.in_doubt) == (attempt, attempt > 0)


def test_creating_a_thread_or_an_assistant_is_matched_only_by_a_key(world: World) -> None:
    kinds: tuple[Kind, ...] = ("assistant", "thread")
    for kind in kinds:
        again = asked(world, kind, attempt=1)
        assert (again.attempt, again.in_doubt) == (0, False)
        assert noted(world, again, f"{kind}_1", None) == 0
        assert found(world, asked(world, kind, attempt=2)) is None
        assert noted(world, asked(world, kind, key=kind), f"{kind}_2", None) > 0
        assert found(world, asked(world, kind, key=kind)) == f"{kind}_2"


def test_another_attempt_finds_the_object_of_the_first(world: World, thread: str) -> None:
    first = asked(world)
    assert found(world, first) is None
    seq = noted(world, first, "msg_1", thread)
    assert found(world, asked(world, attempt=1)) == "msg_1"
    assert found(world, asked(world, attempt=0)) is None, "the same words once more"
    world.base.write(idempotency.forget, seq)
    assert found(world, asked(world, attempt=1)) is None, "it was taken back"


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
    world: World, thread: str, kind: Kind, then: Kind, same: bool
) -> None:
    noted(world, asked(world, kind), "first", thread)
    noted(world, asked(world, then, body=b"other"), "later", world.thread())
    assert found(world, asked(world, kind, attempt=1)) == "first", "another thread says nothing"
    noted(world, asked(world, then, body=b"other"), "later", thread)
    assert found(world, asked(world, kind, attempt=1)) == ("first" if same else None)


def test_with_a_key_later_requests_do_not_count(world: World, thread: str) -> None:
    noted(world, asked(world, key="mine"), "msg_1", thread)
    noted(world, asked(world, "run", body=b"run"), "run_1", thread)
    assert found(world, asked(world, key="mine")) == "msg_1"
    with pytest.raises(ApiError, match="another body before"):
        found(world, asked(world, key="mine", body=b"{}"))


def test_after_ten_minutes_a_repetition_is_a_new_request(world: World, thread: str) -> None:
    noted(world, asked(world), "msg_1", thread)
    noted(world, asked(world, key="mine"), "msg_2", thread)
    world.clock.time += 599
    assert [found(world, asked(world, attempt=1)), found(world, asked(world, key="mine"))] == ["msg_1", "msg_2"]
    world.clock.time += 2
    assert [found(world, asked(world, attempt=1)), found(world, asked(world, key="mine"))] == [None, None]


def test_only_possible_repetitions_are_checked_beforehand(world: World, thread: str) -> None:
    noted(world, asked(world), "msg_1", thread)

    def look(post: Post) -> None:
        drive.finish(idempotency.check_early(world.context, post))

    look(asked(world))
    with pytest.raises(Repeated, match="message msg_1"):
        look(asked(world, attempt=1))


def test_each_earlier_request_is_claimed_by_one_repetition(world: World, thread: str) -> None:
    noted(world, asked(world), "msg_1", thread)

    def claim(**given: Any) -> bool:
        post = asked(world, **given)
        with pytest.raises(Repeated) as again:
            world.base.read(idempotency._check, post)
        return drive.finish(idempotency.claim(world.context, again.value))

    with pytest.raises(Repeated) as of_both:
        world.base.read(idempotency._check, asked(world, attempt=1))
    assert claim(attempt=1)
    assert not drive.finish(idempotency.claim(world.context, of_both.value)), "the other one was quicker"
    assert claim(attempt=2), "the same request, once more"
    noted(world, asked(world, key="mine"), "msg_2", thread)
    assert claim(key="mine")
    assert claim(key="mine"), "a key may come as often as it likes"


def test_a_first_attempt_that_arrives_last_gets_the_object_of_the_second(world: World, thread: str) -> None:
    first = asked(world)
    noted(world, asked(world, attempt=1), "msg_1", thread)
    with pytest.raises(Repeated) as again:
        world.base.write(idempotency.check, first)
    assert drive.finish(idempotency.claim(world.context, again.value))
    assert drive.finish(idempotency.claim(world.context, again.value)), "nobody claims what came later"
