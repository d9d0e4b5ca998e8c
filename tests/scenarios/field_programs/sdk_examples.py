"""The SDK's own Assistants examples, from its source distribution, run unchanged: ``python -m shim example.py``.

``python sdk_examples.py VERSION`` downloads that version's distribution of `openai`, whichever version is installed.
"""

import os
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

import openai

from shim.sandbox import Sandbox
from shim.sandbox.http import running

#: What each example must have printed after a successful run.
EXAMPLES = {
    "assistant.py": ["Run completed with status: completed", "'role': 'assistant'", "'role': 'user'"],
    "assistant_stream.py": ["thread.run.created", "thread.message.delta", "thread.run.completed"],
    "assistant_stream_helpers.py": ["Question:", "Response:", "You said"],
}


def unpacked(version: str, folder: Path) -> Path:
    """Download the examples of that version."""
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
    subprocess.run([*pip, "--no-binary", "openai", "-d", str(folder), f"openai=={version}"], check=True)
    with tarfile.open(next(folder.glob("openai-*.tar.gz"))) as archive:
        archive.extractall(folder, filter="data")
    return folder / f"openai-{version}" / "examples"


def run(example: Path, folder: Path, texts: list[str]) -> None:
    sandbox = Sandbox()
    with running(sandbox) as url:
        given = {
            "OPENAI_API_KEY": "offline",
            "OPENAI_BASE_URL": url,
            "SHIM_DATABASE_URL": f"sqlite:///{folder}/shim.db",
        }
        # Retired models are mapped only in profiles with OpenAI's model names, and the examples use a retired model.
        given["SHIM_UPSTREAM_PROFILE"] = "sandbox"
        command = [sys.executable, "-m", "shim", str(example)]
        left = subprocess.run(command, env=os.environ | given, capture_output=True, text=True, check=False)
    called = sum(each.path.endswith("/responses") for each in sandbox.requests)
    missing = [text for text in texts if text not in left.stdout]
    if left.returncode or missing or not called:
        print(left.stdout, left.stderr, sep="\n")
        raise SystemExit(f"{example.name} exited with {left.returncode}; {called} calls upstream; missing: {missing}")
    print(f"{example.name} with openai {openai.__version__}: {called} calls upstream, {len(left.stdout)} characters")


def main(version: str) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        examples = unpacked(version, folder)
        for example, texts in EXAMPLES.items():
            run(examples / example, folder, texts)


main(sys.argv[1])
