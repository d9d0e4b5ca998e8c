"""The probes, in order: one row for each, with a small function that makes the test.

A probe that raises `Refusal` has the result "no", with the server's message.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from shim.cli.doctor.examined import SHUT, ExaminedServer, Finding
from shim.ports import Refusal
from shim.translate import models
from shim.upstream import chaining, profiles
from shim.wire import ids
from shim.wire.types import Json

#: Parts of the names of models that do not answer with text.
NO_TEXT: Final = ("embed", "whisper", "tts", "dall-e", "image", "audio", "realtime", "moderation", "transcribe", "sora")
#: Models that are preferred if a server has them: the cheapest.
CHEAP: Final = ("gpt-5-nano", "gpt-4.1-nano", "gpt-4o-mini", "gpt-5-mini")
TOOL: Final[Json] = {
    "type": "function",
    "name": "get_time",
    "description": "The time.",
    "parameters": {"type": "object", "properties": {}},
    "strict": False,
}
ENCRYPTED: Final = "reasoning.encrypted_content"


def _reachable(server: ExaminedServer) -> Finding:
    try:
        server.listed = [each for each in server.get("/models").get("data") or [] if isinstance(each, dict)]
    except Refusal as refusal:
        if refusal.status is None:
            raise
    return Finding("yes", "it answers")


def _models(server: ExaminedServer) -> Finding:
    names = [str(each.get("id")) for each in server.listed]
    configured, server.model = server.model, server.model or _choose(names)
    if not names:
        return Finding("no", "it lists none" + ("" if configured else "; --model names one"))
    known = "" if configured is None or configured in names else ", not among them"
    return Finding("yes", f"{len(names)}; asked here: {server.model}{known}")


def _choose(names: list[str]) -> str | None:
    speaking = [name for name in names if not any(part in name.lower() for part in NO_TEXT)]
    return next((name for name in CHEAP if name in speaking), next(iter(speaking), None))


def _first_request(server: ExaminedServer) -> None:
    """Send the first request: with ``store: true``; if that is refused, with false; if that is refused, without the
    field.
    """
    for store in (False, None):
        try:
            return server.stream()
        except Refusal as refusal:
            refused = models.refused_parameter(refusal.param, refusal.code, refusal.message, ("store",))
            if not (refused or profiles.cannot_store(refusal)):
                raise
            server.store, server.calls = store, server.calls - 1
    return server.stream()


def _answers(server: ExaminedServer) -> Finding:
    _first_request(server)
    last = server.events[-1]["type"] if server.events else "nothing"
    if last not in ("response.completed", "response.incomplete"):
        error = server.first.get("error") or next((each for each in server.events if each["type"] == "error"), {})
        error = error.get("error") or error
        return Finding("no", str(error.get("message") or f"its stream ended with {last}"))
    unkept = "" if server.store else ", but refuses `store: true`"
    return Finding("yes", f"status {server.first.get('status')}{unkept}")


def _authorised(server: ExaminedServer) -> Finding:
    shut = [refusal for refusal in server.refusals if refusal.status in SHUT]
    return Finding("no", quoted(shut[-1])) if shut else Finding("yes", "nothing was refused for the key")


def _streams(server: ExaminedServer) -> Finding:
    deltas = sum(event["type"].endswith(".delta") for event in server.events)
    if not deltas:
        return Finding("partly", "the answer came in one piece")
    return Finding("yes", f"{len(server.events)} events, {deltas} of them deltas")


def _stored(server: ExaminedServer) -> Finding:
    stored = server.first.get("store")
    echo = f"store: {str(stored).lower()}" if isinstance(stored, bool) else "without the field store"
    try:
        server.get(ids.path("responses", str(server.first.get("id"))))
    except Refusal as refusal:
        return Finding("no", f"it answered {echo}; when fetched: {quoted(refusal)}")
    server.has_it = True
    return Finding("yes", f"it answered {echo}; the response can be fetched")


def _chains(server: ExaminedServer) -> Finding:
    if not server.store:
        return Finding("no", "a response that is not stored cannot be continued")
    first = server.first.get("id")
    second = server.second = server.create(previous_response_id=first)
    before, after = _read(server.first), _read(second)
    counted = f"tokens read: {before}, then {after}"
    if second.get("previous_response_id", first) != first:
        return Finding("no", f"it ignored the previous response; {counted}")
    if "previous_response_id" in second or after > before:
        return Finding("yes", counted)
    return Finding("partly", f"its answer does not show whether it used the previous response; {counted}")


def _read(response: Json) -> int:
    return int((response.get("usage") or {}).get("input_tokens") or 0)


def _loss(server: ExaminedServer) -> Finding:
    """The shim recognises a lost chain by the server's error text: test whether it recognises this server's."""
    unknown = "resp_" + secrets.token_hex(24)
    try:
        response = server.create(previous_response_id=unknown)
    except Refusal as refusal:
        server.unknown = chaining.of_unknown(refusal, unknown)
        if server.unknown == "refused":
            return Finding("yes", f"a known error text: {quoted(refusal)}")
        return Finding("no", f"an unknown error text, please report it: {quoted(refusal)}")
    server.unknown = chaining.of_unknown(response, unknown)
    if server.unknown == "left out":
        return Finding("partly", "it ignores an unknown previous response; the shim checks the echo of each answer")
    return Finding("no", "it accepts an invented response id, so its echo of other ids proves nothing")


def _background(server: ExaminedServer) -> Finding:
    response = server.create(background=True)
    if response.get("status") not in ("queued", "in_progress"):
        return Finding("no", "it answered at once")
    try:
        server.cancel(response["id"])
    except Refusal as refusal:
        return Finding("partly", f"started, but could not be cancelled: {quoted(refusal)}")
    return Finding("yes", f"status {response['status']}, then cancelled")


def _functions(server: ExaminedServer) -> Finding:
    response = server.create(tools=[TOOL], tool_choice={"type": "function", "name": "get_time"}, store=False)
    kinds = [item.get("type") for item in response.get("output") or []]
    if "function_call" in kinds:
        return Finding("yes", "the model called the function, as tool_choice required")
    return Finding("no", f"no call came, but {', '.join(map(str, kinds)) or 'nothing'}")


def _encrypted(server: ExaminedServer) -> Finding:
    response = server.create(include=[ENCRYPTED], store=False)
    thoughts = [item for item in response.get("output") or [] if item.get("type") == "reasoning"]
    if any(item.get("encrypted_content") for item in thoughts):
        return Finding("yes", "reasoning came encrypted")
    return Finding("partly", "accepted; " + ("reasoning came without it" if thoughts else "this model did not reason"))


def _counts(server: ExaminedServer) -> Finding:
    counted = server.post("/responses/input_tokens", {"model": server.model, "input": "Hello"})
    return Finding("yes", f"{counted.get('input_tokens')} tokens in a word")


def _deletes(server: ExaminedServer) -> Finding:
    """The last probe: delete everything that the test has stored."""
    server.clean_up()
    if server.stored:
        return Finding("no", f"it still has {', '.join(server.stored)}; {quoted(server.refusals[-1])}")
    if not server.deleted:
        return Finding("untried", "it had stored nothing")
    return Finding("yes", f"{server.deleted} responses that it had stored for this test")


def _lists(path: str) -> Callable[[ExaminedServer], Finding]:
    def probe(server: ExaminedServer) -> Finding:
        server.get(f"{path}?limit=1")
        return Finding("yes", f"GET {path}")

    return probe


def quoted(refusal: Refusal) -> str:
    """A refusal in one line."""
    status = f"HTTP {refusal.status}: " if refusal.status else ""
    return status + " ".join(refusal.message.split())


@dataclass(frozen=True, slots=True)
class Probe:
    """``needs``: probes that must not have found "no" before this one makes sense."""

    name: str
    run: Callable[[ExaminedServer], Finding]
    needs: tuple[str, ...] = ("answers",)


#: In the order in which they run.
PROBES: Final[tuple[Probe, ...]] = (
    Probe("reachable", _reachable, ()),
    Probe("models", _models, ("reachable",)),
    Probe("answers", _answers, ("reachable",)),
    Probe("key accepted", _authorised, ("reachable",)),
    Probe("streaming", _streams),
    Probe("keeps responses", _stored),
    Probe("previous_response_id", _chains),
    Probe("says when one is lost", _loss, ("answers", "previous_response_id")),
    Probe("background", _background),
    Probe("function tools", _functions),
    Probe("encrypted reasoning", _encrypted),
    Probe("token count", _counts),
    Probe("files", _lists("/files"), ("reachable", "key accepted")),
    Probe("vector stores", _lists("/vector_stores"), ("reachable", "key accepted")),
    Probe("containers", _lists("/containers"), ("reachable", "key accepted")),
    Probe("delete", _deletes),
)
#: After this many requests in a row without an answer no more are sent.
SILENT: Final = 2
#: Probes in which the model answers: their number is the largest number of calls of a model.
COSTLY: Final = (_answers, _chains, _loss, _background, _functions, _encrypted)


def examine(server: ExaminedServer, before_probe: Callable[[str], None]) -> dict[str, Finding]:
    """All findings by name.  ``before_probe`` is called with the name of each probe before it begins."""
    findings: dict[str, Finding] = {}
    for probe in PROBES:
        why = _hindrance(probe, server, findings)
        if why is None:
            before_probe(probe.name)
            findings[probe.name] = _result(probe, server)
        else:
            findings[probe.name] = Finding("untried", why)
    return findings


def _hindrance(probe: Probe, server: ExaminedServer, findings: dict[str, Finding]) -> str | None:
    """The reason to skip a probe, or None."""
    for name in probe.needs:
        if findings[name].state in ("no", "untried"):
            return f"because of: {name}"
    if probe.run in COSTLY and server.model is None:
        return "no model is known; --model names one"
    lately = server.refusals[-SILENT:]
    if len(lately) == SILENT and all(refusal.status is None for refusal in lately):
        return "it has stopped answering"
    return None


def _result(probe: Probe, server: ExaminedServer) -> Finding:
    try:
        return probe.run(server)
    except Refusal as refusal:
        return Finding("no", quoted(refusal))
