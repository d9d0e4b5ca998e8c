"""The sandbox's reference page, printed from its table of words: ``python -m shim.sandbox.page``."""

from typing import Final

from . import refuse, words

PAGE: Final = """# Sandbox

An offline Responses server: `assistants-shim sandbox --port 8787`, or `shim.sandbox.Sandbox` in process. It knows no
model; it follows rules, so that the same request gets the same answer.

- A function whose name stands in the last user message is called; all names in one turn, those after the word `then` in
  the next. With `parallel_tool_calls: false` each has its own turn. A JSON object after a name becomes the arguments:
  `get_weather {{"city": "Paris"}} then get_time`. Otherwise arguments are made from the tool's schema.
- When the outputs are in, it answers with text that quotes them.
- Without functions it answers with text that shows what it knows: instructions, earlier messages of both sides, tool
  outputs, the last message.
- With `text.format` it answers with JSON made from the schema.
- `tool_choice` is obeyed: `required` and a named function also when the message names none, and again in every turn.
- A word counts as a token, for `max_output_tokens`, for `usage` and for the pieces in which a stream comes.

Words in the last user message ask for more. Those in the first table hold for the whole message, the others for the
turn in which they stand: `get_weather then fail-midway` calls, and fails once the output is there.

{tables}

An API key that begins with `bad` or `sk-bad` is refused with 401, a model that is not known or retired with
`model_not_found`. Everything else is checked as the real API checks it, and refused in its words. Responses are kept in
memory; `Sandbox.forget()` drops them.

No recording shows these refusals; they are the sandbox's own, so that a mistake does not pass:

{chosen}
"""


def page() -> str:
    """The reference page, Markdown."""
    whole = {word: words.WORDS[word] for word in (words.THEN, *words.WHOLE)}
    turn = {word: each for word, each in words.WORDS.items() if word not in whole}
    chosen = "\n".join(f"- {each}" for each in refuse.CHOSEN)
    return PAGE.format(tables="\n\n".join(_table(each) for each in (whole, turn)), chosen=chosen)


def _table(meanings: dict[str, str]) -> str:
    rows = "\n".join(f"| `{word}` | {meaning} |" for word, meaning in meanings.items())
    return f"| word | what happens |\n|---|---|\n{rows}"


if __name__ == "__main__":
    print(page(), end="")
