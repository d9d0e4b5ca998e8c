"""``import shim.types.beta``: every submodule of `openai` under this package's name, with the same objects in it."""

import importlib
import importlib.util
import pkgutil
import subprocess
import sys

import openai
import pytest

import shim
from shim.sdk import submodules

#: Packages whose modules programs import by name.
PACKAGES = ("types", "types.beta", "types.beta.threads", "types.beta.threads.runs", "resources", "resources.beta")


def modules() -> list[str]:
    found = []
    for name in PACKAGES:
        package = importlib.import_module(f"openai.{name}")
        found += [name, *(f"{name}.{each.name}" for each in pkgutil.iter_modules(package.__path__))]
    return sorted({*found, "pagination", "lib.streaming", "lib.azure", "_client", "version"})


def test_every_module_is_the_same_object() -> None:
    for name in modules():
        theirs = importlib.import_module(f"openai.{name}")
        spec = theirs.__spec__
        assert importlib.import_module(f"shim.{name}") is theirs
        assert theirs.__spec__ is spec
        assert theirs.__name__ == f"openai.{name}"


def test_imports_as_programs_write_them() -> None:
    program = """
import shim.types.beta.threads
import shim.types.beta.threads.runs as runs
from shim.types.beta import Assistant
from shim import resources, types
import openai.types.beta.threads.runs
assert runs is openai.types.beta.threads.runs
assert Assistant is openai.types.beta.Assistant
assert shim.types is openai.types is types
assert resources.beta.Threads is openai.resources.beta.Threads
"""
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr


@pytest.mark.parametrize("name", ["shim.nothing", "shim.types.nothing", "shim.store.types", "shim.nothing.types"])
def test_a_module_that_neither_package_has_is_missing(name: str) -> None:
    with pytest.raises(ModuleNotFoundError, match="No module named 'shim"):
        importlib.import_module(name)


def test_the_packages_own_modules_come_first() -> None:
    found = importlib.import_module("shim.cli")
    assert found.__name__ == "shim.cli"
    assert importlib.util.find_spec("shim.wire.ids") is not None


def test_the_import_hook_is_installed_once() -> None:
    before = list(sys.meta_path)
    submodules.make_importable()
    assert sys.meta_path == before
    assert shim.NotFoundError is openai.NotFoundError
