"""Reads the files of a project, and collects what belongs to each assistant."""

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

from shim.migrate.adopt import comments, models, objects, python, texts
from shim.migrate.adopt.results import Adopted, File, Place, Project
from shim.migrate.adopt.schemas import Code

#: Endings of files that are read.
SUFFIXES: Final = re.compile(
    r"\.(py|ipynb|js|jsx|mjs|cjs|ts|tsx|vue|svelte|go|rb|php|java|kt|cs|rs|swift|dart|sh|env|json|ya?ml|toml|ini|cfg|conf"
    r"|properties|tf|tfvars|xml|txt|md|example|sample|local)$"
)
SKIPPED: Final = re.compile(
    r"\.(git|hg|svn|venv|next|tox|nox)|node_modules|venv|__pycache__|dist|build|site-packages|target"
)
#: The file by which a virtual environment is recognised.
VENV: Final = "pyvenv.cfg"
LARGEST: Final = 2_000_000
#: The place of an id that comes from a variable of this process's environment.
ENVIRONMENT: Final = "the environment"


def adopt(paths: Iterable[Path], ids: Iterable[str] = (), environment: Mapping[str, str] | None = None) -> Project:
    """The assistants whose ids are in files below ``paths``, and those in ``ids``, in the order in which they are
    found.

    ``environment``: the values of environment variables that the files read; None stands for the process's environment.
    """
    values = os.environ if environment is None else environment
    files = [_read_file(path, name) for place in paths for path, name in _walk(place)]
    assistants = {id: Adopted(id) for id in ids}
    id_variables = {name: place for file in reversed(files) for name, place in file.id_variables.items()}
    for name in list(id_variables):
        if texts.is_id(values.get(name, "")):
            assistants.setdefault(values[name], Adopted(values[name])).places.append(Place(ENVIRONMENT, 0, name))
            del id_variables[name]
    for file in files:
        for id, places in file.ids.items():
            assistants.setdefault(id, Adopted(id)).places.extend(places)
    code = Code(files)
    for each in assistants.values():
        _fill(each, files, code, alone=len(assistants) == 1)
    known = {place.name for each in assistants.values() for place in each.places}
    project = Project(
        list(assistants.values()), {name: place for name, place in id_variables.items() if name not in known}
    )
    for each in project.assistants:
        each.only = _count(project) == 1
    return project


def _count(project: Project) -> int:
    """How many assistants the project has.  An id of the command line may be that of a variable; a variable that is
    read beside an id has it as its default.
    """
    places = {(place.file, place.line) for each in project.assistants for place in each.places}
    given = sum(not each.places for each in project.assistants)
    unknown = sum((place.file, place.line) not in places for place in project.id_variables.values())
    return len(project.assistants) - given + max(given, unknown)


def _fill(adopted: Adopted, files: list[File], code: Code, alone: bool) -> None:
    """Collect what belongs to an assistant: from files with its id or a name of it; from all files if there is only one
    assistant.
    """
    names = [place.name for place in adopted.places if place.name]
    targets: dict[str, str] = {}
    described = {
        name: function
        for bare in (True, False)
        for file in reversed(files)
        for name, (function, _) in file.described.items()
        if function.is_bare is bare
    }
    for file in files:
        adopted.setups.extend(each for each in file.setups if each.id == adopted.id)
        if alone or adopted.id in file.ids or any(re.search(rf"\b{re.escape(name)}\b", file.text) for name in names):
            _add(adopted, file, alone)
            for name, (target, place) in file.tables.items():
                if target in code.defined:
                    adopted.functions.setdefault(name, place)
                    targets.setdefault(name, target)
    for name in adopted.functions:
        if name in described:
            adopted.described[name] = described[name]
        elif (function := code.function(name, targets.get(name, ""))) is not None:
            adopted.described[name] = function


def _add(adopted: Adopted, file: File, alone: bool) -> None:
    for group in ("functions", "hosted", "stores", "models"):
        for what, place in getattr(file, group).items():
            getattr(adopted, group).setdefault(what, place)
    for name, (_, place) in file.described.items():
        adopted.functions.setdefault(name, place)
    # An object with another id is another assistant; a call that creates an assistant contains no id, so that its
    # settings are certain only if the project has no other assistant.
    adopted.setups.extend(each for each in file.setups if not each.id)
    adopted.changes.extend(file.changes)
    adopted.unread.extend(file.unread)


def _walk(root: Path) -> Iterator[tuple[Path, str]]:
    if not root.is_dir():
        yield root, str(root)
        return
    for folder, folders, files in os.walk(root):
        if VENV in files:
            folders.clear()
            continue
        folders[:] = sorted(name for name in folders if SKIPPED.fullmatch(name) is None)
        for name in sorted(files):
            path = Path(folder) / name
            if (SUFFIXES.search(name) or name.startswith((".env", "Dockerfile"))) and path.stat().st_size <= LARGEST:
                yield path, str(path.relative_to(root))


def _read_file(path: Path, name: str) -> File:
    text = path.read_text(encoding="utf-8", errors="replace")
    # `.env` has no ending in the sense of `Path`.
    file = File(name, text, comments.blanked(text, path.name.rpartition(".")[2]))
    read = {".py": python.extract, ".json": objects.extract}.get(path.suffix)
    texts.extract(file, structured=read is not None)
    if path.suffix != ".py":
        models.of_text(file)
    if read is not None:
        read(file)
    return file
