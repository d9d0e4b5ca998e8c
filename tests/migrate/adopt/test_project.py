"""What is found in typical projects, and what only looks similar."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from shim.assembly import declarations
from shim.migrate.adopt import Adopted, Project, adopt, render

OWN = "asst_Ab12Cd34Ef56Gh78Ij90Kl12"


def project(folder: Path, **files: str) -> Project:
    """The findings for a folder with these files. In a file's name, a double underscore stands for a dot, and ``env``
    is ``.env``.
    """
    for name, text in files.items():
        path = folder / (f".{name}" if name == "env" else name.replace("__", "."))
        path.write_text(text)
    return adopt([folder], environment={})


def only(found: Project) -> Adopted:
    (one,) = found.assistants
    return one


def as_file(folder: Path, found: Project) -> Any:
    """Write the found assistants to a file, parse it as YAML, and return its only assistant."""
    path = folder / "assistants.yaml"
    path.write_text(render(found.assistants, "assistants.yaml"))
    (one,) = yaml.safe_load(path.read_text())["assistants"]
    return one


@pytest.mark.parametrize(
    "line",
    [
        f"ASSISTANT_ID={OWN}",
        f'const assistantId: string = "{OWN}";',
        f"# it was {OWN} once",
        "id: asst_short12345",
        "id: asst_aaaaaaaaaaaaaaaaaaaaaaab",
    ],
)
def test_an_id_is_found(tmp_path: Path, line: str) -> None:
    assert len(project(tmp_path, a__txt=line).assistants) == 1


@pytest.mark.parametrize(
    "line",
    [
        "self.asst_config = {}",
        'roles = ["asst_super", "asst_director"]',
        "ID=asst_abcdabcdabcd",
        "ID=asst_123412341234",
        "ID=asst_abc123",
        "ID=asst_your_id_here",
        "ID=asst_yourassistantid1",
        "asst_1234567",
    ],
)
def test_text_that_is_not_an_id_is_ignored(tmp_path: Path, line: str) -> None:
    assert project(tmp_path, a__py=line).assistants == []


@pytest.mark.parametrize(
    "name, line",
    [
        ("ASSISTANT_ID", 'import os\nid = os.environ["ASSISTANT_ID"]'),
        ("OPENAI_ASSISTANT_ID", 'id = os.environ.get("OPENAI_ASSISTANT_ID", "")'),
        ("BOT_ASSISTANT_ID", "id = os.getenv('BOT_ASSISTANT_ID')"),
        ("assistant_id", 'id = st.secrets["assistant_id"]'),
        ("ASSISTANT_ID", 'id = config("ASSISTANT_ID")'),
        ("OPENAI_ASSISTANT_ID", "assistant_id: process.env.OPENAI_ASSISTANT_ID!,"),
        ("VITE_ASSISTANT_ID", "const id = import.meta.env.VITE_ASSISTANT_ID"),
        ("ASSISTANT_ID", 'ENV.fetch("ASSISTANT_ID")'),
        ("ASSISTANT_ID", 'os.Getenv("ASSISTANT_ID")'),
    ],
)
def test_a_variable_that_contains_an_id(tmp_path: Path, name: str, line: str) -> None:
    """The id is not in the project: it is read from the environment, or the variable is reported."""
    found = project(tmp_path, bot__py=line)
    assert (found.assistants, [(each, place.file) for each, place in found.id_variables.items()]) == (
        [],
        [(name, "bot.py")],
    )
    there = adopt([tmp_path], environment={name: OWN})
    assert (only(there).id, there.id_variables) == (OWN, {})
    assert f"# found: the environment ({name})" in render(there.assistants, "a.yaml")
    (tmp_path / ".env").write_text(f"{name}={OWN}\n")
    assert adopt([tmp_path], environment={}).id_variables == {}


def test_a_variable_that_does_not_contain_an_id(tmp_path: Path) -> None:
    found = project(tmp_path, a__py='os.getenv("ASSISTANT_PASSWORD"), os.getenv("HOME"), os.getenv("ASSISTANT_NAME")')
    assert found.id_variables == {}
    assert project(tmp_path, a__py="config.default_assistant\nself.env.assistant_id\n").id_variables == {}


LOOP = """
while True:
    if run.status == "requires_action":
        for call in run.required_action.submit_tool_outputs.tool_calls:
            if call.function.name == "book_table":
                outputs.append({"tool_call_id": tool_call_id, "output": output})
match run.status:
    case "completed": ...
    case "expired": ...
