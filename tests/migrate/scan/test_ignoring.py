"""Comments that suppress findings."""

from pathlib import Path

import pytest

from shim.migrate.scan import sources

CALL = "client.beta.threads.runs.create(**options)"
#: Code, and the rules that are still found.
LEFT = {
    f"{CALL}  # shim: ignore": [],
    f"{CALL}  # SHIM:ignore because of the tests": [],
    f"{CALL}  # noqa  # shim: ignore[forwarded-arguments]": [],
    f"{CALL}  # shim: ignore[call, forwarded-arguments]": [],
    f"{CALL}  # shim: ignore[call]": ["forwarded-arguments"],
    f"{CALL}  # shim: ignored": ["forwarded-arguments"],
    f"# shim: ignore\n{CALL}": ["forwarded-arguments"],
    "client.beta.threads.runs.create(\n    **options,\n)  # shim: ignore": [],
    f"{CALL}\n\n# shim: ignore-file": [],
    f"# shim: ignore-file[call]\n{CALL}\nclient.beta.threads.create()": ["forwarded-arguments"],
    f"x = 'shim: ignore'; {CALL}": ["forwarded-arguments"],
}


@pytest.mark.parametrize("code", LEFT)
def test_which_findings_remain(tmp_path: Path, code: str) -> None:
    (tmp_path / "a.py").write_text(code)
    report = sources.scan(tmp_path / "a.py")
    assert [each.rule for each in report.findings] == LEFT[code]
    assert (report.ignored > 0) == ("forwarded-arguments" not in LEFT[code] or "ignore-file[call]" in code)


@pytest.mark.parametrize(
    "name, comment", [("a.ts", "// shim: ignore"), ("a.rb", "# shim: ignore"), ("a.ts", "/* shim: ignore */")]
)
def test_in_other_languages(tmp_path: Path, name: str, comment: str) -> None:
    (tmp_path / name).write_text(f"openai.beta.threads.create() {comment}")
    assert sources.scan(tmp_path / name).findings == []
