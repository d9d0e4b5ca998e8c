"""The control words of the sandbox, and the parser of user messages."""

import json
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Final

from shim.wire.types import Json

THEN: Final = "then"
#: Words that apply to the whole message.
MESSAGE_WORDS: Final[dict[str, str]] = {
    "aloud": "writes text before the calls, in the same turn",
    "retry": "calls a function once more, with the same arguments, if its output says that it failed",
    "slowly": "waits between any two events, and stays `in_progress` longer in background mode",
    "briskly": "reasoning models answer without a reasoning item",
    "think-again": "reasoning models think once more after every hosted tool",
}
#: Words that apply to one turn: before, between or after `then`.
TURN_WORDS: Final[dict[str, str]] = {
    "please-refuse": "refuses to answer: a `refusal` part instead of text",
    "token-cap": "stops in the middle of the last item as at the token cap: `incomplete`, `max_output_tokens`",
    "content-filter": "stops in the middle of the last item: `incomplete`, `content_filter`",
    "ponder-forever": "a reasoning model spends all its tokens on reasoning: `incomplete` with no message",
    "two-messages": "writes its text as two messages in one response",
    "keepalive": "sends a `keepalive` event after the opening",
    "fail-early": "fails with `server_error` before any output",
    "fail-midway": "fails with `server_error` in the middle of the last item",
    "limit-early": "fails with `rate_limit_exceeded` before any output",
    "limit-midway": "fails with `rate_limit_exceeded` in the middle of the last item",
    "quota-early": "fails with `insufficient_quota` before any output",
    "connection-cut": "cuts the connection in the middle of the last item",
    "stop-short": "ends the stream in the middle of the last item, with no terminal event",
    "status-429": "HTTP 429 instead of a response",
    "status-429-once": "HTTP 429 for the first of equal requests",
    "status-500": "HTTP 500 instead of a response",
    "status-500-once": "HTTP 500 for the first of equal requests",
    "status-503": "HTTP 503 instead of a response",
    "cite-first": "a file search cites before the first character",
    "cite-twice": "a file search makes two citations at one place, of two files if it found two",
    "cite-emoji": "a file search cites behind characters outside the basic plane",
    "cite-late": "a file search tells its citations after the last delta, with the places where they belong",
    "uncited": "a file search or a web search cites nothing",
    "make-file": "the code interpreter writes a file, `answer.txt` or what `file` says, and links it",
    "make-image": "the code interpreter saves a picture, `chart.png` or what `file` says, and links it",
    "show-image": "the code interpreter shows a picture that the text does not link",
    "code-fails": "the code interpreter's code raises an error",
    "mcp-fails": "the first call of an MCP server fails and is made once more",
}
#: Names by which a message calls for hosted tools, as it does for functions; only for those that the request offers.
TOOLS: Final[dict[str, str]] = {
    "file_search": "searches the vector stores for the message's other words, or for `query` or `queries`; quotes the "
    "best sentence and cites its file. Searches unasked if a chunk of the stores has a word of the message",
    "code_interpreter": "evaluates the arithmetic in the message or in `code`; without any it lists the container's "
    "files, or says hello. Runs unasked if the message holds arithmetic: `12 * (3 + 4)`",
    "web_search": "makes up a result, or as many as `results` says, for the message's other words or for `query`",
    "image_generation": "makes up a picture for the message's other words or for `prompt`",
    "mcp": "asks the server's one pretended tool, `echo`; asks for approval first unless `require_approval` is `never`",
}
#: `essay-40` asks for forty words.
ESSAY: Final = re.compile(r"essay-(\d{1,6})")
CONTROL_WORDS: Final[dict[str, str]] = {
    THEN: "between the names of functions: the next ones are called in the next turn",
    **MESSAGE_WORDS,
    **TURN_WORDS,
    "essay-N": "answers with N words",
}

_TOKEN: Final = re.compile(r"[\w-]+")
#: The text that is allowed between a function's name and the JSON object with its arguments.
_BRIDGE: Final = re.compile(r"[`'\"]?\s*(?:with|using|:|\()?\s*(?=\{)")


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A function or hosted tool that a message names; ``arguments`` where the message gave some."""

    name: str
    arguments: Json | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """The task of one turn."""

    calls: tuple[ToolCall, ...] = ()
    control_words: frozenset[str] = frozenset()
    essay: int | None = None


@dataclass(frozen=True, slots=True)
class Script:
    """A parsed message: its turns, and the words for all of them."""

    turns: tuple[Turn, ...] = ()
    message_words: frozenset[str] = field(default_factory=frozenset)

    def turn(self, number: int) -> Turn:
        """The turn of that number, counted from 0; after the last one it is a plain answer."""
        return self.turns[number] if number < len(self.turns) else Turn()


def parse_message(text: str, names: Collection[str], parallel: bool = True) -> Script:
    """``names`` are the tools that may be called; without ``parallel`` each gets a turn of its own."""
    parsed = list(_calls_and_words(text, names))
    turns: list[list[ToolCall | str]] = [[]]
    for each in parsed:
        if each == THEN:
            turns.append([])
        else:
            turns[-1].append(each)
    scripted = [
        _turn(turn) for turn in turns if any(not isinstance(each, str) or each not in MESSAGE_WORDS for each in turn)
    ]
    message_words = frozenset(each for each in parsed if isinstance(each, str) and each in MESSAGE_WORDS)
    return Script(tuple(scripted if parallel else _one_by_one(scripted)), message_words)


def plain_question(text: str, names: Collection[str]) -> str:
    """The message without names, arguments and control words: the plain question."""
    plain, position = [], 0
    while match := _TOKEN.search(text, position):
        token, end = match.group(), match.end()
        is_call = token in names
        plain.append(text[position : match.start()])
        position = _arguments(text, end)[1] if is_call else end
        if not is_call and not _is_control_word(token):
            plain.append(token)
    return " ".join("".join([*plain, text[position:]]).split())


def _is_control_word(token: str) -> bool:
    return token.lower() in CONTROL_WORDS or bool(ESSAY.fullmatch(token.lower()))


def _calls_and_words(text: str, names: Collection[str]) -> Iterator[ToolCall | str]:
    position = 0
    while match := _TOKEN.search(text, position):
        token, position = match.group(), match.end()
        if token in names:
            arguments, position = _arguments(text, position)
            yield ToolCall(token, arguments)
        elif _is_control_word(token):
            yield token.lower()


def _arguments(text: str, position: int) -> tuple[Json | None, int]:
    """The JSON object after a name, if there is one, and where reading goes on."""
    bridge = _BRIDGE.match(text, position)
    if bridge is None:
        return None, position
    try:
        arguments, end = json.JSONDecoder().raw_decode(text, bridge.end())
    except ValueError:
        return None, position
    return arguments, end


def _turn(parsed: list[ToolCall | str]) -> Turn:
    calls: list[ToolCall] = []
    for each in parsed:
        if isinstance(each, ToolCall) and each not in calls:
            calls.append(each)
    control_words = frozenset(each for each in parsed if isinstance(each, str) and each in TURN_WORDS)
    essays = [ESSAY.fullmatch(each) for each in parsed if isinstance(each, str)]
    lengths = [int(match.group(1)) for match in essays if match]
    return Turn(tuple(calls), control_words, lengths[0] if lengths else None)


def _one_by_one(turns: list[Turn]) -> Iterator[Turn]:
    for turn in turns:
        if len(turn.calls) < 2:
            yield turn
        else:
            yield from (Turn((call,), turn.control_words, turn.essay) for call in turn.calls)
