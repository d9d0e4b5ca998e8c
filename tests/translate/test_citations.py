"""Citations and generated files: markers are inserted, and offsets are counted in code points."""

import pytest

from tests.translate.upstream_events import (
    added,
    citation,
    cites,
    code,
    created,
    done,
    emit,
    ended,
    last,
    message,
    says,
    search,
    text,
    texts,
    turn,
)

A, B, SOURCE = "【4:0†a.txt】", "【4:1†b.txt】", "【4:0†source】"
OTHER = citation(5, "file-2", "b.txt")
#: The streamed text, the finished text with its annotations, the text that is shown.
PLACES = [
    pytest.param(
        [text("Pizza"), cites(citation(5)), text(".")], says("Pizza.", citation(5)), f"Pizza{A}.", id="in its place"
    ),
    pytest.param(
        [text("Pizza"), cites(citation(5)), cites(OTHER), text(".")],
        says("Pizza.", citation(5), OTHER),
        f"Pizza{A}{B}.",
        id="two in one place",
    ),
    pytest.param([cites(citation(0)), text("Hi")], says("Hi", citation(0)), f"{A}Hi", id="at the start"),
    pytest.param([text("Hi"), cites(citation(2))], says("Hi", citation(2)), f"Hi{A}", id="at the end"),
    pytest.param(
        [text("Pizza."), cites(citation(2))],
        says("Pizza.", citation(2)),
        f"Pizza.{A}",
        id="late: where the text stands",
    ),
    pytest.param(
        [text("Pizza"), cites(citation(99))], says("Pizza", citation(99)), f"Pizza{A}", id="beyond the end of the text"
    ),
    pytest.param([], says("Pizza.", citation(5), citation(6)), f"Pizza{A}.【4:1†a.txt】", id="nothing was streamed"),
    pytest.param([text("Piz")], says("Pizza.", citation(5)), f"Pizza{A}.", id="only a beginning was"),
    pytest.param([text("Pizza.")], says("Pizza.", citation(5)), f"Pizza.{A}", id="the text was, the citation not"),
    pytest.param(
        [text("😀é"), cites(citation(2)), text("𝄞")], says("😀é𝄞", citation(2)), f"😀é{A}𝄞", id="beyond the BMP"
    ),
    pytest.param(
        [cites(citation(0, name=None)), text("x")], says("x", citation(0, name=None)), f"{SOURCE}x", id="without a name"
    ),
]


@pytest.mark.parametrize("streamed, content, shown", PLACES)
def test_markers_are_inserted(streamed, content, shown) -> None:
    item = message(content)
    state = turn()
    emitted = emit(state, created(), added(item), *streamed, done(item), ended(item))
    (part,) = last(emitted, "message.completed")["content"]
    assert texts(emitted) == part["text"]["value"] == shown
    assert state.differences == []
    for each in part["text"]["annotations"]:
        assert shown[each["start_index"] : each["end_index"]] == each["text"]
    assert len(part["text"]["annotations"]) == len(content["annotations"])
    assert len({each["text"] for each in part["text"]["annotations"]}) == len(content["annotations"])


def test_a_marker_is_sent_in_one_delta_with_its_annotation() -> None:
    emitted = emit(turn(), created(), added(message()), text("Pizza"), cites(citation(5)))
    shown = {"type": "file_citation", "text": A, "start_index": 5, "end_index": 5 + len(A)}
    assert last(emitted, "message.delta")["delta"]["content"][0]["text"] == {
        "value": A,
        "annotations": [{"index": 0, **shown, "file_citation": {"file_id": "file-1", "quote": ""}}],
    }


def test_the_finished_annotation_has_neither_index_nor_quote() -> None:
    item = message(says("Pizza", citation(5)))
    (part,) = last(emit(turn(), created(), added(item), done(item)), "message.completed")["content"]
    assert part["text"]["annotations"] == [
        {
            "type": "file_citation",
            "text": A,
            "start_index": 5,
            "end_index": 5 + len(A),
            "file_citation": {"file_id": "file-1"},
        }
    ]


