"""Addresses, headers, event names, ids and models in Python's strings."""

import pytest

from tests.migrate.scan.found import ASSISTANT, STORE, THREAD, found, rules

#: What proves that the requests of a file go to the API.
BASE = "BASE = 'https://api.openai.com/v1'\n"
KEY = "headers = {'Authorization': f'Bearer {OPENAI_API_KEY}'}\n"
SHOWN = {
    "requests.post('https://api.openai.com/v1/threads')": ["raw-http"],
    "requests.get(f'https://api.openai.com/v1/threads/{t}/runs/{r}')": ["raw-http"],
    "requests.get(BASE + '/v1/assistants')": ["raw-http"],
    "requests.get(f'{AZURE}/openai/threads/{t}/messages?api-version=2024-05-01-preview')": ["raw-http"],
    "x = {'OpenAI-Beta': 'assistants=v2'}": ["beta-header", "raw-http"],
    "x = {'OpenAI-Beta': 'Assistants=v1'}": ["raw-http", "v1-header"],
    "OpenAI(default_headers={'OpenAI-Beta': 'assistants=v2'})": ["beta-header"],
    "client.beta.threads.create()\nx = {'OpenAI-Beta': 'assistants=v2'}": ["call", "beta-header"],
    "x = {'OpenAI-Beta': 'assistants=v2'}\nget('https://api.openai.com/v1/vector_stores')": ["beta-header"],
    f"{BASE}requests.post(BASE + '/threads/' + tid + '/messages', json={{}})": ["raw-http"],
    f"{BASE}requests.post(BASE + '/threads/%s/runs' % tid)": ["raw-http"],
    f"{BASE}requests.post('%s/threads/%s/runs' % (BASE, tid))": ["raw-http"],
    f"{BASE}requests.post('{{}}/threads/{{}}/runs'.format(BASE, tid))": ["raw-http"],
    f"{BASE}requests.post('{{base}}/threads/{{t}}/runs'.format(base=BASE, t=tid))": ["raw-http"],
    f"{BASE}requests.post(f'{{BASE}}/assistants')": ["raw-http"],
    f"{BASE}URL = BASE + '/threads'\nrequests.post(URL + '/' + tid)": ["raw-http"],
    "BASE = os.getenv('B', 'https://api.openai.com')\nrequests.get(BASE + '/v1' + '/threads')": ["raw-http"],
    "requests.get(self.base + '/threads/' + t)\nHOST = 'api.openai.com'": ["raw-http"],
    f"{KEY}requests.get(self.base + '/threads/' + t + '/runs')": ["raw-http"],
    "x = {'OpenAI-Beta': 'assistants=v2'}\nrequests.post(f'{base}/threads/{t}/runs')": ["beta-header", "raw-http"],
    "if event.event == 'thread.message.delta': ...": ["event-name"],
    "match event.event:\n    case 'thread.run.requires_action': ...": ["event-name"],
    f"ID = '{ASSISTANT}'": ["assistant-id"],
    f"ID = os.getenv('ID', '{ASSISTANT}')": ["assistant-id"],
    f"ID = '{THREAD}'": ["thread-id"],
    f"ID, STORE = '{ASSISTANT}', '{STORE}'": ["assistant-id", "upstream-id"],
    f"ID = '{ASSISTANT}'\nMODEL = 'gpt-4'": ["assistant-id", "retired-model"],
    f"ID = '{ASSISTANT}'\ndef make(model: str = 'gpt-4'): ...": ["assistant-id", "retired-model"],
}


@pytest.mark.parametrize("code", SHOWN)
def test_findings_in_strings(code: str) -> None:
    assert rules(code) == SHOWN[code]


SILENT = [
    "@app.post('/v1/threads')\ndef create(): ...",
    "@app.get('/threads/{id}/messages')\ndef messages(): ...",
    "url = f'{base}/threads/{t}/runs'",
    "url = base + '/threads/' + t + '/runs'",
    "headers = {'Authorization': f'Bearer {token}'}\nget(base + '/threads/' + t + '/runs')",
    f"{BASE}OWN = 'http://localhost:8000'\nrequests.get(OWN + '/threads/' + t + '/messages')",
    f"{BASE}@app.get(PREFIX + '/threads/' + PART + '/messages')\ndef messages(): ...",
    f"{BASE}fetch('/threads/' + t)",
    "path = 'assistants/instructions.md'",
    "x = 'v1/threads.py'",
    "def f():\n    '''POST https://api.openai.com/v1/threads'''",
    "x = 'thread.created'",
    "ID = 'asst_abc123'",
    "thread_title_placeholder_for_user = 'thread_title_placeholder_for_user'",
    f"STORE = '{STORE}'",
    "MODEL = 'gpt-4'",
    "x = {'type': 'retrieval'}",
    "x = 'file-' + name",
]


@pytest.mark.parametrize("code", SILENT)
def test_strings_that_are_not_found_alone(code: str) -> None:
    assert rules(code) == []


def test_the_finding_of_a_model_has_its_retirement_date() -> None:
    code = f"ID = '{ASSISTANT}'\nclient.beta.assistants.create(model='gpt-4-32k')"
    assert found(code)[-1] == (2, "retired-model", "gpt-4-32k (gone from 2025-06-06)")
