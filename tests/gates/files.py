"""The files that the gates check: tracked files and untracked files that are not ignored; without git, all files in
the tree.
"""

import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
MADE = {
    ".venv",
    "node_modules",
    ".nox",
    ".git",
    "__pycache__",
    ".hypothesis",
    ".mypy_cache",
    ".ruff_cache",
    ".pytest_cache",
    "htmlcov",
}
#: Files copied from elsewhere, and why they are not measured.
COPIED = {"shim/sdk/vendored/openai": "the SDK's own code, as `docs.vendor` copies it: nobody edits it here"}


def every_file() -> list[Path]:
    """Absolute paths, sorted."""
    if shutil.which("git") and (ROOT / ".git").exists():
        listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        names = subprocess.run(listing, cwd=ROOT, capture_output=True, check=True).stdout.decode().split("\0")
        return sorted(path for path in {ROOT / name for name in names if name} if path.is_file())
    return sorted(path for path in ROOT.rglob("*") if path.is_file() and not MADE.intersection(path.parts))


def ours(folder: str) -> list[Path]:
    """The Python files under ``folder`` that are not copied from elsewhere."""
    found = [path for path in every_file() if path.suffix == ".py" and path.is_relative_to(ROOT / folder)]
    return [path for path in found if not any(path.is_relative_to(ROOT / place) for place in COPIED)]


def short(path: Path) -> str:
    return str(path.relative_to(ROOT))
