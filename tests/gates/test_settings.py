"""Every setting is read somewhere, as an unused one would not be noticed."""

import ast

from shim.settings import Settings
from tests.gates.files import ours


def read(source: str) -> set[str]:
    """The names of all attributes that a module looks at."""
    return {node.attr for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Attribute)}


def test_every_setting_is_read() -> None:
    looked_at = set().union(*(read(path.read_text()) for path in ours("shim")))
    assert Settings.model_fields.keys() - looked_at == set()


def test_the_gate_sees_who_reads() -> None:
    assert read("chosen.grace = settings().exit_grace") == {"grace", "exit_grace"}
