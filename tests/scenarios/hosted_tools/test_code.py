"""Code interpreter as programs use it: its files, its steps, and its results in messages."""

import random
from typing import Any

from tests.scenarios.doors.talking import carry_out, tool
from tests.scenarios.hosted_tools.stage import (
    CODE,
    SEARCH,
    Json,
    Stage,
    answer,
    attach,
    calls,
    folded,
    random_word,
    text,
)


def test_the_container_gets_the_files_of_assistant_thread_and_messages(stage: Stage) -> None:
    """The model's code finds the files in its container."""
    names = [f"{random_word()}.csv" for _ in range(4)]
    files = [stage.upload(name, f"x,{random_word()}") for name in names]
    assistant = stage.assistant(CODE, tool_resources={"code_interpreter": {"file_ids": files[:1]}})
    thread = stage.thread(tool_resources={"code_interpreter": {"file_ids": files[1:2]}})
    stage.add_message(thread, "First.", attach(files[2], CODE))
    more: Json = {"role": "user", "content": "code_interpreter", "attachments": [attach(files[3], CODE, SEARCH)]}
    result = stage.run(thread, assistant, additional_messages=[more])
    assert stage.tools()["code_interpreter"]["container"] == {"type": "auto", "file_ids": files}
    (call,) = calls(result)
    (logs,) = call["code_interpreter"]["outputs"]
    assert all(f"{file}-{name}" in logs["logs"] for file, name in zip(files, names, strict=True))
    resources = stage.client.beta.threads.retrieve(thread).tool_resources
    assert resources.code_interpreter.file_ids == files[1:]
    assert len(resources.file_search.vector_store_ids) == 1


def test_code_and_logs(stage: Stage) -> None:
    one, two = (random.randrange(1000, 9999) for _ in range(2))
    result = stage.ask(f"What is {one} * {two}?", stage.assistant(CODE))
    (call,) = calls(result)
    assert list(call) == ["id", "code_interpreter", "type"]
    assert call["id"].startswith("call_")
    assert call["code_interpreter"] == {
        "input": f"print({one} * {two})",
        "outputs": [{"type": "logs", "logs": str(one * two)}],
    }
    assert str(one * two) in text(result)["value"]


def _deltas(result: Any) -> list[Json]:
    found = [data["delta"]["step_details"] for name, data in result.rounds[0] if name == "thread.run.step.delta"]
    assert all(details["type"] == "tool_calls" for details in found)
    return [call for details in found for call in details["tool_calls"]]


def test_step_deltas_have_the_recorded_shapes(streamed_stage: Stage) -> None:
    """First the call, then parts of its code, then each output in one delta; together they equal the completed step."""
    result = streamed_stage.ask("code_interpreter show-image 12 * 30", streamed_stage.assistant(CODE))
    first, *rest = _deltas(result)
    shown = {"input": "", "outputs": []}
    assert first == {"index": 0, "id": first["id"], "type": "code_interpreter", "code_interpreter": shown}
    assert all(set(call) == {"index", "type", "code_interpreter"} for call in rest)
    pieces = [call["code_interpreter"] for call in rest]
    code = [piece["input"] for piece in pieces if list(piece) == ["input"]]
    outputs = [piece["outputs"] for piece in pieces if list(piece) == ["outputs"]]
    assert len(code) + len(outputs) == len(pieces)
    (call,) = calls(result)
    assert "".join(code) == call["code_interpreter"]["input"]
    assert [[each | {"index": place}] for place, each in enumerate(call["code_interpreter"]["outputs"])] == outputs
    assert [each["type"] for (each,) in outputs] == ["logs", "image"]
    fold = folded(result)
    assert fold is not None
    (step,) = [step for step in result.steps if step["type"] == "tool_calls"]
    assert fold.calls(step["id"])[0]["code_interpreter"] == call["code_interpreter"]


