"""The window in a browser: live updates, keys, dark mode, narrow screens; hostile contents are shown as text."""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import openai
import pytest

from tests.browser import opened, shoot
from tests.server.served import served
from tests.server.window.lives import HOSTILE, Desk, forget, weather

DARK_GROUND = "rgb(15, 20, 24)"


class Place(NamedTuple):
    url: str
    desk: Desk


@pytest.fixture
def place(monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    monkeypatch.setenv("SHIM_UPSTREAM", "sandbox")
    with served() as url, openai.OpenAI(base_url=f"{url}/v1", api_key="test", max_retries=0) as client:
        yield Place(url, Desk(client))


def test_the_page_of_a_run_is_updated_live(chromium: Any, place: Place) -> None:
    desk = place.desk
    helper, thread = desk.assistant(), desk.thread()
    runs = desk.client.beta.threads.runs
    desk.client.beta.threads.messages.create(thread, role="user", content=f"{weather('Paris')} then get_time")
    run = runs.create_and_poll(thread_id=thread, assistant_id=helper)
    page = opened(chromium)
    page.goto(f"{place.url}/ui/runs/{run.id}")
    page.get_by_role("status").get_by_text("live").wait_for()
    page.get_by_text("The whole run").click()
    assert page.locator(".call").count() == 1
    run = desk.answer(run, '{"sky": "clear"}')
    page.locator(".call").nth(1).wait_for()
    assert page.locator("details[data-key=run]").evaluate("part => part.open"), "what was opened stays open"
    desk.answer(run, '{"time": "14:05"}')
    page.get_by_text("thread.run.completed").wait_for()
    assert page.locator(".call").count() == 3
    assert page.get_by_text("live", exact=True).count() == 0
    assert page.complaints == []


def test_the_pages_are_used_with_keys(chromium: Any, place: Place) -> None:
    desk = place.desk
    helper = desk.assistant()
    desk.ask(desk.thread(), helper, "Where is the suitcase?")
    second = desk.thread(customer="Ada")
    page = opened(chromium)
    page.goto(f"{place.url}/ui/threads")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/ui/threads/{second}")
    page.keyboard.press("/")
    page.keyboard.type("suitcase")
    page.keyboard.press("Enter")
    # Until the page is loaded, its script does not know the keys yet.
    page.wait_for_url(re.compile("q=suitcase"))
    page.get_by_text("Where is the").wait_for()
    page.keyboard.press("g")
    page.keyboard.press("r")
    page.wait_for_url("**/ui/runs")
    assert page.complaints == []


def test_hostile_contents_are_shown_as_text(chromium: Any, place: Place) -> None:
    desk = place.desk
    helper = desk.assistant(name=HOSTILE, instructions=HOSTILE)
    thread = desk.thread(customer=HOSTILE)
    run = desk.ask(thread, helper, f"{HOSTILE} {weather(HOSTILE)}", output=HOSTILE)
    page = opened(chromium)
    for path in ("threads", "threads?q=script", f"threads/{thread}", f"runs/{run.id}", f"assistants/{helper}"):
        page.goto(f"{place.url}/ui/{path}", wait_until="networkidle")
        assert page.locator("img").count() == 1, "the sign in the corner alone"
    assert page.complaints == []


def test_looks_of_light_dark_and_narrow_pages(chromium: Any, place: Place) -> None:
    """The pages of a small store fit on a narrow screen and are dark in dark mode; saves screenshots for the docs."""
    desk = place.desk
    helper, thread = desk.assistant(), desk.thread(customer="Ada", ticket="4711")
    desk.ask(thread, helper, "What can you do?")
    forget()
    run = desk.ask(thread, helper, f"{weather('Paris')} then get_time")
    shown = {"threads": "threads", "thread": f"threads/{thread}", "run": f"runs/{run.id}", "assistants": "assistants"}
    wide = {"width": 1280, "height": 800}
    for name, how in (
        ("light", {"viewport": wide, "color_scheme": "light"}),
        ("dark", {"viewport": wide, "color_scheme": "dark"}),
        ("narrow", {"viewport": {"width": 360, "height": 740}, "color_scheme": "light"}),
    ):
        page = opened(chromium, **how)
        for what, path in shown.items():
            page.goto(f"{place.url}/ui/{path}", wait_until="networkidle")
            assert len(shoot(page, f"window-{what}-{name}")) > 5_000
            across = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert across == 0, f"{what} is wider than the screen"
        ground = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
        assert (ground == DARK_GROUND) == (name == "dark")
        assert page.complaints == []
