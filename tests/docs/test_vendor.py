"""The copies of the SDK's code equal those of the pinned SDK."""

import re

import pytest

from docs import vendor
from shim.sdk import legacy

PRIVATE = re.compile(r"^ *(?:from|import) +[\w.]*?(?<![\w])(_[a-z]\w*)", re.MULTILINE)


@pytest.mark.skipif(not legacy.is_whole(), reason="this SDK has nothing to copy")
def test_the_copies_are_up_to_date() -> None:
    """If this fails after another version was pinned, run ``make vendored``."""
    # A process that has used the copies leaves their bytecode beside them.
    files = [path for path in vendor.FOLDER.rglob("*") if path.is_file() and path.suffix != ".pyc"]
    there = {str(path.relative_to(vendor.FOLDER)): path.read_text() for path in files}
    notice = there.pop("NOTICE")
    assert there == vendor.copied() | {"LICENSE": vendor.licence()}
    assert "Apache License" in notice


def test_copies_take_no_private_module_of_the_sdk() -> None:
    """The private names that they need are in `shim.sdk.borrowed`; `_deltas` is copied as well."""
    found = {name for path in vendor.FOLDER.rglob("*.py") for name in PRIVATE.findall(path.read_text())}
    assert found == {"_assistants", "_assistants_runs", "_assistants_threads", "_deltas"}
