"""The caller whose headers are sent with an upstream call."""

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


def test_only_credentials_are_stored_with_the_header_names_of_the_sdk() -> None:
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


def test_a_caller_is_unset_at_the_end_of_the_request_in_every_case() -> None:
    assert credentials() == {}
    with calling({"Authorization": "outer"}):
        with pytest.raises(ZeroDivisionError):
            fail_as_another()
        assert credentials() == {"Authorization": "outer"}
    assert credentials() == {}


def test_a_caller_without_headers_does_not_use_those_of_another() -> None:
    with calling({"Authorization": "outer"}), calling({"accept": "*/*"}):
        assert credentials() == {}


def test_returned_headers_are_a_copy() -> None:
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
