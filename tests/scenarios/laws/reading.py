"""One thread in the shim and in a model of it: every action is applied to both, and both must agree."""

import json
from collections import Counter
from collections.abc import Callable
from typing import Any

from hypothesis.stateful import RuleBasedStateMachine

from shim.ports import Refusal
from tests.engine.scripted import Refused
from tests.scenarios.laws.life import DRIVEN, Item, Life, No, Run, Step
from tests.scenarios.laws.living import Place
from tests.translate import upstream_events

Json = dict[str, Any]


class Both(RuleBasedStateMachine):
    """Sends calls and compares the results; subclasses add the rules."""

    place: Place
    #: Two assistants, by their instructions.
    assistants: dict[str, str]
    #: How often each status, refusal and happening occurred, in all examples.
    seen: Counter[str]
    life: Life
    #: Set while one rule takes several actions: only the result of the last one is compared.
    silent = False
    #: The run for which the current call should send a request to upstream.
    sender: Run | None = None

    def call(
        self, model: Callable[[], Any], method: str, path: str, body: Json | None = None, query: Json | None = None
    ) -> Json | None:
        """Apply a call to the model and the shim: the answer, or None where both refused it with the same error."""
        self.life.now, no = self.place.harness.clock(), None
        try:
            model()
        except No as refusal:
            no = refusal
        try:
            reply = self.place.call(method, f"threads/{self.life.id}{path}", body, query)
        except Refused as refused:
            if no is None:
                raise
            self._compare_messages(refused, no)
            return None
        assert no is None, no
        found: Json = {} if reply.streamed else json.loads(reply.body)
        return found

    def _compare_messages(self, refused: Refused, no: No) -> None:
        error = {"message": no.message, "type": "invalid_request_error", "param": None, "code": no.code}
        assert (refused.status, refused.error) == (no.status, error)
        self.seen[" ".join(part for part in no.message.split()[:4] if "_" not in part)] += 1

    def listed(self, path: str) -> list[Json]:
        """A whole list, oldest first."""
        found = self.call(self.life.touch, "GET", path, query={"order": "asc", "limit": "100"})
        assert found is not None
        data: list[Json] = found["data"]
        return data

    def agree(self, on_all: bool = False) -> None:
        """Compare messages, runs and the last run's steps, as programs read them; ``on_all``: the steps of all runs."""
        if self.silent:
            return
        messages, runs = self.listed("/messages"), self.listed("/runs")
        assert [_message(each) for each in messages] == [
            (each.role, each.text, each.status, each.reason) for each in self.life.messages
        ]
        assert [each["status"] for each in runs] == [run.status for run in self.life.runs]
        for run, body in zip(self.life.runs, runs, strict=True):
            run.id = run.id or body["id"]
            self._agree_on(run, body)
            if on_all or run is self.life.runs[-1]:
                self._agree_on_steps(run)
        if runs:
            self.seen[self.life.runs[-1].status] += 1

    def _agree_on(self, run: Run, body: Json) -> None:
        assert (body["id"], body["metadata"]) == (run.id, run.metadata)
        action = body["required_action"]
        call_ids = [call["id"] for call in action["submit_tool_outputs"]["tool_calls"]] if action else None
        if run.call_step and run.status == "requires_action":
            _compare_ids(run, run.call_step, call_ids or [])
        else:
            assert call_ids is None
        assert (body["expires_at"] is None, body["usage"] is None) == (not run.active, run.active)

    def _agree_on_steps(self, run: Run) -> None:
        steps = self.listed(f"/runs/{run.id}/steps")
        assert [(each["type"], each["status"]) for each in steps] == [(step.kind, step.status) for step in run.steps]
        for step, each in zip(run.steps, steps, strict=True):
            _agree_on_calls(step, each["step_details"])

    def speak(self, model: Callable[[], Run], undo: Callable[[], None], path: str, body: Json, mood: Any) -> None:
        """Apply a call that sends a request to upstream if the call is accepted.

        Compares that request with the model's.  ``mood``: upstream's refusal, or None.
        """
        self.sender, self.place.upstream.refusal = None, mood
        bodies = self.place.upstream.bodies
        before, refused = len(bodies), mood is not None and mood.status == 400 and body["stream"]

        def with_mood() -> None:
            self.sender = model()
            if refused:
                raise No(400, mood.message)

        self.call(with_mood, "POST", path, body)
        if self.sender is None:
            assert len(bodies) == before, "a refused call causes no request"
            return
        (sent,) = bodies[before:]
        self._check(self.sender, sent, "" if mood else self.place.answer.id)
        if refused:
            undo()
        elif mood is not None:
            self.life.end(self.sender, "failed")

    def _check(self, run: Run, sent: Json, response: str) -> None:
        wanted = self.life.request(run, response)
        assert [_simply(item) for item in sent["input"]] == wanted["input"]
        assert sent.get("previous_response_id") == wanted["previous"]
        assert sent.get("instructions", "") == run.instructions
        assert [tool["name"] for tool in sent["tools"]] == ["f"]
        assert sent["store"] is True

    @property
    def spoken_to(self) -> Run | None:
        """The run that is receiving an answer from upstream."""
        last = self.life.runs[-1] if self.life.runs else None
        return last if last is not None and last.status in DRIVEN[:2] and last.carried else None


