"""The answer of a turn, recorded or new: read from a run, its steps and its messages."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from shim.wire.types import Json

#: Fields of a run with the time of its end.
ENDS: Final = ("completed_at", "failed_at", "cancelled_at")


@dataclass(frozen=True, slots=True)
class Call:
    """A call of a function.  Calls that were made together have the same ``batch``; None is an output unknown."""

    name: str
    arguments: str
    output: str | None = None
    batch: int = 0


@dataclass(frozen=True, slots=True)
class Tokens:
    """Tokens of a turn; None if they were not recorded."""

    prompt: int
    completion: int
    cached: int | None = None
    reasoning: int | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer.

    ``status``: of the run; None if there is no run.  ``calls``, ``hosted``: functions and kinds of hosted tools; None
    if no steps are known, which differs from no call.  ``cited``: the file of each citation.  ``files``: files and
    pictures that code made.  ``seconds``: from the run's creation to its end; whole seconds for recorded runs.
    ``first``: seconds to the first text.
    """

    status: str | None = None
    model: str | None = None
    text: str = ""
    refused: bool = False
    calls: tuple[Call, ...] | None = None
    hosted: tuple[str, ...] | None = None
    cited: tuple[str, ...] = ()
    files: int = 0
    error: Json | None = None
    incomplete: str | None = None
    tokens: Tokens | None = None
    seconds: float | None = None
    first: float | None = None

    @property
    def word_count(self) -> int:
        return len(self.text.split())


def answer(run: Json | None, steps: Sequence[Json], messages: Sequence[Json]) -> Answer:
    """The answer of a run, or of messages whose run is unknown."""
    parts = [part for message in messages for part in message["content"]]
    notes = [note for part in parts if part["type"] == "text" for note in part["text"].get("annotations") or ()]
    of_messages = {
        "text": "\n\n".join(text for part in parts if (text := _text(part))),
        "refused": any(part["type"] == "refusal" for part in parts),
        "cited": tuple(note["file_citation"]["file_id"] for note in notes if note.get("file_citation")),
        "files": sum(part["type"] == "image_file" for part in parts) + sum("file_path" in note for note in notes),
    }
    return Answer(**of_messages, **({} if run is None else _of_run(run, steps)))


def _text(part: Json) -> str:
    if part["type"] == "text":
        return str(part["text"]["value"])
    return str(part["refusal"]) if part["type"] == "refusal" else ""


def _of_run(run: Json, steps: Sequence[Json]) -> Json:
    ended = next((run[name] for name in ENDS if run.get(name)), None)
    batches = [step["step_details"].get("tool_calls") or [] for step in steps]
    return {
        "status": run["status"],
        "model": run["model"],
        "calls": tuple(_calls(batches)) if steps else None,
        "hosted": tuple(call["type"] for batch in batches for call in batch if call["type"] != "function")
        if steps
        else None,
        "error": run.get("last_error"),
        "incomplete": (run.get("incomplete_details") or {}).get("reason"),
        "tokens": _tokens(run.get("usage")),
        "seconds": None if ended is None else max(ended - run["created_at"], 0),
    }


def _calls(batches: Sequence[Sequence[Json]]) -> list[Call]:
    return [
        Call(call["function"]["name"], call["function"]["arguments"] or "", call["function"].get("output"), number)
        for number, batch in enumerate(batches)
        for call in batch
        if call["type"] == "function"
    ]


def _tokens(usage: Any) -> Tokens | None:
    if not usage or not (usage.get("prompt_tokens") or usage.get("completion_tokens")):
        return None
    # The API's own name, and that of its schema.
    prompt = usage.get("prompt_token_details") or usage.get("prompt_tokens_details") or {}
    completion = usage.get("completion_tokens_details") or {}
    counts = usage.get("prompt_tokens") or 0, usage.get("completion_tokens") or 0
    return Tokens(*counts, prompt.get("cached_tokens"), completion.get("reasoning_tokens"))
