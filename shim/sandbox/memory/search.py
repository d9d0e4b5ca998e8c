"""A small text search: chunks of words, ranked by BM25 and brought to 0…1; and the filters on attributes."""

import math
import operator
import re
from collections import Counter
from collections.abc import Callable
from typing import Any, Final

from shim.sandbox.shapes import refuse
from shim.wire.types import Json

#: BM25's usual constants: the saturation of repeated words, and the weight of a chunk's length.
K1: Final = 1.2
B: Final = 0.75
#: Stop words.
COMMON: Final = frozenset(
    re.findall(
        r"\w+",
        "a about all also an and any are as at be by can do does for from had has have how i if in into is it its "
        "me my no not of on or our please s so tell than that the their them then there these they this to use using "
        "was we were what when where which who whom whose why will with would you your file search document",
    )
)
_WORD: Final = re.compile(r"\w+")
_SENTENCE: Final = re.compile(r"[^.!?\n]+")


def terms(text: str) -> list[str]:
    """The words of a text without stop words, in lower case and without a plural s."""
    folded = (term.casefold() for term in _WORD.findall(text))
    stems = ((term, term[:-1] if len(term) > 3 and term.endswith("s") else term) for term in folded)
    return [stem for term, stem in stems if term not in COMMON and stem not in COMMON]


def chunks(text: str, size: int, overlap: int) -> list[str]:
    """Pieces of ``size`` words, each beginning with the last ``overlap`` of the one before.  A word is a token."""
    spans = [match.span() for match in re.finditer(r"\S+", text)]
    starts = range(0, max(1, len(spans) - overlap), size - overlap) if spans else ()
    return [text[spans[start][0] : spans[min(start + size, len(spans)) - 1][1]] for start in starts]


def scores(query: str, texts: list[str]) -> list[float]:
    """One score for each text, 0…1: BM25 divided by the largest possible value for the query."""
    wanted = dict.fromkeys(terms(query))
    counts = [Counter(terms(text)) for text in texts]
    lengths = [sum(count.values()) for count in counts]
    mean = sum(lengths) / len(lengths) if any(lengths) else 1.0
    weights = {term: _weight(sum(term in count for count in counts), len(counts)) for term in wanted}
    best = sum(weights.values()) * (K1 + 1)
    results = []
    for count, length in zip(counts, lengths, strict=True):
        damping = K1 * (1 - B + B * length / mean)
        got = sum(weight * count[term] * (K1 + 1) / (count[term] + damping) for term, weight in weights.items())
        results.append(round(got / best, 4) if best else 0.0)
    return results


def _weight(holding: int, total: int) -> float:
    """The weight of a word: the rarer, the larger."""
    return math.log(1 + (total - holding + 0.5) / (holding + 0.5))


def sentence(query: str, text: str, max_length: int) -> str:
    """The sentence of ``text`` that has most of the query's words, without its full stop."""
    sentences = [each.strip() for each in _SENTENCE.findall(text) if each.strip()]
    wanted = set(terms(query))
    best = max(sentences, key=lambda each: len(wanted.intersection(terms(each))), default="")
    return best if len(best) <= max_length else f"{best[:max_length]}…"


_COMPARED: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "gt": operator.gt,
    "gte": operator.ge,
    "lt": operator.lt,
    "lte": operator.le,
    "in": lambda value, wanted: value in wanted,
    "nin": lambda value, wanted: value not in wanted,
}
_JOINED: Final[dict[str, Callable[..., bool]]] = {"and": all, "or": any}


def check_filter(condition: Any, path: str) -> None:
    """A comparison ``{type, key, value}`` or a compound ``{type, filters}``."""
    kind = condition.get("type") if isinstance(condition, dict) else None
    if kind in _JOINED:
        for index, each in enumerate(condition.get("filters") or []):
            check_filter(each, f"{path}.filters[{index}]")
    elif kind not in _COMPARED:
        raise refuse.not_supported_value(f"{path}.type", kind, (*_COMPARED, *_JOINED))
    elif "key" not in condition or "value" not in condition:
        raise refuse.missing(f"{path}.{'value' if 'key' in condition else 'key'}")


def passes(condition: Json | None, attributes: Json) -> bool:
    """Whether a file with these attributes is searched.  One without the attribute, or of another type, is not."""
    if not condition:
        return True
    if condition["type"] in _JOINED:
        return _JOINED[condition["type"]](passes(each, attributes) for each in condition.get("filters") or [])
    if condition["key"] not in attributes:
        return False
    try:
        return bool(_COMPARED[condition["type"]](attributes[condition["key"]], condition["value"]))
    except TypeError:
        return False
