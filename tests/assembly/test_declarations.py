"""Assistants in files: every format gives the same objects, and every mistake is reported with its line."""

import json
import os
from pathlib import Path
from typing import Any

import openai
import pytest

from shim import OpenAI
from shim.assembly import declarations
from shim.assembly.lined import Unusable

Json = dict[str, Any]
FUNCTION = {"type": "function", "function": {"name": "look_up", "parameters": {"type": "object", "properties": {}}}}
WHOLE: Json = {
    "id": "asst_support",
    "created_at": 1700000000,
    "model": "gpt-4o",
    "name": "Support",
    "instructions": "Be brief.\nBe kind.",
    "temperature": 0.5,
    "tools": [FUNCTION, {"type": "file_search"}],
    "tool_resources": {"file_search": {"vector_store_ids": ["vs_1"]}},
    "metadata": {"team": "one"},
}
YAML = """\
id: asst_support
created_at: 1700000000
model: gpt-4o
name: Support
instructions: |-
  Be brief.
  Be kind.
temperature: 0.5
tools:
  - type: function
    function: {name: look_up, parameters: {type: object, properties: {}}}
  - type: file_search
tool_resources:
  file_search: {vector_store_ids: [vs_1]}
metadata: {team: one}
"""
TOML = '''\
id = "asst_support"
created_at = 1700000000
model = "gpt-4o"
name = "Support"
instructions = """
Be brief.
Be kind."""
temperature = 0.5

[[tools]]
type = "function"
[tools.function]
name = "look_up"
parameters = {type = "object", properties = {}}

[[tools]]
type = "file_search"

[tool_resources.file_search]
vector_store_ids = ["vs_1"]

[metadata]
team = "one"
'''
FORMS = {
    "one.yaml": YAML,
    "one.yml": YAML.replace("instructions: |-\n  Be brief.\n  Be kind.\n", "instructions_file: words.txt\n"),
    "documents.yaml": "---\n" + YAML + "---\n",
    "list.yaml": "- " + YAML.replace("\n", "\n  "),
    "named.yaml": "assistants:\n- " + YAML.replace("\n", "\n  "),
    "one.toml": TOML,
    "several.toml": "[[assistants]]\n"
    + TOML.replace("[[tools", "[[assistants.tools")
    .replace("\n[t", "\n[assistants.t")
    .replace("[metadata", "[assistants.metadata"),
    "one.json": json.dumps(WHOLE),
    "tabs.json": "\ufeff" + json.dumps({"assistants": [WHOLE]}, indent="\t"),
}


