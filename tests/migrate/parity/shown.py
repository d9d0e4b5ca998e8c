"""A comparison as a help desk might see it, for the pages of the documentation."""

from typing import Any

from shim.migrate.parity.answers import Answer, Call, Tokens
from shim.migrate.parity.conversations import Conversation, Problem, Turn
from shim.migrate.parity.playback import Playback
from shim.migrate.parity.prices import Price
from shim.migrate.parity.results import Compared, Options, Report, Result, judge

MODELS = ("gpt-5.6-terra", "gpt-6-luna")
#: Invented prices, like all prices that the project ships.
PRICES = {"gpt-4-turbo": Price(8, 24), "gpt-5.6-terra": Price(2, 8, 0.2), "gpt-6-luna": Price(1, 4)}
SHIPPED = "Order 7 was shipped on Monday. It should reach you by Thursday, see shipping.pdf."
LONG = (
    "## Order 7\n\n| state | since |\n|---|---|\n| shipped | Monday |\n\nYou can follow it with:\n\n"
    "```bash\ncurl https://shop.example/orders/7\n```\n\nIs there anything else I can help you with today?"
)


def _answer(text: str, tokens: Tokens, seconds: float, first: float | None = None, **more: Any) -> Answer:
    return Answer(
        **{
            "status": "completed",
            "hosted": (),
            "calls": (),
            **more,
            "text": text,
            "tokens": tokens,
            "first": first,
            "seconds": seconds,
        }
    )


def _turns() -> list[Turn]:
    call = Call("look_up_order", '{"number": "7"}', '{"state": "shipped", "on": "Monday"}')
    as_json = '{"order": 7, "open": false, "items": [{"name": "lamp", "count": 2}]}'
    settings = {"model": "gpt-4-turbo", "hosted": ("file_search",), "cited": ("file-shipping",)}
    return [
        Turn(1, "Where is order 7?", (), (), _answer(SHIPPED, Tokens(812, 96), 6, calls=(call,), **settings)),
        Turn(2, "Give me the order as JSON.", (), (), _answer(as_json, Tokens(1040, 41), 3, model="gpt-4-turbo")),
        Turn(3, "Thanks!", (), (), _answer("You are welcome.", Tokens(1102, 6), 1, model="gpt-4-turbo")),
    ]


def _results(number: int) -> list[Result]:
    def of(model: str, text: str, tokens: Tokens, seconds: float, calls: tuple[Call, ...] = (), **more: Any) -> Result:
        replies = tuple(Playback(_turns()[number].answer.calls or ()).answer(calls))
        return Result(model, 1, _answer(text, tokens, seconds, seconds / 4, model=model, **more), replies)

    cited = {"hosted": ("file_search",), "cited": ("file-shipping",)}
    one, other = MODELS
    differing_calls = (
        (Call("look_up_order", '{"number": "7"}'),),
        (Call("look_up_order", '{"number": 7, "history": true}'),),
    )
    return [
        [
            of(one, SHIPPED, Tokens(803, 141, 512, 64), 2.31, differing_calls[0], **cited),
            of(other, LONG, Tokens(790, 240, 0, 0), 1.42, differing_calls[1]),
        ],
        [
            of(
                one,
                '{"order": 7, "open": false, "items": [{"name": "lamp", "count": 2}]}',
                Tokens(1031, 60, 768, 20),
                1.2,
            ),
            of(other, '```json\n{"order": "7", "items": [{"name": "lamp"}]}\n```', Tokens(1022, 52, 0, 0), 0.84),
        ],
        [of(one, "You're welcome!", Tokens(1090, 9, 768, 0), 0.71), of(other, "Any time.", Tokens(1081, 5, 0, 0), 0.4)],
    ][number]


def report(**options: Any) -> Report:
    talk = Conversation("thread_Ab12Cd34Ef56Gh78Ij90Kl12", "thread_Ab12Cd34Ef56Gh78Ij90Kl12", tuple(_turns()))
    turns = [
        Compared(talk, turn, tuple(judge(turn, result) for result in _results(number)))
        for number, turn in enumerate(talk.turns)
    ]
    problems = (Problem("no_answer", "thread_Mn12Op34Qr56St78Uv90Wx12", "it has no answer: skipped"),)
    return Report(Options(MODELS, **options), tuple(turns), problems, PRICES, 1_790_000_000)