def _message(body: Json) -> tuple[str, str, str, str | None]:
    text = "".join(part["text"]["value"] for part in body["content"])
    details = body["incomplete_details"]
    return body["role"], text, body["status"], details["reason"] if details else None


def _compare_ids(run: Run, step: Step, call_ids: list[str]) -> None:
    """Each call id occurs once in a run: upstream's own id, unless an earlier call of the run had the same one."""
    before = {call_id for each in run.steps if each is not step for call_id in each.calls}
    assert len(call_ids) == len({*call_ids}) == len(step.upstream)
    assert before.isdisjoint(call_ids)
    assert all(seen == own or own in before for seen, own in zip(call_ids, step.upstream, strict=True))
    step.calls = call_ids


def _agree_on_calls(step: Step, details: Json) -> None:
    """The calls of a step in progress are emitted as deltas only, except for the step that waits for outputs."""
    if step.status != "in_progress" or step.requested:
        calls = [call for call in details.get("tool_calls", ()) if call["type"] == "function"]
        assert [call["function"]["output"] for call in calls] == step.outputs
        # A step that never required outputs has ids that the model cannot know.
        assert not step.requested or [call["id"] for call in calls] == step.calls


def _simply(item: Json) -> tuple[str, str]:
    """An input item in the model's notation."""
    kind = item.get("type")
    if kind == "function_call":
        return "call", item["call_id"]
    if kind == "function_call_output":
        return "output", f"{item['call_id']} {item['output']}"
    content = item["content"]
    return item["role"], content if isinstance(content, str) else "".join(part["text"] for part in content)


def finished(item: Item, status: str = "completed") -> Json:
    """The item as upstream's `done` and its terminal payload show it."""
    if item.kind == "message":
        return upstream_events.message(upstream_events.says(item.text), id=item.id, status=status)
    if item.kind == "search":
        return upstream_events.search(id=item.id)
    return upstream_events.call(item.text, id=item.id, status=status) | {"call_id": item.call_id}


def ending(run: Run, how: str) -> tuple[list[Json] | Refusal | None, list[Item]]:
    """The last network read of an answer that ends in this way, and the items that are incomplete then."""
    begun = [item for item in run.items if item.begun]
    cut = [item for item in begun if not item.done]
    if how in ("cap", "filter"):
        output = [finished(item, "completed" if item.done else "incomplete") for item in begun]
        why = {"reason": {"cap": "max_output_tokens", "filter": "content_filter"}[how]}
        return [upstream_events.ended(*output, id=run.response, status="incomplete", incomplete_details=why)], cut
    if how == "completed":
        return [upstream_events.ended(*map(finished, run.items), id=run.response)], []
    if how in ("failed", "cancelled"):
        return [upstream_events.ended(id=run.response, status=how, usage=None)], cut
    error = {"type": "error", "code": "server_error", "message": "Boom.", "param": None}
    return {"lost": Refusal(None, "Gone."), "error": [error], "silence": None}[how], cut  # type: ignore[return-value]
