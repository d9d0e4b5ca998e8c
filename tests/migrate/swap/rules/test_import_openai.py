"""``import openai``."""

import pytest

from tests.migrate.swap.rewritten import notes, swapped

#: The import and the rest of the program, and the import after the swap.
CHANGED = [
    ("import openai", "openai.OpenAI()", "import shim as openai"),
    ("import openai", "openai.beta.threads.create()", "import shim as openai"),
    ("import openai", "openai.api_key = 'x'", "import shim as openai"),
    ("import openai", "use(openai)", "import shim as openai"),
    ("import openai", "openai.chat.completions.create()", "import shim as openai"),
    ("import openai as o", "o.AsyncOpenAI()", "import shim as o"),
    ("import os, openai  # both", "openai.OpenAI()", "import os, shim as openai  # both"),
    ("import openai as o, os", "o.OpenAI()", "import shim as o, os"),
    ("import openai as openai", "openai.OpenAI()", "import shim as openai"),
    ("import openai.types as t, openai", "openai.OpenAI()", "import openai.types as t, shim as openai"),
]
KEPT = [
    "import openai\n",
    "import openai\ntry:\n    pass\nexcept openai.RateLimitError:\n    pass\n",
    "import openai\nraise openai.OpenAIError('x')\n",
    "import openai\ndef f(run: openai.types.beta.threads.Run): ...\n",
    "import openai\nprint(openai.__version__)\n",
    "import openai\nclass H(openai.AssistantEventHandler): ...\n",
    "import openai\nclient.create(openai=1)\n",
    "import openai\nsettings.openai.key\n",
    "import openai as o\nopenai.OpenAI()\n",
    "import openai.types.beta as t\nt.Thread\n",
    "import openai_helper as openai\nopenai.OpenAI()\n",
    "import app.openai as openai\nopenai.OpenAI()\n",
    "import shim as openai\nopenai.OpenAI()\n",
    "import shim\nshim.install()\n",
    "import openai  # shim: ignore\nopenai.OpenAI()\n",
    "openai = make()\nopenai.OpenAI()\n",
]


@pytest.mark.parametrize("old, rest, new", CHANGED)
def test_the_import_is_swapped(old: str, rest: str, new: str) -> None:
    assert swapped(f"{old}\n{rest}\n") == f"{new}\n{rest}\n"
    assert swapped(f"{new}\n{rest}\n") == f"{new}\n{rest}\n", "twice is once"
    assert swapped(f"def f():\n    {old}\n    {rest}\n") == f"def f():\n    {new}\n    {rest}\n"


@pytest.mark.parametrize("code", KEPT)
def test_other_imports_stay_unchanged(code: str) -> None:
    assert swapped(code) == code
    assert notes(code) == []


@pytest.mark.parametrize("first", ["import openai, openai.types", "import openai.types.beta, openai"])
def test_a_submodule_that_binds_the_same_name_is_left_and_named(first: str) -> None:
    code = f"{first}\nopenai.OpenAI()\n"
    assert swapped(code) == code
    ((line, why),) = notes(code)
    assert (line, "give it a name of its own" in why) == (1, True)
