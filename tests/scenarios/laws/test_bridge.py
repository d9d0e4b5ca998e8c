"""Whichever side adds a turn to a conversation, the transcript is the same: the old API, native calls, native calls
with `store: false`, the Agents SDK.
"""

import asyncio
import json
from collections import Counter
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shim import AsyncOpenAI, OpenAI, ShimSession

agents = pytest.importorskip("agents")

MODEL, INSTRUCTIONS, OUTPUT = "gpt-4o", "Be kind.", "forty-two"
PARAMETERS: Final = {"type": "object", "properties": {}, "additionalProperties": False}
OLD_TOOL: Final = {"type": "function", "function": {"name": "look_up", "parameters": PARAMETERS}}
TOOL: Final = {"type": "function", "name": "look_up", "parameters": PARAMETERS, "strict": False}
#: The question of a turn, and how many requests to upstream the turn takes.
QUESTIONS: Final = {"Hello.": 1, "look_up, please": 2, "look_up aloud then look_up": 3, "two-messages": 1}
seen: Counter[str] = Counter()


class Application:
    """One store and one sandbox, with an assistant and an agent that have the same instructions."""

    def __init__(self) -> None:
        self.client = OpenAI()
        self.assistant = self.client.beta.assistants.create(model=MODEL, instructions=INSTRUCTIONS, tools=[OLD_TOOL]).id

    def thread(self) -> str:
        return self.client.beta.threads.create().id

    def old(self, thread_id: str, question: str) -> None:
        self.client.beta.threads.messages.create(thread_id, role="user", content=question)
        runs = self.client.beta.threads.runs
        run = runs.create_and_poll(thread_id=thread_id, assistant_id=self.assistant)
        while run.status == "requires_action":
            calls = run.required_action.submit_tool_outputs.tool_calls
            outputs = [{"tool_call_id": call.id, "output": OUTPUT} for call in calls]
            run = runs.submit_tool_outputs_and_poll(run_id=run.id, thread_id=thread_id, tool_outputs=outputs)
        assert run.status == "completed"

    def native(self, thread_id: str, question: str) -> None:
        """Add a turn as a chain of native responses, which is adopted as a whole by its last response."""
        request: dict[str, Any] = self.client.shim.thread(thread_id).request(question)
        while True:
            response = self._create(**request)
            outputs = _outputs(response)
            if not outputs:
                break
            request = {"previous_response_id": response.id, "input": outputs}
        self.client.shim.adopt(thread_id, response)
        assert self.client.shim.thread(thread_id).last_response_id == response.id
        assert self.client.shim.thread(thread_id).input_items() == []

    def unstored(self, thread_id: str, question: str) -> None:
        """Add a turn of native responses that upstream does not store; each is adopted with its input."""
        items: list[Any] = [*self.client.shim.thread(thread_id).input_items(everything=True)]
        items.append({"role": "user", "content": question})
        while True:
            response = self._create(input=items, store=False)
            self.client.shim.adopt(thread_id, response, input=items)
            outputs = _outputs(response)
            if not outputs:
                return
            items += [item.to_dict(mode="json") for item in response.output] + outputs

    def agent(self, thread_id: str, question: str) -> None:
        asyncio.run(_agent(thread_id, question))

    def _create(self, **request: Any) -> Any:
        return self.client.responses.create(model=MODEL, instructions=INSTRUCTIONS, tools=[TOOL], **request)

    def transcript(self, thread_id: str) -> tuple[Any, Any]:
        """The items that a model receives, with numbered call ids, and the messages that the old API lists."""
        items = json.dumps(self.client.shim.thread(thread_id).input_items(everything=True))
        for number, call_id in enumerate(_call_ids(json.loads(items))):
            items = items.replace(call_id, f"call {number}")
        page = self.client.beta.threads.messages.list(thread_id, order="asc", limit=100)
        return json.loads(items), [(each.role, [part.text.value for part in each.content]) for each in page.data]


async def _agent(thread_id: str, question: str) -> None:
    async with AsyncOpenAI() as client:
        model = agents.OpenAIResponsesModel(MODEL, client)
        tool = agents.FunctionTool("look_up", "", dict(PARAMETERS), _look_up, strict_json_schema=False)
        agent = agents.Agent(name="One", instructions=INSTRUCTIONS, tools=[tool], model=model)
        config = agents.RunConfig(tracing_disabled=True)
        await agents.Runner.run(agent, question, session=ShimSession(thread_id, client), run_config=config)


async def _look_up(*_: Any) -> str:
    return OUTPUT


def _outputs(response: Any) -> list[Any]:
    calls = [item for item in response.output if item.type == "function_call"]
    return [{"type": "function_call_output", "call_id": call.call_id, "output": OUTPUT} for call in calls]


def _call_ids(items: list[Any]) -> list[str]:
    return [item["call_id"] for item in items if item["type"] == "function_call"]


@pytest.fixture
def app(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Application:
    monkeypatch.setenv("SHIM_UPSTREAM", "sandbox")
    monkeypatch.setenv("SHIM_DATABASE_URL", f"sqlite:///{tmp_path / 'shim.db'}")
    return Application()


SIDES: Final = ("old", "native", "unstored", "agent")
TURNS: Final = st.lists(st.tuples(st.sampled_from(SIDES), st.sampled_from(sorted(QUESTIONS))), min_size=1, max_size=4)


def test_the_transcript_is_the_same_whichever_side_adds_a_turn(app: Application) -> None:
    def both(turns: list[tuple[str, str]]) -> None:
        mixed, plain = app.thread(), app.thread()
        for side, question in turns:
            getattr(app, side)(mixed, question)
            app.old(plain, question)
            seen.update([f"{side} {question}"])
        assert app.transcript(mixed) == app.transcript(plain)

    # Always: every kind of turn by every side, and every side after every other one.
    for question in QUESTIONS:
        both([(side, question) for side in SIDES])
    both([(side, "Hello.") for side in ("old", "unstored", "native", "old", "agent", "native", "agent", "unstored")])
    few = settings(max_examples=6, derandomize=True, deadline=None)
    few(given(TURNS)(both))()
    assert set(seen) == {f"{side} {question}" for side in SIDES for question in QUESTIONS}
