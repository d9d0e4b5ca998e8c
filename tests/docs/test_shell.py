"""Every command in the documentation runs unchanged, or a comment before it gives the reason why not in tests.
Commands that cannot run are checked in part: commands, options, extras and settings exist.
"""

import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

import pytest
import tomllib
import typer
import yaml
from typer.testing import CliRunner

from shim.cli import table
from shim.settings import names
from tests.docs.blocks import ROOT

PAGES: Final = ("README.md", *sorted(str(path.relative_to(ROOT)) for path in (ROOT / "docs").rglob("*.md")))
BLOCK: Final = re.compile(r"((?:<!--[^\n]*-->\n+)?)^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
#: Reasons why a block may not run in tests: one of these is in the comment before the block.
REASONS: Final = (
    "a site's own name",
    "another program",
    "asks for the keys at a terminal",
    "asked and paid for",
    "containers",
    "in a clone",
    "key and the network",
    "package index",
    "PostgreSQL server",
    "server at that address",
    "server would go on",
    "targets of a clone",
    "until it is stopped",
)
#: Pages whose commands another test runs, block by block, with the module of that test, which must name the page.
ELSEWHERE: Final = {
    "docs/how-to/import-your-threads.md": "test_importing.py",
    "docs/how-to/serve.md": "test_serve.py",
    "docs/tutorial/first-run.md": "test_programs.py",
    "docs/tutorial/from-dead-to-native.md": "test_dead_to_native.py",
}
#: Commands that run until they are stopped, or need a program of the user: options are parsed, nothing is run.
ENDLESS: Final = ("serve", "sandbox", "run")
ASSIGNMENT: Final = re.compile(r"(\w+)=(.*)", re.DOTALL)
PROGRAM: Final = """from openai import OpenAI

client = OpenAI()
thread = client.beta.threads.create()
run = client.beta.threads.runs.create_and_poll(thread.id, assistant_id="asst_Ab12Cd34Ef56Gh78Ij90Kl12")
"""
ASSISTANT: Final = {"id": "asst_Ab12Cd34Ef56Gh78Ij90Kl12", "model": "gpt-4.1", "name": "Guide", "tools": []}


class Found(NamedTuple):
    """A block: the comment before it, its language, its text."""

    note: str
    language: str
    text: str


def found(page: str) -> list[Found]:
    return [Found(*each) for each in BLOCK.findall((ROOT / page).read_text())]


def commands(text: str) -> Iterator[list[str]]:
    """The arguments of each command of a block; a quoted text may span several lines."""
    whole = re.sub(r"\s#[^\n]*$", "", text.replace("\\\n", " "), flags=re.MULTILINE)
    lexer = shlex.shlex(whole, posix=True, punctuation_chars="|;\n")
    lexer.whitespace, lexer.whitespace_split, lexer.commenters = " \t", True, ""
    arguments: list[str] = []
    for token in lexer:
        if set(token) <= set("|;\n"):
            if arguments:
                yield arguments
            arguments = []
        else:
            arguments.append(token)
    if arguments:
        yield arguments


def _files_of_a_project(folder: Path) -> None:
    (folder / "app.py").write_text(PROGRAM)


def _to_adopt(folder: Path) -> None:
    _files_of_a_project(folder)
    (folder / "support.md").write_text("Be kind.\n")


def _to_leave(folder: Path) -> None:
    (folder / "assistants.yaml").write_text(yaml.safe_dump({"assistants": [ASSISTANT]}))
    arguments = "assistants create --id asst_fromTheDashboard --model gpt-4.1 --name Support"
    assert CliRunner().invoke(table.app(), arguments.split()).exit_code == 0
    made = "client.beta.assistants.create(model='gpt-4.1', name='Guide', instructions='Be kind.')"
    (folder / "support.py").write_text(f"from openai import OpenAI\n\nclient = OpenAI()\nassistant = {made}\n")
    (folder / "tools.py").write_text("def get_weather(city: str) -> str:\n    return 'sunny'\n")


def _an_export(folder: Path) -> None:
    (folder / "my-export").mkdir()
    row = '{"thread_id": "thread_fromTheBrowser", "message_id": "msg_1", "role": "user", "text": "My order?", '
    (folder / "my-export" / "rows.ndjson").write_text(row + '"created_at": 1700000000}\n')


#: The files in the folder before the first command of a page.
STAGES: Final[dict[str, Callable[[Path], None]]] = {
    "README.md": _files_of_a_project,
    "docs/how-to/bring-your-assistants.md": _to_adopt,
    "docs/how-to/leaving.md": _to_leave,
    "docs/how-to/old-thread-ids.md": _an_export,
    "docs/how-to/scan.md": _files_of_a_project,
    "docs/how-to/swap.md": _files_of_a_project,
}
#: Files that a page shows: they are written when their block is reached.
SHOWN: Final = {("docs/how-to/bring-your-assistants.md", "yaml"): "assistants.yaml"}
#: Exit codes other than 0, by page and command: `scan` ends with 1 if there are findings.
ENDS: Final = {"docs/how-to/bring-your-assistants.md": {"check": (0, 1)}}


class Shell:
    """Runs the commands of a page in a folder, the project's own in this process."""

    def __init__(self, page: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self._page, self._monkeypatch = page, monkeypatch
        monkeypatch.chdir(folder)
        monkeypatch.setenv("SHIM_UPSTREAM", "sandbox")
        monkeypatch.setenv("PYTHONPATH", str(ROOT))

    def run(self, arguments: list[str]) -> None:
        with self._monkeypatch.context() as patch:
            if arguments[0] == "export":
                arguments, patch = arguments[1:], self._monkeypatch
            while arguments and (given := ASSIGNMENT.fullmatch(arguments[0])):
                arguments = arguments[1:]
                _check_setting(given[1])
                patch.setenv(given[1], given[2])
            if arguments:
                self._command(arguments)

    def _command(self, arguments: list[str]) -> None:
        if arguments[0] == "pip":
            check_installed(arguments)
        elif arguments[0] == "assistants-shim":
            parse(arguments[1:])
            if arguments[1] not in ENDLESS:
                shown = CliRunner().invoke(table.app(), arguments[1:], catch_exceptions=False)
                expected = ENDS.get(self._page, {}).get(arguments[1], (0,))
                assert shown.exit_code in expected, f"{shlex.join(arguments)}: {shown.output}"
        else:
            assert arguments[0] == "python", f"nothing runs {shlex.join(arguments)} here: say why before the block"
            ran = subprocess.run(
                [sys.executable, *arguments[1:]], capture_output=True, text=True, timeout=60, check=False
            )
            assert ran.returncode == 0, ran.stdout + ran.stderr


def _check_setting(name: str) -> None:
    assert not name.startswith("SHIM_") or name in names(), f"there is no setting {name}"


def check_installed(arguments: list[str]) -> None:
    """``pip install``: tests have no package index, but the named extras must exist."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert arguments[:2] == ["pip", "install"]
    for extras in re.findall(r"assistants-shim\[([\w,]+)\]", " ".join(arguments)):
        assert set(extras.split(",")) <= set(project["optional-dependencies"]), extras


def parse(arguments: list[str]) -> None:
    """Check that the command and its options exist, and that the values have the right type; nothing is run."""
    command: Any = typer.main.get_command(table.app())
    while hasattr(command, "commands"):
        assert arguments, "no command is named"
        assert arguments[0] in command.commands, f"no such command: {arguments[0]}"
        command, arguments = command.commands[arguments[0]], arguments[1:]
    command.make_context(command.name, list(arguments))


@pytest.mark.parametrize("page", [page for page in PAGES if any(each.language == "sh" for each in found(page))])
def test_every_command(page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shell = Shell(page, tmp_path, monkeypatch)
    STAGES.get(page, lambda folder: None)(tmp_path)
    for each in found(page):
        if name := SHOWN.get((page, each.language)):
            (tmp_path / name).write_text(each.text)
        if each.language != "sh":
            continue
        if each.note:
            assert any(reason in each.note for reason in REASONS), f"{each.note} is no reason of ours"
        for arguments in commands(each.text):
            if each.note or page in ELSEWHERE:
                _only_parsed(arguments)
            else:
                shell.run(arguments)


def _only_parsed(arguments: list[str]) -> None:
    while arguments and (given := ASSIGNMENT.fullmatch(arguments[0])):
        _check_setting(given[1])
        arguments = arguments[1:]
    if arguments and arguments[0] == "assistants-shim":
        parse(arguments[1:])
    if arguments[:2] == ["pip", "install"]:
        check_installed(arguments)


@pytest.mark.parametrize("page,test", ELSEWHERE.items())
def test_another_test_has_the_page(page: str, test: str) -> None:
    assert page.removeprefix("docs/") in (ROOT / "tests" / "docs" / test).read_text()


@pytest.mark.parametrize("page", PAGES)
def test_blocks_of_configuration_are_valid(page: str) -> None:
    """Configuration can be parsed, and the settings that any block names exist."""
    for each in found(page):
        assert set(re.findall(r"\bSHIM_[A-Z_]+\b", each.text)) <= set(names())
        if each.language == "yaml":
            yaml.safe_load(each.text)
        if each.language == "dockerfile":
            for line in each.text.splitlines():
                for extras in re.findall(r"assistants-shim\[[\w,]+\]", line):
                    check_installed(["pip", "install", extras])
                if line.startswith('CMD ["assistants-shim"'):
                    parse(yaml.safe_load(line.removeprefix("CMD "))[1:])


def test_a_wrong_command_is_found() -> None:
    for wrong in (["serve", "--prot", "1"], ["serf"], ["keys", "make"], ["import", "--map"]):
        with pytest.raises(Exception, match=r"(?i)no such|requires an argument|missing"):
            parse(wrong)


def test_commands_are_distinguished() -> None:
    text = "export A=1 B='x y'  # why\nA=2 assistants-shim scan . \\\n  --format json | sed 's/;/,/'\n\ncurl -d '{\n}'"
    assert list(commands(text)) == [
        ["export", "A=1", "B=x y"],
        ["A=2", "assistants-shim", "scan", ".", "--format", "json"],
        ["sed", "s/;/,/"],
        ["curl", "-d", "{\n}"],
    ]
