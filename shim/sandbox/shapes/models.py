"""The models of the sandbox, and their differences in the API."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from shim.sandbox.shapes import refuse
from shim.wire.types import Json

#: Name asked for -> name answered: the dated names that were recorded.
DATED: Final[dict[str, str]] = {
    "gpt-4o": "gpt-4o-2024-08-06",
    "gpt-4o-mini": "gpt-4o-mini-2024-07-18",
    "gpt-4.1": "gpt-4.1-2025-04-14",
    "gpt-4.1-mini": "gpt-4.1-mini-2025-04-14",
    "gpt-4.1-nano": "gpt-4.1-nano-2025-04-14",
    "gpt-5": "gpt-5-2025-08-07",
    "gpt-5-mini": "gpt-5-mini-2025-08-07",
    "gpt-5-nano": "gpt-5-nano-2025-08-07",
    "gpt-5.4": "gpt-5.4-2026-03-05",
    "gpt-5.6": "gpt-5.6-sol",
    "o1": "o1-2024-12-17",
    "o3": "o3-2025-04-16",
    "o3-mini": "o3-mini-2025-01-31",
    "o4-mini": "o4-mini-2025-04-16",
}
LISTED: Final = (*DATED, *DATED.values(), "gpt-5.6-luna", "gpt-5.6-terra", "gpt-6-luna", "sandbox")

_KNOWN: Final = re.compile(r"(gpt-|chatgpt-|codex-|o\d|ft:|sandbox)(?!.*no-such)[\w.:/-]*")
#: Models of the Assistants API's time that were shut down: requests for them must fail here, too.
_RETIRED: Final = re.compile(
    r"gpt-4-(0314|1106-preview|0125-preview|turbo-preview|vision-preview|1106-vision-preview|32k.*)"
    r"|gpt-3\.5-turbo-(0301|0613|16k.*)|gpt-4\.5-preview.*|o1-(preview|mini).*"
)
_REASONING: Final = re.compile(r"o\d|gpt-(5|6)")
#: Models whose messages carry ``phase``; from the last of them on also with encrypted reasoning that was not requested,
#: and newer echoes.
_PHASED: Final = re.compile(r"gpt-5\.[4-9]|gpt-6")
_NEWEST: Final = re.compile(r"gpt-5\.[6-9]|gpt-6")
_OTHER_TOP_P: Final = re.compile(r"gpt-5\.[2-9]|gpt-6")


@dataclass(frozen=True, slots=True)
class Model:
    """``name`` is the dated one."""

    name: str
    reasons: bool
    phased: bool
    newest: bool

    @property
    def top_p(self) -> float:
        """The default that is echoed."""
        return 0.98 if _OTHER_TOP_P.match(self.name) else 1.0

    @property
    def retention(self) -> str:
        """The default of ``prompt_cache_retention``."""
        return "24h" if self.newest else "in_memory"

    def reasoning(self, options: Json) -> Json:
        """The echo of ``reasoning``; ``summary: auto`` comes back as what it was resolved to."""
        summary = options.get("summary") or options.get("generate_summary")
        echo: Json = {
            "context": None,
            "effort": options.get("effort") or ("medium" if self.reasons else None),
            "summary": "detailed" if summary == "auto" else summary,
        }
        if self.reasons:
            echo["context"] = options.get("context") or ("all_turns" if self.newest else "current_turn")
        return echo | ({"mode": options.get("mode") or "standard"} if self.newest else {})


def find(name: str, extra: Collection[str] = (), retired: Mapping[str, str] = MappingProxyType({})) -> Model:
    """The model of that name; names in ``extra`` are added, those in ``retired`` removed.  Refuses other names."""
    if name in retired or (name not in extra and (not _KNOWN.fullmatch(name) or _RETIRED.fullmatch(name))):
        raise refuse.no_model(name)
    return Model(
        name=DATED.get(name, name),
        reasons=bool(_REASONING.match(name)),
        phased=bool(_PHASED.match(name)),
        newest=bool(_NEWEST.match(name)),
    )


def listing(extra: Collection[str], retired: Mapping[str, str]) -> Json:
    """GET /v1/models.  Models in ``retired`` are still listed, with the date of their end."""
    names = dict.fromkeys((*LISTED, *sorted(extra), *retired))
    return {"object": "list", "data": [_listed(name, retired) for name in names]}


def one(name: str, extra: Collection[str], retired: Mapping[str, str]) -> Json:
    """GET /v1/models/{name}."""
    if name not in LISTED and name not in extra and name not in retired:
        raise refuse.no_listed_model(name)
    return _listed(name, retired)


def _listed(name: str, retired: Mapping[str, str]) -> Json:
    shutdown = {"shutdown_date": retired[name]} if name in retired else {}
    return {"id": name, "object": "model", "created": 1700000000, "owned_by": "sandbox", **shutdown}
