"""What the README says of versions is what pyproject.toml says."""

import re

import tomllib
from packaging.requirements import Requirement

from tests.docs.blocks import ROOT

ROW = re.compile(r"^\| (?:with the extra `(\w+)`: )?`?([\w-]+)`? \| ([\d.]+)[^|]*\|$", re.MULTILINE)


def _lowest(wanted: str) -> str:
    return next(bound.version for bound in Requirement(wanted).specifier if bound.operator == ">=")


def test_the_lowest_versions() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = {
        None: [f"python{project['requires-python']}", *project["dependencies"]],
        **project["optional-dependencies"],
    }
    bounds = {
        extra: {Requirement(each).name: _lowest(each) for each in found}
        for extra, found in wanted.items()
        if extra in (None, "server")
    }
    told = ROW.findall((ROOT / "README.md").read_text())
    assert len(told) == 8
    assert [(extra, name, bounds[extra or None][name.lower()]) for extra, name, _ in told] == told
