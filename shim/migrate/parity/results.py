"""The results of a comparison and their sums; their JSON has a documented form (`VERSION`)."""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Final, Literal

from shim.migrate.parity.answers import Answer, Tokens
from shim.migrate.parity.conversations import Conversation, Problem, Turn
from shim.migrate.parity.differences import UNANSWERED, Difference, Sides, differences, ended_alike
from shim.migrate.parity.formats import form
from shim.migrate.parity.playback import Reply
from shim.migrate.parity.prices import Price
from shim.wire.types import Json

FORMAT: Final = "assistants-shim parity"
#: Raised when programs that read the JSON must change.
VERSION: Final = 1
Verdict = Literal["same", "differs", "failed"]
VERDICTS: Final[dict[Verdict, str]] = {
    "same": "the same structure",
    "differs": "the structure differs",
    "failed": "no answer, where the recorded run has one or ended otherwise",
}


@dataclass(frozen=True, slots=True)
class Result:
    """A candidate's result for a turn.  ``repetition`` counts from 1.

    ``stopped``: why the turn was cancelled before its answer; None if it was not.
    """

    model: str
    repetition: int
    answer: Answer
    replies: tuple[Reply, ...] = ()
    stopped: str | None = None


@dataclass(frozen=True, slots=True)
class Judged:
    """A result, compared with the recorded answer."""

    result: Result
    verdict: Verdict
    differences: tuple[Difference, ...]


@dataclass(frozen=True, slots=True)
class Compared:
    """A turn with the results of all candidates."""

    conversation: Conversation
    turn: Turn
    candidates: tuple[Judged, ...]

    @property
    def verdict(self) -> Verdict:
        """The worst one."""
        verdicts = {each.verdict for each in self.candidates}
        return next((verdict for verdict in ("failed", "differs") if verdict in verdicts), "same")


@dataclass(frozen=True, slots=True)
class Options:
    """The options of the comparison.  ``free``: candidates continue from their own answers.  ``ignored``: aspects that
    do not count.  ``placeholder``: the output of calls without a recording.
    """

    models: tuple[str, ...]
    repetitions: int = 1
    free: bool = False
    assistant: str | None = None
    placeholder: str | None = None
    ignored: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """A whole comparison.  ``made_at``: seconds since the epoch."""

    options: Options
    turns: tuple[Compared, ...]
    problems: tuple[Problem, ...] = ()
    prices: Mapping[str, Price] = field(default_factory=dict)
    made_at: int = 0

    def summaries(self) -> list["Summary"]:
        """One summary of the recorded answers, and one for each model."""
        recorded = [(None, each.turn.answer) for each in self.turns]
        models = sorted({answer.model for _, answer in recorded if answer.model})
        rows = [summary("recorded", models, recorded, self.prices)]
        for model in self.options.models:
            judged = [one for each in self.turns for one in each.candidates if one.result.model == model]
            rows.append(summary(model, [model], [(one, one.result.answer) for one in judged], self.prices))
        return rows

    def count(self, *verdicts: Verdict) -> int:
        """How many answers of candidates have one of these verdicts."""
        return sum(one.verdict in verdicts for each in self.turns for one in each.candidates)


def judge(turn: Turn, result: Result, ignored: Iterable[str] = ()) -> Judged:
    """Compare a result with the recorded answer."""
    left_out = {*ignored}
    sides = Sides(turn.answer, result.answer, result.replies, result.stopped is not None)
    differing = tuple(each for each in differences(sides) if each.aspect not in left_out)
    unanswered = result.stopped is None and result.answer.status in UNANSWERED
    failed = unanswered and not ended_alike(sides)
    return Judged(result, "failed" if failed else "differs" if differing or result.stopped else "same", differing)


@dataclass(frozen=True, slots=True)
class Summary:
    """The sums of one side; None if nothing is known.  ``..._unknown``: how many answers have no known value.

    ``first`` and ``total``: seconds to the first text and to the end, as p50 and p95.
    """

    name: str
    models: list[str]
    answers: int
    same: int
    differs: int
    failed: int
    stopped: int
    aspects: dict[str, int]
    tokens: Tokens | None
    tokens_unknown: int
    cost: float | None
    cost_unknown: int
    characters: int
    words: int
    first: dict[str, float] | None
    total: dict[str, float] | None


