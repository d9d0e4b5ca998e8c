"""The pages over HTTP: their contents, access, and headers."""

import base64
import re
import urllib.error
import urllib.request
from collections.abc import Iterator

import openai
import pytest

from shim.server.keyring import Keyring
from shim.server.window import serves
from shim.settings import current_settings
from shim.store.database import database
from tests.server.served import served
from tests.server.window.lives import HOSTILE, Desk, forget, weather


class Window:
    def __init__(self, base: str, desk: Desk) -> None:
        self.base, self.desk = base, desk

    def fetch(self, path: str, method: str = "GET", **headers: str) -> tuple[int, str, dict[str, str]]:
        header_lines = {name.replace("_", "-"): value for name, value in headers.items()}
        request = urllib.request.Request(self.base + path, method=method, headers=header_lines)
        try:
            with urllib.request.urlopen(request) as answer:
                return answer.status, answer.read().decode(), {k.lower(): v for k, v in answer.headers.items()}
        except urllib.error.HTTPError as problem:
            return problem.code, problem.read().decode(), {k.lower(): v for k, v in problem.headers.items()}

    def page(self, path: str) -> str:
        status, text, headers = self.fetch(path)
        assert (status, headers["content-type"]) == (200, "text/html; charset=utf-8"), text
        return text


@pytest.fixture
def window(monkeypatch: pytest.MonkeyPatch) -> Iterator[Window]:
    monkeypatch.setenv("SHIM_UPSTREAM", "sandbox")
    with served() as url, openai.OpenAI(base_url=f"{url}/v1", api_key="test", max_retries=0) as client:
        yield Window(url, Desk(client))


def words(page: str) -> str:
    """A page's text, without tags."""
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def test_a_whole_conversation_is_shown(window: Window) -> None:
    assert "no threads yet" in window.page("/ui")
    desk = window.desk
    helper, thread = desk.assistant(), desk.thread(customer="Ada")
    run = desk.ask(thread, helper, f"{weather('Paris')} then get_time")
    listed = window.page("/ui/threads")
    assert f'href="/ui/threads/{thread}"' in listed
    assert "customer Ada" in words(listed)
    assert "2 messages 1 run" in words(listed)
    talk = window.page(f"/ui/threads/{thread}")
    assert "then get_time" in words(talk)
    assert f'href="/ui/runs/{run.id}"' in talk
    assert run.id in window.page("/ui/runs?status=completed")
    assert run.id not in window.page("/ui/runs?status=failed")
    assert "Travel desk" in window.page("/ui/assistants")
    about = window.page(f"/ui/assistants/{helper}")
    assert "Answer questions about trips." in about
    assert run.id in about


def test_a_run_is_shown_beside_its_chain(window: Window) -> None:
    desk = window.desk
    run = desk.ask(desk.thread(), desk.assistant(), f"{weather('Paris')} then get_time")
    page = window.page(f"/ui/runs/{run.id}")
    responses = re.findall(r'<article class="call completed" id="(resp_\w+)"', page)
    assert len(responses) == 3
    chained = re.findall(r'<span>previous_response_id</span> <a href="#(resp_\w+)"', page)
    assert chained == responses[:2]
    shown = words(page)
    assert shown.count("thread.run.requires_action") == shown.count("submit_tool_outputs") == 2
    assert shown.index("thread.message.completed") < shown.index("thread.run.completed")
    assert "healed" not in shown
    assert f"{run.usage.prompt_tokens} in" in shown


def test_a_healed_run_is_marked(window: Window) -> None:
    desk = window.desk
    thread, helper = desk.thread(), desk.assistant()
    first = desk.ask(thread, helper, "Hello.")
    forget()
    second = desk.ask(thread, helper, "Hello again.")
    page = window.page(f"/ui/runs/{second.id}")
    assert "healed upstream no longer has the previous response" in words(page)
    (lost,) = re.findall(r'id="(resp_\w+)"', window.page(f"/ui/runs/{first.id}"))
    assert lost in page


