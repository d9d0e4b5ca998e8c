"""Files that code wrote, fetched in each of the SDK's ways, also after their containers have expired."""

from typing import Any

import pytest

from shim import NotFoundError
from tests.scenarios.hosted_tools.stage import CODE, Stage, answer, calls, random_word, text

PNG = b"\x89PNG\r\n\x1a\n"


def made(stage: Stage, name: str, **more: Any) -> tuple[str, str, bytes]:
    """The id of a file that a run's code wrote, the file's thread, and its content as upstream stores it."""
    result = stage.ask(
        f'code_interpreter {{"file": "{name}"}} make-file {random_word()}', stage.assistant(CODE), **more
    )
    file = text(result)["annotations"][0]["file_path"]["file_id"]
    (content,) = [found for found in _in_containers(stage) if found[0] == file]
    return file, result.run["thread_id"], content[1]


def _in_containers(stage: Stage) -> list[tuple[str, bytes]]:
    """Every file in a live container, read directly from the sandbox."""
    alive = [each for each in stage.sandbox._resources.containers._table.all() if not each.dead]
    return [(file.id, file.content) for each in alive for file in each.files.values()]


def read(client: Any, file: str) -> list[bytes]:
    """A file's content, in every way that the SDK has."""
    found = [client.files.content(file).read(), client.files.content(file).content]
    found.append(client.files.with_raw_response.content(file).content)
    with client.files.with_streaming_response.content(file) as answer:
        found.append(b"".join(answer.iter_bytes()))
    return found


def test_a_file_that_code_wrote_is_fetched_like_any_other(stage: Stage) -> None:
    name = f"{random_word()}.txt"
    file, _, content = made(stage, name)
    assert read(stage.client, file) == [content] * 4
    shown = stage.client.files.retrieve(file)
    assert (shown.id, shown.object, shown.filename, shown.bytes) == (file, "file", name, len(content))
    assert (shown.purpose, shown.status) == ("assistants_output", "processed")
    assert shown.created_at == pytest.approx(stage.clock(), abs=60)
    raw = stage.client.files.with_raw_response.retrieve(file)
    assert raw.parse().filename == name
    assert stage.client.files.wait_for_processing(file).id == file
    with stage.client.files.with_streaming_response.retrieve(file) as streamed:
        assert streamed.parse().id == file


def test_a_plot_is_a_picture(stage: Stage) -> None:
    result = stage.ask(f"code_interpreter show-image {random_word()}", stage.assistant(CODE))
    file = answer(result)["content"][0]["image_file"]["file_id"]
    for content in read(stage.client, file):
        assert content.startswith(PNG)
        assert content in [found for _, found in _in_containers(stage)]
    assert stage.client.files.retrieve(file).filename.endswith(".png")


def test_files_and_thread_after_a_month(stage: Stage) -> None:
    """The container and the stored responses are gone: the files can still be read, and the thread can be continued."""
    file, thread, content = made(stage, "month.txt")
    stage.clock.pass_days(31)
    stage.sandbox.expire_containers()
    stage.sandbox.forget()
    assert _in_containers(stage) == []
    assert read(stage.client, file) == [content] * 4
    messages = stage.client.beta.threads.messages.list(thread).data
    assert messages[0].content[0].text.annotations[0].file_path.file_id == file
    result = stage.ask("What is 3 * 5?", stage.assistant(CODE), thread=thread)
    assert calls(result)[0]["code_interpreter"]["outputs"][0]["logs"] == "15"
    assert read(stage.client, file)[0] == content
    newer, _, _ = made(stage, "month.txt", thread=thread)
    assert newer != file


def test_a_file_is_deleted_for_good(plain: Stage) -> None:
    file, thread, _ = made(plain, "gone.txt")
    assert plain.client.files.delete(file).deleted
    for fetch in (plain.client.files.retrieve, plain.client.files.content, plain.client.files.delete):
        with pytest.raises(NotFoundError, match=f"No file found with id '{file}'"):
            fetch(file)
    assert plain.client.beta.threads.messages.list(thread).data


def test_files_are_deleted_with_their_thread(plain: Stage) -> None:
    file, thread, _ = made(plain, "thread.txt")
    plain.client.beta.threads.delete(thread)
    with pytest.raises(NotFoundError):
        plain.client.files.content(file)


def test_uploaded_files_stay_upstream(stage: Stage) -> None:
    """Files that were not written by code are stored only upstream, with their purpose."""
    content = random_word().encode()
    file = stage.upload("mine.txt", content, "vision")
    assert read(stage.client, file) == [content] * 4
    shown = stage.client.files.retrieve(stage.upload("notes.txt", content))
    assert (shown.purpose, shown.bytes) == ("assistants", len(content))
    assert stage.client.files.delete(file).deleted
    assert [each.path for each in stage.sandbox.requests[-1:]] == [f"/v1/files/{file}"]
