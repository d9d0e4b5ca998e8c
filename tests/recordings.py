"""The folder with genuine recordings of both APIs. They are not part of the project, and nothing of them is copied
into it.
"""

import os
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]
WIRE: Final = Path(os.environ.get("WIRE_DIR", ROOT.parent / "shared" / "wire"))
#: If set, missing recordings are a failure and not a reason to skip.
REQUIRED: Final = os.environ.get("REQUIRE_WIRE") == "1"
