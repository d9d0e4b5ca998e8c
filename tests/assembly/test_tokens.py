"""Counting tokens in this process: with the tokenizer, and without it."""

import json
from pathlib import Path
from typing import Any, Final

import pytest

from shim.assembly import tokens
from shim.translate import estimate

TEXTS: Final = ["", "Tell me a joke.", "日本語のテキストです", "🙂" * 9, "<|endoftext|>", "a\ud800b"]


@pytest.mark.parametrize("text", TEXTS)
def test_any_text_is_counted(text: str) -> None:
    pytest.importorskip("quicktok")
    assert (tokens.count(text) > 0) == bool(text)
    assert tokens.count(text * 3) <= 3 * len(text.encode("utf-8", "replace"))


def test_the_vocabulary_is_that_of_openai() -> None:
    pytest.importorskip("quicktok")
    assert [tokens.count(text) for text in ("Tell me a joke.", "And tomorrow?", "hello world " * 100)] == [5, 3, 201]


def test_without_a_tokenizer_tokens_are_estimated_from_the_length(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "_encoding", lambda: None)
    assert [tokens.count(text) for text in ("", "a", "abcd", "abcde", "日本", "a\ud800b")] == [0, 1, 1, 2, 2, 2]


def test_tokens_are_estimated_if_the_extra_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "quicktok", None)
    assert tokens._encoding.__wrapped__() is None


def plain_exchanges(wire: Path) -> list[tuple[str, Any, int]]:
    """Recorded requests that contain only text, with the number of tokens that upstream counted."""
    found = []
    for path in sorted((wire / "responses").rglob("*.request.json")):
        request = json.loads(path.read_text())
        answered = path.with_name(path.name.replace(".request.", ".response."))
        if not answered.exists() or set(request) & {"tools", "previous_response_id", "text", "conversation", "prompt"}:
            continue
        body = request | {"input": _items(request.get("input"))}
        response = json.loads(answered.read_text())
        counted = response.get("input_tokens") or (response.get("usage") or {}).get("input_tokens")
        if counted and body["input"] and _is_text(body["input"]):
            found.append((path.name, body, counted))
    return found


def _items(given: Any) -> list[Any]:
    return [{"type": "message", "content": given}] if isinstance(given, str) else given or []


def _is_text(items: list[Any]) -> bool:
    parts = [part for item in items for part in (item["content"] if isinstance(item.get("content"), list) else [])]
    plain = all(isinstance(item.get("content"), (str, list)) for item in items)
    return plain and all("text" in part for part in parts)


@pytest.mark.wire
def test_estimates_are_near_the_counts_of_upstream(wire: Path) -> None:
    pytest.importorskip("quicktok")
    exchanges = plain_exchanges(wire)
    assert len(exchanges) >= 5
    far = {
        name: (estimate.of_body(body, tokens.count), counted)
        for name, body, counted in exchanges
        if abs(estimate.of_body(body, tokens.count) - counted) > max(4, counted * 0.15)
    }
    assert far == {}
