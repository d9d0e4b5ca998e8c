"""The report of an import, with every loss.

A problem has a code, a row of `PROBLEMS`.  Its level says what happened to the data: ``refused`` (the record is not
imported), ``lost`` (a part of it is not), ``changed`` (it is imported in another form).
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final, Literal, NamedTuple

Level = Literal["refused", "lost", "changed"]

#: Code of a problem: its level, and its text.
PROBLEMS: Final[dict[str, tuple[Level, str]]] = {
    "broken_json": ("refused", "not valid JSON"),
    "broken_text": ("refused", "not valid text in this encoding; `--encoding` names another one"),
    "sqlite": (
        "refused",
        "a SQLite database; export each table: sqlite3 -json FILE 'SELECT * FROM messages' > messages.json",
    ),
    "broken_csv": ("refused", "not valid CSV"),
    "too_long": ("refused", "one line is longer than can be read"),
    "unreadable": ("refused", "the file cannot be read"),
    "needs_ijson": ("refused", 'a large JSON document needs the package ijson: pip install "assistants-shim[import]"'),
    "unknown_shape": ("refused", "none of the known shapes"),
    "no_thread": ("refused", "a message without the id of a thread"),
    "no_run": ("refused", "a run step whose run is not in the input"),
    "no_content": ("refused", "a message without any content that can be kept"),
    "wrong_role": ("refused", "a role that threads never had; they hold `user` and `assistant` messages"),
    "wrong_kind": ("refused", "a required field is missing or of the wrong kind"),
    "conflict": ("refused", "the same id again with other contents; the first one is imported"),
    "taken": ("refused", "the thread, as an id in it already belongs to another thread"),
    "differs": (
        "refused",
        "the thread, as the store's thread of this id was used since or has other contents",
    ),
    "deleted": ("refused", "the thread, as it was deleted here, and a deleted thread is not restored"),
    "exists": ("refused", "the assistant, as the store has another one of this id"),
    "orphan_file": ("refused", "a file that no imported message shows or attaches"),
    "not_found": ("refused", "the endpoint does not have it"),
    "endpoint": ("refused", "the endpoint refused the request"),
    "part": ("lost", "a content part of a kind that messages never had"),
    "annotation": ("lost", "an annotation of a kind that messages never had"),
    "field": ("lost", "a field that the old API's objects did not have"),
    "value": ("lost", "an optional field of the wrong kind; its default is used"),
    "tool": ("lost", "a tool that the old API did not have, or of the wrong form"),
    "branch": ("lost", "a message on another branch of the conversation than the last one"),
    "retrieval_files": ("lost", "`file_ids` of an assistant: they need a vector store for `file_search`"),
    "large_file": ("lost", "the content of a file that is larger than `SHIM_KEEP_FILE_BYTES`"),
    "no_bytes": ("lost", "a file without its content; the file itself stays where it is"),
    "no_output": ("lost", "a function call without its output: it is shown, and not sent to the model again"),
    "new_id": ("changed", "an id was missing or not of the API's form; a new one is made from it, always the same"),
    "made_thread": ("changed", "no thread object; it is made from its messages"),
    "guessed_time": ("changed", "no time of creation; that of the object before it is used"),
    "newest_first": (
        "changed",
        "a list that began with the newest, with equal or missing times; it is imported oldest first",
    ),
    "no_assistant": ("changed", "a run without an assistant id; `asst_unknown` is used"),
    "run_over": ("changed", "a run, step or message that was still under way; it is imported as expired"),
    "metadata": ("changed", "a metadata value that is not text; its JSON is kept"),
    "v1": ("changed", "a field of version 1 of the API; it is translated to version 2"),
    "duplicate": ("changed", "the same object again; it is imported once"),
}
#: How many examples of each problem are stored; the listener gets all of them.
EXAMPLES: Final = 5


class Place(NamedTuple):
    """A place in the input: the file as it was named, and the line or the path in it."""

    file: str
    line: int | None = None
    path: str = ""

    def __str__(self) -> str:
        where = f":{self.line}" if self.line is not None else ""
        return f"{self.file}{where}{' ' + self.path if self.path else ''}"


class Refused(Exception):
    """A record cannot be imported, or a strict import found a problem; ``code`` is a key of `PROBLEMS`."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{PROBLEMS[code][1]}{': ' + detail if detail else ''}")
        self.code: Final = code
        self.detail: Final = detail


class Problem(NamedTuple):
    """One problem: its code, where, and what exactly."""

    code: str
    place: Place
    detail: str = ""

    @property
    def level(self) -> Level:
        return PROBLEMS[self.code][0]

    def __str__(self) -> str:
        return f"{self.place}: {PROBLEMS[self.code][1]}{': ' + self.detail if self.detail else ''}"


@dataclass
class Report:
    """What an import did.

    ``batch``: the argument for `--undo`; None if nothing was written.  ``added``, ``already_stored``, ``replaced``:
    numbers of objects by kind.  ``already_stored``: the store already had them.  ``replaced``: threads of an earlier
    import that had fewer objects.  ``ids``: new ids of threads and assistants, by the original ones that they replace.
    """

    batch: str | None = None
    dry_run: bool = False
    resumed: bool = False
    added: Counter[str] = field(default_factory=Counter)
    already_stored: Counter[str] = field(default_factory=Counter)
    replaced: Counter[str] = field(default_factory=Counter)
    problems: Counter[str] = field(default_factory=Counter)
    examples: dict[str, list[Problem]] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)
    listener: Callable[[Problem], None] | None = field(default=None, repr=False)

    def problem(self, code: str, place: Place, detail: str = "") -> None:
        """Record a problem."""
        # JSON may contain half of a surrogate pair, which cannot be written to files or terminals.
        new_problem = Problem(code, place, detail.encode("utf-8", "backslashreplace").decode())
        self.problems[code] += 1
        examples = self.examples.setdefault(code, [])
        if len(examples) < EXAMPLES:
            examples.append(new_problem)
        if self.listener is not None:
            self.listener(new_problem)

    def count(self, level: Level) -> int:
        """How many problems of that level there were."""
        return sum(count for code, count in self.problems.items() if PROBLEMS[code][0] == level)

    @property
    def refused(self) -> int:
        """How many records or threads were not imported."""
        return self.count("refused")

    def as_json(self) -> dict[str, Any]:
        """The report for a program."""
        return {
            "batch": self.batch,
            "dry_run": self.dry_run,
            "resumed": self.resumed,
            "added": dict(self.added),
            "there": dict(self.already_stored),
            "replaced": dict(self.replaced),
            "problems": [self._problem_json(code) for code in self.problems],
            "ids": self.ids,
        }

    def _problem_json(self, code: str) -> dict[str, Any]:
        level, sentence = PROBLEMS[code]
        examples = [{"place": str(one.place), "detail": one.detail} for one in self.examples[code]]
        return {"code": code, "level": level, "meaning": sentence, "count": self.problems[code], "examples": examples}
