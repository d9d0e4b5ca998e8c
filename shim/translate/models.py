"""Retired models and their successors.

Most assistants name a model that was shut down since.  The table has the date, and the model that OpenAI names as its
successor (its deprecations page as of 2026-10-15; entries that the page no longer has are from its earlier versions).
A row is valid from its date on.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Final


@dataclass(frozen=True, slots=True)
class Retired:
    """``since``: the first day without the model, as YYYY-MM-DD in UTC.  ``successor``: a model that still exists."""

    since: str
    successor: str


LARGE: Final = "gpt-5.6-sol"
SMALL: Final = "gpt-5.6-terra"

RETIRED: Final[dict[str, Retired]] = {
    "gpt-3.5-turbo-0301": Retired("2024-09-13", SMALL),
    "gpt-3.5-turbo-0613": Retired("2024-09-13", SMALL),
    "gpt-3.5-turbo-16k": Retired("2024-09-13", SMALL),
    "gpt-3.5-turbo-16k-0613": Retired("2024-09-13", SMALL),
    "gpt-4-vision-preview": Retired("2024-12-06", LARGE),
    "gpt-4-1106-vision-preview": Retired("2024-12-06", LARGE),
    "gpt-4-32k": Retired("2025-06-06", LARGE),
    "gpt-4-32k-0314": Retired("2025-06-06", LARGE),
    "gpt-4-32k-0613": Retired("2025-06-06", LARGE),
    "gpt-4.5-preview": Retired("2025-07-14", LARGE),
    "gpt-4.5-preview-2025-02-27": Retired("2025-07-14", LARGE),
    "o1-preview": Retired("2025-07-28", LARGE),
    "o1-preview-2024-09-12": Retired("2025-07-28", LARGE),
    "o1-mini": Retired("2025-10-27", SMALL),
    "o1-mini-2024-09-12": Retired("2025-10-27", SMALL),
    "chatgpt-4o-latest": Retired("2026-02-17", LARGE),
    "gpt-4-0314": Retired("2026-03-26", LARGE),
    "gpt-4-0125-preview": Retired("2026-03-26", LARGE),
    "gpt-4-turbo-preview": Retired("2026-03-26", LARGE),
    "gpt-3.5-turbo-1106": Retired("2026-09-28", SMALL),
    "gpt-3.5-turbo": Retired("2026-10-23", SMALL),
    "gpt-3.5-turbo-0125": Retired("2026-10-23", SMALL),
    "gpt-4": Retired("2026-10-23", LARGE),
    "gpt-4-0613": Retired("2026-10-23", LARGE),
    "gpt-4-1106-preview": Retired("2026-10-23", LARGE),
    "gpt-4-turbo": Retired("2026-10-23", LARGE),
    "gpt-4-turbo-2024-04-09": Retired("2026-10-23", LARGE),
    "gpt-4o-2024-05-13": Retired("2026-10-23", LARGE),
    "gpt-4.1-nano": Retired("2026-10-23", SMALL),
    "gpt-4.1-nano-2025-04-14": Retired("2026-10-23", SMALL),
    "o1": Retired("2026-10-23", LARGE),
    "o1-2024-12-17": Retired("2026-10-23", LARGE),
    "o1-pro": Retired("2026-10-23", LARGE),
    "o1-pro-2025-03-19": Retired("2026-10-23", LARGE),
    "o3-mini": Retired("2026-10-23", LARGE),
    "o3-mini-2025-01-31": Retired("2026-10-23", LARGE),
    "o4-mini": Retired("2026-10-23", SMALL),
    "o4-mini-2025-04-16": Retired("2026-10-23", SMALL),
    "gpt-5": Retired("2026-12-11", LARGE),
    "gpt-5-2025-08-07": Retired("2026-12-11", LARGE),
    "o3": Retired("2026-12-11", LARGE),
    "o3-2025-04-16": Retired("2026-12-11", LARGE),
    "gpt-4o": Retired("2027-01-14", "gpt-6-luna"),
    "gpt-4o-2024-08-06": Retired("2027-01-14", "gpt-6-luna"),
    "gpt-4o-2024-11-20": Retired("2027-01-14", "gpt-6-luna"),
    "gpt-4o-mini": Retired("2027-01-14", "gpt-6-luna"),
    "gpt-4o-mini-2024-07-18": Retired("2027-01-14", "gpt-6-luna"),
    "gpt-4.1": Retired("2027-01-14", "gpt-6-luna"),
    "gpt-4.1-2025-04-14": Retired("2027-01-14", "gpt-6-luna"),
    "gpt-4.1-mini": Retired("2027-01-14", "gpt-6-luna"),
    "gpt-4.1-mini-2025-04-14": Retired("2027-01-14", "gpt-6-luna"),
}


#: Models that take minutes for an answer, by their names with ``*`` for any letters, and OpenAI's description.  Their
#: runs use upstream's background mode, if there is one.
MINUTES: Final[dict[str, str]] = {
    "*-deep-research": "researches for minutes",
    "*-deep-research-20*": "researches for minutes",
    "o*-pro": "thinks for minutes",
    "o*-pro-20*": "thinks for minutes",
    "gpt-*-pro": "thinks for minutes",
    "gpt-*-pro-20*": "thinks for minutes",
}


def takes_minutes(model: str) -> bool:
    """Whether a model is known to take minutes for an answer."""
    return any(fnmatchcase(model, name) for name in MINUTES)


#: A server's list of models: each with the day of its end, as YYYY-MM-DD, or None.
Listed = Mapping[str, str | None]


def _no_date() -> str:
    return ""


@dataclass(frozen=True, slots=True)
class ModelMap:
    """Maps the model that a run names to the model to call.

    ``overrides`` takes precedence: exact names, and prefixes that end in ``*`` (``ft:gpt-3.5-turbo*``), the longest one
    that fits; None stands for the model itself.  ``retired``: a table such as `RETIRED`.  ``today``: the day, as
    YYYY-MM-DD in UTC.
    """

    overrides: Mapping[str, str | None] = field(default_factory=dict)
    retired: Mapping[str, Retired] = field(default_factory=dict)
    today: Callable[[], str] = _no_date

    def override(self, model: str) -> str | None:
        """The model that the settings name for a model; None if they do not contain it."""
        fitting = [name for name in self.overrides if name.endswith("*") and model.startswith(name[:-1])]
        name = model if model in self.overrides else max(fitting, key=len, default=None)
        return None if name is None else self.overrides[name] or model

    def successor(self, model: str) -> str | None:
        """The successor in the table, regardless of the date; None if the settings contain the model, or there is no
        row.
        """
        row = self.retired.get(model)
        return row.successor if row is not None and self.override(model) is None else None

    def is_over(self, model: str, listed: Listed | None) -> bool:
        """Whether a model of the table has been shut down: the server's own list takes precedence, if it is known."""
        row, today = self.retired.get(model), self.today()
        if row is None:
            return False
        if listed is None or model not in listed:
            return row.since <= today
        end = listed[model]
        return end is not None and end <= today

    def model_to_call(self, model: str, listed: Listed | None = None) -> str:
        """The model to call."""
        successor = self.successor(model)
        if successor is None:
            return self.override(model) or model
        return successor if self.is_over(model, listed) else model


#: Sampling parameters that reasoning models refuse.
REFUSABLE: Final = ("temperature", "top_p")
#: Other parameters that some servers do not support.
DROPPABLE: Final = (*REFUSABLE, "truncation", "metadata", "include", "parallel_tool_calls")
#: Error texts for a parameter, or a value, that a model or server does not support.
_REFUSED: Final = re.compile(
    r"(?i)unsupported|not supported|does not support|unknown (parameter|field)|unrecognized|not permitted|not allowed"
)
#: Error texts that name the parameter, for errors without `param`.
_PARAMETER_NAME: Final = r"""['"`]{0}\b|(parameter|argument|field|property|key)s?:? {0}\b|^{0} (is|was) """
_CODES: Final = (None, "unsupported_parameter", "unsupported_value", "unknown_parameter")


def refused_parameter(
    param: str | None, code: str | None, message: str, among: tuple[str, ...] = DROPPABLE
) -> str | None:
    """The refused parameter, if it is one of ``among``, which may be left out."""
    if code not in _CODES or not _REFUSED.search(message):
        return None
    parameter = re.split(r"[.\[]", param or "")[0] or next(
        (name for name in among if re.search(_PARAMETER_NAME.format(name), message)), None
    )
    return parameter if parameter in among else None