@pytest.mark.parametrize("name", FORMS)
def test_every_format_gives_the_same_assistant(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text(FORMS[name], encoding="utf-8")
    (tmp_path / "words.txt").write_text("Be brief.\nBe kind.\n")
    (entry,) = declarations.load(tmp_path / name)
    assert {key: entry.body[key] for key in WHOLE if key != "tools"} == {
        key: value for key, value in WHOLE.items() if key != "tools"
    }
    assert [tool["type"] for tool in entry.body["tools"]] == ["function", "file_search"]
    assert entry.body["tools"][0]["function"]["parameters"] == {"type": "object", "properties": {}}
    assert (entry.body["object"], entry.dated) == ("assistant", True)


#: Files with a question mark for a value that JSON does not have, its line, and such values as they are shown.
NOT_JSON: dict[str, tuple[str, int, dict[str, str]]] = {
    "a.yaml": (
        "id: asst_a\nmodel: m\ntools:\n- type: function\n  function: {name: f, parameters: {\n    least: [0, ?]}}\n",
        6,
        {".inf": "inf", "-.inf": "-inf", ".nan": "nan", "!!binary aGk=": "b'hi'", "!!set {}": "set()"},
    ),
    "a.toml": (
        'id = "asst_a"\nmodel = "m"\n[[tools]]\ntype = "function"\n[tools.function]\nname = "f"\n'
        "[tools.function.parameters]\nleast = ?\n",
        8,
        {"inf": "inf", "nan": "nan", "1e999": "inf", "1979-05-27": "datetime.date"},
    ),
    "a.json": (
        '{"id": "asst_a", "model": "m", "response_format": {"type": "json_schema",\n'
        '"json_schema": {"name": "f", "schema":\n{"least": ?}}}}',
        3,
        {"Infinity": "inf", "NaN": "nan", "-1e999": "-inf"},
    ),
}
#: A file's name, its text, and for each problem its line and a part of its message.
WRONG: dict[str, tuple[str, str, list[tuple[int | None, str]]]] = {
    "no model": ("a.yaml", "id: asst_a\nname: A\n", [(1, "Missing required parameter: 'model'")]),
    "a number": ("a.yaml", "id: asst_a\nmodel: gpt-4o\nname: 5\n", [(3, "expected a string, but got an integer")]),
    "below": (
        "a.yaml",
        "assistants:\n- id: asst_a\n  model: m\n  tools:\n  - type: function\n    function:\n"
        "      name: f\n      nam: g\n",
        [(8, "Unknown parameter: 'tools[0].function.nam'")],
    ),
    "several": (
        "a.yaml",
        "- id: asst_a\n  model: m\n  temperature: 3\n- id: b\n  model: m\n",
        [(3, "temperature"), (4, "'b' is no assistant's id")],
    ),
    "no id": ("a.yaml", "model: gpt-4o\n", [(1, "`id` is missing")]),
    "twice in one": ("a.yaml", "id: asst_a\nmodel: m\nmodel: n\n", [(3, "the key 'model' is there twice")]),
    "twice in one, JSON": ("a.json", '{\n"id": "asst_a",\n"id": "asst_b"}', [(3, "the key 'id' is there twice")]),
    "twice": ("a.yaml", "- {id: asst_a, model: m}\n- {id: asst_a, model: m}\n", [(2, "asst_a is there already")]),
    "no YAML": ("a.yaml", "id: asst_a\n  model: [\n", [(2, "")]),
    "no JSON": ("a.json", '{\n"id": asst_a}', [(2, "Expecting value")]),
    "no TOML": ("a.toml", 'id = "asst_a"\nmodel = \n', [(2, "Invalid value")]),
    "TOML": (
        "a.toml",
        '[[assistants]]\nid = "asst_a"\nmodel = "m"\n\n[[assistants]]\nid = "asst_b"\nmodel = "m"\ntop_p = 2.0\n',
        [(8, "top_p")],
    ),
    "TOML, below": (
        "a.toml",
        'id = "asst_a"\nmodel = "m"\ninstructions = """\ntop_p = 1\n"""\n[[tools]]\ntype = "file_search"\n[[tools]]\n'
        'type = "nothing"\n',
        [(8, "Invalid value: 'nothing'")],
    ),
    "another kind of file": ("a.txt", "", [(None, "ends in one of .yaml, .yml, .toml, .json")]),
    "no assistant": ("a.yaml", "- asst_a\n", [(1, "an assistant is an object")]),
    "no file of words": (
        "a.yaml",
        "id: asst_a\nmodel: m\ninstructions_file: none.md\n",
        [(3, "none.md: No such file")],
    ),
    "no name of a file": ("a.yaml", "id: asst_a\nmodel: m\ninstructions_file: [1]\n", [(3, "path of a text file")]),
    "words twice": ("a.yaml", "id: asst_a\nmodel: m\ninstructions: x\ninstructions_file: a\n", [(4, "leave one out")]),
    "no list of tenants": ("a.yaml", "id: asst_a\nmodel: m\ntenants: acme\n", [(3, "`tenants` is a list of names")]),
    "no tenants": ("a.yaml", "id: asst_a\nmodel: m\ntenants: []\n", [(3, "leave it out where all tenants")]),
    "odd tenants": (
        "a.yaml",
        "id: asst_a\nmodel: m\ntenants:\n- acme\n- 7\n- ''\n",
        [(5, "7 is no tenant's name"), (6, "'' is no tenant's name")],
    ),
    "odd tenants, TOML": ("a.toml", 'id = "asst_a"\nmodel = "m"\ntenants = "acme"\n', [(3, "a list of names")]),
    "a day": ("a.yaml", "id: asst_a\nmodel: m\ncreated_at: yesterday\n", [(3, "'yesterday' is neither")]),
    "no time at all": ("a.yaml", f"id: asst_a\nmodel: m\ncreated_at: {10**19}\n", [(3, "is neither seconds since")]),
    **{
        f"{word} in {file}": (file, text.replace("?", word), [(line, f"are sent, has no {shown}")])
        for file, (text, line, words) in NOT_JSON.items()
        for word, shown in words.items()
    },
    "version 1": ("a.yaml", "id: asst_a\nmodel: m\ntools: [{type: retrieval}]\n", [(3, "is `file_search` since")]),
    "a store to make": (
        "a.yaml",
        "id: asst_a\nmodel: m\ntool_resources:\n  file_search:\n    vector_stores: [{file_ids: [file-1]}]\n",
        [(5, "would make a new vector store each time")],
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_mistake_is_reported_with_its_line(tmp_path: Path, name: str) -> None:
    file, text, expected = WRONG[name]
    (tmp_path / file).write_text(text)
    with pytest.raises(Unusable) as wrong:
        declarations.load(tmp_path / file)
    assert [each.line for each in wrong.value.problems] == [line for line, _ in expected], str(wrong.value)
    for each, (line, message) in zip(wrong.value.problems, expected, strict=True):
        assert message in each.text
        assert str(each).startswith(f"{tmp_path / file}:{line}: " if line else f"{tmp_path / file}: ")


def test_files_that_are_not_utf8_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_bytes(b"id: asst_a\nmodel: m\nname: \xff\n")
    (tmp_path / "b.yaml").write_text("id: asst_b\nmodel: m\ninstructions_file: b.txt\n")
    (tmp_path / "b.txt").write_bytes(b"\xff")
    with pytest.raises(Unusable, match=r"a\.yaml: the file is not UTF-8[^$]*b\.yaml:3: b\.txt is not UTF-8"):
        declarations.load(tmp_path)


def test_a_folder_is_read_in_the_order_of_its_file_names(tmp_path: Path) -> None:
    (tmp_path / "b.json").write_text('{"id": "asst_b", "model": "m"}')
    (tmp_path / "a.toml").write_text('id = "asst_a"\nmodel = "m"\n')
    (tmp_path / ".hidden.yaml").write_text("nonsense")
    (tmp_path / "notes.md").write_text("nonsense")
    (tmp_path / "below.yaml").mkdir()
    os.utime(tmp_path / "a.toml", (7, 7))
    found = declarations.load(tmp_path)
    assert [entry.body["id"] for entry in found] == ["asst_a", "asst_b"]
    assert (found[0].body["created_at"], found[0].dated) == (7, False)
    (tmp_path / "none").mkdir()
    with pytest.raises(Unusable, match="the folder has no file"):
        declarations.load(tmp_path / "none")
    with pytest.raises(Unusable, match="No such file"):
        declarations.load(tmp_path / "nowhere.yaml")


@pytest.mark.parametrize("day", ["2023-11-14", "2023-11-14T00:00:00+00:00", 1699920000])
def test_created_at_may_be_a_date(tmp_path: Path, day: Any) -> None:
    (tmp_path / "a.yaml").write_text(f"id: asst_a\nmodel: m\ncreated_at: {day}\n")
    assert declarations.load(tmp_path / "a.yaml")[0].body["created_at"] == 1699920000


@pytest.mark.parametrize("odd", ["a\\/b", "\\ud83d\\ude00", "\x7f"])
def test_every_json_escape_is_accepted(tmp_path: Path, odd: str) -> None:
    text = f'{{"id": "asst_a", "model": "m", "name": "{odd}"}}'
    (tmp_path / "a.json").write_text(text)
    assert declarations.load(tmp_path / "a.json")[0].body["name"] == json.loads(text)["name"]


@pytest.fixture
def declared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "team.yaml"
    monkeypatch.setenv("SHIM_ASSISTANTS", str(path))
    monkeypatch.setenv("SHIM_UPSTREAM", "sandbox")
    monkeypatch.setenv("SHIM_DATABASE_URL", f"sqlite:///{tmp_path / 'fresh.db'}")
    return path


def test_a_client_uses_declared_assistants_with_a_new_database(declared: Path) -> None:
    declared.write_text(YAML.replace("[vs_1]", "[]"))
    with OpenAI() as client:
        assert client.beta.assistants.retrieve("asst_support").name == "Support"
        assert [each.id for each in client.beta.assistants.list()] == ["asst_support"]
        run = client.beta.threads.create_and_run_poll(
            assistant_id="asst_support", thread={"messages": [{"role": "user", "content": "Hello?"}]}
        )
        assert (run.status, run.instructions) == ("completed", "Be brief.\nBe kind.")
        with pytest.raises(openai.BadRequestError, match=r"team\.yaml, line 1"):
            client.beta.assistants.update("asst_support", name="Other")


def test_a_client_reports_mistakes_in_the_file(declared: Path) -> None:
    declared.write_text("id: asst_a\nname: A\n")
    with pytest.raises(
        openai.OpenAIError, match=r"SHIM_ASSISTANTS: .*team\.yaml:1: Missing required parameter: 'model'"
    ):
        OpenAI()
