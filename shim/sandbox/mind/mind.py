"""Decides the output items for a conversation, by rules, without randomness or clock."""

import json
import re
from dataclasses import replace
from typing import Any, Final

from shim.sandbox.memory.resources import Resources
from shim.sandbox.mind import answers, sample, script
from shim.sandbox.shapes import words
from shim.sandbox.shapes.items import text as text_of
from shim.sandbox.shapes.models import Model
from shim.sandbox.shapes.plan import Draft, Piece, Plan, pieces_of
from shim.sandbox.shapes.words import Named, Script, Turn
from shim.sandbox.tools import tools
from shim.sandbox.tools.tool_runner import ToolRunner, offered
from shim.wire.types import Json

#: The default number of reasoning tokens.
THOUGHT: Final = 8
REFUSE: Final = "please-refuse"
_JSON_PIECE: Final = re.compile(r"\w+|\W+")


def decide(context: list[Json], request: Json, echoed: list[Json], model: Model, resources: Resources) -> Plan:
    """``context`` is the whole conversation as stored items, ``echoed`` the tools as the response shows them."""
    return _Mind(context, request, echoed, model, resources).plan()


class _Mind:
    """The state while one response is decided."""

    def __init__(
        self, context: list[Json], request: Json, echoed: list[Json], model: Model, resources: Resources
    ) -> None:
        self._context, self._request, self._model = context, request, model
        self._names = _callable(request.get("tool_choice"), echoed)
        last, self._since = _last_message(context)
        parallel = request.get("parallel_tool_calls") is not False
        self._script = words.read(text_of(last), self._names, parallel)
        hosted = offered(request.get("tools") or [], echoed, set(self._names))
        self._stretch, self._retried = script.place(self._script, self._since, hosted)
        self._asked = self._stretch.words | self._script.whole
        self._thought = _thought(request, model, self._asked)
        again = "think-again" in self._asked
        question = words.rest(_plain(last), self._names)
        self._runner = ToolRunner(hosted, question, context, request, resources, self._thought, again)

    def plan(self) -> Plan:
        if self._thought and not self._thought[0].whole:
            return Plan((replace(self._thought[0], whole=True),), "max_output_tokens", self._asked)
        draft = Draft()
        approved = self._runner.approved(draft)
        if approved is not None:
            pieces = [*approved, *self._answer(draft)]
        elif self._retried:
            pieces = self._calls(self._retried, draft)
        else:
            pieces = self._turns(self._called(), draft)
        whole = (*self._runner.lists(), *self._thought, *pieces)
        return _bounded(whole, self._request.get("max_output_tokens"), self._asked)

    def _called(self) -> tuple[Turn, ...]:
        """The turns with their calls; if the message names none, a tool choice may force one, or a tool may be called
        without being named.
        """
        if REFUSE in self._asked:
            return tuple(replace(turn, calls=()) for turn in self._stretch.turns)
        if self._stretch.calls:
            return self._stretch.turns
        more = _forced(self._request.get("tool_choice"), self._script, self._names)
        if not more and not script.answered(self._since):
            more = self._runner.unasked(self._since)
        first, *others = self._stretch.turns
        return (replace(first, calls=more), *others)

    def _turns(self, turns: tuple[Turn, ...], draft: Draft) -> list[Piece]:
        """Hosted calls first; functions end the response, and so does a call that waits for approval."""
        pieces: list[Piece] = []
        for place, turn in enumerate(turns):
            asked = turn.words | self._script.whole
            for call in (each for each in turn.calls if each.name in self._runner.tools):
                pieces += self._runner.do(call, asked, draft)
            functions = tuple(each for each in turn.calls if each.name not in self._runner.tools)
            if functions:
                return pieces + self._calls(functions, draft)
            if place < len(turns) - 1:
                pieces += [draft.piece(self._phase("commentary"))] if draft.text else []
                draft = Draft()
        waits = pieces and pieces[-1].kind == "mcp_approval_request"
        return pieces if waits else pieces + self._answer(draft)

    def _calls(self, calls: tuple[Named, ...], draft: Draft) -> list[Piece]:
        draft.write(f"I will call {', '.join(call.name for call in calls)}.")
        aloud = [draft.piece(self._phase("commentary"))] if "aloud" in self._asked else []
        return aloud + [_call(call, self._names.get(call.name, {})) for call in calls]

    def _answer(self, draft: Draft) -> list[Piece]:
        phase = self._phase("final_answer")
        if REFUSE in self._asked:
            return [Piece("refusal", pieces_of(answers.REFUSAL), phase=phase)]
        essay = self._stretch.essay
        if essay is None and answers.in_json(self._request):
            draft = Draft()
        draft.write(answers.text(self._context, self._request, essay))
        whole = draft.piece(phase)
        if "two-messages" not in self._asked:
            return [whole]
        first, second = whole.split(max(1, len(whole.pieces) // 2))
        return [replace(first, phase=self._phase("commentary")), second]

    def _phase(self, name: str) -> str | None:
        return name if self._model.phased else None


def _last_message(context: list[Json]) -> tuple[Json, list[Json]]:
    """The last user message, and the items after it."""
    for place in range(len(context) - 1, -1, -1):
        item = context[place]
        if item["type"] == "message" and item["role"] == "user":
            return item, context[place + 1 :]
    return {"content": []}, context


def _plain(message: Json) -> str:
    return " ".join(part["text"] for part in message["content"] if part["type"] == "input_text")


def _callable(choice: Any, echoed: list[Json]) -> dict[str, Json]:
    """The tools that may be called, by the name under which a message calls for them."""
    named = {tools.called(tool): tool for tool in echoed}
    if choice == "none":
        return {}
    allowed = tools.chosen(choice) if isinstance(choice, dict) else list(named)
    return {name: tool for name, tool in named.items() if name in allowed}


def _forced(choice: Any, read: Script, names: dict[str, Json]) -> tuple[Named, ...]:
    """A forced tool choice gets a call in every turn: the one that the message names, or the first tool."""
    demands = choice == "required" or (isinstance(choice, dict) and choice.get("mode", "required") == "required")
    mentioned = [call for each in read.turns for call in each.calls]
    return (mentioned[0] if mentioned else Named(next(iter(names))),) if demands else ()


def _call(call: Named, tool: Json) -> Piece:
    given = call.arguments if call.arguments is not None else sample.value(tool.get("parameters"))
    text = json.dumps(given, ensure_ascii=False, separators=(",", ":"))
    return Piece("call", tuple(_JSON_PIECE.findall(text)), name=call.name)


def _thought(request: Json, model: Model, asked: frozenset[str]) -> list[Piece]:
    if not model.reasons or "briskly" in asked or (request.get("reasoning") or {}).get("effort") == "none":
        return []
    if "ponder-forever" in asked:
        return [Piece("reasoning", tokens=request.get("max_output_tokens") or 64, whole=False)]
    summary = model.reasoning(request.get("reasoning") or {})["summary"]
    return [Piece("reasoning", pieces_of(answers.SUMMARY) if summary else (), tokens=THOUGHT)]


def _bounded(pieces: tuple[Piece, ...], most: int | None, asked: frozenset[str]) -> Plan:
    """The part of the output within the token limit."""
    for word, reason in (("token-cap", "max_output_tokens"), ("content-filter", "content_filter")):
        if word in asked:
            return Plan((*pieces[:-1], _halved(pieces[-1])), reason, asked)
    fitting: list[Piece] = []
    left = most if most is not None else sum(item.cost for item in pieces)
    for item in pieces:
        if item.cost > left:
            room = left - item.tokens
            fitting += [replace(item, pieces=item.pieces[:room], whole=item.kind == "reasoning")] if room > 0 else []
            return Plan(tuple(fitting), "max_output_tokens", asked)
        fitting.append(item)
        left -= item.cost
    return Plan(tuple(fitting), None, asked)


def _halved(item: Piece) -> Piece:
    """The first half of an item; an item of one piece is cut within that piece."""
    if len(item.pieces) > 1:
        return replace(item, pieces=item.pieces[: len(item.pieces) // 2], whole=False)
    return replace(item, pieces=tuple(piece[: max(1, len(piece) // 2)] for piece in item.pieces), whole=False)
