"""`openai` without the Assistants API: the shim adds that part, and adds nothing if the SDK has it."""

import os
import subprocess
import sys
from pathlib import Path

import openai.types.beta.threads
import pytest

from shim.sdk import legacy
from tests.sdk.later import without_assistants

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent
#: Tests that use all removed parts: handlers, helpers that poll and stream, pages, raw and streaming responses, every
#: way to create a client, blocking and async.
DOORS = (
    "tests/scenarios/doors/test_handlers.py",
    "tests/scenarios/doors/test_raw.py",
    "tests/scenarios/doors/test_ending.py::test_clients_in_several_loops",
    "tests/scenarios/doors/test_ending.py::test_many_conversations_of_one_loop",
    "tests/scenarios/ways_in/test_every_way.py",
    "tests/assembly/test_decoding.py",
)
#: From `test_every_way`, one conversation for each way.
CHOSEN = "not test_a_function_works_with_every_way_to_create_a_client or a_conversation"


@pytest.fixture(scope="module")
def later(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return without_assistants(tmp_path_factory.mktemp("later"))


def ran(later: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run a Python that finds the later SDK before the installed one."""
    known = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "COV_"))}
    known["PYTHONPATH"] = os.pathsep.join([str(later), str(ROOT)])
    return subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, env=known, capture_output=True, text=True, check=False
    )


def test_the_later_sdk_alone_lacks_the_assistants_api(later: Path) -> None:
    process = ran(later, str(HERE / "without.py"))
    assert process.returncode == 0, process.stderr


def test_an_old_program(later: Path) -> None:
    process = ran(later, str(HERE / "legacy_program.py"), str(later))
    assert process.returncode == 0, process.stderr


def test_modules_that_were_loaded_before_are_completed(later: Path) -> None:
    program = """
import openai.types.beta, openai.resources.beta, openai.lib.streaming
client = openai.OpenAI(api_key="key")
assert not hasattr(client.beta, "threads")
import shim
from openai.lib.streaming import AssistantStreamManager
assert {"Assistant", "Thread"} < set(vars(openai.types.beta))
assert type(client.beta.threads) is openai.resources.beta.Threads
assert type(shim.OpenAI(api_key="key").beta.with_raw_response.threads).__name__ == "ThreadsWithRawResponse"
"""
    process = ran(later, "-W", "ignore", "-c", program)
    assert process.returncode == 0, process.stderr


def test_the_added_part_is_not_loaded_before_it_is_used(later: Path) -> None:
    process = ran(later, "-c", "import sys, shim; print(*sys.modules)")
    assert process.returncode == 0, process.stderr
    assert "shim.sdk.legacy" in process.stdout
    assert not {name for name in process.stdout.split() if name.startswith(("openai.types.beta", "shim.sdk.borrowed"))}


def test_tests_of_every_kind_of_client_pass_with_the_later_sdk(later: Path) -> None:
    process = ran(later, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-m", "not slow", "-k", CHOSEN, *DOORS)
    assert process.returncode == 0, process.stdout[-4000:]
    assert " passed" in process.stdout


def test_nothing_is_added_if_the_sdk_has_the_assistants_api() -> None:
    assert legacy.is_whole()
    assert not [each for each in sys.meta_path if type(each).__module__ == legacy.__name__]
    assert legacy.VENDORED not in str(openai.types.beta.threads.__file__)
    assert "shim.sdk.borrowed" not in sys.modules


@pytest.mark.parametrize("missing", legacy.WANTED)
def test_either_resource_may_be_missing(missing: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "openai/resources/beta"
    folder.mkdir(parents=True)
    for name in legacy.WANTED:
        (folder / f"{name}.py").touch()
    monkeypatch.setattr("openai.__path__", [str(tmp_path / "openai")])
    assert legacy.is_whole()
    (folder / f"{missing}.py").unlink()
    # An empty folder, which an uninstallation may leave behind, is not a module.
    (folder / missing).mkdir()
    assert not legacy.is_whole()