def summary(
    name: str, models: list[str], turns: Sequence[tuple[Judged | None, Answer]], prices: Mapping[str, Price]
) -> Summary:
    """The sums of answers, each with its verdict."""
    judged = [one for one, _ in turns if one is not None]
    answers = [answer for _, answer in turns]
    verdicts = Counter(one.verdict for one in judged)
    aspects = Counter(aspect for one in judged for aspect in {each.aspect for each in one.differences})
    costs = [cost(answer, prices) for answer in answers]
    known = [each for each in costs if each is not None]
    tokens = [answer.tokens for answer in answers if answer.tokens is not None]
    return Summary(
        name,
        models,
        len(answers),
        verdicts["same"],
        verdicts["differs"],
        verdicts["failed"],
        sum(one.result.stopped is not None for one in judged),
        dict(sorted(aspects.items())),
        _sum(tokens),
        len(answers) - len(tokens),
        sum(known) if known else None,
        len(costs) - len(known),
        sum(len(answer.text) for answer in answers),
        sum(answer.word_count for answer in answers),
        _spread([answer.first for answer in answers]),
        _spread([answer.seconds for answer in answers]),
    )


def cost(answer: Answer, prices: Mapping[str, Price]) -> float | None:
    """In US dollars; None if the tokens or the model's price are unknown."""
    price = prices.get(answer.model or "")
    return None if price is None or answer.tokens is None else price.of(answer.tokens)


def _sum(tokens: Sequence[Tokens]) -> Tokens | None:
    def total(read: Callable[[Tokens], int | None]) -> int | None:
        known = [count for each in tokens if (count := read(each)) is not None]
        return sum(known) if known else None

    if not tokens:
        return None
    counts = sum(each.prompt for each in tokens), sum(each.completion for each in tokens)
    return Tokens(*counts, total(lambda each: each.cached), total(lambda each: each.reasoning))


def _spread(seconds: Iterable[float | None]) -> dict[str, float] | None:
    known = sorted(each for each in seconds if each is not None)
    if not known:
        return None
    return {f"p{share}": known[math.ceil(len(known) * share / 100) - 1] for share in (50, 95)}


def as_json(report: Report, version: str) -> Json:
    """The report for programs.  ``version``: of the shim."""
    return {
        "format": FORMAT,
        "version": VERSION,
        "shim": version,
        "made_at": report.made_at,
        "options": asdict(report.options),
        "summary": [asdict(each) for each in report.summaries()],
        "turns": [_turn(each, report.prices) for each in report.turns],
        "problems": [each._asdict() for each in report.problems],
    }


def _turn(compared: Compared, prices: Mapping[str, Price]) -> Json:
    conversation, turn = compared.conversation, compared.turn
    return {
        "thread": conversation.name,
        "turn": turn.number,
        "question": turn.question,
        "verdict": compared.verdict,
        "recorded": answer_json(turn.answer, prices),
        "candidates": [_candidate(each, prices) for each in compared.candidates],
    }


def _candidate(judged: Judged, prices: Mapping[str, Price]) -> Json:
    result = judged.result
    return {
        "model": result.model,
        "repetition": result.repetition,
        "verdict": judged.verdict,
        "stopped": result.stopped,
        "differences": [each._asdict() for each in judged.differences],
        "calls": [
            {"name": each.call.name, "arguments": each.call.arguments, "match": each.match, "output": each.output}
            for each in result.replies
        ],
        "answer": answer_json(result.answer, prices),
    }


def answer_json(answer: Answer, prices: Mapping[str, Price]) -> Json:
    """One answer for programs."""
    body: dict[str, Any] = asdict(replace(answer))
    shape = form(answer.text, answer.refused)
    return body | {
        "characters": len(answer.text),
        "words": answer.word_count,
        "form": asdict(shape) | {"keys": dict(shape.keys)},
        "cost": cost(answer, prices),
    }
