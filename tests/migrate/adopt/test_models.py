"""Which models belong to an assistant: not those of other APIs, and not those in comments."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from shim.migrate.adopt import adopt, render

OWN = "asst_Ab12Cd34Ef56Gh78Ij90Kl12"


def model(folder: Path, name: str, code: str) -> tuple[Any, str]:
    (folder / ".env").write_text(f"ID={OWN}\n")
    (folder / name).write_text(code)
    text = render(adopt([folder], environment={}).assistants, "assistants.yaml")
    return yaml.safe_load(text)["assistants"][0]["model"], text


@pytest.mark.parametrize(
    "name, code",
    [
        ("a.py", 'client.chat.completions.create(model="gpt-4o-mini", messages=[])'),
        ("a.py", 'self.assistant.client.chat.completions.create(model="gpt-4o-mini")'),
        ("a.py", 'llm = ChatOpenAI(model="gpt-4o-mini")'),
        ("a.py", 'model = "gpt-4o-mini"\nclient.responses.create(model=model)'),
        ("a.py", 'requests.post(url, json={"model": "gpt-4o-mini", "messages": []})'),
        ("a.py", 'run(\n    a,  # model="gpt-4o-mini"\n)'),
        ("a.py", '"""Give model="gpt-4o-mini"."""'),
        ("a.js", 'await openai.chat.completions.create({\n  messages: [f(x)],\n  model: "gpt-4o-mini",\n});'),
        ("a.go", 'client.CreateChatCompletion(ctx, Request{model: "gpt-4o-mini"})'),
        ("a.js", '// model: "gpt-4o-mini"\nconst a = 1; // model: "gpt-4o-mini"'),
        ("a.js", '/**\n * model: "gpt-4o-mini"\n */'),
        ("a.yaml", '# model: "gpt-4o-mini"'),
        ("a.ipynb", '{"source": [\n "# model=\'gpt-4o-mini\'\\n"]}'),
        ("a.py", 'def (\n# model="gpt-4o-mini"'),
        ("a.py", 'text = """\n# model="gpt-4o-mini"'),
    ],
)
def test_models_of_other_apis_and_in_comments_are_not_taken(tmp_path: Path, name: str, code: str) -> None:
    found, text = model(tmp_path, name, code)
    assert found is None
    assert "gpt-4o-mini" not in text


@pytest.mark.parametrize(
    "name, code",
    [
        ("a.py", 'client.beta.threads.runs.create(model="gpt-4o")\nclient.chat.completions.create(model="gpt-4")'),
        ("a.py", 'make_assistant(name="A", model="gpt-4o")'),
        ("a.py", 'model = "gpt-4o"\nmake(model)'),
        ("a.py", 'model = "gpt-4o"\nclient.responses.create(model=model)\nclient.beta.assistants.create(model=model)'),
        ("a.py", 'requests.post(url, json={"name": "A", "model": "gpt-4o"})'),
        ("a.py", 'client.beta.assistants.create(model="gpt-4o")  # model="gpt-4"'),
        ("a.py", 'def (\nmodel="gpt-4o"'),
        ("a.js", 'f(completions.create(1), a); const url = "http://a"; create({ model: "gpt-4o" })'),
        ("a.json", '{"model": "gpt-4o"}'),
    ],
)
def test_models_of_the_assistants_api_are_taken(tmp_path: Path, name: str, code: str) -> None:
    assert model(tmp_path, name, code)[0] == "gpt-4o"


def test_code_in_a_comment_is_not_what_the_program_does(tmp_path: Path) -> None:
    code = "handle(requires_action)\n# client.beta.assistants.update(ID)\n#if call.function.name == 'old': ...\n"
    code += "note = '# code_interpreter'  # {'type': 'file_search'}, vs_0123456789\n"
    (found,) = (tmp_path / "a.py").write_text(f"ID = '{OWN}'\n{code}") and adopt([tmp_path], environment={}).assistants
    assert (found.changes, list(found.functions), list(found.hosted), found.stores) == (
        [],
        [],
        ["code_interpreter"],
        {},
    )
