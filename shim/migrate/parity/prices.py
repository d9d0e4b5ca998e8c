"""Computes the cost of a turn from a file of prices.  The shim has no prices of its own."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from shim.assembly import lined
from shim.migrate.parity.answers import Tokens

#: The number of tokens that a price is for.
MILLION: Final = 1_000_000
KEYS: Final = ("input", "cached_input", "output")


@dataclass(frozen=True, slots=True)
class Price:
    """In US dollars for a million tokens.  Without a price of their own cached tokens cost as much as others."""

    input: float
    output: float
    cached_input: float | None = None

    def of(self, tokens: Tokens) -> float:
        """The cost of a turn; reasoning tokens are part of the completion tokens."""
        cached = min(tokens.cached or 0, tokens.prompt)
        rate = self.input if self.cached_input is None else self.cached_input
        dollars = (tokens.prompt - cached) * self.input + cached * rate + tokens.completion * self.output
        return dollars / MILLION


def read(path: Path) -> dict[str, Price]:
    """The prices of models in a file: YAML, TOML or JSON.  Raises `lined.Unusable`."""
    try:
        documents = lined.read(path)
    except lined.Unreadable as problem:
        raise lined.Unusable([lined.Problem(path, problem.line, str(problem))]) from problem
    except OSError as problem:
        raise lined.Unusable([lined.Problem(path, None, problem.strerror or str(problem))]) from problem
    if len(documents) != 1 or not isinstance(documents[0].value, dict):
        raise lined.Unusable(
            [lined.Problem(path, None, "a file of prices is one object with the names of models as its keys")]
        )
    document = documents[0]
    return {str(model): _price(path, document, model, entry) for model, entry in document.value.items()}


def _price(path: Path, document: lined.Document, model: Any, entry: Any) -> Price:
    wrong = (
        f"{model}: prices are `input`, `output` and perhaps `cached_input`, numbers in US dollars per million tokens"
    )
    fits = isinstance(entry, dict) and {"input", "output"} <= entry.keys() <= {*KEYS}
    if not fits or not all(_is_price(value) for value in entry.values()):
        raise lined.Unusable([lined.Problem(path, document.line((model,)), wrong)])
    return Price(**{name: float(value) for name, value in entry.items()})


def _is_price(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value < float("inf")
