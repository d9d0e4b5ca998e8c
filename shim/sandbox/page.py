"""The sandbox's reference page, generated from its table of words: ``python -m shim.sandbox.page``."""

from typing import Final

from shim.sandbox.shapes import control_words, refuse, refuse_files

PAGE: Final = """# Sandbox

An offline Responses server: `assistants-shim sandbox --port 8788`, or `shim.sandbox.Sandbox` in process. It knows no
model; it follows rules, so that the same request gets the same answer.

- A function whose name stands in the last user message is called; all names in one turn, those after the word `then` in
  the next. With `parallel_tool_calls: false` each has its own turn. A JSON object after a name becomes the arguments:
  `get_weather {{"city": "Paris"}} then get_time`. Otherwise arguments are made from the tool's schema.
- When the outputs are in, it answers with text that quotes them.
- Without functions it answers with text that shows what it knows: instructions, earlier messages of both sides, tool
  outputs, the last message.
- With `text.format` it answers with JSON made from the schema.
- `tool_choice` is obeyed: `required` and a named function also when the message names none, and again in every turn.
- Hosted tools work too, on real small parts: files, vector stores with a text search by words, containers that die
  after twenty idle minutes or by `Sandbox.expire_containers()`. They answer at once, so that a text may follow; in one
  turn they come before functions. `max_tool_calls` counts them. With `text.format` nothing is cited.
- Images and files in the input are counted and named in the answer; ids must be those of uploaded files.
- Conversations are stored, with their items; a response that names one knows them, and adds its own when it has ended.
- What does not fit into `context_window` words is refused, or with `truncation: auto` loses its oldest items.
- A word counts as a token, for `max_output_tokens`, for `usage` and for the pieces in which a stream comes.

Words in the last user message ask for more. Those in the first table hold for the whole message, the others for the
turn in which they stand: `get_weather then fail-midway` calls, and fails once the output is there.

{tables}

Hosted tools that the request offers are called by these names, with a JSON object behind them like functions. An MCP
server tells its tools first. A file is `in_progress` for the first look at it, its batch or its store; a search waits
for it.

{tools}

An API key that begins with `bad` or `sk-bad` is refused with 401, a model that is not known or retired with
`model_not_found`; `Sandbox(retired={{"gpt-4o": "2026-10-23"}})` retires more, and lists them with `shutdown_date`.
Everything else is checked as the real API checks it, and refused in its words. All is in memory;
`Sandbox.forget()` drops responses.

No recording shows these refusals; they are the sandbox's own, so that a mistake does not pass:

{choices}
"""


def page() -> str:
    """The reference page, Markdown."""
    whole = {word: control_words.CONTROL_WORDS[word] for word in (control_words.THEN, *control_words.MESSAGE_WORDS)}
    turn = {word: each for word, each in control_words.CONTROL_WORDS.items() if word not in whole}
    choices = "\n".join(f"- {each}" for each in (*refuse.CHOSEN, *refuse_files.CHOSEN))
    tables = "\n\n".join(_table(each, "word") for each in (whole, turn))
    return PAGE.format(tables=tables, tools=_table(control_words.TOOLS, "tool"), choices=choices)


def _table(meanings: dict[str, str], title: str) -> str:
    rows = "\n".join(f"| `{name}` | {meaning} |" for name, meaning in meanings.items())
    return f"| {title} | what happens |\n|---|---|\n{rows}"


if __name__ == "__main__":
    print(page(), end="")
