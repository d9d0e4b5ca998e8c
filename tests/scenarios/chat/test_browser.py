"""The example chat in a browser: one stream through all tool rounds, reload, stop, hostile text, keyboard."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser import opened, shoot

APP = Path(__file__).parents[3] / "docs" / "examples" / "chat" / "app.py"
PARIS = '{"city": "Paris"}'
TRIP = '{"start": "Paris", "end": "Rome"}'
#: Two parallel function calls, then a single call, with text between them.
ASK = f"Slowly and aloud: call get_weather {PARIS} and get_time {PARIS}, then find_trains {TRIP}."
#: Records each state of the last text: shows whether the text appears token by token.
WATCH = """() => {
  window.seen = [];
  new MutationObserver(() => {
    const last = [...document.querySelectorAll(".text")].at(-1)?.textContent ?? "";
    if (last !== window.seen.at(-1)) window.seen.push(last);
  }).observe(document.getElementById("conversation"), {subtree: true, childList: true, characterData: true});
}"""
HOSTILE = '<img src=x onerror="window.hacked = 1"><script>window.hacked = 1</script>'
TURNS = ".turn .user, .turn .text, .turn .call"


@pytest.fixture(scope="module")
def address(chromium: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of the example, which is started with its one command; skipped where no browser is installed."""
    home = tmp_path_factory.mktemp("chat")
    mine = {name: value for name, value in os.environ.items() if not name.startswith(("SHIM_", "OPENAI_"))}
    mine |= {"PORT": "0", "TMPDIR": str(home), "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen([sys.executable, APP], env=mine, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        for line in process.stderr:
            if found := re.search(r"running on (http://\S+)", line):
                break
        else:
            pytest.fail("it did not start")
        yield found[1]
        process.terminate()
        process.communicate()


@pytest.fixture
def page(chromium: Any, address: str, request: pytest.FixtureRequest) -> Iterator[Any]:
    """The loaded page, in a browser with the options that the test gives."""
    made = opened(chromium, **getattr(request, "param", {"viewport": {"width": 800, "height": 720}}))
    made.goto(address)
    made.locator("#suggestions button").first.wait_for()
    yield made
    assert made.complaints == []
    made.context.close()


def send(page: Any, text: str) -> None:
    page.get_by_label("Your message").fill(text)
    page.keyboard.press("Enter")


def ended(page: Any) -> None:
    page.get_by_role("button", name="Send").wait_for()
    page.locator("#usage").get_by_text("saved").wait_for()


def test_looks_of_one_stream_through_all_rounds(page: Any) -> None:
    requests: list[str] = []
    page.on("request", lambda request: requests.append(f"{request.method} {request.url.rpartition('/')[2]}"))
    page.evaluate(WATCH)
    send(page, ASK)
    page.locator(".call.running").nth(1).wait_for()
    shoot(page, "chat-running", animations="disabled")
    page.locator(".call.done").nth(2).wait_for()
    ended(page)
    calls = page.locator(".call")
    assert calls.locator(".name").all_inner_texts() == ["get_weather", "get_time", "find_trains"]
    assert calls.locator(".arguments").all_inner_texts() == ["Paris", "Paris", "Paris, Rome"]
    texts = page.locator(".text").all_inner_texts()
    assert texts[:2] == ["I will call get_weather, get_time.", "I will call find_trains."]
    assert 'get_time returned "{"city":"Paris","time":"14:05"}"' in texts[2]
    grown = [each for each in page.evaluate("window.seen") if texts[2].startswith(each)]
    assert len(grown) > 20, "the text came piece by piece"
    assert requests == ["POST threads", "POST messages", "GET usage"], "one request for the whole answer"
    assert page.locator("#usage").inner_text().startswith("3 responses saved")
    calls.first.locator("summary").click()
    assert '"celsius":17' in calls.first.locator(".output").inner_text()
    assert len(shoot(page, "chat-done", animations="disabled")) < 150_000


def test_a_reload_during_a_run_continues_the_stream(page: Any) -> None:
    send(page, ASK)
    page.locator(".call.running").nth(1).wait_for()
    page.reload()
    page.get_by_role("button", name="Stop").wait_for()
    page.locator(".call.done").nth(2).wait_for()
    ended(page)
    live = page.locator(TURNS).all_inner_texts()
    page.reload()
    page.locator(".call.done").nth(2).wait_for()
    ended(page)
    assert page.locator(TURNS).all_inner_texts() == live
    assert page.locator("#usage").inner_text().startswith("3 responses saved")


@pytest.mark.parametrize(
    "page", [{"viewport": {"width": 390, "height": 700}, "color_scheme": "dark"}], indirect=True, ids=["narrow, dark"]
)
def test_looks_of_a_narrow_screen_stopped_by_a_key(page: Any) -> None:
    send(page, "Slowly: essay-400")
    page.locator(".text.streaming").get_by_text("word12").wait_for()
    shoot(page, "chat-narrow", animations="disabled")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(21, 21, 20)"
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.keyboard.press("Escape")
    page.locator(".status").get_by_text("Stopped.").wait_for()
    page.get_by_role("button", name="Send").wait_for()
    assert "word400" not in page.locator(".text").inner_text()
    send(page, "Say hello.")
    page.locator(".turn").nth(1).locator(".text").get_by_text("Say hello.").wait_for()


def test_messages_are_shown_as_plain_text(page: Any) -> None:
    send(page, f'{HOSTILE} Call get_time {{"city": "<b>Paris</b>"}}.')
    for _ in range(2):
        page.locator(".call.done").wait_for()
        ended(page)
        assert page.locator("#conversation img, #conversation b, #conversation script").count() == 0
        assert HOSTILE in page.locator(".user").inner_text()
        assert page.locator(".arguments").inner_text() == "<b>Paris</b>"
        assert page.evaluate("window.hacked") is None
        page.reload()


def test_a_failed_call_is_shown(page: Any) -> None:
    send(page, 'Call get_weather {"city": "P"}.')
    page.locator(".call.failed").wait_for()
    ended(page)
    assert "at least 2 characters" in page.locator(".text").inner_text(), "the model reads it"


def test_the_chat_can_be_used_by_keyboard(page: Any) -> None:
    page.keyboard.type("one")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("two")
    assert page.get_by_label("Your message").input_value() == "one\ntwo"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "send"
    page.keyboard.press("Enter")
    page.locator(".user").get_by_text("two").wait_for()
    assert page.locator(".user").inner_text() == "one\ntwo"
    ended(page)
    page.wait_for_function("document.activeElement.id === 'text'")
