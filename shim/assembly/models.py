"""The models that replace others: from `SHIM_MODEL_MAP`, and from the table of retired ones."""

import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from shim.settings import Settings
from shim.translate.models import RETIRED, ModelMap

OFF: Final = "off"


def today() -> str:
    """The current day, as YYYY-MM-DD in UTC."""
    return time.strftime("%Y-%m-%d", time.gmtime())


def model_map(settings: Settings) -> ModelMap:
    """The map of the settings.  Raises ValueError if it cannot be read."""
    if settings.model_map == OFF:
        return ModelMap()
    return ModelMap(_overrides(settings.model_map), RETIRED, today)


def _overrides(value: str | None) -> Mapping[str, str | None]:
    if not value:
        return {}
    try:
        text = value if value.lstrip().startswith("{") else Path(value).expanduser().read_text(encoding="utf-8")
        parsed = json.loads(text)
    except (OSError, ValueError) as problem:
        raise ValueError(f"SHIM_MODEL_MAP is neither JSON nor the path of a JSON file: {problem}") from problem
    if not isinstance(parsed, dict) or not all(
        name is None or (name and isinstance(name, str)) for name in parsed.values()
    ):
        raise ValueError("SHIM_MODEL_MAP is no JSON object from model names to model names")
    return parsed
