"""Invalid request bodies, each with the message, param and code of the API's error."""

from typing import Any

RUN = {"assistant_id": "asst_1"}
FN = {"type": "function", "function": {"name": "f"}}
TOOLS = (
    "'code_interpreter', 'function', 'file_search', 'web_search', 'web_search_2025_08_26', 'web_search_preview', "
    "'web_search_preview_2025_03_11', 'mcp', and 'image_generation'"
)


def create(**fields: Any) -> tuple[str, dict[str, Any]]:
    return "assistants.create", {"model": "m", **fields}


def message(content: Any = "hi", **fields: Any) -> tuple[str, dict[str, Any]]:
    return "messages.create", {"role": "user", "content": content, **fields}


def run(**fields: Any) -> tuple[str, dict[str, Any]]:
    return "runs.create", {**RUN, **fields}


def wrong(param: str, expected: str, got: str) -> tuple[str, str, str]:
    return f"Invalid type for '{param}': expected {expected}, but got {got} instead.", param, "invalid_type"


def missing(param: str) -> tuple[str, str, str]:
    return f"Missing required parameter: '{param}'.", param, "missing_required_parameter"


def unknown(param: str) -> tuple[str, str, str]:
    return f"Unknown parameter: '{param}'.", param, "unknown_parameter"


def bad(param: str, value: str, supported: str) -> tuple[str, str, str]:
    return f"Invalid value: '{value}'. Supported values are: {supported}.", param, "invalid_value"


def long(param: str, limit: int, length: int) -> tuple[str, str, str]:
    text = f"string too long. Expected a string with maximum length {limit}, but got a string with length {length}"
    return f"Invalid '{param}': {text} instead.", param, "string_above_max_length"


def crowd(param: str, limit: int, length: int) -> tuple[str, str, str]:
    text = f"array too long. Expected an array with maximum length {limit}, but got an array with length {length}"
    return f"Invalid '{param}': {text} instead.", param, "array_above_max_length"


def low(param: str, kind: str, limit: str, value: str) -> tuple[str, str, str]:
    text = f"{kind} below minimum value. Expected a value >= {limit}, but got {value} instead."
    return f"Invalid '{param}': {text}", param, f"{kind}_below_min_value"


def high(param: str, kind: str, limit: str, value: str) -> tuple[str, str, str]:
    text = f"{kind} above maximum value. Expected a value <= {limit}, but got {value} instead."
    return f"Invalid '{param}': {text}", param, f"{kind}_above_max_value"


