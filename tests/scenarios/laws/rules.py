"""The rules of the state machine: actions of programs on one thread, answers of upstream, and events of the process."""

from typing import Any, Final, TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from shim.engine.protocol import DONE
from shim.ports import Refusal
from tests.scenarios.laws.life import LIFETIME, Item, Life, Run
from tests.scenarios.laws.reading import Both, ending, finished
from tests.translate import upstream_events

Json = dict[str, Any]
WORDS: Final = st.text("abc é😀", min_size=1, max_size=4)
#: Upstream's reaction to a request: an answer is opened; the request is refused (400); the server fails (500).
MOODS: Final = st.sampled_from([None] * 6 + [Refusal(400, "Bad schema."), Refusal(500, "Away.")])
OPENS: Final = st.sampled_from([True, True, False])
KINDS: Final = st.sampled_from(["call", "message", "search", "call", "message"])
HOW: Final = st.sampled_from(["completed"] * 8 + ["cap", "filter", "failed", "cancelled", "lost", "error", "silence"])
#: The status of a run whose answer ends in this way; `failed` for all others.
BECOMES: Final = {"failed": "failed", "cancelled": "cancelled"}
#: Calls on a deleted thread.
GONE: Final[list[tuple[str, str, Json | None]]] = [
    ("DELETE", "", None),
    ("POST", "/messages", {"role": "user", "content": "Hello"}),
    ("GET", "/runs/run_1", None),
]
WHICH: Final = st.integers(0, 9)
T = TypeVar("T")
FUNCTION: Final = {"type": "function", "function": {"name": "f"}}


def one_of(things: list[T], which: int) -> T:
    """The drawn element; 0 draws the last one, which matters most."""
    return things[(which - 1) % len(things)]


def unclear(run: Run, item: Item) -> bool:
    """Whether an item without an `added` event could be an announced one under another id."""
    return not item.begun and any(
        each.kind == item.kind and each.begun and not each.done and not each.identified for each in run.items
    )


