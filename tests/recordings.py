"""Where genuine recordings of both APIs lie.  They are no part of the project; nothing of them is copied into it."""

import os
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]
WIRE: Final = Path(os.environ.get("WIRE_DIR", ROOT.parent / "shared" / "wire"))
#: Absence is a failure, not a reason to skip.
REQUIRED: Final = os.environ.get("REQUIRE_WIRE") == "1"