def test_a_servers_own_file_id_is_mapped_by_its_search_results() -> None:
    found = search({"file_id": "doc-9", "attributes": {"file_id": "file-9"}})
    item = message(says("Pizza", citation(5, "doc-9"), citation(5, "doc-8")))
    emitted = emit(turn(), created(), added(found), done(found), added(item), done(item))
    (part,) = last(emitted, "message.completed")["content"]
    assert [each["file_citation"]["file_id"] for each in part["text"]["annotations"]] == ["file-9", "doc-8"]


LINK = "See [plot](sandbox:/mnt/data/p.png)."
PATH = "sandbox:/mnt/data/p.png"


def generated(start: int | None, end: int | None) -> dict:
    shown = {"file_id": "cfile_1", "container_id": "c", "filename": "p.png", "start_index": start, "end_index": end}
    return {"type": "container_file_citation", **shown}


def _file(*annotations: dict, value: str = LINK) -> list[dict]:
    item = message(says(value, *annotations))
    emitted = emit(turn(), created(), added(item), text(value), *map(cites, annotations), done(item), ended(item))
    (part,) = last(emitted, "message.completed")["content"]
    assert texts(emitted) == part["text"]["value"]
    return [
        each | {"sliced": part["text"]["value"][each["start_index"] : each["end_index"]]}
        for each in part["text"]["annotations"]
    ]


START = LINK.index(PATH)


def test_the_annotation_of_a_generated_file_covers_only_its_path() -> None:
    (shown,) = _file(generated(START, START + len(PATH)))
    assert (shown["type"], shown["text"], shown["sliced"]) == ("file_path", PATH, PATH)
    assert shown["file_path"] == {"file_id": "cfile_1"}


def test_a_generated_file_is_attached_and_stored_once_for_each_link() -> None:
    state, link = turn(), generated(START, START + len(PATH))
    item = message(says(LINK, link, link | {"filename": None}))
    emitted = emit(state, created(), added(item), done(item))
    attached = [{"file_id": "cfile_1", "tools": [{"type": "code_interpreter"}]}]
    assert last(emitted, "message.completed")["attachments"] == attached
    assert [(made.filename, made.container_id) for made in state.generated_files] == [("p.png", "c"), ("cfile_1", "c")]


NOWHERE = [(0, 0), (None, None), (5, 5), (5, 3), (0, 999)]


@pytest.mark.parametrize("start, end", NOWHERE)
def test_a_file_that_is_not_linked_is_attached_and_stored(start, end) -> None:
    state, made = turn(), generated(start, end) | {"filename": "p.csv"}
    item = message(says(LINK, made))
    shown = last(emit(state, created(), added(item), text(LINK), cites(made), done(item)), "message.completed")
    assert shown["content"] == [{"type": "text", "text": {"value": LINK, "annotations": []}}]
    assert [each["file_id"] for each in shown["attachments"]] == ["cfile_1"]
    assert [each.filename for each in state.generated_files] == ["p.csv"]


@pytest.mark.parametrize("start, end", NOWHERE)
def test_a_picture_that_is_not_linked_is_shown(start, end) -> None:
    """For an upstream that returns no outputs of code: the picture is shown after the text, if the text was already
    sent.
    """
    state, made = turn(), generated(start, end)
    item = message(says(LINK, made))
    emitted = emit(state, created(), added(item), text(LINK), cites(made), done(item))
    shown = last(emitted, "message.completed")
    picture = {"type": "image_file", "image_file": {"file_id": "cfile_1"}}
    assert [part["type"] for part in shown["content"]] == ["text", "image_file"]
    assert shown["content"][1] == picture
    assert last(emitted, "message.delta")["delta"]["content"] == [{"index": 1} | picture]
    assert shown["attachments"] == []
    assert [(each.file_id, each.container_id) for each in state.generated_files] == [("cfile_1", "c")]


