"""The Files API: forms are parsed byte for byte; files are listed, downloaded if that is allowed, and deleted."""

import pytest

from shim.sandbox import Sandbox
from shim.sandbox.shapes import multipart
from tests.sandbox.drive import NOON, Client

BYTES = bytes(range(256)) + b"\r\n--edg\r\n\r\n"
KEYS = {"object", "id", "purpose", "filename", "bytes", "created_at", "expires_at", "status", "status_details"}


def test_a_file_is_downloaded_as_it_was_uploaded():
    client = Client()
    made = client.upload("raw.bin", BYTES, "vision")
    assert made.keys() == KEYS
    assert made["id"].startswith("file-")
    assert (made["filename"], made["bytes"], made["created_at"]) == ("raw.bin", len(BYTES), NOON)
    assert client.json("GET", f"/files/{made['id']}") == made
    reply = client.request("GET", f"/files/{made['id']}/content")
    assert (reply.body, reply.headers["content-type"]) == (BYTES, "application/octet-stream")


@pytest.mark.parametrize("purpose", ["assistants", "user_data"])
def test_a_file_uploaded_for_a_tool_cannot_be_downloaded(purpose):
    client = Client()
    made = client.upload("a.txt", "x", purpose)
    refused = client.error("GET", f"/files/{made['id']}/content")
    assert (refused["status"], refused["message"]) == (400, f"Not allowed to download files of purpose: {purpose}")


def test_lists_have_pages_an_order_and_a_purpose():
    client = Client()
    names = [client.upload(f"{number}.txt", "x")["id"] for number in range(3)]
    other = client.upload("cat.png", "x", "vision")["id"]
    assert [each["id"] for each in client.json("GET", "/files")["data"]] == [other, *names[::-1]]
    page = client.json("GET", "/files", query="limit=2&order=asc&purpose=user_data")
    assert ([each["id"] for each in page["data"]], page["has_more"]) == (names[:2], True)
    rest = client.json("GET", "/files", query=f"order=asc&after={page['last_id']}&purpose=user_data")
    assert ([each["id"] for each in rest["data"]], rest["has_more"]) == (names[2:], False)


def test_a_deleted_file_is_not_found():
    client = Client()
    path = f"/files/{client.upload('a.txt', 'x')['id']}"
    assert client.json("DELETE", path) == {"object": "file", "deleted": True, "id": path[7:]}
    for method in ("GET", "DELETE"):
        refused = client.error(method, path)
        assert (refused["status"], refused["param"]) == (404, "id")
        assert refused["message"] == f"No such File object: {path[7:]}"


def test_a_form_must_contain_a_file_and_a_known_purpose():
    client = Client()
    with pytest.raises(AssertionError, match=r"Supported values are: 'assistants'"):
        client.upload("a.txt", "x", "fun")
    assert client.error("POST", "/files", {"purpose": "vision"})["code"] == "missing_required_parameter"


def test_files_expire():
    now = [NOON]
    client = Client(Sandbox(clock=lambda: now[0]))
    made = client.upload(
        "a.txt",
        "x",
        'vision\r\n--edge\r\nContent-Disposition: form-data; name="expires_after[anchor]"'
        '\r\n\r\ncreated_at\r\n--edge\r\nContent-Disposition: form-data; name="expires_after[seconds]"\r\n\r\n3600',
    )
    assert made["expires_at"] == NOON + 3600
    now[0] += 3600
    assert client.error("GET", f"/files/{made['id']}")["status"] == 404
    assert client.json("GET", "/files")["data"] == []


def test_the_log_of_received_forms_has_no_content():
    client = Client()
    client.upload("a.txt", "secret", "vision")
    (received,) = client.sandbox.requests
    assert received.body == {"purpose": "vision", "file": {"filename": "a.txt", "bytes": 6}}


@pytest.mark.parametrize(
    "shown, name",
    [
        ('filename="ä b.txt"', "ä b.txt"),
        ("filename*=utf-8''%C3%A4.txt", "ä.txt"),
        ('filename="a\\"b.txt"', 'a"b.txt'),
    ],
)
def test_names_of_files(shown, name):
    body = f'--x\r\nContent-Disposition: form-data; name="file"; {shown}\r\n\r\nhi\r\n--x--\r\n'.encode()
    form = multipart.read("multipart/form-data; boundary=x", body)
    assert form is not None
    assert form.files["file"] == multipart.Upload(name, b"hi")


def test_a_form_without_a_boundary_is_refused():
    assert multipart.read("multipart/form-data", b"") is None
