"""File search as programs set it up: stores of assistants, of threads, described inline, or made for attachments."""

from typing import Any

import pytest

from tests.scenarios.doors.talking import RunResult
from tests.scenarios.hosted_tools.stage import DAY, SEARCH, Json, Stage, attach, calls, random_word, text

CONTENTS: Any = ["step_details.tool_calls[*].file_search.results[*].content"]
#: Keys of a recorded result, without its content and with it.
PLAIN = {"file_id", "file_name", "score", "attributes"}
FULL = {*PLAIN, "content"}


def fact() -> tuple[str, str]:
    """A sentence, and the word with which a search finds it."""
    subject = random_word()
    return f"The {subject} eats {random_word()}.", subject


def inline(*files: str) -> Json:
    return {"file_search": {"vector_stores": [{"file_ids": list(files), "metadata": {"of": "tests"}}]}}


def found(result: RunResult) -> list[Json]:
    """The results of the run's only search."""
    (call,) = calls(result)
    assert (call["type"], call["id"][:5]) == ("file_search", "call_")
    results: list[Json] = call["file_search"]["results"]
    return results


def test_stores_of_the_assistant_and_of_the_thread_are_searched(stage: Stage) -> None:
    """Existing stores and inline stores; the file of a message's attachment is added to the thread's own store."""
    (one, subject), (two, other), (three, third) = fact(), fact(), fact()
    files = [stage.upload(f"{random_word()}.md", each) for each in (one, two, three)]
    ready = stage.client.vector_stores.create(name="ready", file_ids=[files[0]])
    assistant = stage.assistant(SEARCH, tool_resources={"file_search": {"vector_store_ids": [ready.id]}})
    thread = stage.thread(tool_resources=inline(files[1]))
    shown = stage.client.beta.threads.retrieve(thread).tool_resources.file_search.vector_store_ids
    assert len(shown) == 1
    stage.add_message(thread, "More.", attach(files[2], SEARCH))
    result = stage.ask(f"file_search {subject} {other} {third}", assistant, thread=thread)
    assert stage.tools()["file_search"]["vector_store_ids"] == [ready.id, *shown]
    assert {hit["file_id"] for hit in found(result)} == set(files)
    assert stage.client.beta.threads.retrieve(thread).tool_resources.file_search.vector_store_ids == shown


def test_an_inline_store_of_an_assistant_and_of_create_and_run(plain: Stage) -> None:
    (one, subject), (two, other) = fact(), fact()
    files = [plain.upload(f"{random_word()}.txt", each) for each in (one, two)]
    assistant = plain.assistant(SEARCH, tool_resources=inline(files[0]))
    stores = plain.client.beta.assistants.retrieve(assistant).tool_resources.file_search.vector_store_ids
    store = plain.client.vector_stores.retrieve(stores[0])
    assert (store.metadata, store.file_counts.total) == ({"of": "tests"}, 1)
    run = plain.client.beta.threads.create_and_run_poll(
        assistant_id=assistant,
        thread={
            "messages": [{"role": "user", "content": f"file_search {subject} {other}"}],
            "tool_resources": inline(files[1]),
        },
    )
    steps = plain.client.beta.threads.runs.steps.list(run.id, thread_id=run.thread_id).data
    results = [result for step in steps for call in _calls(step) for result in call.file_search.results]
    assert {result.file_id for result in results} == set(files)


def _calls(step: Any) -> list[Any]:
    return getattr(step.step_details, "tool_calls", [])


def test_a_store_is_made_for_the_first_attachment_and_indexed_before_the_run(stage: Stage) -> None:
    sentence, subject = fact()
    file = stage.upload("facts.txt", sentence)
    thread = stage.thread()
    message = stage.add_message(thread, f"file_search {subject}", attach(file, SEARCH))
    assert message["attachments"] == [{"file_id": file, "tools": [SEARCH]}]
    (made,) = stage.client.beta.threads.retrieve(thread).tool_resources.file_search.vector_store_ids
    store = stage.client.vector_stores.retrieve(made)
    assert store.expires_at == pytest.approx(stage.clock() + 7 * DAY, abs=60)
    # A second file is still being indexed when the run is created: the shim waits for it.
    late = stage.upload("more.txt", sentence)
    stage.add_message(thread, f"file_search {subject}", attach(late, SEARCH))
    begun = len(stage.sandbox.requests)
    result = stage.run(thread, stage.assistant(SEARCH))
    paths = [each.path for each in stage.sandbox.requests[begun:]]
    run_request = paths.index("/v1/responses")
    assert paths[:run_request].count(f"/v1/vector_stores/{made}") >= 2
    assert {hit["file_id"] for hit in found(result)} == {file, late}
    assert sentence.rstrip(".") in text(result)["value"]