helper = next(each for each in found if assistant.name == "Concierge")
"""


def test_statuses_and_variables_are_not_functions(tmp_path: Path) -> None:
    code = "def output(): ...\n" + LOOP.replace('"output": output', '"thread_id": thread_id')
    assert list(only(project(tmp_path, env=f"ID={OWN}", bot__py=code)).functions) == ["book_table"]


@pytest.mark.parametrize(
    "name, line",
    [
        ("a__js", "case 'in_progress':\ncase 'book_table':"),
        ("a__rb", 'when "completed"\nwhen "book_table"'),
        ("a__rs", '"book_table" => book(),'),
        ("a__kt", '"book_table" -> book()'),
        ("a__go", 'if call.Function.Name == "book_table" {'),
        ("a__php", "if ($functionName === 'book_table') {"),
    ],
)
def test_functions_in_other_languages(tmp_path: Path, name: str, line: str) -> None:
    found = only(project(tmp_path, env=f"ID={OWN}", **{name: f"requires_action\n{line}\n"}))
    assert list(found.functions) == ["book_table"]


def test_functions_in_a_table_are_found_by_their_definitions(tmp_path: Path) -> None:
    table = "from tools import book\nregister_function(function_map={'book_table': book, 'other': missing, 'n': 1})\n"
    tools = "def book(guests: int, hour): ...\n"
    found = project(tmp_path, env=f"ID={OWN}", bot__py=table, tools__py=tools)
    (tool,) = as_file(tmp_path, found)["tools"]
    assert tool["function"]["name"] == "book_table"
    assert tool["function"]["parameters"]["properties"] == {"guests": {"type": "integer"}, "hour": {}}


BOOK = {
    "name": "book_table",
    "description": "Books a table: for guests.",
    "parameters": {"type": "object", "properties": {"guests": {"type": "integer"}}, "required": ["guests"]},
}


@pytest.mark.parametrize(
    "name, text",
    [
        ("tools__py", f"NAME = 'book_table'\nTOOLS = [{{'type': 'function', 'function': {BOOK}}}]".replace(
            "'name': 'book_table'", "'name': NAME, 'strict': compute()")),
        ("tools__json", json.dumps([{"type": "function", "function": BOOK}], indent=1)),
        ("flat__json", json.dumps({"functions": [BOOK]})),
    ],
)  # fmt: skip
def test_the_schema_of_a_function_is_copied_unchanged(tmp_path: Path, name: str, text: str) -> None:
    one = as_file(tmp_path, project(tmp_path, env=f"ID={OWN}", **{name: text}))
    assert one["tools"] == [{"type": "function", "function": BOOK}]


def test_a_schema_in_another_language(tmp_path: Path) -> None:
    code = """