def test_every_call_is_a_step_and_every_text_a_message(stage: Stage) -> None:
    question = 'code_interpreter {"code": "1 + 1"} then code_interpreter {"code": "2 + 2"}'
    result = stage.ask(question, stage.assistant(CODE))
    kinds = [step["type"] for step in result.steps]
    assert kinds == ["tool_calls", "message_creation", "tool_calls", "message_creation"]
    assert [call["code_interpreter"]["outputs"][0]["logs"] for call in calls(result)] == ["2", "4"]


def test_code_and_functions_in_one_run(stage: Stage) -> None:
    """The function's output is submitted, and the second code call runs in the same container."""
    secret = random_word()
    assistant = stage.assistant(CODE, tool("get_word"))
    thread = stage.thread()
    stage.add_message(thread, 'code_interpreter {"code": "6 * 7"} and get_word then code_interpreter {"code": "7 * 7"}')
    result = carry_out(stage.client, stage.way, thread, assistant, {"get_word": lambda arguments: secret})
    assert result.run["status"] == "completed"
    hosted = [call["code_interpreter"]["outputs"][0]["logs"] for call in calls(result) if call["type"] != "function"]
    assert hosted == ["42", "49"]
    assert [call["function"]["output"] for call in calls(result) if call["type"] == "function"] == [secret]


def test_the_logs_show_the_traceback_of_failed_code(plain: Stage) -> None:
    result = plain.ask("code_interpreter code-fails", plain.assistant(CODE))
    (call,) = calls(result)
    assert "Traceback" in call["code_interpreter"]["outputs"][0]["logs"]


def test_a_file_has_an_annotation_and_an_attachment(stage: Stage) -> None:
    """The annotation covers only the path; the message also lists the file as an attachment."""
    name = f"{random_word()}.txt"
    result = stage.ask(f'code_interpreter {{"file": "{name}"}} make-file', stage.assistant(CODE))
    found = text(result)
    (note,) = found["annotations"]
    path = f"sandbox:/mnt/data/{name}"
    assert (note["type"], note["text"]) == ("file_path", path)
    assert found["value"][note["start_index"] : note["end_index"]] == path
    assert f"[{name}]({path})" in found["value"]
    file = note["file_path"]["file_id"]
    assert answer(result)["attachments"] == [{"file_id": file, "tools": [CODE]}]
    assert f"[{name}](/download/{file})" in found["value"].replace(path, f"/download/{file}")
    _check_fold(result)


def test_a_plot_stands_before_the_text(stage: Stage) -> None:
    result = stage.ask(f"code_interpreter show-image {random_word()}", stage.assistant(CODE))
    first, second = answer(result)["content"]
    assert (first["type"], second["type"]) == ("image_file", "text")
    assert second["text"]["annotations"] == []
    (call,) = calls(result)
    (output,) = call["code_interpreter"]["outputs"]
    assert output == {"type": "image", "image": {"file_id": first["image_file"]["file_id"]}}
    _check_fold(result)


def test_citations_and_links_in_one_text(stage: Stage) -> None:
    """The markers of citations before a link shift its offsets."""
    subject, name = random_word(), f"{random_word()}.txt"
    thread = stage.thread()
    stage.add_message(thread, "Notes.", attach(stage.upload("notes.txt", f"The {subject} is {random_word()}."), SEARCH))
    question = f'file_search cite-emoji {subject} and code_interpreter {{"file": "{name}"}} make-file'
    found = text(result := stage.ask(question, stage.assistant(SEARCH, CODE), thread=thread))
    assert {note["type"] for note in found["annotations"]} == {"file_citation", "file_path"}
    for note in found["annotations"]:
        assert found["value"][note["start_index"] : note["end_index"]] == note["text"]
    _check_fold(result)


def _check_fold(result: Any) -> None:
    fold, message = folded(result), answer(result)
    if fold is not None:
        assert fold.content(message["id"]) == message["content"]
