"""Facts about a program that the rules need besides the import statement."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

import libcst as cst

#: The SDK's clients, all of which `shim` has under the same names.
CLIENTS: Final = frozenset({"OpenAI", "AsyncOpenAI", "AzureOpenAI", "AsyncAzureOpenAI", "Client", "AsyncClient"})
#: Names of the module that are the same objects in `shim`, besides classes that are not clients.
SAME: Final = frozenset({"types", "lib", "resources", "not_given", "omit", "file_from_path", "pydantic_function_tool"})


@dataclass(slots=True)
class Facts:
    """``used``: for each name of the module, the attributes that are used; ``*`` stands for the module itself.

    ``dotted``: submodules that are imported without ``as`` (``import openai.types``): each also binds ``openai``.
    """

    used: dict[str, set[str]] = field(default_factory=dict)
    dotted: set[str] = field(default_factory=set)

    def needs(self, name: str) -> bool:
        """Whether the module's name is used for anything that differs between the two modules."""
        return any(not _is_same(each) for each in self.used.get(name, ()))


def _is_same(attribute: str) -> bool:
    plain = attribute in SAME or (attribute.startswith("__") and attribute.endswith("__"))
    return plain or (attribute[0].isupper() and attribute not in CLIENTS)


def facts(modules: Iterable[cst.Module]) -> Facts:
    """The facts of a program: one module, or the cells of a notebook."""
    result = Facts()
    for module in modules:
        module.visit(_Visitor(result))
    return result


class _Visitor(cst.CSTVisitor):
    def __init__(self, facts: Facts) -> None:
        self._facts = facts

    def visit_Import(self, node: cst.Import) -> bool:
        for alias in node.names:
            if alias.asname is None and dotted(alias.name).startswith("openai."):
                self._facts.dotted.add(dotted(alias.name))
        return False

    def visit_ImportFrom(self, node: cst.ImportFrom) -> bool:
        return False

    def visit_Attribute(self, node: cst.Attribute) -> bool:
        if isinstance(node.value, cst.Name):
            self._use(node.value.value, node.attr.value)
        else:
            # An attribute's name does not count as a use of a name.
            node.value.visit(self)
        return False

    def visit_Arg(self, node: cst.Arg) -> bool:
        # An argument's name does not count as a use of a name.
        node.value.visit(self)
        return False

    def visit_Name(self, node: cst.Name) -> None:
        self._use(node.value, "*")

    def _use(self, name: str, attribute: str) -> None:
        self._facts.used.setdefault(name, set()).add(attribute)


def dotted(node: cst.BaseExpression | None) -> str:
    """The name of a module: ``openai.types``."""
    if isinstance(node, cst.Attribute):
        return f"{dotted(node.value)}.{node.attr.value}"
    return node.value if isinstance(node, cst.Name) else ""


def names(node: cst.ImportFrom) -> list[str]:
    """The names that a statement imports from its module; ``*`` for all."""
    if isinstance(node.names, cst.ImportStar):
        return ["*"]
    return [dotted(alias.name) for alias in node.names]
