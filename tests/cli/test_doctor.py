"""`assistants-shim doctor` with servers that work, servers that lack features, and addresses without a server: nothing
is left on the server, and no key is shown.
"""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from click.testing import Result
from typer.testing import CliRunner

from shim.cli import table
from shim.cli.doctor.examined import CAP
from shim.cli.doctor.probes import COSTLY, PROBES
from shim.http import offline
from shim.sandbox import Sandbox
from shim.upstream import profiles
from tests.scenarios.doors.loopback import Loopback, Reply, Request
from tests.scenarios.doors.talking import secret
from tests.scenarios.healing.losing import IgnoresPrevious, is_call, refused
from tests.scenarios.healing.wordings import WORDINGS

Json = dict[str, Any]
KEY = f"sk-{secret()}"


@pytest.fixture(autouse=True)
def _settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    for name in ("SHIM_UPSTREAM", "SHIM_UPSTREAM_PROFILE", "SHIM_BACKGROUND", "OPENAI_BASE_URL"):
        monkeypatch.delenv(name, raising=False)


def run(*arguments: str) -> Result:
    shown = CliRunner().invoke(table.app(), ["doctor", *arguments], catch_exceptions=False)
    assert KEY not in shown.output
    return shown


def examine(*arguments: str) -> tuple[int, Json]:
    """The exit code, and the findings."""
    shown = run("--json", *arguments)
    found: Json = json.loads(shown.stdout)
    return shown.exit_code, found


def states(found: Json) -> dict[str, str]:
    return {name: finding["state"] for name, finding in found["findings"].items()}


def advised(found: Json) -> list[str]:
    return [advice["set"] for advice in found["advice"]]


def test_a_server_that_supports_everything() -> None:
    with Loopback() as server:
        code, found = examine("--upstream", server.url)
        assert code == 0
        assert set(states(found).values()) == {"yes"}
        assert found["mode"].startswith("chained")
        assert (found["profile"]["name"], found["left"]) == ("other", [])
        # The calls are few and small, and no response is left on the server.
        assert len(server.bodies) == len(COSTLY) == found["cost"]["calls"]
        assert all(body["max_output_tokens"] == CAP for body in server.bodies)
        assert found["cost"]["input_tokens"] > 0
        gone = [request.path for request in server.requests if request.method == "DELETE"]
        assert len(gone) == len(set(gone)) == found["deleted"] == 3
        statuses = [server.usual(Request("GET", path, (("authorization", "Bearer x"),), b"")).status for path in gone]
        assert statuses == [404] * 3
        assert advised(found) == ["SHIM_BACKGROUND=always"]


def test_the_sandbox_in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHIM_UPSTREAM", "sandbox")
    before = len(offline.sandbox().requests)
    shown = run()
    assert shown.exit_code == 0
    for row in PROBES:
        assert row.name in shown.output
    assert "The shim works there." in shown.output
    assert "profile  sandbox" in shown.output
    assert f"at most {len(COSTLY)} calls" in shown.output
    assert len(offline.sandbox().requests) > before


def _llamacpp(request: Request) -> Reply | None:
    """A stateless server that answers like llama.cpp."""
    if request.path.endswith("/models"):
        return Reply.json({"data": [{"id": "nomic-embed"}, {"id": "gpt-4o", "owned_by": "llamacpp"}]})
    if is_call(request) and "previous_response_id" in request.json:
        return refused(WORDINGS["llama.cpp"], request.json["previous_response_id"])
    return None if is_call(request) else Reply.error(404, "File Not Found")


def test_a_server_that_stores_nothing() -> None:
    with Loopback(_llamacpp, Sandbox(can_store=False)) as server:
        code, found = examine("--upstream", server.url)
    assert (code, found["model"]) == (0, "gpt-4o")
    assert {server.bodies[place]["model"] for place in range(len(server.bodies))} == {"gpt-4o"}
    by_name = states(found)
    assert (by_name["keeps_responses"], by_name["previous_response_id"]) == ("no", "no")
    assert (by_name["says_when_one_is_lost"], by_name["vector_stores"], by_name["delete"]) == (
        "untried",
        "no",
        "untried",
    )
    assert found["mode"].startswith("whole")
    assert advised(found) == ["SHIM_UPSTREAM_PROFILE=llamacpp"]
    assert found["left"] == []