class Thread(Both):
    """The rules: calls of programs, events from upstream, and the death of processes."""

    @initialize()
    def fresh(self) -> None:
        self.life = Life(self.place.harness.thread(), self.place.harness.clock())
        self.opened = False

    def teardown(self) -> None:
        """End the open answer, and compare everything for the last time."""
        if (run := self.spoken_to) is not None:
            self.read(run, None)
            if run.active:
                self.life.end(run, "failed")
        self.place.end()
        self.agree(on_all=True)

    # Programs.

    @rule(role=st.sampled_from(["user", "user", "assistant"]), text=WORDS)
    def post(self, role: str, text: str) -> None:
        self.call(lambda: self.life.post(role, text), "POST", "/messages", {"role": role, "content": text})
        self.agree()

    @precondition(lambda self: self.life.messages)
    @rule(which=WHICH)
    def delete_message(self, which: int) -> None:
        message, body = one_of(list(zip(self.life.messages, self.listed("/messages"), strict=True)), which)
        id = body["id"]
        self.call(lambda: self.life.drop(message, id), "DELETE", f"/messages/{id}")
        self.agree()

    @rule(streamed=st.booleans(), mood=MOODS, text=st.sampled_from(["", "Be kind."]), more=st.lists(WORDS, max_size=1),
          opens=OPENS)  # fmt: skip
    def start(self, streamed: bool, mood: Refusal | None, text: str, more: list[str], opens: bool) -> None:
        count, entries = len(self.life.messages), len(self.life.entries)
        added = [{"role": "user", "content": text} for text in more]
        body = {"assistant_id": self.assistants[text], "stream": streamed, "additional_messages": added}

        def undo() -> None:
            self.life.runs.pop()
            del self.life.messages[count:], self.life.entries[entries:]

        self.opened = self.opened and self.spoken_to is not None
        self.speak(lambda: self.life.start(text, more), undo, "/runs", body, mood)
        self.agree()
        self.perhaps_open(opens)

    def perhaps_open(self, opens: bool) -> None:
        if opens and self.spoken_to is not None and not self.opened:
            self.open()

    @precondition(lambda self: self.life.runs and self.life.runs[-1].call_step is not None and not self.spoken_to)
    @rule(turned=st.booleans(), streamed=st.booleans(), mood=MOODS, opens=OPENS)
    def submit(self, turned: bool, streamed: bool, mood: Refusal | None, opens: bool) -> None:
        """Submit the requested outputs in any order; the run may have expired."""
        run = self.life.runs[-1]
        assert run.call_step is not None
        self.submits(run, run.call_step.calls[:: -1 if turned else 1], streamed, mood)
        self.perhaps_open(opens)

    @precondition(lambda self: self.life.runs)
    @rule(which=WHICH, picks=st.lists(WHICH, min_size=1, max_size=3), streamed=st.booleans())
    def submit_amiss(self, which: int, picks: list[int], streamed: bool) -> None:
        """Submit to any run outputs that do not match its calls."""
        run = one_of(self.life.runs, which)
        calls = [*run.call_step.calls] if run.call_step is not None else []
        got = [one_of([*calls, "call_x"], pick) for pick in picks]
        if sorted(got) != sorted(calls):
            self.submits(run, got, streamed, None)

    def submits(self, run: Run, got: list[str], streamed: bool, mood: Refusal | None) -> None:
        outputs = [f"{number} of {call_id}" for number, call_id in enumerate(got)]
        given = [{"tool_call_id": call_id, "output": output} for call_id, output in zip(got, outputs, strict=True)]
        before = run.tip, run.response, run.items, run.order

        def model() -> Run:
            self.life.submit(run, got, outputs)
            self.opened = False
            self.seen["outputs were taken"] += 1
            return run

        def undo() -> None:
            self.life.unsubmit(run)
            run.tip, run.response, run.items, run.order = before

        body = {"stream": streamed, "tool_outputs": given}
        self.speak(model, undo, f"/runs/{run.id}/submit_tool_outputs", body, mood)
        self.agree()

    @precondition(lambda self: self.life.runs)
    @rule(which=WHICH, sure=st.booleans())
    def cancel(self, which: int, sure: bool) -> None:
        if not sure:
            return
        run = one_of(self.life.runs, which)
        changed = self.call(lambda: self.life.cancel(run), "POST", f"/runs/{run.id}/cancel")
        if changed is not None:
            assert changed["status"] == "cancelling"
            if run.carried:
                self.life.end(run, "cancelled")
        self.agree()

    @precondition(lambda self: self.life.runs)
    @rule(which=WHICH, value=WORDS)
    def update(self, which: int, value: str) -> None:
        run = one_of(self.life.runs, which)
        self.call(lambda: self.life.update(run, {"a": value}), "POST", f"/runs/{run.id}", {"metadata": {"a": value}})
        self.agree()

    @precondition(lambda self: self.place.pump is not None and self.place.pump.view is not None)
    @rule()
    def leave(self) -> None:
        self.place.leave()
        self.seen["a reader left"] += 1

    @rule(sure=st.sampled_from([False] * 5 + [True]))
    def delete_thread(self, sure: bool) -> None:
        """Delete the thread in any state, then continue with a new one."""
        if not sure:
            return
        self.call(self.life.delete, "DELETE", "")
        for method, path, body in GONE:
            self.call(self.life.touch, method, path, body)
        assert self.place.pump is None or self.place.pump.over
        self.place.wake()
        self.fresh()

    # Time, and the process.

    @rule(seconds=st.sampled_from([1.0, 20.0, 290.0, 290.0, 600.0]))
    def wait(self, seconds: float) -> None:
        """Let time pass without a call afterwards, so that an event from upstream may come first."""
        self.place.wait(seconds)

    @precondition(lambda self: self.spoken_to is not None)
    @rule(sure=st.sampled_from([False, False, True]))
    def die(self, sure: bool) -> None:
        if sure and self.spoken_to is not None:
            self.life.now = self.place.harness.clock()
            self.life.lose(self.spoken_to)
            self.place.die(self.life.id)
            self.seen["a process died"] += 1

    @precondition(lambda self: self.place.left and not any(run.active for run in self.life.runs))
    @rule()
    def wake(self) -> None:
        """A paused process continues, and finds that its run has ended."""
        self.place.wake()
        self.agree()
        self.seen["a process came back"] += 1

    # Upstream.

    @precondition(lambda self: self.spoken_to is not None and not self.opened)
    @rule()
    def open(self) -> None:
        run = self.spoken_to
        assert run is not None
        self.opened = True
        echo = self.place.upstream.bodies[-1].get("previous_response_id")
        self.read(run, [upstream_events.created(id=run.response, previous_response_id=echo, store=True)])
        if run.active:
            self.life.begin(run)
        self.agree()

    def read(self, run: Run, read: Any) -> None:
        """Upstream sends one network read; an expired run ends before it processes the read."""
        self.place.send(read)
        self.life.now = self.place.harness.clock()
        if self.life.now >= run.created + LIFETIME:
            self.life.end(run, "expired")

    @precondition(lambda self: self.spoken_to is not None and self.opened)
    @rule(kind=KINDS, silent=st.sampled_from([False, False, True]))
    def item(self, kind: str, silent: bool) -> None:
        """An output item begins; for a ``silent`` one no event is sent yet."""
        run = self.spoken_to
        assert run is not None
        # Calls of every response have the same ids, as on some servers.
        number = len(run.items)
        item = Item(kind, f"item_{number}", f"call_{number}" if kind == "call" else "")
        run.items.append(item)
        if not silent:
            self.read(run, [upstream_events.added(finished(item))])
            if run.active:
                self.life.announce(run, item)
        self.agree()

    @precondition(lambda self: self.spoken_to is not None and self.spoken_to.items)
    @rule(which=WHICH, more=WORDS)
    def delta(self, which: int, more: str) -> None:
        run = self.spoken_to
        assert run is not None
        item = one_of(run.items, which)
        if item.kind == "search" or item.done or (item.kind == "message" and unclear(run, item)):
            return
        delta = upstream_events.text if item.kind == "message" else upstream_events.arguing
        self.read(run, [delta(more, item=item.id)])
        if run.active:
            if item.kind == "message" and more and not item.begun:
                self.life.announce(run, item)
            item.text += more
            item.received += more if item.begun else ""
            item.identified = item.identified or bool(more)

    @precondition(lambda self: self.spoken_to is not None and self.spoken_to.items)
    @rule(which=WHICH, more=st.sampled_from(["", "", "."]))
    def whole(self, which: int, more: str) -> None:
        """An item is done, perhaps for the second time, perhaps with text that no delta contained."""
        run = self.spoken_to
        assert run is not None
        item = one_of(run.items, which)
        if unclear(run, item):
            return
        item.text += "" if item.done else more
        self.read(run, [upstream_events.done(finished(item))])
        if run.active:
            self.life.finish(run, item)
        self.agree()

    @precondition(lambda self: self.spoken_to is not None)
    @rule(kinds=st.lists(KINDS, min_size=1, max_size=3), how=HOW, outputs=st.booleans(), streamed=st.booleans(),
          mood=MOODS)  # fmt: skip
    def answer(self, kinds: list[str], how: str, outputs: bool, streamed: bool, mood: Refusal | None) -> None:
        """Send a whole answer; if it asks for outputs, submit them or not (``outputs``)."""
        run, self.silent = self.spoken_to, True
        assert run is not None
        if not self.opened:
            self.open()
        for number, kind in enumerate(kinds):
            if run.active:
                self.item(kind, number == 1)
        self.silent = False
        if run.active:
            self.end(how)
        if outputs and run.call_step is not None:
            self.submits(run, run.call_step.calls[::-1], streamed, mood)
            self.perhaps_open(True)

    @precondition(lambda self: self.spoken_to is not None)
    @rule(how=HOW)
    def end(self, how: str) -> None:
        run = self.spoken_to
        assert run is not None
        read, _ = ending(run, how)
        self.read(run, read)
        if how == "error" and run.active:
            self.place.send(None)
        if run.active:
            self.becomes(run, how)
        self.agree()
        self.check_events(run)

    def becomes(self, run: Run, how: str) -> None:
        if how == "completed":
            self.life.complete(run)
        elif how in ("cap", "filter"):
            self.life.cut(run, {"cap": "max_tokens", "filter": "content_filter"}[how])
        else:
            self.life.end(run, BECOMES.get(how, "failed"))

    def check_events(self, run: Run) -> None:
        """The last emitted events are the one that shows the run's status, and `done`."""
        pump = self.place.pump
        assert pump is not None
        assert pump.over
        closing = [name for name, data in pump.emitted if data.get("object") == "thread.run" and "expires_at" in data]
        assert closing[-1] == f"thread.run.{run.status}"
        assert pump.emitted[-1] == DONE
