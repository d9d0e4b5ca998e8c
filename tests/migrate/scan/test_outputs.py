"""JSON, SARIF and Markdown."""

import json
from typing import Any

import jsonschema
import pytest

from shim.migrate.scan import outputs
from shim.migrate.scan.findings import Finding, Place, Report, Skipped, worst
from shim.migrate.scan.rules import RULES

REPORT = Report(
    findings=[
        Finding("call", "src/a b.py", Place(3, 5, 4), "beta.threads.create", "client.beta.threads.create("),
        Finding("v1-file-ids", "/abs/ü.py", Place(1, 1, 1), "file_ids", "file_ids=[`x`]"),
        Finding("assistant-id", "n.ipynb", Place(9, 2, 9, 4), "asst_1", "`asst_1`"),
    ],
    skipped=[Skipped("odd.bin", "it is binary")],
    files=7,
    ignored=2,
)
TEXT = {"type": "object", "required": ["text"], "properties": {"text": {"type": "string", "minLength": 1}}}
LEVEL = {"enum": ["none", "note", "warning", "error"]}
NUMBER = {"type": "integer", "minimum": 1}
ARTIFACT = {"type": "object", "required": ["uri"], "properties": {"uri": {"type": "string", "pattern": "^[^ ]+$"}}}
REGION = {
    "type": "object",
    "required": ["startLine"],
    "additionalProperties": False,
    "properties": {"startLine": NUMBER, "endLine": NUMBER, "startColumn": NUMBER},
}
#: The requirements of SARIF 2.1.0 for the parts that are used; other keys are not allowed.
SARIF: dict[str, Any] = {
    "type": "object",
    "required": ["version", "runs"],
    "additionalProperties": False,
    "properties": {
        "$schema": {"type": "string", "pattern": "^https://.*sarif-2\\.1\\.0"},
        "version": {"const": "2.1.0"},
        "runs": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "required": ["tool"],
                "additionalProperties": False,
                "properties": {
                    "columnKind": {"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
                    "tool": {
                        "type": "object",
                        "required": ["driver"],
                        "properties": {
                            "driver": {
                                "type": "object",
                                "required": ["name"],
                                "properties": {
                                    "rules": {
                                        "type": "array",
                                        "uniqueItems": True,
                                        "items": {
                                            "type": "object",
                                            "required": ["id"],
                                            "additionalProperties": False,
                                            "properties": {
                                                "id": {"type": "string"},
                                                "shortDescription": TEXT,
                                                "fullDescription": TEXT,
                                                "help": TEXT,
                                                "defaultConfiguration": {
                                                    "type": "object",
                                                    "properties": {"level": LEVEL},
                                                },
                                            },
                                        },
                                    }
                                },
                            }
                        },
                    },
                    "results": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "required": ["message"],
                            "additionalProperties": False,
                            "properties": {
                                "ruleId": {"type": "string"},
                                "ruleIndex": {"type": "integer", "minimum": 0},
                                "level": LEVEL,
                                "message": TEXT,
                                "locations": {
                                    "type": "array",
                                    "items": {
                                        "type": "object",
                                        "properties": {
                                            "physicalLocation": {
                                                "type": "object",
                                                "required": ["artifactLocation"],
                                                "properties": {"artifactLocation": ARTIFACT, "region": REGION},
                                            }
                                        },
                                    },
                                },
                            },
                        },
                    },
                    "invocations": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "required": ["executionSuccessful"],
                            "properties": {
                                "toolExecutionNotifications": {
                                    "type": "array",
                                    "items": {
                                        "type": "object",
                                        "required": ["message"],
                                        "properties": {"level": LEVEL, "message": TEXT},
                                    },
                                }
                            },
                        },
                    },
                },
            },
        },
    },
}


def test_sarif_follows_the_standard() -> None:
    body = json.loads(outputs.as_sarif(REPORT, "1.2.3"))
    jsonschema.validate(body, SARIF)
    (run,) = body["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert [each["id"] for each in rules] == list(RULES)
    assert all(rules[each["ruleIndex"]]["id"] == each["ruleId"] for each in run["results"])
    assert [each["level"] for each in run["results"]] == ["note", "error", "warning"]
    places = [each["locations"][0]["physicalLocation"] for each in run["results"]]
    assert [each["artifactLocation"]["uri"] for each in places] == ["src/a%20b.py", "file:///abs/%C3%BC.py", "n.ipynb"]
    assert places[0]["region"] == {"startLine": 3, "endLine": 4, "startColumn": 5}
    assert places[2]["region"] == {"startLine": 9, "endLine": 9}
    assert (
        run["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"]
        == "odd.bin was skipped: it is binary."
    )


def test_json_has_every_field() -> None:
    body = json.loads(outputs.as_json(REPORT, "1.2.3"))
    assert (body["files"], body["ignored"], body["counts"]) == (7, 2, {"works": 1, "remark": 1, "human": 1})
    assert body["skipped"] == [{"file": "odd.bin", "why": "it is binary"}]
    first = body["findings"][0]
    assert (first["rule"], first["verdict"], first["line"], first["cell"]) == ("call", "works", 3, None)
    assert first["page"] == "docs/reference/coverage.md#methods"


def test_markdown_has_a_line_for_each_finding() -> None:
    page = outputs.as_markdown(REPORT, "1.2.3")
    assert "files: 7, needs a human: 1, works with a remark: 1, works as is: 1" in page
    assert page.index("| [v1-file-ids]") < page.index("| [assistant-id]") < page.index("| [call]")
    assert "- `n.ipynb:9 (cell 4)` `asst_1`" in page
    assert "- `odd.bin`: it is binary" in page


@pytest.mark.parametrize("form", outputs.FORMATS)
def test_an_empty_report(form: str) -> None:
    text = outputs.FORMATS[form](Report(), "1.2.3")
    assert text.endswith("\n")
    assert worst([]) is None
