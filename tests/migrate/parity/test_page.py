"""The report as a page: its contents cannot run as code."""

import re
from dataclasses import replace
from typing import Any

from shim.migrate.parity.conversations import Problem
from shim.migrate.parity.page import page
from shim.migrate.parity.results import Compared, Judged, Report
from tests.browser import chromium, opened, shoot  # noqa: F401  # a fixture
from tests.migrate.parity.shown import report

HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)> {{ 7 * 7 }} </style>\ud800"


def hostile() -> Report:
    """The same report, with an attack as every text."""

    def attacked(judged: Judged) -> Judged:
        result, found = judged.result, judged.differences
        answer = replace(result.answer, text=HOSTILE, error={"code": HOSTILE, "message": HOSTILE}, hosted=(HOSTILE,))
        replies = tuple(replace(each, call=replace(each.call, name=HOSTILE), output=HOSTILE) for each in result.replies)
        differences = tuple(each._replace(what=HOSTILE, recorded=HOSTILE, candidate=HOSTILE) for each in found)
        return replace(
            judged,
            result=replace(result, model=HOSTILE, answer=answer, replies=replies, stopped=HOSTILE),
            differences=differences,
        )

    def each(compared: Compared) -> Compared:
        turn = replace(compared.turn, question=HOSTILE, answer=replace(compared.turn.answer, model=HOSTILE))
        talk = replace(compared.conversation, name=HOSTILE)
        return Compared(talk, turn, tuple(attacked(one) for one in compared.candidates))

    calm = report(assistant=HOSTILE)
    options = replace(calm.options, models=(HOSTILE,))
    return replace(
        calm, options=options, turns=tuple(map(each, calm.turns)), problems=(Problem("x", HOSTILE, HOSTILE),)
    )


def text_of(html: str) -> str:
    """The visible text of the page, without tags."""
    body = html[html.index("<body>") :]
    return " ".join(re.sub(r"<[^>]+>", " ", body).split())


def test_the_page_of_a_help_desk() -> None:
    text = text_of(page(report(), "9.9"))
    assert "1 conversation, 3 turns, each on the history as it was recorded. 2026-09-21 14:13 UTC." in text
    assert "gpt-5.6-terra 3 3 0 0 2,924 2,048 210 84 $0.0038 25 0.30 s / 0.58 s 1.20 s / 2.31 s" in text
    assert "look_up_order: history (absent) → true" in text
    assert "form JSON → JSON in a code block" in text
    assert "thread_Mn12Op34Qr56St78Uv90Wx12 it has no answer: skipped" in text
    assert "does not say which one is right" in text


def test_costs_are_unknown_without_prices() -> None:
    text = text_of(page(replace(report(), prices={}), "9.9"))
    assert "unknown 25 0.30 s" in text
    assert "$" not in text


def test_no_recorded_text_becomes_a_tag() -> None:
    html = page(hostile(), "9.9")
    assert "<script" not in html
    assert "<img" not in html
    assert html.count("</style>") == 1
    assert "{{ 7 * 7 }}" in html
    html.encode()


def test_looks_of_the_page_in_a_browser_that_runs_no_script(chromium: Any) -> None:  # noqa: F811
    for scheme in ("light", "dark"):
        shown = opened(chromium, color_scheme=scheme, viewport={"width": 1200, "height": 900})
        shown.set_content(page(report(), "9.9"))
        assert shown.complaints == []
        if scheme == "light":
            shoot(shown, "parity-light", full_page=True)
    # The content security policy allows the page's own style, and on a phone the page scrolls only vertically.
    narrow = opened(chromium, viewport={"width": 390, "height": 800})
    narrow.set_content(page(hostile(), "9.9"))
    assert narrow.evaluate("getComputedStyle(document.querySelector('.turn')).borderRadius") == "10px"
    assert narrow.evaluate("document.documentElement.scrollWidth") <= 390
    assert narrow.complaints == []
    shown.check("#only")
    assert [each.is_visible() for each in shown.query_selector_all(".turn")] == [True, True, False]
