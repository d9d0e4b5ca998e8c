"""What each kind of server can do, from the profiles."""

import dataclasses
from typing import Final

from docs.pages.marks import code, page, table
from shim.ports import Profile
from shim.upstream.profiles import HOSTS, LOST_WORDS, PROFILES

INTRODUCTION: Final = """
What each kind of Responses server can do. A server is known by its address, or named by `SHIM_UPSTREAM_PROFILE`. One
that is neither is `other`: it is watched, not trusted, as its own echo tells whether it kept what it answered.
"""
LOST: Final = """
How servers say that they no longer have, or never had, the response that a run continues. The run is then replayed from
the thread's own transcript, in the same call, once.
"""


def print_page() -> str:
    names = [field.name for field in dataclasses.fields(Profile) if field.name not in ("name", "address")]
    return page(
        "Upstreams",
        INTRODUCTION,
        table(("profile", *map(code, names)), [(code(name), *_able(row, names)) for name, row in PROFILES.items()]),
        "## Known addresses",
        table(("host and port match", "profile"), [(code(host), code(name)) for host, name in HOSTS.items()]),
        "## Lost chains",
        LOST,
        table(("said by", "words"), [(who, code(words)) for who, words in LOST_WORDS.items()]),
    )


def _able(profile: Profile, names: list[str]) -> list[str]:
    values = [getattr(profile, name) for name in names]
    return [("yes" if value else "no") if isinstance(value, bool) else code(value) for value in values]
