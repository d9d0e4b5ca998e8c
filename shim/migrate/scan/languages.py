"""Other languages: one row a pattern, for the SDKs in use and for requests without one.

Comments are removed before, if `COMMENTS` has a row for the language.  A row with ``beside`` matches only in a file
that also contains that: ``client.threads`` alone is not sufficient.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from shim.migrate.scan import requests, texts
from shim.migrate.scan.operations import EVENTS

_OPENAI: Final = r"(?i)openai"
_JS_CALL: Final = r"\bbeta\??\.(?:assistants|threads)"
_HEADER: Final = r"(?i)assistants=v\d"
_SERVER: Final = f"(?i){requests.SERVER}"
#: The end of an address's beginning, which stands elsewhere: `${base}`, `%s`, `base + "`.
_BASE: Final = r"(?:\}|%[a-z]|\$\w+|(?:\+|[\w)] ?\.)\s*[\"'`]|\b[A-Z_]+URL)"
#: The same, where nothing stands before it, as in `"/users/{id}/threads/{id}"`.
_WHOLE_BASE: Final = r"(?:[\"'`][$#]?\{[^{}\n]*\}|[\"'`](?:%[a-z]|\$\w+)|(?:\+|[\w)] ?\.)\s*[\"'`]|\b[A-Z_]+URL)"
#: A thread's id in an address, and what comes after it.
_OF_THREAD: Final = (
    r"(?:[\"'`]\s*[+.]\s*[^\n;\"'`]{1,80}?[+.]\s*[\"'`]/|(?:\$|\{|[\"'`]|%|#)[^\s]*?/?)(?:runs|messages)\b"
)


@dataclass(frozen=True, slots=True)
class Pattern:
    """``languages``: the files' suffixes; empty for all.  ``beside``: a pattern that must occur somewhere in the
    file.
    """

    rule: str
    languages: frozenset[str]
    pattern: re.Pattern[str]
    beside: re.Pattern[str] | None = None


def _row(rule: str, languages: str, pattern: str, beside: str = "") -> Pattern:
    return Pattern(rule, frozenset(languages.split()), re.compile(pattern), re.compile(beside) if beside else None)


JS: Final = "js jsx mjs cjs ts tsx mts cts vue svelte"
JVM: Final = "java kt kts scala groovy"
PATTERNS: Final = (
    # The official SDKs, and openai-php, whose resources have the same names.
    _row("other-language", JS, r"\bbeta\s*(?:\?|!)?\.\s*(?:threads|assistants)\b(?:\s*\.\s*\w+)*"),
    _row("other-language-vector-stores", JS, r"\bbeta\s*(?:\?|!)?\.\s*vectorStores\b(?:\s*\.\s*\w+)*"),
    _row("other-language", JS, r"\b(?:threads|assistants)\b[^;{}\n]*\}\s*=\s*\w+\.beta\b"),
    _row(
        "other-language",
        JS,
        r"\bAssistantStream\b|openai/(?:resources/beta/(?:threads|assistants)|lib/AssistantStream)[\w/.-]*",
    ),
    _row("other-language", JS, r"\bOpenAI\.Beta\.(?:Threads?|Assistants?)\b[\w.]*"),
    _row(
        "other-language",
        JS,
        r"@azure/openai-assistants|\bAssistantsClient\b|\bOpenAIAssistantRunnable\b|\bOpenAIAssistantAgent\b",
    ),
    _row(
        "other-language",
        JS,
        r"\bAssistantResponse\b|\buseAssistant\b|\bexperimental_AssistantResponse\b",
        r"[\"']@?ai(?:-sdk)?[/\"']",
    ),
    _row("other-language", "php", r"->\s*(?:threads|assistants)\(\)(?:\s*->\s*\w+(?:\(\))?)*", _OPENAI),
    _row("other-language", "php", r"\bOpenAI::(?:threads|assistants)\(\)(?:\s*->\s*\w+(?:\(\))?)*"),
    _row(
        "other-language",
        "php",
        r"->\s*(?:create|retrieve|modify|delete|list|cancel|submit)(?:Assistants?|Threads?|ThreadAndRun|ThreadMessages?|Runs?|RunSteps?|ToolOutputs)\s*\(",
        _OPENAI,
    ),
    _row("other-language", "go", r"\.Beta\.(?:Threads|Assistants)\b[\w.]*"),
    _row(
        "other-language",
        "go",
        r"\.(?:Create|Retrieve|Modify|Delete|List|Cancel)(?:Assistants?|Threads?|ThreadAndRun|ThreadAndStream|Run|Runs|RunStreaming|RunSteps?|Message|Messages)\s*\(|\.SubmitToolOutputs(?:Stream)?\s*\(",
        r"go-openai|openai-go|(?i:openai)\.\w*Client",
    ),
    _row(
        "other-language",
        "go",
        r"\bopenai\.(?:Assistant|Thread|Run|CreateThreadAndRun|ModifyThread|MessageRequest)\w*",
    ),
    _row("other-language", JVM, r"\.beta\(\)\s*\.\s*(?:threads|assistants)\(\)(?:\s*\.\s*\w+\(\))*"),
    _row(
        "other-language",
        JVM,
        r"\b(?:AssistantsClient|AssistantsAsyncClient|AssistantRequest|ThreadRequest|ThreadRunRequest|RunCreateRequest|ThreadMessageRequest|CreateThreadAndRunRequest|AssistantThreadCreationOptions)\b",
        _OPENAI,
    ),
    _row(
        "other-language",
        JVM,
        r"\.\s*(?:create|retrieve|get|list|modify|update|delete|cancel|submit)"
        r"(?:Assistant|Thread|ThreadAndRun|Message|Run|RunStep|ToolOutputs(?:ToRun)?)s?\s*\(",
        r"ai\.openai\.assistants|theokanning\.openai",
    ),
    _row(
        "other-language",
        JVM,
        r"\.\s*(?:assistants|threads|threadRuns|threadMessages|threadRunSteps)\(\)\s*\.\s*\w+",
        _OPENAI,
    ),
    _row(
        "other-language",
        "cs fs vb",
        r"\b(?:Assistants?Client|GetAssistants?Client|AssistantsEndpoint|ThreadsEndpoint|OpenAIAssistantAgent)\b",
    ),
    _row("other-language", "cs fs vb", r"\b\w*[aA]ssistants?Client\.\w+", _OPENAI),
    _row(
        "other-language",
        "cs fs vb",
        r"\b(?:(?:Assistant|Thread|Run|Message)CreationOptions|AssistantThread|ThreadRun|ThreadMessage|MessageContentUpdate"
        r"|StreamingUpdateReason|StreamingUpdate|RequiredActionUpdate|RunStepUpdate)\b",
        r"OpenAI\.Assistants",
    ),
    _row(
        "other-language",
        "cs fs vb",
        r"\.\s*(?:Create|Get|Modify|Update|Delete|Cancel|Submit)"
        r"(?:Assistant|Thread|ThreadAndRun|Message|Run|RunStep|ToolOutputsToRun)s?(?:Streaming)?(?:Async)?\s*\(",
        r"OpenAI\.Assistants",
    ),
    _row("other-language", "cs fs vb", r"\b(?:Azure\.AI\.)?OpenAI\.(?:Assistants|Threads)\b"),
    _row(
        "other-language",
        "cs fs vb",
        r"\b(?:ThreadsEndpoint|AssistantsEndpoint|Beta\.Assistant|Beta\.Thread)\b\.?\w*",
        _OPENAI,
    ),
    _row(
        "other-language",
        "rb",
        r"\.(?:threads|assistants|runs|run_steps)\.(?:create|retrieve|modify|delete|list|cancel|submit_tool_outputs|create_thread_and_run)\b",
        _OPENAI,
    ),
    _row("other-language", "rb", r"\.messages\.(?:create|retrieve|modify|delete|list)\b(?=[^\n]*thread_id)", _OPENAI),
    _row("other-language", "rb", r"\.beta\.(?:threads|assistants)\b[\w.]*"),
    _row(
        "other-language",
        "rs",
        r"\.(?:threads|assistants)\(\)(?:\s*\.\s*\w+\([^)]*\))*|\bCreate(?:Assistant|Thread|Run|Message)Request(?:Args)?\b",
        _OPENAI,
    ),
    # What is alike in all of them
    _row("raw-http", "", texts.ADDRESS.pattern),
    _row("raw-http", "", f"{_BASE}/threads/{_OF_THREAD}", requests.PROOF.pattern),
    _row("raw-http", "", _WHOLE_BASE + r"/(?:threads|assistants)/(?:[\"'`]\s*[+.]|\$|\{|%|#)", _SERVER),
    # A page's own server is asked by `fetch("/threads/…")`.
    _row("raw-http", "", rf"(?<!fetch\()[\"'`]/threads/{_OF_THREAD}", _SERVER),
    _row("raw-http", "", r"(?<!fetch\()[}\"'`]/(?:threads(?:/runs)?|assistants)[\"'`](?!\s*=>)", _SERVER),
    _row("raw-http", "", r"(?<!fetch\()[\"'`]/(?:threads|assistants)/[\"'`]\s*[+.]", _HEADER),
    _row("v1-header", "", r"(?i)\bassistants=v1\b"),
    _row("beta-header", "", r"(?i)\bassistants=v2\b"),
    _row("event-name", "", "[\"'`](?:" + "|".join(map(re.escape, sorted(EVENTS, reverse=True))) + ")[\"'`]"),
    _row("citation-quote", JS, r"\bfile_?[cC]itation\??\.quote\b"),
    _row("v1-retrieval", JS, r"\btype[\"']?\s*(?::|===?)\s*[\"']retrieval[\"']", _JS_CALL),
    _row("v1-file-ids", JS, r"\b(?:message|msg|assistant)s?(?:\.data\[\w+\])?\??\.file_ids\b", _JS_CALL),
    _row(
        "v1-file-ids",
        JS,
        r"\brole[\"']?\s*:[^{}]{0,400}?\bfile_ids[\"']?\s*:|\bfile_ids[\"']?\s*:[^{}]{0,400}?\brole[\"']?\s*:",
        _JS_CALL,
    ),
    _row("first-content", JS, r"\bcontent\s*(?:\?\.)?\[0\](?:\s+as\s+\w+\))?[?!]?\.text\??\.value\b"),
    _row("first-content", "php rb", r"\[['\"]content['\"]\]\[0\]\[['\"]text['\"]\]\[['\"]value['\"]\]"),
    _row("first-content", "php", r"->content\[0\]->text->value\b"),
    _row("event-name", JS, r"[\"'`]thread\.(?:run|message|run\.step)[\"'`]", _JS_CALL),
    # Python that cannot be parsed
    _row("call", "py pyw ipynb", r"\bbeta\.(?:threads|assistants)\b[\w.]*"),
)
CODE: Final = frozenset(
    f"{JS} {JVM} php go cs fs vb rb rs swift sh bash ps1 dart lua ex exs r pl c cc cpp h hpp html".split()
)
#: Files for which the rows without a language are used: code, and Python that cannot be parsed.
ANY: Final = CODE | {"py", "pyw", "ipynb"}
_SLASHES: Final = r"//[^\n]*|/\*.*?\*/"
_HASHES: Final = r"\#[^\n]*"
_STRINGS: Final = r"\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`"
#: A regular expression, with what stands before it: after a value, the slash would divide.
_EXPRESSIONS: Final = (
    r"(?:(?<![^\n])|[(,=:\[!&|?{};+~]|\breturn\b|\bcase\b)[ \t]*/(?![*/>])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\[\n])+/"
)
#: Patterns of comments; what is kept is matched first, so that a comment mark in a string does not count.
COMMENTS: Final[Mapping[str, re.Pattern[str]]] = {
    suffix: re.compile(f"({kept})|({comment})", re.DOTALL)
    for kept, comment, suffixes in (
        (f"{_STRINGS}|{_EXPRESSIONS}", _SLASHES, JS),
        (_STRINGS, _SLASHES, f"{JVM} go cs fs rs swift dart c cc cpp h hpp"),
        (_STRINGS, f"{_SLASHES}|{_HASHES}", "php"),
        (f"{_STRINGS}|{_EXPRESSIONS}", _HASHES, "rb"),
        (_STRINGS, _HASHES, "sh bash ps1 py pyw ex exs r pl"),
    )
    for suffix in suffixes.split()
}


def find(text: str, suffix: str) -> Iterator[tuple[str, int, int, str]]:
    """Rule, first and last offset, and the text that was found; of places that overlap only the first and longest."""
    ends: dict[str, int] = {}
    for rule, start, end, matched in sorted(_found(text, suffix), key=lambda each: (each[1], -each[2])):
        if start >= ends.get(rule, 0):
            ends[rule] = end
            yield rule, start, end, matched


def _found(text: str, suffix: str) -> Iterator[tuple[str, int, int, str]]:
    """Everything that matches, in the order of the rows."""
    shown = without_comments(text, suffix)
    found: list[tuple[str, int, int, str]] = [
        (row.rule, *match.span(), match[0])
        for row in PATTERNS
        if suffix in (row.languages or ANY) and (row.beside is None or row.beside.search(text))
        for match in row.pattern.finditer(shown)
    ]
    yield from found
    if requests.unexplained({rule for rule, *_ in found}, text):
        yield from (("raw-http", *each[1:]) for each in found if each[0] in requests.HEADERS)
    for rule, pattern in texts.IDS.items():
        yield from (
            (rule, *match.span(), match[0]) for match in pattern.finditer(shown) if texts.MIXED.search(match[0])
        )


def without_comments(text: str, suffix: str) -> str:
    """The text with blanks for comments, so that offsets stay."""
    pattern = COMMENTS.get(suffix)
    if pattern is None:
        return text
    return pattern.sub(lambda match: match[1] or re.sub(r"[^\n]", " ", match[2]), text)
