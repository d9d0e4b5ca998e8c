"""The scanner's findings in a Python source, for tests."""

import ast
import textwrap

from shim.migrate.scan import python

#: An id in the API's format; it belongs to no assistant.
ASSISTANT = "asst_Ab12Cd34Ef56Gh78Ij90Kl12"
THREAD = "thread_Ab12Cd34Ef56Gh78Ij90Kl12"
STORE = "vs_0123456789abcdef0123456789"


def found(code: str) -> list[tuple[int, str, str]]:
    """Line, rule and detail of each finding, in order."""
    findings = python.find(ast.parse(textwrap.dedent(code)))
    return sorted((python.line(each), each.rule, each.what) for each in findings)


def rules(code: str) -> list[str]:
    """The rules of the findings, in order of lines."""
    return [rule for _, rule, _ in found(code)]
