"""Decides the output items for a conversation, by rules, without randomness or clock."""

import json
import re
from dataclasses import replace
from typing import Any, Final

from shim.sandbox.memory.resources import Resources
from shim.sandbox.planning import answers, position, sample
from shim.sandbox.shapes import control_words
from shim.sandbox.shapes.control_words import Script, ToolCall, Turn
from shim.sandbox.shapes.items import text as text_of
from shim.sandbox.shapes.models import Model
from shim.sandbox.shapes.plan import Draft, Plan, PlannedItem, pieces_of
from shim.sandbox.tools import tools
from shim.sandbox.tools.tool_runner import ToolRunner, offered
from shim.wire.types import Json

#: The default number of reasoning tokens.
REASONING_TOKENS: Final = 8
REFUSE: Final = "please-refuse"
_JSON_PIECE: Final = re.compile(r"\w+|\W+")


def decide(context: list[Json], body: Json, echoed: list[Json], model: Model, resources: Resources) -> Plan:
    """``context`` is the whole conversation as stored items, ``echoed`` the tools as the response shows them."""
    return _Planner(context, body, echoed, model, resources).plan()


class _Planner:
    """The state while one response is decided."""

    def __init__(self, context: list[Json], body: Json, echoed: list[Json], model: Model, resources: Resources) -> None:
        self._context, self._body, self._model = context, body, model
        self._names = _callable(body.get("tool_choice"), echoed)
        last, self._since = _last_message(context)
        parallel = body.get("parallel_tool_calls") is not False
        self._script = control_words.parse_message(text_of(last), self._names, parallel)
        hosted = offered(body.get("tools") or [], echoed, set(self._names))
        self._segment, self._retried = position.position(self._script, self._since, hosted)
        self._control_words = self._segment.control_words | self._script.message_words
        self._reasoning = _reasoning_items(body, model, self._control_words)
        think_again = "think-again" in self._control_words
        question = control_words.plain_question(_plain(last), self._names)
        self._runner = ToolRunner(hosted, question, context, body, resources, self._reasoning, think_again)

    def plan(self) -> Plan:
        if self._reasoning and not self._reasoning[0].complete:
            return Plan((replace(self._reasoning[0], complete=True),), "max_output_tokens", self._control_words)
        draft = Draft()
        approved = self._runner.approved(draft)
        if approved is not None:
            items_of_turns = [*approved, *self._answer(draft)]
        elif self._retried:
            items_of_turns = self._calls(self._retried, draft)
        else:
            items_of_turns = self._turns(self._called(), draft)
        items = (*self._runner.tool_lists(), *self._reasoning, *items_of_turns)
        return _bounded(items, self._body.get("max_output_tokens"), self._control_words)

    def _called(self) -> tuple[Turn, ...]:
        """The turns with their calls; if the message names none, a tool choice may force one, or a tool may be called
        without being named.
        """
        if REFUSE in self._control_words:
            return tuple(replace(turn, calls=()) for turn in self._segment.turns)
        if self._segment.calls:
            return self._segment.turns
        unnamed_calls = _forced(self._body.get("tool_choice"), self._script, self._names)
        if not unnamed_calls and not position.answered(self._since):
            unnamed_calls = self._runner.unnamed_calls(self._since)
        first, *others = self._segment.turns
        return (replace(first, calls=unnamed_calls), *others)

    def _turns(self, turns: tuple[Turn, ...], draft: Draft) -> list[PlannedItem]:
        """Hosted calls first; functions end the response, and so does a call that waits for approval."""
        planned: list[PlannedItem] = []
        for index, turn in enumerate(turns):
            control_words = turn.control_words | self._script.message_words
            for call in (each for each in turn.calls if each.name in self._runner.tools):
                planned += self._runner.run(call, control_words, draft)
            functions = tuple(each for each in turn.calls if each.name not in self._runner.tools)
            if functions:
                return planned + self._calls(functions, draft)
            if index < len(turns) - 1:
                planned += [draft.item(self._phase("commentary"))] if draft.text else []
                draft = Draft()
        awaits_approval = planned and planned[-1].kind == "mcp_approval_request"
        return planned if awaits_approval else planned + self._answer(draft)

    def _calls(self, calls: tuple[ToolCall, ...], draft: Draft) -> list[PlannedItem]:
        draft.append(f"I will call {', '.join(call.name for call in calls)}.")
        aloud = [draft.item(self._phase("commentary"))] if "aloud" in self._control_words else []
        return aloud + [_call(call, self._names.get(call.name, {})) for call in calls]

    def _answer(self, draft: Draft) -> list[PlannedItem]:
        phase = self._phase("final_answer")
        if REFUSE in self._control_words:
            return [PlannedItem("refusal", pieces_of(answers.REFUSAL), phase=phase)]
        essay = self._segment.essay
        if essay is None and answers.in_json(self._body):
            draft = Draft()
        draft.append(answers.text(self._context, self._body, essay))
        answer = draft.item(phase)
        if "two-messages" not in self._control_words:
            return [answer]
        first, second = answer.split(max(1, len(answer.pieces) // 2))
        return [replace(first, phase=self._phase("commentary")), second]

    def _phase(self, name: str) -> str | None:
        return name if self._model.phased else None


def _last_message(context: list[Json]) -> tuple[Json, list[Json]]:
    """The last user message, and the items after it."""
    for index in range(len(context) - 1, -1, -1):
        item = context[index]
        if item["type"] == "message" and item["role"] == "user":
            return item, context[index + 1 :]
    return {"content": []}, context


def _plain(message: Json) -> str:
    return " ".join(part["text"] for part in message["content"] if part["type"] == "input_text")


def _callable(choice: Any, echoed: list[Json]) -> dict[str, Json]:
    """The tools that may be called, by the name under which a message calls for them."""
    tools_by_name = {tools.called(tool): tool for tool in echoed}
    if choice == "none":
        return {}
    allowed = tools.names_in(choice) if isinstance(choice, dict) else list(tools_by_name)
    return {name: tool for name, tool in tools_by_name.items() if name in allowed}


def _forced(choice: Any, script: Script, names: dict[str, Json]) -> tuple[ToolCall, ...]:
    """A forced tool choice gets a call in every turn: the one that the message names, or the first tool."""
    required = choice == "required" or (isinstance(choice, dict) and choice.get("mode", "required") == "required")
    mentioned = [call for each in script.turns for call in each.calls]
    return (mentioned[0] if mentioned else ToolCall(next(iter(names))),) if required else ()


def _call(call: ToolCall, tool: Json) -> PlannedItem:
    arguments = call.arguments if call.arguments is not None else sample.value(tool.get("parameters"))
    text = json.dumps(arguments, ensure_ascii=False, separators=(",", ":"))
    return PlannedItem("call", tuple(_JSON_PIECE.findall(text)), name=call.name)


def _reasoning_items(body: Json, model: Model, control_words: frozenset[str]) -> list[PlannedItem]:
    if not model.reasons or "briskly" in control_words or (body.get("reasoning") or {}).get("effort") == "none":
        return []
    if "ponder-forever" in control_words:
        return [PlannedItem("reasoning", tokens=body.get("max_output_tokens") or 64, complete=False)]
    summary = model.reasoning(body.get("reasoning") or {})["summary"]
    return [PlannedItem("reasoning", pieces_of(answers.SUMMARY) if summary else (), tokens=REASONING_TOKENS)]


def _bounded(items: tuple[PlannedItem, ...], max_tokens: int | None, control_words: frozenset[str]) -> Plan:
    """The part of the output within the token limit."""
    for control_word, reason in (("token-cap", "max_output_tokens"), ("content-filter", "content_filter")):
        if control_word in control_words:
            return Plan((*items[:-1], _halved(items[-1])), reason, control_words)
    fitting: list[PlannedItem] = []
    left = max_tokens if max_tokens is not None else sum(item.cost for item in items)
    for item in items:
        if item.cost > left:
            tokens_left = left - item.tokens
            fitting += (
                [replace(item, pieces=item.pieces[:tokens_left], complete=item.kind == "reasoning")]
                if tokens_left > 0
                else []
            )
            return Plan(tuple(fitting), "max_output_tokens", control_words)
        fitting.append(item)
        left -= item.cost
    return Plan(tuple(fitting), None, control_words)


def _halved(item: PlannedItem) -> PlannedItem:
    """The first half of an item; an item of one piece is cut within that piece."""
    if len(item.pieces) > 1:
        return replace(item, pieces=item.pieces[: len(item.pieces) // 2], complete=False)
    return replace(item, pieces=tuple(piece[: max(1, len(piece) // 2)] for piece in item.pieces), complete=False)
