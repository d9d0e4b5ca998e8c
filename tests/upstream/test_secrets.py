"""Credentials that were sent are removed from texts that are returned or logged."""

from typing import Any

import openai._base_client as sdk
import pytest

from shim.upstream.secrets import MASK, Sent, cleaned, masked, without

#: The HTTP library of the SDK.
http: Any = getattr(sdk, "httpx2", None) or sdk.httpx  # type: ignore[attr-defined]
URL = "https://upstream.test/v1"


def sent(url: str = URL, **headers: object) -> Sent:
    return Sent({name.replace("_", "-"): value for name, value in headers.items()}, http.URL(url))


@pytest.mark.parametrize(
    "request_, secret",
    [
        (sent(authorization="Bearer sk-secret"), "sk-secret"),
        (sent(Authorization="sk-secret"), "sk-secret"),
        (sent(api_key="  sk-secret "), "sk-secret"),
        (sent(X_Auth_Token="sk-secret"), "sk-secret"),
        (sent(cookie="a=sk-secret; b=2"), "sk-secret"),
        (sent(cookie="b=2; a=sk=secret"), "sk=secret"),
        (sent(f"{URL}?api_key=sk-secret"), "sk-secret"),
        (sent(f"{URL}?SIGNATURE=sk-secret"), "sk-secret"),
        (sent("https://somebody@upstream.test/v1"), "somebody"),
        (sent("https://me:password@upstream.test/v1"), "password"),
    ],
)
def test_every_credential_that_was_sent_is_masked(request_: Sent, secret: str) -> None:
    assert masked(f"no {secret}, and {secret}!", request_) == f"no {MASK}, and {MASK}!"


@pytest.mark.parametrize(
    "request_, text",
    [
        (sent(accept="application/json"), "application/json"),
        (sent(f"{URL}?version=2026-01-01"), "2026-01-01"),
        (sent(authorization="Bearer short"), "Bearer short"),
        (sent(authorization=b"sk-secret"), "sk-secret"),
        (sent(authorization=None), "None"),
        (sent(authorization=""), "anything"),
    ],
)
def test_other_texts_are_unchanged(request_: Sent, text: str) -> None:
    assert masked(text, request_) == text


def test_a_secret_within_another_is_masked_completely() -> None:
    request = sent(api_key="sk-secret", authorization="Bearer sk-secret-long")
    assert masked("sk-secret-long sk-secret", request) == f"{MASK} {MASK}"


def test_nested_values_are_masked_and_objects_without_secrets_are_not_copied() -> None:
    request, clean = sent(api_key="sk-secret"), {"a": "\ud83d\0é"}
    assert without(clean, request) is clean
    assert without({"a": [{"b": "key sk-secret", "c": None}]}, request) == {"a": [{"b": f"key {MASK}", "c": None}]}


def test_only_error_events_are_masked() -> None:
    request = sent(api_key="sk-secret")
    delta: dict[str, Any] = {"type": "response.output_text.delta", "delta": "sk-secret"}
    events = [delta]
    assert cleaned(events, request) is events
    assert cleaned([], request) == []
    for kind in ("error", "response.failed", "response.incomplete"):
        assert cleaned([delta, {"type": kind, "message": "sk-secret"}], request) == [
            delta,
            {"type": kind, "message": MASK},
        ]
