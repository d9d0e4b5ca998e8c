"""Frameworks that call the Assistants API for their users: the names by which a program imports them."""

import re
from typing import Final, NamedTuple


class Row(NamedTuple):
    """``name``: full dotted names as a program could import them; ``rule``: see `rules.RULES`."""

    rule: str
    name: re.Pattern[str]


_LITELLM: Final = (
    "a?create_assistants|a?get_assistants|a?delete_assistant|a?create_thread|a?get_thread|a?add_message|a_add_message"
    "|a?get_messages|a?run_thread|a?run_thread_stream"
)
FRAMEWORKS: Final = (
    Row("langchain", re.compile(r"langchain\w*\..*\bopenai_assistant\b.*|langchain\w*\.(.*\.)?OpenAIAssistant\w*")),
    Row("llamaindex", re.compile(r"llama_index\.(.*\.)?OpenAIAssistantAgent(\..*)?")),
    Row(
        "autogen", re.compile(r"autogen\w*\.(.*\.)?(gpt_assistant_agent|GPTAssistantAgent|OpenAIAssistantAgent)(\..*)?")
    ),
    Row(
        "semantic-kernel",
        re.compile(r"semantic_kernel\.(.*\.)?(\w*AssistantAgent|AssistantAgentThread|OpenAIAssistant\w+)(\..*)?"),
    ),
    Row("agency-swarm", re.compile(r"agency_swarm\.(.*\.)?(Agency|Agent|AgencyEventHandler)")),
    Row("litellm", re.compile(rf"litellm\.(.*\.)?({_LITELLM})")),
    Row("marvin", re.compile(r"marvin\.(beta\.)?assistants(\..*)?")),
    Row("phidata", re.compile(r"phi\.assistant\.openai(\..*)?")),
    Row("other-backend", re.compile(r"astra_assistants(\..*)?")),
    Row("azure-agents", re.compile(r"azure\.ai\.agents(\..*)?")),
)
#: The first parts of all frameworks' names.
ROOTS: Final = re.compile(
    r"langchain\w*|llama_index|autogen\w*|semantic_kernel|agency_swarm|litellm|marvin|phi|astra_assistants|azure"
)


def framework(name: str) -> str | None:
    """The rule for a dotted name, if it is one of a framework."""
    if ROOTS.fullmatch(name.partition(".")[0]) is None:
        return None
    return next((row.rule for row in FRAMEWORKS if row.name.fullmatch(name)), None)