REFUSED: list[tuple[tuple[str, Any], tuple[str, str | None, str | None]]] = [
    # metadata
    (("runs.update", {"metadata": {"modified": True}}), wrong("metadata.modified", "a string", "a boolean")),
    (("threads.update", {"metadata": {"x": None}}), wrong("metadata.x", "a string", "null")),
    (("threads.update", {"metadata": [1]}), wrong("metadata", "an object", "an array")),
    (
        ("threads.create", {"metadata": {str(n): "" for n in range(17)}}),
        (
            "Invalid 'metadata': too many properties. Expected an object with at most 16 properties, "
            "but got an object with 17 properties instead.",
            "metadata",
            "object_above_max_properties",
        ),
    ),
    (message(metadata={"KEY": "x" * 695}), long("metadata.KEY", 512, 695)),
    (
        message(metadata={"k" * 65: "v"}),
        (
            f"Invalid 'metadata': property name '{'k' * 65}' too long. Expected a property name with maximum "
            "length 64, but got a property name with length 65 instead.",
            "metadata",
            "string_above_max_length",
        ),
    ),
    # messages
    (message("x" * 256001), long("content", 256000, 256001)),
    (message(3), wrong("content", "one of a string or array of objects", "an integer")),
    (message(None), wrong("content", "one of a string or array of objects", "null")),
    (
        message([]),
        (
            "Invalid 'content': empty array. Expected an array with minimum length 1, but got an empty array instead.",
            "content",
            "empty_array",
        ),
    ),
    (message(["hi"]), wrong("content[0]", "an object", "a string")),
    (message([{"text": "hi"}]), missing("content[0].type")),
    (message([{"type": "text"}]), missing("content[0].text")),
    (message([{"type": "text", "text": {"value": "x"}}]), wrong("content[0].text", "a string", "an object")),
    (message([{"type": "audio"}]), bad("content[0].type", "audio", "'text', 'image_url', and 'image_file'")),
    (message([{"type": 7}]), wrong("content[0].type", "one of 'text', 'image_url', or 'image_file'", "an integer")),
    (message([{"type": "image_url", "image_url": "http://x"}]), wrong("content[0].image_url", "an object", "a string")),
    (
        message([{"type": "image_file", "image_file": {"file_id": "f", "detail": "full"}}]),
        bad("content[0].image_file.detail", "full", "'auto', 'low', and 'high'"),
    ),
    (("messages.create", {"role": "system", "content": ""}), bad("role", "system", "'user' and 'assistant'")),
    (("messages.create", {"role": 1, "content": ""}), wrong("role", "one of 'user' or 'assistant'", "an integer")),
    (("messages.create", {"content": "hi"}), missing("role")),
    (message(file_ids=["file-1"]), unknown("file_ids")),
    (message(attachments=[{"file_id": "file-1"}]), missing("attachments[0].tools")),
    (
        message(attachments=[{"file_id": "f", "tools": [{"type": "file_search", "file_search": {}}]}]),
        unknown("attachments[0].tools[0].file_search"),
    ),
    (("threads.create", {"role": "user", "content": "x"}), unknown("role")),
    (("threads.create", {"messages": {}}), wrong("messages", "an array of objects", "an object")),
    (("threads.create", {"messages": [{"role": "user"}]}), missing("messages[0].content")),
    (
        ("threads.create_and_run", {**RUN, "thread": {"messages": [{"role": "x", "content": ""}]}}),
        bad("thread.messages[0].role", "x", "'user' and 'assistant'"),
    ),
    # assistants
    (("assistants.create", {}), missing("model")),
    (("assistants.create", {"model": None}), wrong("model", "a string", "null")),
    (create(name="n" * 257), long("name", 256, 257)),
    (create(description="n" * 513), long("description", 512, 513)),
    (create(instructions="n" * 256001), long("instructions", 256000, 256001)),
    (create(temperature=-1), low("temperature", "decimal", "0", "-1")),
    (create(temperature=2.5), high("temperature", "decimal", "2", "2.5")),
    (create(top_p=1.01), high("top_p", "decimal", "1", "1.01")),
    (create(temperature="hot"), wrong("temperature", "a decimal", "a string")),
    (create(temperature=True), wrong("temperature", "a decimal", "a boolean")),
    (
        create(reasoning_effort="huge"),
        bad("reasoning_effort", "huge", "'none', 'minimal', 'low', 'medium', 'high', 'xhigh', and 'max'"),
    ),
    (create(file_ids=["file-1"]), unknown("file_ids")),
    (create(tools=[{"type": "code_interpreter"}] * 129), crowd("tools", 128, 129)),
    (create(tools=[{"type": "retrieval"}]), bad("tools[0].type", "retrieval", TOOLS)),
    (create(tools=[FN, {"function": {}}]), missing("tools[1].type")),
    (create(tools=[FN, None]), wrong("tools[1]", "an object", "null")),
    (create(tools=FN), wrong("tools", "an array of objects", "an object")),
    (create(tools=[{"type": "function"}]), missing("tools[0].function")),
    (create(tools=[{"type": "function", "function": {}}]), missing("tools[0].function.name")),
    (create(tools=[{"type": "function", "name": "f", "function": {"name": "f"}}]), unknown("tools[0].name")),
    (create(tools=[{"type": "code_interpreter", "container": {}}]), unknown("tools[0].container")),
    (
        create(tools=[{"type": "function", "function": {"name": "get weather"}}]),
        (
            "Invalid 'tools[0].function.name': string does not match pattern. "
            "Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'.",
            "tools[0].function.name",
            "invalid_value",
        ),
    ),
    (
        create(tools=[{"type": "function", "function": {"name": ""}}]),
        (
            "Invalid 'tools[0].function.name': empty string. Expected a string with minimum length 1, "
            "but got an empty string instead.",
            "tools[0].function.name",
            "empty_string",
        ),
    ),
    (create(tools=[{"type": "function", "function": {"name": "f" * 65}}]), long("tools[0].function.name", 64, 65)),
    (
        create(tools=[{"type": "function", "function": {"name": "f", "strict": "yes"}}]),
        wrong("tools[0].function.strict", "a boolean", "a string"),
    ),
    (
        create(tools=[{"type": "function", "function": {"name": "f", "parameters": "{}"}}]),
        wrong("tools[0].function.parameters", "an object", "a string"),
    ),
    (
        create(tools=[{"type": "file_search", "file_search": {"max_num_results": 51}}]),
        high("tools[0].file_search.max_num_results", "integer", "50", "51"),
    ),
    (
        create(tools=[{"type": "file_search", "file_search": {"ranking_options": {"score_threshold": 2}}}]),
        high("tools[0].file_search.ranking_options.score_threshold", "decimal", "1", "2"),
    ),
    (
        create(
            tools=[
                {"type": "file_search", "file_search": {"ranking_options": {"score_threshold": 0, "hybrid_search": {}}}}
            ]
        ),
        unknown("tools[0].file_search.ranking_options.hybrid_search"),
    ),
    (
        create(tools=[{"type": "file_search", "file_search": {"ranking_options": {}}}]),
        missing("tools[0].file_search.ranking_options.score_threshold"),
    ),
    (
        create(tool_resources={"code_interpreter": {"file_ids": ["f"] * 21}}),
        crowd("tool_resources.code_interpreter.file_ids", 20, 21),
    ),
    (
        create(tool_resources={"code_interpreter": {"file_ids": "file-1"}}),
        wrong("tool_resources.code_interpreter.file_ids", "an array of strings", "a string"),
    ),
    (
        create(tool_resources={"file_search": {"vector_store_ids": ["vs_1", "vs_2"]}}),
        crowd("tool_resources.file_search.vector_store_ids", 1, 2),
    ),
    (
        create(tool_resources={"file_search": {"file_ids": ["f"]}}),
        unknown("tool_resources.file_search.file_ids"),
    ),
    (
        create(tool_resources={"file_search": {"vector_store_ids": ["vs_1"], "vector_stores": [{}]}}),
        (
            "Mutually exclusive parameters: 'tool_resources.file_search'. "
            "Ensure you are only providing one of: 'vector_store_ids' or 'vector_stores'.",
            "tool_resources.file_search",
            "mutually_exclusive_parameters",
        ),
    ),
    (
        ("assistants.update", {"tool_resources": {"file_search": {"vector_stores": []}}}),
        unknown("tool_resources.file_search.vector_stores"),
    ),
    (create(response_format="json"), bad("response_format", "json", "'auto'")),
    (create(response_format=1), wrong("response_format", "one of 'auto' or an object", "an integer")),
    (create(response_format={}), missing("response_format.type")),
    (
        create(response_format={"type": "xml"}),
        bad("response_format.type", "xml", "'text', 'json_object', and 'json_schema'"),
    ),
    (
        create(response_format={"type": "json_schema", "json_schema": {"schema": {}}}),
        missing("response_format.json_schema.name"),
    ),
    # runs
    (("runs.create", {}), missing("assistant_id")),
    (("runs.create", {"assistant_id": None}), wrong("assistant_id", "a string", "null")),
    (
        ("runs.create", {"assistant_id": "wf_1"}),
        (
            "Invalid 'assistant_id': 'wf_1'. Expected an ID that begins with 'asst'.",
            "assistant_id",
            "invalid_value",
        ),
    ),
    (run(tools=[FN] * 21), crowd("tools", 20, 21)),
    (run(max_completion_tokens=15), low("max_completion_tokens", "integer", "16", "15")),
    (run(max_prompt_tokens=0), low("max_prompt_tokens", "integer", "16", "0")),
    (run(max_completion_tokens=16.5), wrong("max_completion_tokens", "an integer", "a decimal")),
    (run(stream="true"), wrong("stream", "a boolean", "a string")),
    (run(thread={}), unknown("thread")),
    (run(additional_messages=[{"role": "user"}]), missing("additional_messages[0].content")),
    (run(tool_choice="any"), bad("tool_choice", "any", "'none', 'auto', and 'required'")),
    (run(tool_choice={"type": "function"}), missing("tool_choice.function")),
    (run(tool_choice={"type": "x"}), bad("tool_choice.type", "x", "'function', 'code_interpreter', and 'file_search'")),
    (run(tool_choice=[]), wrong("tool_choice", "one of 'none', 'auto', 'required', or an object", "an array")),
    (run(truncation_strategy="auto"), wrong("truncation_strategy", "an object", "a string")),
    (run(truncation_strategy={"type": "all"}), bad("truncation_strategy.type", "all", "'auto' and 'last_messages'")),
    (run(truncation_strategy={"type": "last_messages"}), missing("truncation_strategy.last_messages")),
    (
        run(truncation_strategy={"type": "last_messages", "last_messages": 0}),
        low("truncation_strategy.last_messages", "integer", "1", "0"),
    ),
    (("runs.submit_tool_outputs", {}), missing("tool_outputs")),
    (
        ("runs.submit_tool_outputs", {"tool_outputs": [{"tool_call_id": "c", "output": 3}]}),
        wrong("tool_outputs[0].output", "a string", "an integer"),
    ),
    (("runs.submit_tool_outputs", {"tool_outputs": [{"call_id": "c"}]}), unknown("tool_outputs[0].call_id")),
    (("runs.cancel", {"reason": "x"}), unknown("reason")),
    (
        ("messages.create", ["hi"]),
        (
            "Invalid type for the request body: expected an object, but got an array instead.",
            None,
            "invalid_type",
        ),
    ),
]
