"""The objects that a request may refer to: files, vector stores, containers, conversations; and checks that they
exist.
"""

import base64
import binascii
from collections.abc import Callable, Iterator
from typing import Final
from urllib.parse import urlsplit

from shim.sandbox.memory.containers import Containers
from shim.sandbox.memory.conversations import Conversations
from shim.sandbox.memory.files import Files
from shim.sandbox.memory.stores import Stores
from shim.sandbox.shapes import refuse, refuse_files
from shim.sandbox.shapes.request import Route
from shim.wire.types import Json


class Resources:
    """The collections of all objects."""

    def __init__(self, clock: Callable[[], float], seed: str) -> None:
        self.files = Files(clock, seed)
        self.stores = Stores(clock, seed, self.files)
        self.containers = Containers(clock, seed, self.files)
        self.conversations = Conversations(clock, seed)

    def routes(self) -> tuple[Route, ...]:
        apis = (self.files, self.stores, self.containers, self.conversations)
        return tuple(route for each in apis for route in each.routes())

    def check(self, tools: list[Json], history: list[Json], new: list[Json]) -> None:
        """Refuses a request that refers to a missing object: in its tools, its input, or the chain that it
        continues.
        """
        for tool in tools:
            if tool["type"] in _NEEDS:
                _NEEDS[tool["type"]](self, tool)
        for index, item in enumerate(new):
            self._check_parts(item, f"input[{index}]")
        if not all(map(self._lives, history)):
            raise refuse_files.container_expired()
        for item in new:
            if not self._lives(item):
                raise refuse_files.container_expected(item["container_id"])

    def check_stores(self, tool: Json) -> None:
        self.stores.check(tool["vector_store_ids"])

    def check_container(self, tool: Json) -> None:
        if isinstance(tool["container"], str):
            self.containers.alive(tool["container"])
        else:
            self._check_files(tool["container"].get("file_ids") or [])

    def _lives(self, item: Json) -> bool:
        """Whether the container of an item still exists."""
        if item["type"] != "code_interpreter_call":
            return True
        container = self.containers.find(item["container_id"])
        return container is not None and not container.dead

    def _check_files(self, file_ids: list[str]) -> None:
        missing = [each for each in file_ids if self.files.find(each) is None]
        if missing:
            raise refuse_files.files_not_found(missing)

    def _check_parts(self, item: Json, path: str) -> None:
        for name, part in parts(item):
            check = _PARTS.get(part["type"])
            if check:
                check(part, f"{path}.{name}")
            if part.get("file_id"):
                self._check_files([part["file_id"]])


def parts(item: Json) -> Iterator[tuple[str, Json]]:
    """The content parts of an item, each with its path in it."""
    for name in ("content", "output"):
        value = item.get(name)
        if isinstance(value, list):
            yield from ((f"{name}[{index}]", part) for index, part in enumerate(value))


def _check_image(part: Json, path: str) -> None:
    address = part.get("image_url")
    if not address and not part.get("file_id"):
        raise refuse.missing(f"{path}.image_url")
    if address:
        _check_address(address, f"{path}.image_url", "an image MIME type", "image/")


def _check_file(part: Json, path: str) -> None:
    if not any(part.get(name) for name in ("file_id", "file_url", "file_data")):
        raise refuse.missing(f"{path}.file_id")
    if part.get("file_url"):
        _check_address(part["file_url"], f"{path}.file_url", "an application/pdf MIME type", "")
    if part.get("file_data"):
        _check_data(part["file_data"], f"{path}.file_data", "an application/pdf MIME type", "")


def _check_address(address: str, path: str, wanted: str, kind: str) -> None:
    """Check a web address, or a data URL of that kind."""
    if address.startswith("data:"):
        _check_data(address, path, wanted, kind)
    elif urlsplit(address).scheme not in ("http", "https") or not urlsplit(address).netloc:
        raise refuse_files.bad_url(path)


def _check_data(address: str, path: str, wanted: str, kind: str) -> None:
    head, _, data = address.partition(",")
    if not head.startswith("data:"):
        raise refuse_files.bad_data(path, wanted, "a value without the 'data:' prefix")
    mime = head.removeprefix("data:").removesuffix(";base64")
    if not mime.startswith(kind):
        raise refuse_files.bad_data(path, wanted, f"unsupported MIME type '{mime}'")
    try:
        base64.b64decode(data, validate=True)
    except binascii.Error:
        raise refuse_files.bad_data(path, wanted, "an invalid base64-encoded value") from None


_PARTS: Final[dict[str, Callable[[Json, str], None]]] = {"input_image": _check_image, "input_file": _check_file}
_NEEDS: Final[dict[str, Callable[[Resources, Json], None]]] = {
    "file_search": Resources.check_stores,
    "code_interpreter": Resources.check_container,
}
