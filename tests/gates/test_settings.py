"""Every setting is read somewhere, as an unused setting would not be noticed otherwise."""

import ast

from shim.settings import Settings
from tests.gates.files import ours


def read(source: str) -> set[str]:
    """The names of all attributes that a module reads."""
    return {node.attr for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Attribute)}


def test_every_setting_is_read() -> None:
    looked_at = set().union(*(read(path.read_text()) for path in ours("shim")))
    assert Settings.model_fields.keys() - looked_at == set()


def test_the_gate_finds_the_reading_modules() -> None:
    assert read("chosen.grace = current_settings().exit_grace") == {"grace", "exit_grace"}
