"""The Containers API: /v1/containers and the files in them.  Containers expire after twenty idle minutes."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from shim.sandbox.memory.files import File, Files, raw_reply
from shim.sandbox.memory.table import Table
from shim.sandbox.shapes import refuse, refuse_files
from shim.sandbox.shapes.asked import NAME, PART, Asked, Route
from shim.sandbox.shapes.fields import array, integer, one_of, record, string, tagged
from shim.sandbox.shapes.minting import Mint
from shim.sandbox.shapes.reply import SandboxReply, json_reply
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
FILE_IDS: Final = array(string(empty=False), most=50)
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
class Made:
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
    files: dict[str, Made] = field(default_factory=dict)

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
        container, file = f"/containers/{NAME}", f"/containers/{NAME}/files/{PART}"
        return (
            ("POST", "/containers", self._create),
            ("GET", "/containers", self._list),
            ("GET", container, self._retrieve),
            ("DELETE", container, self._delete),
            ("POST", f"{container}/files", self._add),
            ("GET", f"{container}/files", self._files),
            ("GET", file, lambda asked: json_reply(self._file(asked).shown)),
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
        found = self._table.get(container_id)
        if found and found.last_active_at + found.minutes * 60 <= self._clock():
            found.expire()
        return found

    def alive(self, container_id: str) -> Container:
        """A container for an operation, which renews its time.  Refuses an unknown or expired one."""
        found = self.find(container_id)
        if found is None:
            raise refuse_files.no_container(container_id)
        if found.dead:
            raise refuse_files.container_expired()
        found.last_active_at = self._clock()
        return found

    def open(self, name: str, options: Json) -> Container:
        """A new container with copies of the files in ``options``."""
        now = self._clock()
        made = Container(
            id=f"cntr_{self._mint.hex(48)}",
            name=name,
            memory=options.get("memory_limit") or "1g",
            policy=options.get("network_policy") or {"type": "disabled"},
            minutes=(options.get("expires_after") or {}).get("minutes", IDLE),
            created_at=int(now),
            last_active_at=now,
        )
        self.bring(made, options.get("file_ids") or [])
        self._table.put(made.id, made)
        return made

    def bring(self, container: Container, file_ids: list[str]) -> None:
        """Copy uploaded files that are not there yet, with the recorded form of names: the file's id, then its name."""
        there = {each.filename for each in list(container.files.values())}
        for upload in [self._uploads.get(each) for each in file_ids]:
            name = f"{upload.id}-{upload.filename}"
            if name not in there:
                self.write(container, name, upload.content, "user")

    def write(self, container: Container, name: str, content: bytes, source: str = "assistant") -> Made:
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
        container.files[cfile] = Made(shown, content)
        return container.files[cfile]

    def _create(self, asked: Asked) -> SandboxReply:
        _CREATE(asked.body, "")
        return json_reply(self.open(asked.body["name"], asked.body).shown())

    def _list(self, asked: Asked) -> SandboxReply:
        asked.query.only("after", "limit", "order", "name")
        wanted = asked.query.all("name")
        found = [self.find(each.id) or each for each in self._table.all()]
        return json_reply(asked.query.page([each.shown() for each in found if not wanted or each.name in wanted]))

    def _retrieve(self, asked: Asked) -> SandboxReply:
        found = self.find(asked.name)
        return json_reply((found if found and found.dead else self.alive(asked.name)).shown())

    def _delete(self, asked: Asked) -> SandboxReply:
        if self._table.take(asked.name) is None:
            raise refuse_files.no_container(asked.name)
        return json_reply({"id": asked.name, "object": "container.deleted", "deleted": True})

    def _add(self, asked: Asked) -> SandboxReply:
        """Add a file from a form, or an uploaded one by its id."""
        container = self.alive(asked.name)
        if asked.form is not None:
            if "file" not in asked.form.files:
                raise refuse.missing("file")
            given = asked.form.files["file"]
            filename, content = given.filename, given.content
        else:
            _COPY(asked.body, "")
            stored: File = self._uploads.get(asked.body["file_id"])
            filename, content = stored.filename, stored.content
        return json_reply(self.write(container, f"{self._mint.hex(32)}-{filename}", content, "user").shown)

    def _files(self, asked: Asked) -> SandboxReply:
        asked.query.only("after", "limit", "order")
        return json_reply(asked.query.page([each.shown for each in list(self.alive(asked.name).files.values())]))

    def _file(self, asked: Asked) -> Made:
        found = self.alive(asked.name).files.get(asked.part)
        if found is None:
            raise refuse_files.no_container_file(asked.part)
        return found

    def _remove(self, asked: Asked) -> SandboxReply:
        self._file(asked)
        self.alive(asked.name).files.pop(asked.part, None)
        return json_reply({"id": asked.part, "object": "container.file.deleted", "deleted": True})

    def _content(self, asked: Asked) -> SandboxReply:
        found = self._file(asked)
        return raw_reply(found.filename, found.content)
