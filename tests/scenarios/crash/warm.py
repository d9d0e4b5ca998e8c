"""Loaded by the clean process before it forks: runs a program to its end, offline.

The SDK loads and builds most of itself at its first use, which takes longer than everything else in a killed process.
"""

import os
import tempfile

from shim import OpenAI
from tests.scenarios.crash import victim  # noqa: F401  (to have it loaded)
from tests.scenarios.crash.programs import PROGRAMS, TOOLS, Application


def _warm() -> None:
    with tempfile.TemporaryDirectory() as folder:
        os.environ.update({"SHIM_UPSTREAM": "sandbox", "SHIM_DATABASE_URL": f"sqlite:///{folder}/warm.db"})
        with OpenAI() as client:
            assistant = client.beta.assistants.create(model="gpt-4o", tools=TOOLS)
            PROGRAMS["streamed"].program(Application(client, assistant.id, client.beta.threads.create().id))
    for name in ("SHIM_UPSTREAM", "SHIM_DATABASE_URL"):
        del os.environ[name]


_warm()
