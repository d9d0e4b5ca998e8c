"""Names of the tools that Assistants never had, but which an assistant may have here."""

from typing import Final

#: The web search, by all its names.
WEB_SEARCH: Final = (
    "web_search",
    "web_search_2025_08_26",
    "web_search_preview",
    "web_search_preview_2025_03_11",
)
#: All of them; they are passed on unchanged.
PASSED_ON: Final = (*WEB_SEARCH, "mcp", "image_generation")
