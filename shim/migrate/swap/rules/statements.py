"""Helpers of the rules: reasons not to change a statement, and the replacement of a module's name, with its spaces."""

from dataclasses import dataclass

import libcst as cst


@dataclass(frozen=True, slots=True)
class Left:
    """A statement with clients that is not changed; ``why``: a sentence without its full stop."""

    why: str


def renamed(node: cst.ImportFrom, module: str) -> cst.ImportFrom:
    """``from module import`` the same names."""
    name = cst.parse_expression(module)
    assert isinstance(name, (cst.Name, cst.Attribute))
    return node.with_changes(module=name)


def called(alias: cst.ImportAlias, module: str, name: str) -> cst.ImportAlias:
    """``import module as name``, or ``import module`` if both names are the same."""
    if module == name:
        return alias.with_changes(name=cst.Name(module), asname=None)
    if alias.asname is not None:
        return alias.with_changes(name=cst.Name(module))
    return alias.with_changes(name=cst.Name(module), asname=cst.AsName(name=cst.Name(name)))


def replaced(node: cst.Import, old: cst.ImportAlias, new: cst.ImportAlias) -> cst.Import:
    """The statement with one of its modules replaced."""
    return node.with_changes(names=[new if each is old else each for each in node.names])
