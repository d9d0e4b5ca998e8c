"""The tool code_interpreter: simulates running code, in a container that stores files and can expire."""

import base64
import re
from typing import Final

from shim.sandbox.memory.containers import FOLDER, Container, ContainerFile
from shim.sandbox.shapes.plan import Draft, PlannedItem
from shim.sandbox.tools import arithmetic, png
from shim.sandbox.tools.task import Task
from shim.wire.types import Json

_CODE_PIECE: Final = re.compile(r"\w+|\s+|[^\w\s]+")
_RAISED: Final = "Traceback (most recent call last):\nRuntimeError: the code failed, as it was asked to"
#: word -> the name of the file it makes, unless the call has another one.
_FILE_WORDS: Final = {"make-file": "answer.txt", "make-image": "chart.png"}


def has_arithmetic(task: Task) -> bool:
    """Whether the question contains something to calculate."""
    return arithmetic.find(task.question) is not None


def code_interpreter(task: Task, draft: Draft) -> list[PlannedItem]:
    container = _container(task)
    code, outputs = _run(task, draft, container)
    shown = "code_interpreter_call.outputs" in task.include
    item_fields = {"container_id": container.id, "outputs": outputs if shown else None}
    return [PlannedItem("code_interpreter_call", tuple(_CODE_PIECE.findall(code)), item_fields=item_fields)]


def _container(task: Task) -> Container:
    """The named container; for ``auto`` that of an earlier call if it has not expired, or a new one."""
    container, containers = task.tool["container"], task.resources.containers
    if isinstance(container, str):
        return containers.alive(container)
    used = [item["container_id"] for item in task.context if item["type"] == "code_interpreter_call"]
    earlier = containers.find(used[-1]) if used else None
    if earlier is None or earlier.dead:
        return containers.open("auto", container)
    containers.bring(earlier, container.get("file_ids") or [])
    return containers.alive(earlier.id)


def _run(task: Task, draft: Draft, container: Container) -> tuple[str, list[Json]]:
    """The code and its outputs; files that it makes are added to the container and to the draft."""
    lines: list[str] = []
    logs = _printed(task, container, lines)
    outputs: list[Json] = [{"type": "logs", "logs": logs}] if logs else []
    for control_word, default in _FILE_WORDS.items():
        if control_word in task.control_words:
            name = task.argument("file", default)
            lines.append(f'open("{FOLDER}{name}", "wb").write(content)')
            _link(draft, task.resources.containers.write(container, name, _content(task, name, logs)))
    if "show-image" in task.control_words:
        lines.append("plt.show()")
        picture = png.encode(task.question)
        outputs.append({"type": "image", "url": f"data:image/png;base64,{base64.b64encode(picture).decode()}"})
        _show(draft, task.resources.containers.write(container, "", picture))
    if logs:
        draft.append(f'The code printed "{logs}". ')
    return "\n".join(lines), outputs


def _printed(task: Task, container: Container, lines: list[str]) -> str:
    """What the code prints; its line is added to ``lines``.  Code that makes files prints nothing."""
    expression = task.argument("code", "") or arithmetic.find(task.question)
    if "code-fails" in task.control_words:
        lines.append(expression or "fail()")
        return _RAISED
    if expression:
        lines.append(f"print({expression})")
        return arithmetic.run(expression)
    if task.control_words & {*_FILE_WORDS, "show-image"}:
        return ""
    names = [each.filename for each in list(container.files.values())]
    lines.append(f'print(*sorted(os.listdir("{FOLDER}")))' if names else 'print("Hello from the sandbox")')
    return " ".join(sorted(names)) or "Hello from the sandbox"


def _content(task: Task, name: str, logs: str) -> bytes:
    return png.encode(name) if name.endswith(".png") else f"{logs or task.question or name}\n".encode()


def _link(draft: Draft, file: ContainerFile) -> None:
    """The range covers exactly the path; the annotation is sent after the last delta."""
    draft.append(f"I made [{file.filename}](")
    start, end = draft.append(f"sandbox:{FOLDER}{file.filename}")
    draft.append("). ")
    draft.mark_late(_citation(file, start, end))


def _show(draft: Draft, file: ContainerFile) -> None:
    """A file that is shown and not linked has no range in the text."""
    draft.append("I drew a picture. ")
    draft.mark_late(_citation(file, 0, 0))


def _citation(file: ContainerFile, start: int, end: int) -> Json:
    return {
        "type": "container_file_citation",
        "container_id": file.shown["container_id"],
        "end_index": end,
        "file_id": file.id,
        "filename": file.filename,
        "start_index": start,
    }