def test_attachments_of_a_run_and_of_a_new_thread(plain: Stage) -> None:
    (one, subject), (two, other) = fact(), fact()
    files = [plain.upload("a.txt", one), plain.upload("b.txt", two)]
    first = {"role": "user", "content": "Notes.", "attachments": [attach(files[0], SEARCH)]}
    thread = plain.thread(messages=[first])
    more = {"role": "user", "content": f"file_search {subject} {other}", "attachments": [attach(files[1], SEARCH)]}
    result = plain.run(thread, plain.assistant(SEARCH), additional_messages=[more])
    assert {hit["file_id"] for hit in found(result)} == set(files)


def test_options_go_upstream_and_are_shown(stage: Stage) -> None:
    subject = random_word()
    files = [
        stage.upload(f"{n}.txt", f"The {subject} {' '.join(random_word() for _ in range(n * 9))}.") for n in range(4)
    ]
    options = {"max_num_results": 2, "ranking_options": {"score_threshold": 0.25, "ranker": "auto"}}
    assistant = stage.assistant(SEARCH | {"file_search": options}, tool_resources=inline(*files))
    result = stage.ask(f"file_search {subject}", assistant)
    sent = stage.tools()["file_search"]
    assert (sent["max_num_results"], sent["ranking_options"]["score_threshold"]) == (2, 0.25)
    results = found(result)
    assert len(results) == 2
    assert all(result["score"] >= 0.25 for result in results)
    (call,) = calls(result)
    assert call["file_search"]["ranking_options"] == {"ranker": "default_2024_08_21", "score_threshold": 0.25}
    shown = result.run["tools"][0]["file_search"]
    assert (shown["max_num_results"], shown["ranking_options"]["ranker"]) == (2, "auto")


def test_contents_of_results_are_included_on_request(stage: Stage) -> None:
    """In a list, in a retrieve, and in the run's stream if the run was created with ``include``."""
    sentence, subject = fact()
    assistant = stage.assistant(SEARCH, tool_resources=inline(stage.upload("facts.txt", sentence)))
    result = stage.ask(f"file_search {subject}", assistant)
    assert [set(hit) for hit in found(result)] == [PLAIN]
    where = {"thread_id": result.run["thread_id"], "include": CONTENTS}
    steps = stage.client.beta.threads.runs.steps
    (listed,) = _contents(list(steps.list(result.run["id"], **where)))
    (step,) = [step["id"] for step in result.steps if step["type"] == "tool_calls"]
    (alone,) = _contents([steps.retrieve(step, run_id=result.run["id"], **where)])
    assert set(listed) == set(alone) == FULL
    assert listed["content"] == alone["content"] == [{"type": "text", "text": sentence}]
    assert all(result["score"] <= 1 for result in (listed, alone))


def _contents(steps: list[Any]) -> list[Json]:
    shown = [step.to_dict(mode="json")["step_details"].get("tool_calls", []) for step in steps]
    return [result for calls in shown for call in calls for result in call["file_search"]["results"]]


@pytest.mark.parametrize("wanted", [False, True])
def test_the_stream_of_a_search(streamed_stage: Stage, wanted: bool) -> None:
    """One delta without results, then the step with its results."""
    sentence, subject = fact()
    assistant = streamed_stage.assistant(SEARCH, tool_resources=inline(streamed_stage.upload("facts.txt", sentence)))
    result = streamed_stage.ask(f"file_search {subject}", assistant, **({"include": CONTENTS} if wanted else {}))
    (delta,) = [data for name, data in result.rounds[0] if name == "thread.run.step.delta"]
    (call,) = delta["delta"]["step_details"]["tool_calls"]
    ranking = {"ranker": "default_2024_08_21", "score_threshold": 0.0}
    assert call["file_search"] == {"ranking_options": ranking, "results": []}
    (done, _) = [data for name, data in result.rounds[0] if name == "thread.run.step.completed"]
    (shown,) = done["step_details"]["tool_calls"]
    assert (shown["id"], set(shown["file_search"]["results"][0])) == (call["id"], FULL if wanted else PLAIN)


def test_an_assistant_without_a_store_can_answer(stage: Stage) -> None:
    """The old API accepted the tool without a store; upstream does not, so the tool is left out."""
    result = stage.ask("Say hello.", stage.assistant(SEARCH))
    assert calls(result) == []
    assert "file_search" not in stage.tools()


def test_a_deleted_store_is_no_longer_searched(plain: Stage) -> None:
    sentence, subject = fact()
    assistant = plain.assistant(SEARCH, tool_resources=inline(plain.upload("facts.txt", sentence)))
    (store,) = plain.client.beta.assistants.retrieve(assistant).tool_resources.file_search.vector_store_ids
    assert plain.client.vector_stores.delete(store).deleted
    assert plain.client.beta.assistants.retrieve(assistant).tool_resources.file_search.vector_store_ids == []
    assert calls(plain.ask(f"file_search {subject}", assistant)) == []
