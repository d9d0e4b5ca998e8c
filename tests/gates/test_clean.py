"""Nothing in the tree that belongs to one machine or one person: no keys, no home folders, no package hosts."""

import re

import pytest

from tests.gates.files import every_file, short

#: Written in parts, so that this file passes its own test.
FORBIDDEN = {
    "a package host": r"(?:py"
    r"pi\.org|python"
    r"hosted\.org|npm"
    r"js\.(?:org|com)|crates"
    r"\.io|rubygems"
    r"\.org)",
    "an API key": r"\bsk-(?:proj-|svcacct-)?[A-Za-z0-9_]{20,}",
    "a token of a code host": r"\b(?:gh[pousr]_[A-Za-z0-9]{30,}|github" r"_pat_\w{20,}|glpat-[\w-]{20,})",
    "a cloud key": r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b",
    "a bearer token": r"[Bb]earer [A-Za-z0-9._-]{30,}",
    "a private key": r"-----BEGIN [A-Z ]*PRIVATE" r" KEY-----",
    "an organisation": r"\borg-[A-Za-z0-9]{20,}",
    "somebody's home folder": r"(?<![\w.])/(?:ro" r"ot|home/(?!me/)\w+|Users/(?!me/)\w+)/",
    "a machine's own addresses": r"--(?:extra-)?index-" r"url|find-" r"links",
}


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_file_contains(what: str) -> None:
    wanted = re.compile(FORBIDDEN[what])
    found = {}
    for path in every_file():
        match = wanted.search(path.read_bytes().decode("utf-8", "replace"))
        if match:
            found[short(path)] = match.group()
    assert found == {}


def test_the_files_are_found() -> None:
    assert {"pyproject.toml", "Makefile", "tests/gates/test_clean.py"} <= {short(path) for path in every_file()}


def test_pins_are_exact() -> None:
    (pins,) = (path for path in every_file() if short(path) == "constraints.txt")
    lines = [line for line in pins.read_text().splitlines() if line and not line.startswith("#")]
    assert lines
    assert [line for line in lines if not re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.!+_-]+", line)] == []
