"""The demo's output: every event as it arrives, the tool rounds, and both APIs side by side."""

import re
from typing import Any, Final

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from shim.cli.demo.chain import Link

#: The smallest and the largest number of columns.
WIDTH: Final = (80, 100)
#: Columns before an event's detail.
MARGIN: Final = 31
#: An event's colour, by the first of these prefixes of its name.
COLOURS: Final[dict[str, str]] = {
    "thread.run.step": "yellow",
    "thread.run": "cyan",
    "thread.message": "green",
}


_WORD: Final = re.compile(r"\s*\S+|\s+")


def short(id: str | None) -> str:
    """A short form of an id: its prefix and its last letters."""
    return "-" if id is None else f"{id.partition('_')[0]}_…{id[-6:]}"


class Screen:
    """Colours in a terminal, plain text in a pipe."""

    def __init__(self, console: Console | None = None) -> None:
        self.console = console or Console(highlight=False)
        self.console.width = max(WIDTH[0], min(self.console.width, WIDTH[1]))
        self.streams = 1
        self.events = 0
        self._open = ""
        self._deltas = 0
        self._column = 0

    def begin(self, question: str) -> None:
        """Print what will happen."""
        self.console.rule("[bold]an Assistants program, on the Responses API[/bold]", style="dim")
        self.console.print("offline: the sandbox is upstream, the database is temporary, no key is needed\n")
        self.console.print(f"[bold]user[/bold]  {escape(question)}\n")

    def event(self, event: Any) -> None:
        """Print one event of the stream.  Deltas of one kind continue in one line."""
        self.events += 1
        name, data = event.event, event.data
        if name.endswith(".delta"):
            self._delta(name, data)
            return
        self._end_deltas()
        self.console.print(f"  {_coloured(name)}{' ' * (MARGIN - 2 - len(name))}{escape(_detail(name, data))}")

    def round(self, calls: list[tuple[str, str, str]]) -> None:
        """Print a tool round: the calls and their outputs."""
        self._end_deltas()
        self.console.print(f"\n  [bold magenta]tool round {self.streams}[/bold magenta]  the application runs")
        self.streams += 1
        for name, arguments, output in calls:
            self.console.print(f"  [magenta]│[/magenta] [bold]{escape(name)}[/bold]({escape(arguments)})")
            self.console.print(f"  [magenta]│[/magenta]   → {escape(output)}")
        self.console.print("  [magenta]└[/magenta] submit_tool_outputs_stream, inside on_event\n")

    def compare(self, run: Any, steps: list[Any], links: list[Link]) -> None:
        """The run's steps beside the chain of responses."""
        steps_table, responses_table = _table("the run's steps", 2), _table("the responses upstream", 1)
        for step in steps:
            steps_table.add_row(short(step.id), _shown(step))
        for link in links:
            responses_table.add_row(short(link.previous), "→", short(link.id), link.sent)
        both = Table.grid(padding=(0, 3, 0, 0))
        both.add_row(steps_table, responses_table)
        self.console.print()
        self.console.print(both)
        self.console.print(
            f"\n{short(run.id)} is [bold]{run.status}[/bold]: {len(steps)} steps, {len(links)} responses, "
            f"{self.events} events, {run.usage.total_tokens} tokens."
        )

    def _delta(self, name: str, data: Any) -> None:
        text = _delta_text(data)
        if self._open != name:
            self._end_deltas()
            self._open, self._column = name, 0
            self._print(f"  {_coloured(name)}{' ' * (MARGIN - 2 - len(name))}")
        self._deltas += 1
        self._flow(text)

    def _flow(self, text: str) -> None:
        """More text in the column of details, broken where the column ends."""
        for piece in _WORD.findall(text):
            if self._column + len(piece) > self.console.width - MARGIN:
                self._print(f"\n{' ' * MARGIN}")
                piece, self._column = piece.lstrip(), 0
            self._print(escape(piece))
            self._column += len(piece)

    def _print(self, text: str) -> None:
        self.console.print(text, end="", soft_wrap=True)

    def _end_deltas(self) -> None:
        if self._open:
            count = f"({self._deltas} deltas)"
            gap = " " if self._column + len(count) < self.console.width - MARGIN else f"\n{' ' * MARGIN}"
            self.console.print(f"{gap}[dim]{count}[/dim]")
        self._open, self._deltas = "", 0


def _table(title: str, gap: int) -> Table:
    """Rows under a title, without headings and lines."""
    table = Table(title=title, box=None, show_header=False, padding=(0, gap, 0, 0))
    table.title_justify, table.title_style = "left", "bold"
    for _ in range(4 if gap == 1 else 2):
        table.add_column(no_wrap=True)
    return table


def _coloured(name: str) -> str:
    colour = next(colour for start, colour in COLOURS.items() if name.startswith(start))
    return f"[{colour}]{name}[/{colour}]"


def _delta_text(data: Any) -> str:
    """The text of a delta, or a call's name and arguments."""
    delta = data.delta
    if data.object == "thread.message.delta":
        return "".join(part.text.value or "" for part in delta.content if part.type == "text")
    functions = [call.function for call in delta.step_details.tool_calls]
    return "".join(f"{call.name} " if call.name else call.arguments or "" for call in functions)


def _detail(name: str, data: Any) -> str:
    kind = f"  {data.type}" if name.endswith("step.created") else ""
    tokens = f"  {data.usage.total_tokens} tokens" if getattr(data, "usage", None) else ""
    return f"{short(data.id)}{kind}{tokens}"


def _shown(step: Any) -> str:
    if step.type == "message_creation":
        return short(step.step_details.message_creation.message_id)
    return ", ".join(f"{call.function.name}()" for call in step.step_details.tool_calls)