@pytest.mark.parametrize(
    "profile, wanted", [("vllm", ["SHIM_UPSTREAM_PROFILE=other"]), ("openai", []), ("ogx", ["SHIM_BACKGROUND=always"])]
)
def test_a_profile_that_is_set_is_compared_with_the_server(
    profile: str, wanted: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHIM_UPSTREAM_PROFILE", profile)
    with Loopback() as server:
        _, found = examine("--upstream", server.url)
    assert found["because"] == "named by SHIM_UPSTREAM_PROFILE"
    assert found["mode"].startswith("chained" if profiles.PROFILES[profile].stores else "whole")
    assert advised(found) == wanted


def test_a_server_that_lacks_features_of_its_profile(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHIM_UPSTREAM_PROFILE", "openai")
    deaf = IgnoresPrevious()

    def answer(request: Request) -> Reply | None:
        if is_call(request) and request.json.get("background"):
            body = {key: value for key, value in request.json.items() if key != "background"}
            return server.usual(replace(request, body=json.dumps(body).encode()))
        return deaf(request)

    with Loopback(answer) as server:
        deaf.server = server
        code, found = examine("--upstream", server.url)
    assert code == 0
    assert (states(found)["previous_response_id"], states(found)["background"]) == ("no", "no")
    assert "it ignored the previous response" in found["findings"]["previous_response_id"]["words"]
    assert advised(found) == ["SHIM_STORE_RESPONSES=false", "SHIM_BACKGROUND=never"]


STORE = {
    "must be false": lambda body: body.get("store") and Reply.error(400, "Store must be set to false"),
    "is not known": lambda body: "store" in body and Reply.error(422, "Unsupported parameter: store"),
}


@pytest.mark.parametrize("what", STORE)
def test_a_server_that_refuses_to_store_works(what: str) -> None:
    """`doctor` changes the request in the same way as the shim."""

    def answer(request: Request) -> Reply | None:
        return (STORE[what](request.json) or None) if is_call(request) else None

    with Loopback(answer) as server:
        code, found = examine("--upstream", server.url)
    assert (code, found["left"], states(found)["answers"]) == (0, [], "yes")
    assert "refuses `store: true`" in found["findings"]["answers"]["words"]
    assert found["mode"].startswith("whole")
    assert found["cost"]["calls"] <= len(COSTLY)


def test_no_advice_contradicts_a_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHIM_STORE_RESPONSES", "false")
    with Loopback() as server:
        _, found = examine("--upstream", server.url)
    assert "encrypted reasoning" in found["mode"]
    assert advised(found) == []


def test_an_unknown_error_text_for_a_lost_response_is_to_be_reported() -> None:
    def riddle(request: Request) -> Reply | None:
        known = [each.json.get("previous_response_id") for each in server.requests[:-1] if is_call(each)]
        if is_call(request) and request.json.get("previous_response_id") and any(known):
            return Reply.error(400, "Sumimasen.")
        return None

    with Loopback(riddle) as server:
        _, found = examine("--upstream", server.url)
    assert "please report it: HTTP 400: Sumimasen." in found["findings"]["says_when_one_is_lost"]["words"]
    assert "SHIM_STORE_RESPONSES=false" in advised(found)


def _cut(request: Request) -> Reply | None:
    if not is_call(request):
        return None
    return Reply(
        200, (("content-type", "text/event-stream"),), (b'data: {"type":"response.created","response":{}}\n\n',)
    )


def _failing(request: Request) -> Reply | None:
    if not is_call(request):
        return None
    event = {"type": "error", "error": {"message": "No such model.", "code": "404"}}
    return Reply(200, (("content-type", "text/event-stream"),), (f"data: {json.dumps(event)}\n\n".encode(),))


#: Servers with which the shim cannot work: the probe that fails, and its text.
BAD: dict[str, tuple[Callable[[Request], Reply | None], str, str]] = {
    "a wrong key": (
        lambda request: Reply.error(401, f"Incorrect API key: {KEY}."),
        "key_accepted",
        "HTTP 401: Incorrect",
    ),
    "no API": (lambda request: Reply.error(404, "Not Found"), "answers", "--model"),
    "a web site": (
        lambda request: Reply(200, (("content-type", "text/html"),), (b"<html>",)),
        "reachable",
        "could not be read",
    ),
    "a breakdown": (
        lambda request: Reply.error(500, "Boom.") if is_call(request) else None,
        "answers",
        "HTTP 500: Boom.",
    ),
    "a stream without an end": (_cut, "answers", "ended with response.created"),
    "an error in its stream": (_failing, "answers", "No such model."),
}


@pytest.mark.parametrize("what", BAD)
def test_a_server_without_the_responses_api(what: str) -> None:
    answer, name, reason = BAD[what]
    with Loopback(answer) as server:
        code, found = examine("--upstream", server.url)
        assert (code, found["ok"], found["advice"]) == (1, False, [])
        assert states(found)[name] in ("no", "untried")
        assert reason in found["findings"][name]["words"]
        assert len(server.bodies) <= 1
        shown = run("--upstream", server.url)
    assert shown.exit_code == 1
    assert "The shim cannot work there as it is" in shown.output


def test_a_password_in_the_address_is_not_shown() -> None:
    with Loopback() as server:
        address = server.url.replace("//", f"//me:{(password := secret())}@")
        for options in ((), ("--json",)):
            shown = run("--upstream", address, *options)
            assert shown.exit_code == 0
            assert password not in shown.output
            assert server.host in shown.output


def test_no_server_answers() -> None:
    with Loopback() as server:
        url = server.url
    code, found = examine("--upstream", url)
    assert code == 1
    assert states(found)["reachable"] == "no"
    assert found["cost"]["calls"] == 0


def test_no_further_probes_are_sent_to_a_server_that_stops_answering() -> None:
    """It answers the first request and no other."""

    def silent(request: Request) -> Reply | None:
        if len(server.requests) <= 2:
            return None
        raise ConnectionResetError

    with Loopback(silent) as server:
        code, found = examine("--upstream", server.url)
    assert code == 0
    assert [name for name, state in states(found).items() if state == "untried"][-1] == "delete"
    assert len(server.bodies) <= 3
    # The response could not be deleted, and the output reports that.
    assert len(found["left"]) == 1


def test_responses_that_cannot_be_deleted_are_named() -> None:
    with Loopback(
        lambda request: Reply.error(405, "Method Not Allowed") if request.method == "DELETE" else None
    ) as server:
        _, found = examine("--upstream", server.url)
    assert states(found)["delete"] == "no"
    assert len(found["left"]) == 3
    assert all(left in found["findings"]["delete"]["words"] for left in found["left"])


def test_azure_is_asked_at_its_own_path(monkeypatch: pytest.MonkeyPatch) -> None:
    from shim.cli import doctor

    assert doctor._address("https://me.openai.azure.com/") == "https://me.openai.azure.com/openai/v1"
    assert doctor._address("https://me.openai.azure.com/openai/v1/") == "https://me.openai.azure.com/openai/v1"
    monkeypatch.setenv("AZURE_OPENAI_API_KEY", "theirs")
    assert doctor._key("https://me.openai.azure.com") == "theirs"
    assert doctor._key("https://api.openai.com/v1") == KEY


@pytest.mark.parametrize("wrong", ["openai.com", "ftp://h/v1", "http://", "https://h:port/v1", "sandbx", "/v1"])
@pytest.mark.parametrize("place", ["--upstream", "SHIM_UPSTREAM", "OPENAI_BASE_URL"])
def test_an_invalid_url_is_a_usage_error(monkeypatch: pytest.MonkeyPatch, place: str, wrong: str) -> None:
    monkeypatch.setenv("COLUMNS", "1000")
    if place != "--upstream":
        monkeypatch.setenv(place, wrong)
    shown = run(*(["--upstream", wrong] if place == "--upstream" else []))
    if place == "SHIM_UPSTREAM" and not wrong.startswith("http"):
        # As in every command and program.
        assert shown.exit_code == 1
        assert shown.stderr.startswith("SHIM_UPSTREAM: Value error, neither `sandbox` nor an address")
        return
    assert shown.exit_code == 2
    assert f"Invalid value for {place}" in shown.stderr
    assert "neither an http or https URL nor `sandbox`" in shown.stderr


def test_another_origin_gets_neither_request_nor_key() -> None:
    with Loopback() as near, Loopback() as far:
        near.answer = lambda request: Reply(307, (("location", f"{far.url}/responses"),))
        code, found = examine("--upstream", near.url)
    assert code == 1
    assert far.requests == []
    assert f"redirects to another origin, http://{far.host}" in json.dumps(found["findings"])
