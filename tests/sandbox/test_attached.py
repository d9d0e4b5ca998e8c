"""Images and files in the input: they must exist and be well-formed, and the answer lists them."""

import pytest

from tests.sandbox.drive import Client, text_of

PNG = "data:image/png;base64,iVBORw0KGgo="
URL = "https://example.com/cat.jpg"


def message_with(*parts):
    return [{"role": "user", "content": [{"type": "input_text", "text": "Look."}, *parts]}]


def test_images_are_counted_and_named():
    client = Client()
    file = client.upload("cat.png", b"x", "vision")["id"]
    images = [{"image_url": URL, "detail": "low"}, {"file_id": file, "detail": "high"}, {"image_url": PNG}]
    response = client.create(message_with(*({"type": "input_image", **each} for each in images)))
    assert f"I see 3 images: {URL}, {file}, data:image/png;base64 of {len(PNG)} characters." in text_of(response)


def test_files_are_counted_and_named():
    client = Client()
    file = client.upload("a.pdf", b"x")["id"]
    parts = [
        {"file_id": file},
        {"file_url": "https://example.com/b.pdf"},
        {"file_data": "data:application/pdf;base64,AA=="},
    ]
    response = client.create(message_with(*({"type": "input_file", **each} for each in parts)))
    assert f"I see 3 files: {file}, https://example.com/b.pdf, data." in text_of(response)


def test_images_of_the_whole_conversation_and_of_tools_are_counted():
    client = Client()
    tool = {"type": "function", "name": "draw", "parameters": {"type": "object", "properties": {}}}
    first = client.create(message_with({"type": "input_image", "image_url": URL}), tools=[tool], tool_choice="required")
    call_id = first["output"][0]["call_id"]
    output = [{"type": "input_image", "image_url": URL}]
    given = [{"type": "function_call_output", "call_id": call_id, "output": output}]
    assert "I see 2 images" in text_of(client.create(given, previous_response_id=first["id"]))


WRONG = [
    ({"type": "input_image", "image_url": URL, "detail": "huge"}, "input[0].content[1].detail"),
    ({"type": "input_image"}, "input[0].content[1].image_url"),
    ({"type": "input_image", "image_url": "cat.jpg"}, "input[0].content[1].image_url"),
    ({"type": "input_image", "image_url": "data:text/plain;base64,AA=="}, "input[0].content[1].image_url"),
    ({"type": "input_image", "image_url": "data:image/png;base64,?"}, "input[0].content[1].image_url"),
    ({"type": "input_image", "file_id": "file-none"}, "input"),
    ({"type": "input_file", "file_id": "file-none"}, "input"),
    ({"type": "input_file", "filename": "a.pdf"}, "input[0].content[1].file_id"),
    ({"type": "input_file", "file_data": "AA=="}, "input[0].content[1].file_data"),
    ({"type": "input_file", "file_url": "ftp://example.com/a.pdf"}, "input[0].content[1].file_url"),
]


@pytest.mark.parametrize("part, param", WRONG)
def test_invalid_parts(part, param):
    assert Client().refused({"model": "gpt-4o", "input": message_with(part)})["param"] == param
