"""What the model would do: from the conversation to the items it puts out, by rules, without chance or clock."""

import json
import re
from dataclasses import dataclass, replace
from typing import Any, Final

from . import answers, items, sample, words
from .models import Model
from .words import Named, Turn

Json = dict[str, Any]

#: Tokens that reasoning costs if nothing is said of it.
THOUGHT: Final = 8
REFUSE: Final = "please-refuse"
_TEXT_PIECE: Final = re.compile(r"\s*\S+|\s+$")
_JSON_PIECE: Final = re.compile(r"\w+|\W+")
_FAILED: Final = re.compile(r"\s*(error|exception|traceback|failed)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Piece:
    """One output item before it has an id: what it says, in pieces of one token each.

    ``kind`` is reasoning, text, refusal or call.  ``tokens`` counts what does not show as pieces.
    """

    kind: str
    pieces: tuple[str, ...] = ()
    name: str = ""
    phase: str | None = None
    tokens: int = 0
    whole: bool = True

    @property
    def said(self) -> str:
        return "".join(self.pieces)

    @property
    def cost(self) -> int:
        return self.tokens + len(self.pieces)


@dataclass(frozen=True, slots=True)
class Plan:
    """One response: its items, why it stops early (if it does), and what else was asked for."""

    items: tuple[Piece, ...]
    cut: str | None
    words: frozenset[str]


def decide(context: list[Json], request: Json, tools: list[Json], model: Model) -> Plan:
    """``context`` is the whole conversation as kept items, ``tools`` the echoed ones."""
    names = _callable(request.get("tool_choice", "auto"), tools)
    last, since = _last_message(context)
    script = words.read(last, names, request.get("parallel_tool_calls") is not False)
    turn, again = _turn(script, since)
    calls = again or _forced(request.get("tool_choice", "auto"), turn, script, names)
    asked = turn.words | script.whole
    said = _calls(calls, names, asked, model) if calls else _answer(context, request, turn, model)
    thought = _thought(request, model, asked)
    return _bounded(tuple(thought + said), request.get("max_output_tokens"), asked)


def pieces_of(text: str) -> tuple[str, ...]:
    """Text as it is streamed: word by word, nothing lost."""
    return tuple(_TEXT_PIECE.findall(text))


def _last_message(context: list[Json]) -> tuple[str, list[Json]]:
    """The last user message's text, and the items after it."""
    for place in range(len(context) - 1, -1, -1):
        item = context[place]
        if item["type"] == "message" and item["role"] == "user":
            return items.text(item), context[place + 1 :]
    return "", context


def _callable(choice: Any, tools: list[Json]) -> dict[str, Json]:
    functions = {tool["name"]: tool for tool in tools if tool["type"] == "function"}
    if choice == "none":
        return {}
    if isinstance(choice, dict):
        allowed = [choice["name"]] if choice["type"] == "function" else [each["name"] for each in choice["tools"]]
        return {name: tool for name, tool in functions.items() if name in allowed}
    return functions


def _turn(script: words.Script, since: list[Json]) -> tuple[Turn, tuple[Named, ...]]:
    """The turn the script has come to, and the failed calls that are to be made once more instead of it."""
    number, failed, last = 0, frozenset[str](), list[Json]()
    for calls, outputs in _rounds(since):
        repeated = {_signature(call) for call in calls} <= failed
        number += 0 if repeated else 1
        bad = {call_id for call_id, output in outputs.items() if _says_failed(output)}
        failed = frozenset() if repeated else frozenset(_signature(call) for call in calls if call["call_id"] in bad)
        last = calls
    if failed and "retry" in script.whole:
        return Turn(), tuple(
            Named(call["name"], json.loads(call["arguments"])) for call in last if _signature(call) in failed
        )
    return (Turn() if _answered(since) else script.turn(number)), ()


def _rounds(since: list[Json]) -> list[tuple[list[Json], dict[str, str]]]:
    """Calls and outputs, turn by turn: a call after an output opens the next turn."""
    rounds: list[tuple[list[Json], dict[str, str]]] = []
    for item in since:
        if item["type"] == "function_call":
            if not rounds or rounds[-1][1]:
                rounds.append(([], {}))
            rounds[-1][0].append(item)
        elif item["type"] == "function_call_output" and rounds:
            rounds[-1][1][item["call_id"]] = items.output_text(item)
    return rounds


def _signature(call: Json) -> str:
    return f"{call['name']} {call['arguments']}"


def _says_failed(output: str) -> bool:
    try:
        found = json.loads(output)
    except ValueError:
        return bool(_FAILED.match(output))
    return (
        bool(_FAILED.match(found)) if isinstance(found, str) else isinstance(found, dict) and bool(found.get("error"))
    )


def _answered(since: list[Json]) -> bool:
    """The last user message already has its answer: nothing of its script is left."""
    said = [item for item in since if item["type"] in ("function_call", "function_call_output", "message")]
    return bool(said) and said[-1]["type"] == "message" and said[-1]["role"] == "assistant"


def _forced(choice: Any, turn: Turn, script: words.Script, names: dict[str, Json]) -> tuple[Named, ...]:
    """The turn's calls; a choice that demands one gets one, in every turn."""
    demands = choice == "required" or (
        isinstance(choice, dict) and (choice["type"] == "function" or choice["mode"] == "required")
    )
    if turn.calls or not demands or REFUSE in turn.words:
        return () if REFUSE in turn.words else turn.calls
    mentioned = [call for each in script.turns for call in each.calls]
    return (mentioned[0] if mentioned else Named(next(iter(names))),)


def _calls(calls: tuple[Named, ...], names: dict[str, Json], asked: frozenset[str], model: Model) -> list[Piece]:
    listed = ", ".join(call.name for call in calls)
    aloud = [Piece("text", pieces_of(f"I will call {listed}."), phase=_phase(model, "commentary"))]
    made = [_call(call, names.get(call.name, {})) for call in calls]
    return (aloud if "aloud" in asked else []) + made


def _call(call: Named, tool: Json) -> Piece:
    given = call.arguments if call.arguments is not None else sample.value(tool.get("parameters"))
    text = json.dumps(given, ensure_ascii=False, separators=(",", ":"))
    return Piece("call", tuple(_JSON_PIECE.findall(text)), name=call.name)


def _answer(context: list[Json], request: Json, turn: Turn, model: Model) -> list[Piece]:
    phase = _phase(model, "final_answer")
    if REFUSE in turn.words:
        return [Piece("refusal", pieces_of(answers.REFUSAL), phase=phase)]
    pieces = pieces_of(answers.text(context, request, turn.essay))
    if "two-messages" not in turn.words:
        return [Piece("text", pieces, phase=phase)]
    middle = max(1, len(pieces) // 2)
    return [
        Piece("text", pieces[:middle], phase=_phase(model, "commentary")),
        Piece("text", pieces[middle:], phase=phase),
    ]


def _phase(model: Model, name: str) -> str | None:
    return name if model.phased else None


def _thought(request: Json, model: Model, asked: frozenset[str]) -> list[Piece]:
    if not model.reasons or "briskly" in asked or (request.get("reasoning") or {}).get("effort") == "none":
        return []
    if "ponder-forever" in asked:
        return [Piece("reasoning", tokens=request.get("max_output_tokens") or 64, whole=False)]
    summary = model.reasoning(request.get("reasoning") or {})["summary"]
    return [Piece("reasoning", pieces_of(answers.SUMMARY) if summary else (), tokens=THOUGHT)]


def _bounded(said: tuple[Piece, ...], most: int | None, asked: frozenset[str]) -> Plan:
    """What of it the token cap lets through."""
    if said[0].kind == "reasoning" and not said[0].whole:
        return Plan((replace(said[0], whole=True),), "max_output_tokens", asked)
    for word, reason in (("token-cap", "max_output_tokens"), ("content-filter", "content_filter")):
        if word in asked:
            return Plan((*said[:-1], _halved(said[-1])), reason, asked)
    kept: list[Piece] = []
    left = most if most is not None else sum(item.cost for item in said)
    for item in said:
        if item.cost > left:
            room = left - item.tokens
            kept += [replace(item, pieces=item.pieces[:room], whole=item.kind == "reasoning")] if room > 0 else []
            return Plan(tuple(kept), "max_output_tokens", asked)
        kept.append(item)
        left -= item.cost
    return Plan(tuple(kept), None, asked)


def _halved(item: Piece) -> Piece:
    """The first half of an item; an item of one piece is cut within it."""
    if len(item.pieces) > 1:
        return replace(item, pieces=item.pieces[: len(item.pieces) // 2], whole=False)
    return replace(item, pieces=tuple(piece[: max(1, len(piece) // 2)] for piece in item.pieces), whole=False)
