"""HTTP without an SDK: requests that no SDK sends, and raw responses."""

import http.client
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Response:
    status: int
    headers: list[tuple[str, str]]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def error(self) -> dict[str, Any]:
        """The error in the body; the body must have no other key."""
        (found,) = self.json.values()
        assert list(found) == ["message", "type", "param", "code"]
        return dict(found)

    def header(self, name: str) -> str | None:
        found = [value for key, value in self.headers if key.lower() == name]
        assert len(found) < 2, f"{name} stands there twice"
        return found[0] if found else None


def send(url: str, method: str = "GET", body: Any = None, chunked: bool = False, **headers: str) -> Response:
    """One request on its own connection; an underscore in a header's name becomes a hyphen."""
    parts = urlsplit(url)
    header_lines = {name.replace("_", "-"): value for name, value in headers.items()}
    content = json.dumps(body).encode() if isinstance(body, (dict, list)) else body
    connection = http.client.HTTPConnection(parts.netloc, timeout=60)
    try:
        connection.putrequest(method, url[len(f"http://{parts.netloc}") :], skip_host="host" in header_lines)
        for name, value in header_lines.items():
            connection.putheader(name, value)
        _send_body(connection, content, chunked)
        response = connection.getresponse()
        return Response(response.status, response.getheaders(), response.read())
    finally:
        connection.close()


def _send_body(connection: http.client.HTTPConnection, body: bytes | None, chunked: bool) -> None:
    if chunked:
        connection.putheader("transfer-encoding", "chunked")
        connection.endheaders(iter([body or b""]), encode_chunked=True)
        return
    if body is not None:
        connection.putheader("content-length", str(len(body)))
    connection.endheaders(body)
