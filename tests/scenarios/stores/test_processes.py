"""Several processes on one file, and a process that forks."""

import os
from pathlib import Path

import pytest

from shim.store import assistants
from shim.store.database import database
from tests.store.things import assistant, ids, output_of, python

START = """if True:
    import sys
    from shim.store import assistants
    from shim.store.database import database
    base = database(sys.argv[1])
    me = sys.argv[2]

    def increment(tx):
        body = assistants.get(tx, "asst_shared")
        if body is None:
            return assistants.insert(tx, {"id": "asst_shared", "created_at": 1, "count": 1})
        assistants.save(tx, {**body, "count": body["count"] + 1})

    sys.stdin.readline()
    for _ in range(25):
        base.write(increment)
    base.write(assistants.insert, {"id": f"asst_{me}", "created_at": 1})
"""

FORK = """if True:
    import os, sys
    from shim.store import assistants
    from shim.store.database import database
    base = database(sys.argv[1])

    def add(name):
        base.write(assistants.insert, {"id": f"asst_{name}", "created_at": 1})

    add("before")
    child = os.fork()
    if child == 0:
        held = [os.path.realpath(f"/proc/self/fd/{n}") for n in os.listdir("/proc/self/fd")]
        bad = any("shim.db" in path for path in held)
        add("child")
        os._exit(bad)
    add("parent")
    _, status = os.waitpid(child, 0)
    add("after")
    print(os.waitstatus_to_exitcode(status))
"""


def test_four_processes_that_create_the_same_store_at_once(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'new' / 'shim.db'}"
    started = [python(START, url, str(n)) for n in range(4)]
    for process in started:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    for process in started:
        output_of(process)
    base = database(url)
    shared = base.read(assistants.get, "asst_shared")
    assert shared is not None
    assert shared["count"] == 100
    listed = ids(base.read(assistants.page, 20, "asc").data)
    assert sorted(listed) == ["asst_0", "asst_1", "asst_2", "asst_3", "asst_shared"]
    base.close()


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir() or not hasattr(os, "fork"), reason="needs fork and /proc")
def test_parent_and_child_both_use_the_store_after_a_fork(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'shim.db'}"
    assert output_of(python(FORK, url)) == "0"
    base = database(url)
    assert sorted(ids(base.read(assistants.page, 20, "asc").data)) == [
        "asst_after",
        "asst_before",
        "asst_child",
        "asst_parent",
    ]
    assert base.read(lambda tx: tx.db.exec_driver_sql("PRAGMA integrity_check").scalar()) == "ok"
    base.write(assistants.insert, assistant(1))
    base.close()
