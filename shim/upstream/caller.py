"""The caller's credentials: headers of the caller's own request.

They are sent with every upstream call for that request, and for the run that it starts: a door sets them around the
engine's work, and a task or thread that is started there has a copy of the context.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

#: In the SDK's spelling: its first versions would send another spelling in addition to their own.
CREDENTIALS: Final = {
    "authorization": "Authorization",
    "api-key": "api-key",
    "openai-organization": "OpenAI-Organization",
    "openai-project": "OpenAI-Project",
}
_caller: "Final[ContextVar[Mapping[str, str]]]" = ContextVar("shim-caller", default={})  # noqa: B039 - never changed


@contextmanager
def calling(headers: Mapping[str, str]) -> Iterator[None]:
    """Within this context, upstream calls are made for the caller whose request had these headers."""
    by_name = {name.lower(): value for name, value in headers.items()}
    token = _caller.set({spelt: by_name[name] for name, spelt in CREDENTIALS.items() if name in by_name})
    try:
        yield
    finally:
        _caller.reset(token)


def credentials() -> dict[str, str]:
    """The current caller's headers; empty outside of `calling`."""
    return dict(_caller.get())