def test_a_picture_among_the_outputs_is_shown_once() -> None:
    state = turn()
    ran, item = code("x", {"type": "image", "url": "data:,x"}), message(says(LINK, generated(0, 0)))
    shown = last(emit(state, created(), added(ran), done(ran), added(item), done(item)), "message.completed")
    assert [part["type"] for part in shown["content"]] == ["image_file", "text"]
    assert len(state.generated_files) == 1


def test_citations_received_in_any_order_are_put_in_their_places() -> None:
    """If all annotations are received together."""
    item = message(says("One, two.", citation(8), citation(3, "file-2", "b.txt")))
    (part,) = last(emit(turn(), created(), done(item)), "message.completed")["content"]
    assert part["text"]["value"] == "One【4:0†b.txt】, two【4:1†a.txt】."


def test_a_citation_without_a_position_is_put_at_the_end() -> None:
    nowhere = {name: value for name, value in citation(0).items() if name != "index"}
    item = message(says("Pizza.", nowhere))
    (part,) = last(emit(turn(), created(), done(item)), "message.completed")["content"]
    assert part["text"]["value"] == f"Pizza.{A}"


def test_markers_before_a_file_shift_it() -> None:
    value = f"Food: {LINK}"
    start = value.index(PATH)
    item = message(says(value, citation(4), generated(start, start + len(PATH)), citation(len(value))))
    emitted = emit(
        turn(),
        created(),
        added(item),
        text("Food"),
        cites(citation(4)),
        text(value[4:]),
        cites(generated(start, start + len(PATH))),
        cites(citation(len(value))),
        done(item),
    )
    (part,) = last(emitted, "message.completed")["content"]
    for each in part["text"]["annotations"]:
        assert part["text"]["value"][each["start_index"] : each["end_index"]] == each["text"]
    assert [each["text"] for each in part["text"]["annotations"]] == [A, PATH, "【4:1†a.txt】"]


WEB = [{"type": "web_search"}]
PAGE = "See [x](http://x)."
#: The range in upstream's annotation, and the text that is cited.
RANGES = [(4, 17, "[x](http://x)"), (4, 99, "[x](http://x)."), (98, 99, None), (4, 4, None), (None, None, None)]


@pytest.mark.parametrize("start, end, cited", RANGES)
@pytest.mark.parametrize("marked", [False, True])
def test_a_web_page_is_cited_with_its_link(start, end, cited, marked) -> None:
    """If the run has web search; markers before the link shift it, and a range beyond the text is clamped."""
    page = {"type": "url_citation", "url": "http://x", "title": "t", "start_index": start, "end_index": end}
    marks = [citation(0)] if marked else []
    item = message(says(PAGE, *marks, page))
    emitted = emit(turn(tools=WEB), created(), added(item), *map(cites, marks), text(PAGE), cites(page), done(item))
    (part,) = last(emitted, "message.completed")["content"]
    shown = [note for note in part["text"]["annotations"] if note["file_citation"]["file_id"] == "http://x"]
    assert [note["text"] for note in shown] == ([cited] if cited else [])
    for note in shown:
        assert part["text"]["value"][note["start_index"] : note["end_index"]] == cited


def test_a_web_page_without_web_search_is_not_an_annotation_but_counts_as_handled() -> None:
    page = {"type": "url_citation", "url": "u", "title": "t", "start_index": 0, "end_index": 2}
    item = message(says("Hi", page, citation(2)))
    emitted = emit(turn(), created(), added(item), text("Hi"), cites(page), done(item))
    (part,) = last(emitted, "message.completed")["content"]
    assert [each["type"] for each in part["text"]["annotations"]] == ["file_citation"]


def test_a_marker_that_the_model_wrote_itself_is_not_inserted_again() -> None:
    item = message(says(f"{A} Pizza", citation(len(A) + 6)))
    (part,) = last(emit(turn(), created(), done(item)), "message.completed")["content"]
    assert part["text"]["value"] == f"{A} Pizza【4:1†a.txt】"
