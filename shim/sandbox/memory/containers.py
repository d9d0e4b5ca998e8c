"""The Containers API: /v1/containers and the files in them.  Containers expire after twenty idle minutes."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from shim.sandbox.memory.files import File, Files, raw_reply
from shim.sandbox.memory.table import Table
from shim.sandbox.shapes import refuse, refuse_files
from shim.sandbox.shapes.fields import array, integer, one_of, record, string, tagged
from shim.sandbox.shapes.minting import Mint
from shim.sandbox.shapes.reply import SandboxReply, json_reply
from shim.sandbox.shapes.request import CHILD_ID, RESOURCE_ID, Request, Route
from shim.wire.types import Json

#: Minutes without an operation after which a container expires.
IDLE: Final = 20
FOLDER: Final = "/mnt/data/"
MEMORY: Final = one_of("1g", "4g", "16g", "64g")
POLICY: Final = tagged(
    {
        "disabled": record({"type": string()}),
        "allowlist": record({"type": string(), "allowed_domains": array(string(), empty=False)}, "allowed_domains"),
    }
)
#: At most fifty, as for the tool.
FILE_IDS: Final = array(string(empty=False), max_length=50)
_CREATE: Final = record(
    {
        "name": string(empty=False),
        "expires_after": record({"anchor": one_of("last_active_at"), "minutes": integer(1, IDLE)}, "anchor", "minutes"),
        "file_ids": FILE_IDS,
        "memory_limit": MEMORY,
        "network_policy": POLICY,
    },
    "name",
)
_COPY: Final = record({"file_id": string(empty=False)}, "file_id")


@dataclass(frozen=True, slots=True)
class ContainerFile:
    """A file in a container; ``shown`` is its object."""

    shown: Json
    content: bytes

    @property
    def id(self) -> str:
        return str(self.shown["id"])

    @property
    def filename(self) -> str:
        return str(self.shown["path"]).removeprefix(FOLDER)


@dataclass(slots=True)
class Container:
    """``dead``: expired, its files are deleted; the object itself can still be read."""

    id: str
    name: str
    memory: str
    policy: Json
    minutes: int
    created_at: int
    last_active_at: float
    dead: bool = False
    files: dict[str, ContainerFile] = field(default_factory=dict)

    def shown(self) -> Json:
        """The container object."""
        return {
            "id": self.id,
            "object": "container",
            "created_at": self.created_at,
            "status": "expired" if self.dead else "running",
            "expires_after": {"anchor": "last_active_at", "minutes": self.minutes},
            "last_active_at": int(self.last_active_at),
            "memory_limit": self.memory,
            "name": self.name,
            "network_policy": self.policy,
        }

    def expire(self) -> None:
        self.dead = True
        self.files.clear()


class Containers:
    """The operations, and the functions for code interpreter."""

    def __init__(self, clock: Callable[[], float], seed: str, files: Files) -> None:
        self._clock = clock
        self._mint = Mint(f"{seed}/containers")
        self._uploads = files
        self._table: Table[Container] = Table()

    def routes(self) -> tuple[Route, ...]:
        container, file = f"/containers/{RESOURCE_ID}", f"/containers/{RESOURCE_ID}/files/{CHILD_ID}"
        return (
            ("POST", "/containers", self._create),
            ("GET", "/containers", self._list),
            ("GET", container, self._retrieve),
            ("DELETE", container, self._delete),
            ("POST", f"{container}/files", self._add),
            ("GET", f"{container}/files", self._files),
            ("GET", file, lambda request: json_reply(self._file(request).shown)),
            ("DELETE", file, self._remove),
            ("GET", f"{file}/content", self._content),
        )

    def expire(self, container_ids: tuple[str, ...]) -> None:
        """Expire the given containers, or all."""
        for each in self._table.all():
            if not container_ids or each.id in container_ids:
                each.expire()

    def living(self) -> frozenset[str]:
        return frozenset(each.id for each in self._table.all() if not each.dead)

    def find(self, container_id: str) -> Container | None:
        """The container, expired or not, after its expiry was checked."""
        container = self._table.get(container_id)
        if container and container.last_active_at + container.minutes * 60 <= self._clock():
            container.expire()
        return container

    def alive(self, container_id: str) -> Container:
        """A container for an operation, which renews its time.  Refuses an unknown or expired one."""
        container = self.find(container_id)
        if container is None:
            raise refuse_files.no_container(container_id)
        if container.dead:
            raise refuse_files.container_expired()
        container.last_active_at = self._clock()
        return container

    def open(self, name: str, options: Json) -> Container:
        """A new container with copies of the files in ``options``."""
        now = self._clock()
        container = Container(
            id=f"cntr_{self._mint.hex(48)}",
            name=name,
            memory=options.get("memory_limit") or "1g",
            policy=options.get("network_policy") or {"type": "disabled"},
            minutes=(options.get("expires_after") or {}).get("minutes", IDLE),
            created_at=int(now),
            last_active_at=now,
        )
        self.bring(container, options.get("file_ids") or [])
        self._table.put(container.id, container)
        return container

    def bring(self, container: Container, file_ids: list[str]) -> None:
        """Copy uploaded files that are not there yet, with the recorded form of names: the file's id, then its name."""
        filenames = {each.filename for each in list(container.files.values())}
        for upload in [self._uploads.get(each) for each in file_ids]:
            name = f"{upload.id}-{upload.filename}"
            if name not in filenames:
                self.write(container, name, upload.content, "user")

    def write(self, container: Container, name: str, content: bytes, source: str = "assistant") -> ContainerFile:
        """Write a file to the container, replacing one with the same name.  Without a name it is a picture, named by
        its id.
        """
        cfile = f"cfile_{self._mint.hex(32)}"
        shown = {
            "id": cfile,
            "object": "container.file",
            "created_at": int(self._clock()),
            "bytes": len(content),
            "container_id": container.id,
            "path": f"{FOLDER}{name or f'{cfile}.png'}",
            "source": source,
        }
        container.files = {
            key: each for key, each in list(container.files.items()) if each.shown["path"] != shown["path"]
        }
        container.files[cfile] = ContainerFile(shown, content)
        return container.files[cfile]

    def _create(self, request: Request) -> SandboxReply:
        _CREATE(request.body, "")
        return json_reply(self.open(request.body["name"], request.body).shown())

    def _list(self, request: Request) -> SandboxReply:
        request.query.only("after", "limit", "order", "name")
        wanted = request.query.all("name")
        containers = [self.find(each.id) or each for each in self._table.all()]
        return json_reply(
            request.query.page([each.shown() for each in containers if not wanted or each.name in wanted])
        )

    def _retrieve(self, request: Request) -> SandboxReply:
        container = self.find(request.resource_id)
        return json_reply((container if container and container.dead else self.alive(request.resource_id)).shown())

    def _delete(self, request: Request) -> SandboxReply:
        if self._table.take(request.resource_id) is None:
            raise refuse_files.no_container(request.resource_id)
        return json_reply({"id": request.resource_id, "object": "container.deleted", "deleted": True})

    def _add(self, request: Request) -> SandboxReply:
        """Add a file from a form, or an uploaded one by its id."""
        container = self.alive(request.resource_id)
        if request.form is not None:
            if "file" not in request.form.files:
                raise refuse.missing("file")
            upload = request.form.files["file"]
            filename, content = upload.filename, upload.content
        else:
            _COPY(request.body, "")
            stored: File = self._uploads.get(request.body["file_id"])
            filename, content = stored.filename, stored.content
        return json_reply(self.write(container, f"{self._mint.hex(32)}-{filename}", content, "user").shown)

    def _files(self, request: Request) -> SandboxReply:
        request.query.only("after", "limit", "order")
        return json_reply(
            request.query.page([each.shown for each in list(self.alive(request.resource_id).files.values())])
        )

    def _file(self, request: Request) -> ContainerFile:
        file = self.alive(request.resource_id).files.get(request.child_id)
        if file is None:
            raise refuse_files.no_container_file(request.child_id)
        return file

    def _remove(self, request: Request) -> SandboxReply:
        self._file(request)
        self.alive(request.resource_id).files.pop(request.child_id, None)
        return json_reply({"id": request.child_id, "object": "container.file.deleted", "deleted": True})

    def _content(self, request: Request) -> SandboxReply:
        file = self._file(request)
        return raw_reply(file.filename, file.content)
