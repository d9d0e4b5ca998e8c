"""The parameters of functions whose code is known and whose schema is not: the keys that the code reads from a call.

A function's own parameters are the right ones only where the code hands the arguments over under their names.  Where
code that says something else is seen, its keys are taken; where the keys cannot be known, nothing is.
"""

import ast
from collections.abc import Iterable
from typing import Final, NamedTuple, TypeAlias

from shim.migrate.adopt.dispatch import LOOKED_UP
from shim.migrate.adopt.results import Branch, File, Function, Use
from shim.migrate.signatures import Keys, Parameter, Signature
from shim.wire.types import Json

TYPES: Final[dict[str, Json]] = {
    "str": {"type": "string"},
    "int": {"type": "integer"},
    "float": {"type": "number"},
    "bool": {"type": "boolean"},
    "list": {"type": "array", "items": {}},
    "dict": {"type": "object"},
}
#: Where the parameters come from, as the written file says it.
DEFINED: Final = "as the function of this name is defined"
READ: Final = "as the code reads them"


class Property(NamedTuple):
    """One parameter of a schema."""

    schema: Json
    required: bool


Properties: TypeAlias = dict[str, Property]


class Code:
    """The Python code of all files, as far as it calls functions."""

    def __init__(self, files: list[File]) -> None:
        self.defined: Final = {name: found for file in reversed(files) for name, found in file.defined.items()}
        self._files = files

    def function(self, name: str, target: str = "") -> Function | None:
        """A function that is called ``name`` by the model and ``target`` in the code; None if nothing says anything."""
        target = target or name
        branches = [branch for file in self._files for branch in file.branches.get(name, ())]
        uses = [use for file in self._files for use in file.uses if use.callee == target]
        looked_up = [use for file in self._files if file.handles for use in file.uses if use.callee == LOOKED_UP]
        for told in (
            [found for branch in branches for found in self._of_branch(branch, target)],
            [self._of_use(use) for use in uses] if target in self.defined else [],
            [self._of_use(use, target) for use in looked_up] if target in self.defined else [],
        ):
            if told:
                return self._agreed(told, target)
        return self._alone(target)

    def _agreed(self, told: list[Properties | None], target: str) -> Function | None:
        """The parameters that all places agree on."""
        first = told[0]
        if first is None or any(each is None or each.keys() != first.keys() for each in told):
            return self._unknown(target)
        found = self.defined.get(target)
        as_defined = found is not None and list(first) == [each.name for each in found[0].parameters]
        return Function(None, _schema(first), DEFINED if as_defined else READ)

    def _unknown(self, target: str) -> Function | None:
        found = self.defined.get(target)
        return Function(None, {}, note=f"{target}({found[0]}) stands at {found[1]}") if found else None

    def _alone(self, target: str) -> Function | None:
        """From the definition, if no call is seen."""
        found = self.defined.get(target)
        if found is None:
            return None
        signature = found[0]
        if (whole := signature.dictionary) is not None:
            return Function(None, _schema(_of_keys(whole.keys)), READ) if whole.keys else self._unknown(target)
        if any(each.is_dictionary and each.required for each in signature.parameters):
            return self._unknown(target)
        return Function(None, _schema(_spread(signature, frozenset())), DEFINED)

    def _of_branch(self, branch: Branch, target: str) -> Iterable[Properties | None]:
        """What the code for one function says: at most one result."""
        read = _of_keys(branch.keys)
        own = [use for use in branch.uses if use.callee in (target, LOOKED_UP) and target in self.defined]
        others = [use for use in branch.uses if use.callee in self.defined and use.callee != target]
        if not own and (read or not others):
            return [read] if read else []
        if not own:
            # Helpers of the program, such as those for its log, are called there, too.
            return [told for use in others if (told := self._of_use(use))][:1]
        for use in own:
            keys = self._of_use(use, target)
            if keys is None and (use.passes_whole or not read):
                return [None]
            read |= keys or {}
        return [read]

    def _of_use(self, use: Use, target: str = "") -> Properties | None:
        """The keys of a call; None if they cannot be known."""
        signature = self.defined[target or use.callee][0]
        by_name = {each.name: each for each in signature.parameters}
        pairs = list(zip(signature.parameters[: signature.positional], use.positional, strict=False))
        pairs += [(by_name[name], given) for name, given in use.named.items() if name in by_name]
        result: Properties = {}
        for parameter, given in pairs:
            if given.keys:
                kind = _type(parameter) if given.direct else {}
                must = parameter.required and given.direct
                result |= {key: Property(kind, required or must) for key, required in given.keys.items()}
            elif parameter.keys:
                result |= _of_keys(parameter.keys)
            elif given.whole:
                return None
        if use.spread:
            result |= _spread(signature, frozenset(parameter.name for parameter, _ in pairs))
        elif not result and (use.positional or use.named):
            return None
        return result


def _spread(signature: Signature, given: frozenset[str]) -> Properties:
    """The parameters of a function that gets the arguments under their names; ``given``: those that it has already."""
    own = {each.name: Property(_type(each), each.required) for each in signature.parameters if each.name not in given}
    return own | _of_keys(signature.rest or {})


def _of_keys(keys: Keys) -> Properties:
    return {key: Property({}, required) for key, required in keys.items()}


def _schema(properties: Properties) -> Json:
    required = [name for name, each in properties.items() if each.required]
    shown = {name: each.schema for name, each in properties.items()}
    return {"type": "object", "properties": shown} | ({"required": required} if required else {})


def _type(parameter: Parameter) -> Json:
    annotation = parameter.annotation
    return TYPES.get(annotation.id, {}) if isinstance(annotation, ast.Name) else {}
