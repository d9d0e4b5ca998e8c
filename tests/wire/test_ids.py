import re
from pathlib import Path
from urllib.parse import unquote

import pytest

from shim.wire import ids

SHIM = Path(ids.__file__).parents[1]
#: A path with an id that is inserted without quoting.
UNESCAPED = re.compile(r"""f["']/(assistants|containers|files|responses|threads|vector_stores)/\{""")


@pytest.mark.parametrize("id", ["resp_1", "resp_bGl0ZQ==", "vs-1", "a.b", "file:1@x"])
def test_an_id_of_usual_characters_is_not_quoted(id: str) -> None:
    assert ids.path("responses", id, "cancel") == f"/responses/{id}/cancel"


@pytest.mark.parametrize(
    "id", ["a/b", "a?b", "a#b", "a;b", "..", ".", "%2e%2e", "a b", "\\", "\x1e", "\0", "é", "\ud83d"]
)
def test_any_id_is_one_path_segment(id: str) -> None:
    _, first, written, last = ids.path("vector_stores", id, "files").split("/")
    assert (first, last) == ("vector_stores", "files")
    assert written not in (".", "..")
    assert re.fullmatch(r"(%[0-9A-F]{2}|[A-Za-z0-9._])+", written)
    assert unquote(written) == id.replace("\ud83d", "?")


def test_every_id_in_a_path_is_quoted() -> None:
    """The sandbox is excluded, as it answers such paths and does not request them."""
    asking = [path for path in SHIM.rglob("*.py") if "sandbox" not in path.parts]
    found = [str(path) for path in asking if UNESCAPED.search(path.read_text(encoding="utf-8"))]
    assert found == []
