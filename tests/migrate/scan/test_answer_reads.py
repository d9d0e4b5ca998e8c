"""Code that reads an answer in a way that is different for a native response."""

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
def test_a_habit_is_found_together_with_a_use_of_the_api(code: str) -> None:
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
def test_similar_code_is_not_found(code: str) -> None:
    assert rules(CALL + code) == ["call"]


@pytest.mark.parametrize("code", [each for each, rule in SHOWN.items() if rule != "first-content"])
def test_common_code_alone_is_not_found(code: str) -> None:
    assert rules(code) == []
