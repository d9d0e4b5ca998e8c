"""The cost of tokens."""

from pathlib import Path

import pytest

from shim.assembly.lined import Unusable
from shim.migrate.parity.answers import Tokens
from shim.migrate.parity.prices import Price, read

MILLION = 1_000_000


@pytest.mark.parametrize(
    "price, tokens, dollars",
    [
        (Price(2, 8), Tokens(MILLION, MILLION), 10),
        (Price(2, 8, 0.5), Tokens(MILLION, 0, 400_000), 1.4),
        # Without a price for cached tokens, the input price is used.
        (Price(2, 8), Tokens(MILLION, 0, 400_000), 2),
        (Price(2, 8, 0), Tokens(MILLION, 0, MILLION), 0),
        (Price(2, 8, 0.5), Tokens(10, 0, 99), 5e-6),
        (Price(0, 0), Tokens(1, 1), 0),
    ],
)
def test_price(price: Price, tokens: Tokens, dollars: float) -> None:
    assert price.of(tokens) == pytest.approx(dollars)


@pytest.mark.parametrize(
    "name, text",
    [
        ("a.yaml", "gpt-a: {input: 1, output: 2.5}\nft:b: {input: 0, cached_input: 0.1, output: 3}\n"),
        ("a.toml", '[gpt-a]\ninput = 1\noutput = 2.5\n["ft:b"]\ninput = 0\ncached_input = 0.1\noutput = 3\n'),
        ("a.json", '{"gpt-a": {"input": 1, "output": 2.5}, "ft:b": {"input": 0, "cached_input": 0.1, "output": 3}}'),
    ],
)
def test_files(name: str, text: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(text)
    assert read(tmp_path / name) == {"gpt-a": Price(1, 2.5), "ft:b": Price(0, 3, 0.1)}


@pytest.mark.parametrize(
    "name, text, error",
    [
        ("a.yaml", "a: {input: 1, output: 2}\nb: {input: 1}\n", "a.yaml:2: b: prices are"),
        ("a.yaml", "a: {input: 1, output: free}\n", "a.yaml:1: a: prices are"),
        ("a.yaml", "a: {input: 1, output: -2}\n", "a.yaml:1"),
        ("a.yaml", "a: {input: 1, output: .nan}\n", "a.yaml:1"),
        ("a.yaml", "a: {input: true, output: 1}\n", "a.yaml:1"),
        ("a.yaml", "a: {input: 1, output: 1, reasoning: 1}\n", "a.yaml:1"),
        ("a.yaml", "- a\n", "one object"),
        ("a.yaml", "", "one object"),
        ("a.yaml", "a: {\n", "a.yaml:"),
        ("a.csv", "a,1\n", "ends in one of"),
        ("none.json", None, "No such file"),
    ],
)
def test_invalid_prices(name: str, text: str | None, error: str, tmp_path: Path) -> None:
    if text is not None:
        (tmp_path / name).write_text(text)
    with pytest.raises(Unusable) as problem:
        read(tmp_path / name)
    assert error in str(problem.value)