const bookTable = {
  name: "book_table",
  description: 'Books a "table".',
  parameters: { type: "object", properties: { guests: { type: "integer" } } },
};
const shop = { name: "Chair", price: 5 };
"""
    (tool,) = as_file(tmp_path, project(tmp_path, env=f"ID={OWN}", bot__ts=code))["tools"]
    assert (tool["function"]["name"], tool["function"]["description"]) == ("book_table", 'Books a "table".')


SETUP = """
from textwrap import dedent
MODEL = "my-deployment"
WORDS = "Be kind. " + 'Be "brief".'
assistant = client.beta.assistants.create(
    name="Concierge", model=MODEL, instructions=WORDS, tools=[{"type": "file_search"}]
)
"""


def test_the_fields_are_read_from_the_call_that_creates_the_assistant(tmp_path: Path) -> None:
    one = as_file(tmp_path, project(tmp_path, env=f"ID={OWN}", setup__py=SETUP))
    assert {name: one[name] for name in ("model", "name", "instructions")} == {
        "model": "my-deployment",
        "name": "Concierge",
        "instructions": 'Be kind. Be "brief".',
    }
    (entry,) = declarations.load(tmp_path / "assistants.yaml")
    assert entry.body["id"] == OWN


@pytest.mark.parametrize(
    "given, instructions, comment",
    [
        ('f"Use {schema()} well."', "Use {schema()} well.", "the program puts in what stands in braces"),
        ('dedent("""  Be brief.""").strip()', "  Be brief.", "# seen: setup.py:1"),
        ('"Hello {name}".format(name=name)', "Hello {name}", "# seen: setup.py:1"),
        ('Path("words.md").read_text()', None, "made by the program: setup.py:1"),
        ("WORDS", None, "made by the program: setup.py:1"),
        ("'a' * 3", None, "made by the program: setup.py:1"),
        ("str()", None, "made by the program: setup.py:1"),
        ("words + more", None, "made by the program: setup.py:1"),
        ("None", None, "unknown: the text"),
    ],
)
def test_instructions_are_read_if_they_are_constant(
    tmp_path: Path, given: str, instructions: str | None, comment: str
) -> None:
    code = f"client.beta.assistants.create(model='gpt-4o', instructions={given})\nWORDS = WORDS\n"
    found = project(tmp_path, env=f"ID={OWN}", setup__py=code)
    assert as_file(tmp_path, found)["instructions"] == instructions
    assert comment in (tmp_path / "assistants.yaml").read_text()


@pytest.mark.parametrize(
    "name, code",
    [
        ("bot__py", "client.beta.assistants.update(assistant_id=ID, name='Concierge')\nthreads.update(thread)\n"),
        ("bot__py", "client.beta.assistants.update(ID, **made)\nthis is no Python\n"),
        ("bot__js", "await openai.beta.assistants.update(id, { name: 'Concierge' })\n"),
    ],
)
def test_a_program_that_changes_its_assistant_cannot_use_a_declared_one(tmp_path: Path, name: str, code: str) -> None:
    text = render(project(tmp_path, env=f"ID={OWN}", **{name: code}).assistants, "assistants.yaml")
    assert f"# The program changes an assistant itself ({name.replace('__', '.')}:1)" in text
    assert "assistants-shim assistants apply assistants.yaml" in text


def test_the_fields_are_read_from_an_exported_assistant(tmp_path: Path) -> None:
    """Another assistant in the same project gets none of these fields."""
    one = {"id": OWN, "model": "gpt-4o", "name": "123", "instructions": "Be brief.\nBe kind.", "tools": []}
    found = project(tmp_path, settings__json=json.dumps([one]), env=f"OTHER={OWN[:-1]}3", broken__json="{")
    (tmp_path / "a.yaml").write_text(render(found.assistants, "a.yaml"))
    made = {each["id"]: each for each in yaml.safe_load((tmp_path / "a.yaml").read_text())["assistants"]}
    assert {name: made[OWN][name] for name in one if name != "tools"} == {
        name: value for name, value in one.items() if name != "tools"
    }
    assert made[f"{OWN[:-1]}3"]["instructions"] is None


def test_several_calls_are_all_named(tmp_path: Path) -> None:
    """It is not known which of them made the assistant."""
    code = "".join(f"client.beta.assistants.create(model='m{each}', name='N{each}')\n" for each in (1, 2))
    one = as_file(tmp_path, project(tmp_path, env=f"ID={OWN}", setup__py=code))
    text = (tmp_path / "assistants.yaml").read_text()
    assert (one["model"], one["name"]) == (None, None)
    for each in (1, 2):
        assert f"#      m{each}  # seen: setup.py:{each}" in text
        assert f"#   perhaps N{each}  # seen: setup.py:{each}" in text


OTHER = f"{OWN[:-1]}3"
CAREER = "client.beta.assistants.create(name='Career Mentor', instructions='Be kind.', model='gpt-4o')\n"


@pytest.mark.parametrize(
    "files",
    [
        {"a__py": f"a = client.beta.assistants.retrieve(assistant_id='{OWN}')\nretrieve('{OTHER}')\n{CAREER}"},
        {"a__py": f"one = '{OWN}'\n{CAREER}", "b__py": f"other = '{OTHER}'"},
        # The id of another assistant is not in the project.
        {"a__py": f"one = '{OWN}'\nother = os.environ['SECOND_ASSISTANT_ID']\n{CAREER}"},
    ],
)
def test_settings_of_one_of_several_assistants_are_comments(tmp_path: Path, files: dict[str, str]) -> None:
    text = render(project(tmp_path, **files).assistants, "a.yaml")
    for one in yaml.safe_load(text)["assistants"]:
        assert (one["name"], one["instructions"]) == (None, None)
    assert '#   perhaps "Career Mentor"  # seen: a.py:' in text


def test_settings_with_an_id_belong_to_that_assistant(tmp_path: Path) -> None:
    code = f"ONE = '{OWN}'\nTWO = '{OTHER}'\n"
    code += "client.beta.assistants.update(ONE, name='First', instructions=made())\n"
    code += "client.beta.assistants.update(assistant_id=TWO, name='Second')\n" + CAREER
    found = project(tmp_path, a__py=code).assistants
    made = yaml.safe_load(render(found, "a.yaml"))["assistants"]
    assert [(one["name"], one["instructions"]) for one in made] == [("First", None), ("Second", None)]


@pytest.mark.parametrize(
    "given, code",
    [
        ([OWN], "id = os.environ['ASSISTANT_ID']\n"),
        ([], f"id = os.environ.get('ASSISTANT_ID', '{OWN}')\n"),
    ],
)
def test_an_id_that_a_variable_stands_for_is_no_second_assistant(tmp_path: Path, given: list[str], code: str) -> None:
    (tmp_path / "a.py").write_text(code + CAREER)
    assert 'name: "Career Mentor"' in render(adopt([tmp_path], given, environment={}).assistants, "a.yaml")


def test_virtual_environments_are_recognised_by_their_file(tmp_path: Path) -> None:
    for name, makes_it_one in (("env", False), ("mine", True)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.env").write_text(f"ID={OWN[:-1]}{len(name)}")
        if makes_it_one:
            (tmp_path / name / "pyvenv.cfg").write_text("")
    assert [each.id for each in adopt([tmp_path], environment={}).assistants] == [f"{OWN[:-1]}3"]
