"""Mistakes in the pages of the site are found."""

from pathlib import Path

import pytest

from docs import site


def test_nothing_is_loaded_from_other_sites() -> None:
    chosen = site.configuration()
    assert chosen["theme"]["font"] is False
    assert "extra_javascript" not in chosen
    assert "extra_css" not in chosen


GOOD = '<link rel="canonical" href="https://a.example/"><h1 id="top">A</h1><a href="b.html#x y">b</a><img src="a.png">'
BAD = {
    '<a href="c.html">c</a>': "a.html: c.html leads nowhere",
    '<a href="../shim/x.py">x</a>': "a.html: ../shim/x.py leads nowhere",
    '<a href="b.html#z">b</a>': "a.html: b.html#z names a place that is not there",
    '<a href="#z">b</a>': "a.html: #z names a place that is not there",
    '<img src="b.png">': "a.html: b.png leads nowhere",
    '<script src="https://a.example/x.js"></script>': "a.html: loads https://a.example/x.js from elsewhere",
    '<link rel="stylesheet" href="//a.example/x.css">': "a.html: loads //a.example/x.css from elsewhere",
}


def _site(folder: Path, page: str) -> list[str]:
    (folder / "a.html").write_text(page)
    (folder / "b.html").write_text('<p id="x y"></p><a href="a.html#top">a</a><a href="https://b.example">b</a>')
    (folder / "a.png").write_bytes(b"")
    return list(site.problems(folder))


def test_a_good_site(tmp_path: Path) -> None:
    assert _site(tmp_path, GOOD) == []


@pytest.mark.parametrize("page", BAD)
def test_mistakes_are_found(tmp_path: Path, page: str) -> None:
    assert _site(tmp_path, GOOD + page) == [BAD[page]]
