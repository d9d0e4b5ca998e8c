"""The versions in the README are those of pyproject.toml, and the README has no dead link on a package index."""

import re
from importlib import metadata

import pytest
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
    documented = ROW.findall((ROOT / "README.md").read_text())
    assert len(documented) == 8
    assert [(extra, name, bounds[extra or None][name.lower()]) for extra, name, _ in documented] == documented


@pytest.mark.parametrize("version, fits", [("1.4.54", False), ("2.0.29", False), ("2.0.30", True), ("2.1.9", True)])
def test_which_sqlalchemy_pip_takes(version: str, fits: bool) -> None:
    """The README describes an installation beside SQLAlchemy 1.4 that was tried with pip; this test checks the
    requirements that lead to that result.
    """
    wanted = [Requirement(each) for each in metadata.requires("assistants-shim") or []]
    (sqlalchemy,) = [each for each in wanted if each.name.lower() == "sqlalchemy"]
    assert sqlalchemy.specifier.contains(version) is fits


LINK = re.compile(r"\]\((?!https?:|#)[^)]*\)")


def test_no_link_is_dead_on_a_package_index() -> None:
    """On a package index the README has no files beside it, so it names files by their place in the source
    distribution.
    """
    hatch = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]
    (substitution,) = hatch["metadata"]["hooks"]["fancy-pypi-readme"]["substitutions"]
    readme = (ROOT / "README.md").read_text()
    there = re.sub(substitution["pattern"], substitution["replacement"], readme)
    assert LINK.search(readme)
    assert LINK.search(there) is None
    paths = re.findall(r" \(`([\w/.-]+)`\)", there)
    assert len(paths) > 20
    shipped = hatch["build"]["targets"]["sdist"]["include"]
    assert [name for name in paths if not (ROOT / name).exists() or name.split("/")[0] not in shipped] == []
