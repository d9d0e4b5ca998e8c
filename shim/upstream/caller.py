"""Who is calling: the headers that a caller's own request answers for itself with.

They go with every upstream call that is made for that request, and with those of the run that it starts: a door sets
them around the engine's work, and whatever is begun there (a task, a thread with a copied context) keeps them.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

#: As the SDK spells them: its first versions would send another spelling beside their own.
CREDENTIALS: Final = {
    "authorization": "Authorization",
    "api-key": "api-key",
    "openai-organization": "OpenAI-Organization",
    "openai-project": "OpenAI-Project",
}
_caller: "Final[ContextVar[Mapping[str, str]]]" = ContextVar("shim-caller", default={})  # noqa: B039 - never changed


@contextmanager
def calling(headers: Mapping[str, str]) -> Iterator[None]:
    """What is done within is done for the caller whose request had these headers."""
    found = {name.lower(): value for name, value in headers.items()}
    token = _caller.set({spelt: found[name] for name, spelt in CREDENTIALS.items() if name in found})
    try:
        yield
    finally:
        _caller.reset(token)


def credentials() -> dict[str, str]:
    """The headers of the caller for whom this is done; none outside of `calling`."""
    return dict(_caller.get())
