"""``assistants-shim assistants``, ``adopt`` and ``check``: from a project that names an id to a store that has it."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import Result
from typer.testing import CliRunner

from shim.assembly import declarations
from shim.cli import table

OWN = "asst_Ab12Cd34Ef56Gh78Ij90Kl12"
BOT = '''\
import os
TABLE = {"roll": roll}
async def get_weather(city: str, /, days: int = 1, *, unit=None, exact: bool):
    """The weather."""
def roll():
    return 4
def handle(call):
    if run.status == "requires_action" and call.function.name == "get_weather":
        return get_weather
    elif call.function.name == "book_table": ...
client.beta.threads.runs.create(assistant_id=os.environ["ASSISTANT_ID"], model="gpt-4-turbo")
stores = ["vs_0123456789", "vs_abcdefghij"]
'''


@pytest.fixture(autouse=True)
def _store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHIM_DATABASE_URL", f"sqlite:///{tmp_path / 'shim.db'}")
    monkeypatch.setenv("SHIM_UPSTREAM", "sandbox")
    monkeypatch.chdir(tmp_path)


def output_of(*arguments: str, code: int = 0) -> str:
    result: Result = CliRunner().invoke(table.app(), list(arguments))
    assert result.exit_code == code, result.output
    # Usage errors are printed in a box, and wrapped into several lines.
    return " ".join(result.output.replace("│", " ").split()) if code == 2 else result.output


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    (folder / "node_modules").mkdir(parents=True)
    (folder / ".env").write_text(f"ASSISTANT_ID={OWN}\n")
    (folder / "bot.py").write_text(BOT)
    (folder / "broken.py").write_text("def (")
    (folder / "node_modules" / "other.js").write_text("const id = 'asst_notOurs1234'")
    (folder / "picture.png").write_bytes(b"asst_notText12345")
    return folder


def test_a_project_is_adopted_and_runs(project: Path) -> None:
    output = output_of("adopt", str(project))
    assert ".env:1 (ASSISTANT_ID)" in output
    text = Path("assistants.yaml").read_text()
    assert "model: gpt-4-turbo  # seen: bot.py:11" in text
    assert "# another: vs_abcdefghij, seen: bot.py:12" in text
    (entry,) = declarations.load(Path("assistants.yaml"))
    tools = {tool.get("function", tool).get("name", tool["type"]): tool for tool in entry.body["tools"]}
    assert list(tools) == ["file_search", "get_weather", "book_table", "roll"]
    assert tools["get_weather"]["function"]["parameters"] == {
        "type": "object",
        "properties": {
            "city": {"type": "string"},
            "days": {"type": "integer"},
            "unit": {},
            "exact": {"type": "boolean"},
        },
        "required": ["city", "exact"],
    }
    assert tools["roll"]["function"]["parameters"] == {"type": "object", "properties": {}}
    assert "exists already" in output_of("adopt", str(project), code=2)
    output_of("assistants", "apply", "assistants.yaml")
    assert json.loads(output_of("assistants", "show", OWN))["model"] == "gpt-4-turbo"


def test_each_of_several_assistants_gets_the_functions_found_near_its_id(project: Path) -> None:
    (project / "other.ts").write_text("const other: string = 'asst_other1234'\ncase 'x':\n// tool_calls\ncase 'y':\n")
    output_of("adopt", str(project), "asst_given", "--to", "found.yaml")
    found = {one["id"]: one for one in yaml.safe_load(Path("found.yaml").read_text())["assistants"]}
    names = {
        id: [tool.get("function", tool).get("name", tool["type"]) for tool in one["tools"]] for id, one in found.items()
    }
    assert names == {
        "asst_given": [],
        OWN: ["file_search", "get_weather", "book_table", "roll"],
        "asst_other1234": ["x", "y"],
    }
    refused = output_of("assistants", "apply", "found.yaml", code=1)
    assert refused.count("Missing required parameter: 'model'") == 2


def test_placeholders_for_ids_are_not_ids(tmp_path: Path) -> None:
    (tmp_path / ".env.example").write_text(
        "A=asst_your_assistant_id_here\nB=asst_...\nC=asst_xxxxx\nD=asst_XXXXXXXXXXXX\n"
    )
    assert "No assistant's id was found" in output_of("adopt", str(tmp_path), code=1)
    (tmp_path / "README.md").write_text("defaults to asst_aaaaaaaaaaaaaaaaaaaaaaab\n")
    assert "asst_aaaaaaaaaaaaaaaaaaaaaaab" in output_of("adopt", str(tmp_path))


def test_nothing_to_adopt(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert "No assistant's id was found" in output_of("adopt", str(tmp_path / "empty"), code=1)
    assert "there is no nowhere" in output_of("adopt", "nowhere", code=2)


def test_create_list_show_delete(tmp_path: Path) -> None:
    assert output_of("assistants", "list") == "There are no assistants yet.\n"
    (tmp_path / "words.md").write_text("Be brief.\n")
    (tmp_path / "tools.json").write_text('[{"type": "code_interpreter"}]')
    given = ["--model", "gpt-4o", "--instructions-file", "words.md", "--tools-file", "tools.json"]
    assert output_of("assistants", "create", "--id", OWN, *given) == f"created {OWN}\n"
    assert "already is an object" in output_of("assistants", "create", "--id", OWN, *given, code=1)
    assert "begins with `asst_`" in output_of("assistants", "create", "--id", "mine", *given, code=2)
    assert "one of the two" in output_of(
        "assistants", "create", "--id", "asst_b", *given, "--instructions", "x", code=2
    )
    bad = ["--id", "asst_b", "--model", "m"]
    assert "none.md" in output_of("assistants", "create", *bad, "--instructions-file", "none.md", code=2)
    (tmp_path / "endless.json").write_text('[{"type": "file_search", "file_search": {"max_num_results": 1e999}}]')
    for wrong in ("words.md", "endless.json"):
        assert wrong in output_of("assistants", "create", *bad, "--tools-file", wrong, code=2)
    shown = json.loads(output_of("assistants", "show", OWN))
    assert (shown["instructions"], shown["tools"]) == ("Be brief.", [{"type": "code_interpreter"}])
    assert OWN in output_of("assistants", "list")
    assert [each["id"] for each in json.loads(output_of("assistants", "list", "--json"))] == [OWN]
    assert output_of("assistants", "delete", OWN) == f"deleted {OWN}\n"
    assert "No assistant found" in output_of("assistants", "show", OWN, code=1)


def test_applying_an_export_changes_nothing(tmp_path: Path) -> None:
    first = "- {id: asst_a, model: gpt-4o, instructions: 'One\n\n  two'}"
    (tmp_path / "a.yaml").write_text(f"{first}\n- {{id: asst_b, model: m, tools: [{{type: file_search}}]}}\n")
    planned = output_of("assistants", "apply", "a.yaml", "--dry-run")
    assert "2 created, 0 changed, 0 unchanged (nothing was written)" in planned
    assert "2 created, 0 changed, 0 unchanged" in output_of("assistants", "apply", "a.yaml")
    assert output_of("assistants", "apply", "a.yaml") == "0 created, 0 changed, 2 unchanged\n"
    assert "2 assistants in out.yaml" in output_of("assistants", "export", "--to", "out.yaml")
    assert "instructions: |-\n    One\n" in output_of("assistants", "export", "asst_a")
    assert output_of("assistants", "apply", "out.yaml") == "0 created, 0 changed, 2 unchanged\n"
    (tmp_path / "a.yaml").write_text("{id: asst_a, model: gpt-4o, instructions: Three}")
    changed = output_of("assistants", "apply", "a.yaml")
    assert "asst_a changed" in changed
    assert "+instructions: Three" in changed
    assert "0 created, 1 changed, 0 unchanged" in changed


def test_declared_assistants_are_listed_and_cannot_be_deleted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.yaml").write_text("{id: asst_a, model: gpt-4o}")
    monkeypatch.setenv("SHIM_ASSISTANTS", "a.yaml")
    assert "a.yaml, line 1" in output_of("assistants", "list")
    assert "declared in a file" in output_of("assistants", "delete", "asst_a", code=1)


def test_assistants_declared_for_a_tenant_belong_to_that_tenant(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "- {id: asst_a, model: gpt-4o, tenants: [acme, zen]}\n- {id: asst_b, model: gpt-4o}\n"
    (tmp_path / "a.yaml").write_text(text)
    output = output_of("assistants", "apply", "a.yaml")
    assert "asst_a left out: it is acme, zen's" in output
    assert "1 created" in output
    monkeypatch.setenv("SHIM_ASSISTANTS", "a.yaml")
    assert [each["id"] for each in json.loads(output_of("assistants", "list", "--json"))] == ["asst_b"]
    monkeypatch.setenv("SHIM_TENANT", "acme")
    assert [each["id"] for each in json.loads(output_of("assistants", "list", "--json"))] == ["asst_b", "asst_a"]
    exported = yaml.safe_load(output_of("assistants", "export"))["assistants"]
    assert [(each["id"], each.get("tenants")) for each in exported] == [("asst_a", ["acme", "zen"]), ("asst_b", None)]
    assert "2 created" in output_of("assistants", "apply", "a.yaml")


def checked(*arguments: str, code: int = 0) -> Any:
    return json.loads(output_of("check", "--json", *arguments, code=code))


def test_check(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.yaml").write_text(
        "id: asst_a\nmodel: gpt-4\ntools: [{type: file_search}]\n"
        "tool_resources: {file_search: {vector_store_ids: [vs_gone]}}\n"
    )
    offline = checked("a.yaml", "--offline")
    assert [each["level"] for each in offline["findings"]] == ["warning"]
    assert (offline["checked"], offline["upstream"], offline["findings"][0]["place"]) == (1, False, "a.yaml:1")
    assert checked("a.yaml", "--offline", "--strict", code=1) == offline
    assert "vs_gone" in output_of("check", "a.yaml", code=1)
    output_of("assistants", "apply", "a.yaml")
    (in_store,) = [each for each in checked(code=1)["findings"] if each["level"] == "error"]
    assert (in_store["id"], in_store["place"], in_store["field"]) == ("asst_a", "store", "file_search")
    monkeypatch.setenv("SHIM_ASSISTANTS", "a.yaml")
    assert [each["place"] for each in checked("--offline")["findings"]] == ["a.yaml:1"]
    assert "0 errors, 1 warnings. Upstream was not checked" in output_of("check", "--offline")
