"""Whose headers an upstream call goes with."""

import contextvars
import threading

import pytest

from shim.upstream.caller import calling, credentials

HEADERS = {
    "AUTHORIZATION": "Bearer sk-1",
    "Api-Key": "k",
    "openai-organization": "org",
    "OpenAI-Project": "proj",
    "Cookie": "c",
    "x-api-key": "other",
}


def test_only_credentials_are_kept_in_the_spelling_of_the_sdk() -> None:
    with calling(HEADERS):
        assert credentials() == {
            "Authorization": "Bearer sk-1",
            "api-key": "k",
            "OpenAI-Organization": "org",
            "OpenAI-Project": "proj",
        }
    with calling({}):
        assert credentials() == {}


def fail_as_another() -> None:
    with calling({"Authorization": "inner"}):
        assert credentials() == {"Authorization": "inner"}
        raise ZeroDivisionError


def test_a_caller_ends_with_his_request_however_it_ends() -> None:
    assert credentials() == {}
    with calling({"Authorization": "outer"}):
        with pytest.raises(ZeroDivisionError):
            fail_as_another()
        assert credentials() == {"Authorization": "outer"}
    assert credentials() == {}


def test_a_caller_without_headers_does_not_go_as_another() -> None:
    with calling({"Authorization": "outer"}), calling({"accept": "*/*"}):
        assert credentials() == {}


def test_what_is_handed_out_is_a_copy() -> None:
    with calling({"api-key": "k"}):
        credentials()["api-key"] = "another"
        assert credentials() == {"api-key": "k"}
    credentials()["api-key"] = "another"
    assert credentials() == {}


def test_a_thread_has_the_caller_only_with_a_copied_context() -> None:
    found: list[dict[str, str]] = []
    with calling({"api-key": "k"}):
        copied = contextvars.copy_context()
    for work in (lambda: found.append(credentials()), lambda: copied.run(lambda: found.append(credentials()))):
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
    assert found == [{}, {"api-key": "k"}]
