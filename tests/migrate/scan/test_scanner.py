"""All files, in one process or in several: the same report."""

from pathlib import Path

import pytest

from shim.migrate.scan import scanner


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for number in range(30):
        (tmp_path / f"f{number:02}.py").write_text(f"x = {number}\nclient.beta.threads.create()\n" * (number % 3))
    (tmp_path / "odd.py").write_bytes(b"\0")
    return tmp_path


def test_several_processes_find_the_same_as_one(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    alone = scanner.scan([project], processes=1)
    assert (alone.files, len(alone.findings), len(alone.skipped)) == (30, 30, 1)
    monkeypatch.setattr(scanner, "FEW", 1)
    monkeypatch.setattr(scanner, "BATCH", 4)
    progress: list[tuple[int, int]] = []
    together = scanner.scan([project], processes=2, progress=lambda done, of: progress.append((done, of)))
    assert together == alone
    assert (len(progress), progress[-1]) == (8, (31, 31))


def test_a_file_that_is_named_twice_is_read_once(project: Path) -> None:
    report = scanner.scan([project, project / "f01.py"], exclude=["odd.py"], processes=1)
    assert (report.files, len(report.findings), report.skipped) == (30, 30, [])


def test_findings_are_in_the_order_of_files_and_lines(project: Path) -> None:
    found = scanner.scan([project], processes=1).findings
    assert found == sorted(found, key=lambda each: (each.file, each.place))
