"""Imports of types that the SDK does not have need a human, who is told the new name."""

from importlib import import_module
from importlib.util import find_spec

import openai
import pytest

from shim.migrate.scan.gone_types import NAMES, PACKAGES, replaced
from tests.migrate.scan.found import found

SHOWN = {
    "from openai.types.beta.threads import ThreadMessage": "now openai.types.beta.threads.Message",
    "from openai.types.beta.threads.thread_message import ThreadMessage": "now openai.types.beta.threads.Message",
    "from openai.types.beta.threads import MessageContentText": "now openai.types.beta.threads.TextContentBlock",
    "from openai.types.beta import VectorStore": "now openai.types.VectorStore",
    "from openai.types.beta.vector_stores import VectorStoreFile": "now openai.types.vector_stores.VectorStoreFile",
    "import openai.types.beta.vector_stores": "now openai.types.vector_stores",
    "from shim.types.beta import RetrievalTool": "now openai.types.beta.FileSearchTool",
    "from openai.types.beta.threads.messages import MessageFile": "no new name",
    "import openai\ndef f(m: openai.types.beta.threads.ThreadMessage): ...": "now openai.types.beta.threads.Message",
}


@pytest.mark.parametrize("code", SHOWN)
def test_a_type_that_is_gone(code: str) -> None:
    ((_, rule, what),) = found(code)
    assert rule == "gone-type"
    assert what.endswith(f" ({SHOWN[code]})")


def test_the_other_types_of_an_import_work() -> None:
    assert found("from openai.types.beta.threads import Message, MessageContentText, Run") == [
        (
            1,
            "gone-type",
            "openai.types.beta.threads.MessageContentText (now openai.types.beta.threads.TextContentBlock)",
        ),
        (1, "types", "openai.types.beta.threads.Message, openai.types.beta.threads.Run"),
    ]


newest = pytest.mark.skipif(not hasattr(openai.types, "VectorStore"), reason="this SDK still has the old names")


def _exists(name: str) -> bool:
    module, _, last = name.rpartition(".")
    try:
        return hasattr(import_module(module), last)
    except ImportError:
        return False


@newest
@pytest.mark.parametrize("name", NAMES)
def test_the_sdk_has_only_the_new_name(name: str) -> None:
    packages = ("openai.types.beta", "openai.types.beta.threads", "openai.types.beta.threads.runs")
    assert [package for package in packages if _exists(f"{package}.{name}")] == []
    assert _exists(NAMES[name])
    assert replaced(NAMES[name]) is None


@newest
@pytest.mark.parametrize("package", PACKAGES)
def test_the_sdk_has_only_the_new_package(package: str) -> None:
    with pytest.raises(ImportError):
        import_module(f"openai.types.beta.{package}")
    assert not PACKAGES[package] or find_spec(PACKAGES[package]) is not None
