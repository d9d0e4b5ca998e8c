"""Every row of the tables of wordings has an example with a server's own message; the test fails for a row without
one.
"""

import re

import pytest

from shim.ports import Refusal
from shim.upstream import blame, profiles

TABLES = {
    "lost": profiles.LOST_PHRASES,
    "never": profiles.NEVER_PHRASES,
    "long": profiles.LONG_PHRASES,
    "blame": blame.PHRASES,
}
EXAMPLES: dict[str, dict[str, str]] = {
    "lost": {
        "OpenAI, Azure": "Previous response with id 'resp_1' not found.",
        "OGX": "Response 'resp_1' not found. Use 'client.responses.list()' to list available Responses.",
        "vLLM": "Response with id 'resp_1' not found.",
        "LM Studio": "Prediction history node with id 'resp_1' not found while attempting to build chat history chain.",
        "an id of another server": "Invalid 'previous_response_id': 'abc'. Expected an ID that begins with 'resp'.",
        "OGX, of a response that is not finished": "Cannot use an in_progress response as previous_response_id",
        "a chain whose calls are gone": "No tool call found for function call output with call_id call_1.",
        "a chain with a call that nobody answered": "No tool output found for function call call_1.",
        "a chain whose items were not kept": "Item with id 'rs_1' not found. Items are not persisted when `store` is "
        "set to false.",
        "a chain with half of what belongs together": "Item 'fc_1' of type 'function_call' was provided without its "
        "required 'reasoning' item: 'rs_1'.",
        "a chain through a container that is dead": "Container with id cntr_1 has been deleted",
    },
    "never": {
        "organisations with zero data retention, xAI": "Previous response cannot be used for this organization due to "
        "Zero Data Retention.",
        "llama.cpp": "llama.cpp does not support 'previous_response_id'.",
        "OpenRouter and other proxies": "Unsupported parameter: previous_response_id",
    },
    "long": {
        "OpenAI": "Your input exceeds the context window of this model. Please adjust your input and try again.",
        "vLLM, Azure, others that copy the older API": "This model's maximum context length is 4096 tokens. However, "
        "you requested 5000 tokens.",
        "llama.cpp": "the request exceeds the available context size. try increasing the context size",
        "Anthropic behind a proxy": "prompt is too long: 201000 tokens > 200000 maximum",
    },
    "blame": {
        "llama.cpp": "Failed to parse tool call arguments as JSON: syntax error while parsing value",
        "vLLM, LiteLLM and others in front of chat completions": "messages[1].tool_calls[0].function.name: invalid",
        "Anthropic behind a proxy": "messages.1.content.0.tool_use.input: Input should be a valid dictionary",
    },
}
ROWS = [(table, row) for table, rows in TABLES.items() for row in rows]
#: The meaning of each table's wordings.
JUDGES = {
    "lost": profiles.chain_is_lost,
    "never": profiles.never_chains,
    "long": profiles.is_too_long,
}


def test_every_row_has_an_example() -> None:
    assert {table: rows.keys() for table, rows in TABLES.items()} == {
        table: rows.keys() for table, rows in EXAMPLES.items()
    }


@pytest.mark.parametrize("table, row", ROWS, ids=lambda value: value)
def test_a_row_matches_its_example(table: str, row: str) -> None:
    assert re.search(TABLES[table][row], EXAMPLES[table][row], re.IGNORECASE)


@pytest.mark.parametrize("table, row", ROWS, ids=lambda value: value)
def test_an_example_has_one_meaning(table: str, row: str) -> None:
    """A chain that a server never continues counts as lost as well; no other message has two meanings."""
    refusal = Refusal(400, EXAMPLES[table][row])
    meant = {name for name, judge in JUDGES.items() if judge(refusal)}
    assert meant == {"never": {"never", "lost"}, "blame": set()}.get(table, {table})
