"""Ways to read an answer that are other ones in a native response."""

import pytest

from tests.migrate.scan.found import rules

CALL = "client.beta.threads.messages.list(t)\n"
SHOWN = {
    "print(messages.data[0].content[0].text.value)": "first-content",
    "print(delta.content[0].text.value.strip())": "first-content",
    "print(body['data'][0]['content'][0]['text']['value'])": "first-content",
    "text = text.replace(annotation.text, f' [{index}]')": "annotation-text",
    "value = value.replace(ann.text, '')": "annotation-text",
    "quote = annotation.file_citation.quote": "citation-quote",
    "quote = citation.quote": "citation-quote",
}


@pytest.mark.parametrize("code", SHOWN)
def test_a_habit_shows_beside_a_use(code: str) -> None:
    assert rules(CALL + code) == ["call", SHOWN[code]]


SILENT = [
    "print(message.content[0].text)",
    "print(message.content.text.value)",
    "print(part.text.value)",
    "text = text.replace(old.text, new)",
    "quote = stock.quote",
    "print(body['content'][0]['text'])",
]


@pytest.mark.parametrize("code", SILENT)
def test_others_do_not(code: str) -> None:
    assert rules(CALL + code) == ["call"]


@pytest.mark.parametrize("code", [each for each, rule in SHOWN.items() if rule != "first-content"])
def test_what_others_do_too_shows_nothing_alone(code: str) -> None:
    assert rules(code) == []