def test_threads_are_found(window: Window) -> None:
    desk = window.desk
    helper, thread, other = desk.assistant(), desk.thread(ticket="4711"), desk.thread()
    run = desk.ask(thread, helper, "Where is my Suitcase?")
    for wanted in ("suitCASE", "ticket=4711"):
        found = window.page(f"/ui/threads?q={wanted}")
        assert thread in found
        assert other not in found
    assert "<mark>Suitcase</mark>" in window.page("/ui/threads?q=suitcase")
    assert "hold these words" in window.page("/ui/threads?q=nobody+said")
    page = window.page(f"/ui/runs/{run.id}")
    response, step = re.findall(r'id="(resp_\w+)"', page)[0], re.findall(r'id="(step_\w+)"', page)[0]
    message = re.findall(r'id="(msg_\w+)"', window.page(f"/ui/threads/{thread}"))[0]
    for id in (thread, run.id, helper, response, step, message):
        assert id in window.page(f"/ui/threads?q={id}")


def test_lists_have_further_pages(window: Window, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shim.server.window.reading.PAGE", 2)
    monkeypatch.setattr("shim.server.window.reading.MESSAGES", 2)
    desk = window.desk
    threads, helpers = [desk.thread() for _ in range(3)], [desk.assistant() for _ in range(3)]
    for text in ("first words", "second words", "third words"):
        desk.client.beta.threads.messages.create(threads[0], role="user", content=text)
    for start, oldest in (("/ui/threads", threads[0]), ("/ui/assistants", helpers[0])):
        page = window.page(start)
        assert oldest not in page
        (more,) = re.findall(r'rel="next" href="([^"]+)"', page)
        assert oldest in window.page(more)
    page = window.page(f"/ui/threads/{threads[0]}")
    assert "first words" not in page
    (more,) = re.findall(r'rel="next" href="([^"]+)"', page)
    assert "first words" in window.page(f"/ui/threads/{threads[0]}{more}")


def test_a_search_shows_where_it_stopped(window: Window, monkeypatch: pytest.MonkeyPatch) -> None:
    threads = [window.desk.thread(ticket=str(number)) for number in range(3)]
    assert "Only the newest" not in window.page("/ui/threads?q=ticket")
    monkeypatch.setattr("shim.server.window.reading.SEARCHED", 2)
    page = window.page("/ui/threads?q=ticket")
    assert "Only the newest" in page
    assert threads[2] in page


def test_contents_are_escaped(window: Window) -> None:
    desk = window.desk
    helper = desk.assistant(name=HOSTILE, instructions=HOSTILE, description=HOSTILE, metadata={"about": HOSTILE})
    thread = desk.thread(customer=HOSTILE)
    run = desk.ask(thread, helper, f"{HOSTILE} {weather(HOSTILE)}", output=HOSTILE)
    for path in (
        "/ui/threads",
        "/ui/threads?q=%3Cscript%3E",
        f"/ui/threads/{thread}",
        f"/ui/runs/{run.id}",
        "/ui/assistants",
        f"/ui/assistants/{helper}",
    ):
        page = window.page(path)
        assert "&lt;script&gt;" in page, path
        assert "<script>" not in page, path
        assert "<img src=x" not in page, path
        assert "49" not in re.sub(r"\w+_\w+|\d{2}:\d{2}:\d{2}", "", words(page)).split(), path


def test_every_answer_has_the_headers(window: Window) -> None:
    for path, status in (
        ("/ui/threads", 200),
        ("/ui/static/window.css", 200),
        ("/ui/nothing", 404),
        ("/ui/runs/x", 404),
    ):
        code, _, headers = window.fetch(path)
        assert code == status
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"] == "no-store"


def test_pages_write_nothing_to_the_store(window: Window) -> None:
    assert window.fetch("/ui/threads", "POST")[0] == 405
    assert window.fetch("/ui/threads", "DELETE")[0] == 405


def test_objects_that_do_not_exist(window: Window) -> None:
    for path in ("threads/thread_x", "runs/run_x", "runs/run_x/live", "assistants/asst_x", "responses/resp_x", "x"):
        status, page, _ = window.fetch(f"/ui/{path}")
        assert status == 404
        assert "Not Found" in page
    assert window.fetch("/ui/assistants?after=asst_x")[0] == 404
    assert window.fetch("/ui/responses/other_x")[0] == 404


def test_a_page_that_cannot_be_made_shows_an_error(window: Window, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shim.server.window.reading.latest", lambda *_: 1 / 0)
    status, page, headers = window.fetch("/ui/threads")
    assert (status, headers["content-type"]) == (500, "text/html; charset=utf-8")
    assert "could not be made" in page
    assert "ZeroDivisionError" not in page


@pytest.mark.parametrize(
    "headers", [{"Host": "example.com"}, {"X_Forwarded_For": "10.0.0.1"}, {"Origin": "https://a.example"}]
)
def test_other_machines_are_refused(monkeypatch: pytest.MonkeyPatch, headers: dict[str, str]) -> None:
    monkeypatch.setenv("SHIM_UPSTREAM", "sandbox")
    with served(allow_remote=True) as url, openai.OpenAI(base_url=url, api_key="x") as client:
        there = Window(url, Desk(client))
        assert there.fetch("/ui/threads")[0] == 200
        status, page, _ = there.fetch("/ui/threads", **headers)
        assert status == 403
        assert ("Origin" in headers) == ("on this machine alone" not in page)


def _basic(key: str) -> str:
    return f"Basic {base64.b64encode(f'anybody:{key}'.encode()).decode()}"


def test_with_keys_each_tenant_sees_only_its_own_objects(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHIM_UPSTREAM", "sandbox")
    ring = Keyring(database(current_settings().database_url))
    ann, bob = (ring.issue(who, 1).secret for who in ("ann", "bob"))
    with served(allow_remote=True, auth="keys") as url, openai.OpenAI(base_url=f"{url}/v1", api_key=ann) as client:
        there = Window(url, Desk(client))
        helper, thread = there.desk.assistant(), there.desk.thread(customer="Ada")
        run = there.desk.ask(thread, helper, "Where is the suitcase?")
        pages = (f"/ui/threads/{thread}", f"/ui/runs/{run.id}", f"/ui/runs/{run.id}/live", f"/ui/assistants/{helper}")
        for page in pages:
            assert there.fetch(page, Authorization=_basic(ann), X_Forwarded_For="10.0.0.1")[0] == 200
            assert there.fetch(page, Authorization=_basic(bob))[0] == 404
        for page in ("/ui/threads", "/ui/runs", "/ui/assistants", "/ui/threads?q=suitcase", f"/ui/threads?q={thread}"):
            shown = there.fetch(page, Authorization=_basic(bob))[1]
            assert not any(id in shown.replace(f"q={thread}", "") for id in (run.id, helper)), page
            assert "suitcase?" not in shown
        for wrong in (
            {},
            {"Authorization": _basic("made-up")},
            {"Authorization": "Basic %"},
            {"Authorization": "Basic"},
            {"Authorization": _basic("ключ")},
            {"Authorization": _basic("a\nb")},
            {"Authorization": _basic("")},
        ):
            status, _, headers = there.fetch("/ui/threads", **wrong)
            assert status == 401
            assert headers["www-authenticate"].startswith("Basic ")
        assert there.fetch("/ui/static/window.css")[0] == 401


def test_the_pages_can_be_turned_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHIM_UPSTREAM", "sandbox")
    with served(window=False) as url, openai.OpenAI(base_url=url, api_key="x") as client:
        assert Window(url, Desk(client)).fetch("/ui/threads")[0] == 404


def test_the_paths_of_the_pages() -> None:
    assert [serves(path) for path in ("/ui", "/ui/", "/ui/runs", "/uix", "/v1/ui", "/")] == [
        True,
        True,
        True,
        False,
        False,
        False,
    ]
