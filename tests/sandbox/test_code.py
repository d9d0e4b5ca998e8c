"""The tool code_interpreter in a response: what it runs, what it returns, and the files that it creates and cites."""

import base64

import pytest

from shim.sandbox.tools import arithmetic
from tests.sandbox.drive import Client, cited, text_of

CODE = {"type": "code_interpreter", "container": {"type": "auto"}}
OUTPUTS = {"include": ["code_interpreter_call.outputs"]}


def run(text: str, client: Client | None = None, **more):
    return (client or Client()).create(text, tools=[CODE], **more)


def test_arithmetic_is_calculated_without_a_control_word():
    response = run("What is 65465-6544 * 65464-6+1.02255?", **OUTPUTS)
    call = response["output"][0]
    assert call["code"] == "print(65465-6544 * 65464-6+1.02255)"
    assert call["outputs"] == [{"type": "logs", "logs": "-428330955.97745"}]
    assert text_of(response).startswith('The code printed "-428330955.97745". You said')


def test_without_arithmetic_the_tool_runs_only_when_named():
    assert [item["type"] for item in run("Hello, it is 2025-07-28.")["output"]] == ["message"]
    assert run("code_interpreter", **OUTPUTS)["output"][0]["outputs"][0]["logs"] == "Hello from the sandbox"


def test_outputs_are_null_unless_included():
    assert run("2 + 2")["output"][0]["outputs"] is None
    assert run("code_interpreter make-file", **OUTPUTS)["output"][0]["outputs"] == []


@pytest.mark.parametrize(
    "code, printed",
    [
        ("2 + 3 * (4 - 1)", "11"),
        ("-7 // 2 % 3", "2"),
        ("2 ** 10", "1024"),
        ("1 / 0", "ZeroDivisionError: division by zero"),
        ("9 ** 999", "ValueError: exponent too large"),
        ("(9**64)**64", "OverflowError: number too large"),
        ("(-8) ** 0.5", "ValueError: math domain error"),
        ("1e308 * 10", "inf"),
        ("exit()", "NameError: only arithmetic can be evaluated here, not 'exit()'"),
        ("1 +", "NameError: only arithmetic can be evaluated here, not '1 +'"),
        ("True", "NameError: only arithmetic can be evaluated here, not 'True'"),
    ],
)
def test_the_simulated_interpreter(code, printed):
    assert arithmetic.run(code) == printed


@pytest.mark.parametrize(
    "text, found",
    [
        ("What is (3 + 4) * 2?", "(3 + 4) * 2"),
        ("42 of 7", None),
        ("on 2025-07-28", None),
        ("Add 1, then 2+2.", "2+2"),
    ],
)
def test_arithmetic_in_a_text(text, found):
    assert arithmetic.find(text) == found


def test_code_can_be_given_and_can_fail():
    given = run('code_interpreter {"code": "6*7"}', **OUTPUTS)
    assert given["output"][0]["outputs"] == [{"type": "logs", "logs": "42"}]
    failed = run("code_interpreter code-fails", **OUTPUTS)
    assert "RuntimeError" in failed["output"][0]["outputs"][0]["logs"]


@pytest.mark.parametrize(
    "text, name, start",
    [
        ("make-file 2+2", "answer.txt", b"4"),
        ("make-image code_interpreter", "chart.png", b"\x89PNG"),
        ('code_interpreter {"file": "ü.csv"} make-file', "ü.csv", b"\xc3\xbc"),
    ],
)
def test_a_file_is_linked_cited_and_served(text, name, start):
    client = Client()
    response = run(text, client)
    (citation,) = cited(response)
    assert citation["filename"] == name
    assert text_of(response)[citation["start_index"] : citation["end_index"]] == f"sandbox:/mnt/data/{name}"
    path = f"/containers/{citation['container_id']}/files/{citation['file_id']}"
    file = client.json("GET", path)
    assert (file["path"], file["source"]) == (f"/mnt/data/{name}", "assistant")
    content = client.bytes(client.request("GET", f"{path}/content"))
    assert content.startswith(start)
    assert len(content) == file["bytes"]
    assert client.error("GET", f"/files/{citation['file_id']}/content")["status"] == 404


def test_a_shown_image_is_not_in_the_text():
    client = Client()
    response = run("code_interpreter show-image", client, **OUTPUTS)
    (output,) = response["output"][0]["outputs"]
    (citation,) = cited(response)
    assert (citation["start_index"], citation["end_index"]) == (0, 0)
    assert citation["filename"] == f"{citation['file_id']}.png"
    path = f"/containers/{citation['container_id']}/files/{citation['file_id']}/content"
    reply = client.request("GET", path)
    assert reply.headers["content-type"] == "image/png"
    assert output == {"type": "image", "url": f"data:image/png;base64,{base64.b64encode(client.bytes(reply)).decode()}"}


def test_files_are_sent_after_the_last_delta():
    events = Client().stream("code_interpreter make-file show-image", tools=[CODE])
    kinds = [each["type"].rpartition("response.")[2] for each in events]
    first = kinds.index("output_text.annotation.added")
    assert kinds[first - 1 : first + 3] == [
        "output_text.delta",
        *["output_text.annotation.added"] * 2,
        "output_text.done",
    ]
    assert events[first]["annotation"]["start_index"] > 0
    assert events[first + 1]["annotation"]["start_index"] == 0


def test_code_is_sent_in_deltas():
    events = Client().stream("1 + 2 * 3", tools=[CODE])
    deltas = [each["delta"] for each in events if each["type"] == "response.code_interpreter_call_code.delta"]
    (done,) = (each["code"] for each in events if each["type"] == "response.code_interpreter_call_code.done")
    assert len(deltas) > 3
    assert "".join(deltas) == done == "print(1 + 2 * 3)"


def test_uploaded_files_are_available_to_the_code():
    client = Client()
    file = client.upload("data.csv", "a,b")["id"]
    tool = {"type": "code_interpreter", "container": {"type": "auto", "file_ids": [file]}}
    response = client.create("code_interpreter", tools=[tool], **OUTPUTS)
    assert response["output"][0]["outputs"] == [{"type": "logs", "logs": f"{file}-data.csv"}]
    tool["container"]["file_ids"] = ["file-none"]
    assert client.refused({"model": "gpt-4o", "input": "x", "tools": [tool]})["status"] == 404


def test_turns_without_functions_are_one_response():
    response = run('code_interpreter {"code": "1+1"} then code_interpreter {"code": "2+2"}')
    assert [item["type"] for item in response["output"]] == ["code_interpreter_call", "message"] * 2
    assert response["output"][1]["content"][0]["text"] == 'The code printed "2". '


def test_the_token_limit_can_cut_a_text_before_its_file():
    response = run("token-cap code_interpreter make-file")
    assert (response["status"], cited(response)) == ("incomplete", [])


@pytest.mark.parametrize(
    "tool, param",
    [
        ({"type": "code_interpreter"}, "tools[0].container"),
        (
            {"type": "code_interpreter", "container": {"type": "auto", "file_ids": ["f"] * 51}},
            "tools[0].container.file_ids",
        ),
        (
            {"type": "code_interpreter", "container": {"type": "auto", "memory_limit": "2g"}},
            "tools[0].container.memory_limit",
        ),
        ({"type": "code_interpreter", "container": 1}, "tools[0].container"),
    ],
)
def test_invalid_tools(tool, param):
    assert Client().refused({"model": "gpt-4o", "input": "x", "tools": [tool]})["param"] == param
