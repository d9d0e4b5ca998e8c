"""Version 1 in bodies and answers, with what version 2 still has under the same names."""

import pytest

from tests.migrate.scan.found import rules

SHOWN = {
    "client.beta.threads.create(messages=[{'role': 'user', 'content': 'x', 'file_ids': [f.id]}])": "v1-file-ids",
    "client.beta.threads.create(messages=[dict(role='user', content='x', file_ids=[f.id])])": "v1-file-ids",
    "client.beta.threads.create()\nbody = {'model': 'm', 'file_ids': ids}": "v1-file-ids",
    "client.beta.threads.create()\nfor each in message.file_ids: ...": "v1-file-ids",
    "client.beta.threads.create()\nprint(self.assistant.file_ids)": "v1-file-ids",
    "client.beta.threads.create()\nprint(messages.data[0].file_ids)": "v1-file-ids",
    "client.beta.threads.create()\nprint(message['file_ids'])": "v1-file-ids",
    "client.beta.threads.create()\nif tool_call.type == 'retrieval': ...": "v1-retrieval",
    "client.beta.threads.create()\nif 'retrieval' != call['type']: ...": "v1-retrieval",
    "client.beta.threads.create()\nif tool.type in ('retrieval', 'function'): ...": "v1-retrieval",
    "client.beta.threads.create()\nmatch tool.type:\n    case 'retrieval': ...": "v1-retrieval",
    "client.beta.threads.create()\ntool = {'type': 'retrieval'}": "v1-retrieval",
    "client.beta.threads.create()\ntool = dict(type='retrieval')": "v1-retrieval",
}


@pytest.mark.parametrize("code", SHOWN)
def test_version_one_is_found_beside_a_call(code: str) -> None:
    assert rules(code) == ["call", SHOWN[code]]


@pytest.mark.parametrize("code", [each.partition("\n")[2] for each in SHOWN if "\n" in each])
def test_such_names_alone_are_not_found(code: str) -> None:
    assert rules(code) == []


SILENT = [
    "resources = {'code_interpreter': {'file_ids': [f.id]}}",
    "stores = [{'file_ids': [f.id], 'metadata': {}}]",
    "print(assistant.tool_resources.code_interpreter.file_ids)",
    "print(self.file_ids, settings.file_ids)",
    "if mode == 'retrieval': ...",
    "task = 'retrieval'",
]


@pytest.mark.parametrize("code", SILENT)
def test_version_two_is_not_found(code: str) -> None:
    assert rules(f"client.beta.threads.create()\n{code}") == ["call"]
