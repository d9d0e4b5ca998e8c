"""The recorder: vcrpy with our matching, our filters and a file that a person can read.

No header of a request is kept, and of a response those in a list: a new header of anybody's API cannot leak.
Bodies are stored as what they mean: JSON as YAML, a stream as its text.
"""

import base64
import json
import re
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import vcr
import yaml

FOLDER: Final = Path(__file__).parent
#: The address that stands in every cassette, whatever was recorded: ports change, hosts are nobody's business.
BASE_URL: Final = "http://upstream.test/v1"
KEPT_RESPONSE: Final = frozenset({"content-type", "retry-after", "retry-after-ms", "x-should-retry"})
#: A form's field, and the name of a file in it.
FIELD: Final = re.compile(r'name="([^"]*)"')
#: What bodies may name of whoever recorded: keys (also masked ones), organisations, projects.
PRIVATE: Final[dict[str, str]] = {
    r"\bsk-[\w*-]+": "sk-...",
    r"\borg-\w+": "org-...",
    r"\bproj_\w+": "proj_...",
}


def file(name: str, way: str) -> Path:
    """Where the cassette of a scenario is."""
    return FOLDER / f"{name}.{way}.yaml"


def read(path: Path) -> dict[str, Any]:
    """A cassette as it stands in its file: ``origin`` and ``interactions``."""
    loaded: dict[str, Any] = yaml.load(path.read_text(), getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return loaded


def record(path: Path, base_url: str, origin: dict[str, Any], secrets: tuple[str, ...] = ()) -> Any:
    """A context in which everything that goes to ``base_url`` is recorded anew.

    ``secrets`` are texts that must not be in the file, wherever they stood.
    """
    return _tape(base_url, Readable(origin, secrets)).use_cassette(str(path), record_mode="all")


def play(path: Path) -> AbstractContextManager[Any]:
    """A context in which nothing reaches the network: what is not in the cassette is an error."""
    return _tape(BASE_URL, Readable()).use_cassette(str(path), record_mode="none")


def _tape(base_url: str, serializer: "Readable") -> vcr.VCR:
    tape = vcr.VCR(
        match_on=("method", "path", "query", "json"),
        before_record_request=_request_filter(base_url),
        before_record_response=_kept_response,
        decode_compressed_response=True,
    )
    tape.register_serializer("readable", serializer)
    tape.register_matcher("json", _same_json)
    tape.serializer = "readable"
    return tape


def _same_json(one: Any, two: Any) -> None:
    """vcrpy's matchers tell a difference by raising."""
    assert _parsed(one.body) == _parsed(two.body)


def _parsed(body: bytes | None) -> Any:
    """What a body means: JSON, or the fields of a form, whose boundary is another one every time."""
    if not body:
        return None
    raw = body.encode() if isinstance(body, str) else body
    return {"form": _form(raw)} if raw.startswith(b"--") else json.loads(raw)


def _form(body: bytes) -> dict[str, str]:
    boundary = body.partition(b"\r\n")[0]
    parts = [part.strip(b"\r\n").partition(b"\r\n\r\n") for part in body.split(boundary)[1:-1]]
    return {";".join(FIELD.findall(head.decode())): _printable(content) for head, _, content in parts}


def _printable(content: bytes) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError:
        return base64.b64encode(content).decode()


def _request_filter(base_url: str) -> Any:
    base = urlsplit(base_url).path.rstrip("/")

    def filtered(request: Any) -> Any:
        parts = urlsplit(request.uri)
        query = f"?{parts.query}" if parts.query else ""
        request.uri = request.uri if request.uri.startswith(BASE_URL) else BASE_URL + parts.path[len(base) :] + query
        # None of them says anything that a server of ours decides by, and SDKs differ in them.
        request.headers = {}
        return request

    return filtered


def _kept_response(response: dict[str, Any]) -> dict[str, Any]:
    headers = {name.lower(): value for name, value in response["headers"].items() if name.lower() in KEPT_RESPONSE}
    return response | {"headers": headers}


class Readable:
    """vcrpy's format with ``origin`` at its head and JSON bodies as YAML."""

    def __init__(self, origin: dict[str, Any] | None = None, secrets: tuple[str, ...] = ()) -> None:
        self.origin, self.secrets = origin or {}, secrets

    def serialize(self, cassette: dict[str, Any]) -> str:
        """The file's text, without anything private."""
        shown = [_shown(each) for each in cassette["interactions"]]
        tape = {"origin": self.origin, "version": cassette["version"], "interactions": shown}
        text: str = yaml.dump(tape, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=120)
        for secret in filter(None, self.secrets):
            text = text.replace(secret, "...")
        for pattern, stead in PRIVATE.items():
            text = re.sub(pattern, stead, text)
        return text

    def deserialize(self, text: str) -> dict[str, Any]:
        tape: dict[str, Any] = yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        for each in tape["interactions"]:
            each["request"]["body"] = _dumped(each["request"]["body"])
            body = each["response"]["body"]
            if "json" in body:
                each["response"]["body"] = {"string": _dumped(body["json"])}
        return tape


def _shown(interaction: dict[str, Any]) -> dict[str, Any]:
    request, response = interaction["request"], interaction["response"]
    text = response["body"]["string"]
    is_json = response["headers"].get("content-type", [""])[0].startswith("application/json")
    body = {"json": json.loads(text)} if is_json else {"string": text}
    return {"request": request | {"body": _parsed(request["body"])}, "response": response | {"body": body}}


def _dumped(body: Any) -> str | None:
    return None if body is None else json.dumps(body, ensure_ascii=False)


class _Dumper(yaml.SafeDumper):
    """Writes a text of several lines as such, and the same list twice rather than a reference to it."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text(dumper: yaml.SafeDumper, value: str) -> Any:
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style="|" if "\n" in value else None)


_Dumper.add_representer(str, _text)
