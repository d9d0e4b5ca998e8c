"""Bodies of the type ``multipart/form-data``: fields and files."""

from dataclasses import dataclass
from email.message import Message
from typing import Final

from shim.wire.types import Json

FORM_TYPE: Final = "multipart/form-data"


@dataclass(frozen=True, slots=True)
class Upload:
    """A file in a form."""

    filename: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Form:
    """Fields in their order; a name may come more than once (``file_ids[]``)."""

    fields: tuple[tuple[str, str], ...]
    files: dict[str, Upload]

    def get(self, name: str) -> str | None:
        """The last field of that name."""
        return dict(self.fields).get(name)

    def shown(self) -> Json:
        """The received fields, without the files' contents."""
        files = {name: {"filename": each.filename, "bytes": len(each.content)} for name, each in self.files.items()}
        return {**dict(self.fields), **files}


def is_form(content_type: str) -> bool:
    return content_type.lower().startswith(FORM_TYPE)


def read(content_type: str, body: bytes) -> Form | None:
    """The form, or None if the type has no boundary.  Contents are not changed."""
    boundary = _header(content_type, "content-type").get_param("boundary", header="content-type")
    if not isinstance(boundary, str):
        return None
    fields: list[tuple[str, str]] = []
    files: dict[str, Upload] = {}
    # The text before the first boundary and after the last one is not part of the form.
    for part in (b"\r\n" + body).split(b"\r\n--" + boundary.encode())[1:-1]:
        head, _, content = part.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        name, filename = _disposition(head.decode())
        if filename is None:
            fields.append((name, content.decode()))
        else:
            files[name] = Upload(filename, content)
    return Form(tuple(fields), files)


def _disposition(head: str) -> tuple[str, str | None]:
    """The field's name, and the file's if it is one."""
    for line in head.split("\r\n"):
        title, _, value = line.partition(":")
        if title.lower() == "content-disposition":
            header = _header(value.strip(), "content-disposition")
            name = header.get_param("name", "", header="content-disposition")
            return str(name), header.get_filename()
    return "", None


def _header(value: str, name: str) -> Message:
    message = Message()
    message[name] = value
    return message
