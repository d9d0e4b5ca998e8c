"""``from openai import ...``."""

import pytest

from tests.migrate.swap.rewritten import swapped

MANY = "from shim import (  # many\n    OpenAI,\n    Client as C,  # c\n)"
CHANGED = {
    "from openai import OpenAI": "from shim import OpenAI",
    "from openai import AsyncOpenAI as X": "from shim import AsyncOpenAI as X",
    "from openai import OpenAI, RateLimitError": "from shim import OpenAI, RateLimitError",
    "from openai import (  # many\n    OpenAI,\n    Client as C,  # c\n)": MANY,
    "from openai import beta": "from shim import beta",
    "from openai import *": "from shim import *",
    "try:\n    from openai import OpenAI\nexcept E: x": "try:\n    from shim import OpenAI\nexcept E: x",
    "if TYPE_CHECKING:\n    from openai import OpenAI\n": "if TYPE_CHECKING:\n    from shim import OpenAI\n",
    "if TYPE_CHECKING: from openai import OpenAI": "if TYPE_CHECKING: from shim import OpenAI",
    "def f():\n	from   openai  import  OpenAI ; x  # y": "def f():\n	from   shim  import  OpenAI ; x  # y",
    "from openai \\\n    import OpenAI\n": "from shim \\\n    import OpenAI\n",
}
KEPT = [
    "from openai import RateLimitError",
    "from openai import AssistantEventHandler, NotFoundError",
    "from openai import types",
    "from openai.types.beta import Assistant",
    "from openai.types.beta.threads import Run as OpenAI",
    "from openai.lib.streaming import AssistantEventHandler",
    "from .openai import OpenAI",
    "from ..openai import OpenAI",
    "from . import OpenAI",
    "from app.openai import OpenAI",
    "from openai_client import OpenAI",
    "from langchain_openai import OpenAI",
    "from llama_index.llms.openai import OpenAI",
    "from langfuse.openai import OpenAI",
    "from shim import OpenAI",
    "# from openai import OpenAI",
    "code = 'from openai import OpenAI'",
    "'''\nfrom openai import OpenAI\n'''",
    "OpenAI = make()",
    "from openai import OpenAI  # shim: ignore",
    "",
]


@pytest.mark.parametrize("code", CHANGED)
def test_the_import_is_swapped(code: str) -> None:
    assert swapped(code) == CHANGED[code]
    assert swapped(CHANGED[code]) == CHANGED[code], "twice is once"


@pytest.mark.parametrize("code", KEPT)
def test_other_imports_stay_unchanged(code: str) -> None:
    assert swapped(code) == code
