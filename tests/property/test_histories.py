"""10,000 random histories of a little county: after every command the ledger says and holds what the model does."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, given, seed, settings

from tests.property.acts import History, histories, tell
from tests.property.county import MODELLED
from tests.property.living import examine, live
from tests.property.model import Told

HISTORIES = 10_000
SHARES = 16  # so that two workers end at about the same time
EXAMPLES = sorted((Path(__file__).parent / "examples").glob("*.json"))
# What histories must come to, or agreement would prove nothing: codes of documents, items and findings, moves of lines.
DOCUMENTS = {f"D{number:02}" for number in (1, 2, 3, 5, 7, *range(11, 21), 23, 25)}
ITEMS = {"S01", "S03", "S04", "S06", "S08", "S09", "S12", "S17", "H01", "H02", "H03"}
MOVES = {"ready>held", "held>ready", "held>stopped", "orders 103", "orders 402", "finding held", "finding ordered"}


@pytest.mark.usefixtures("untraced")
@pytest.mark.parametrize("share", range(SHARES))
def test_any_history_agrees_with_the_model(share: int) -> None:
    @seed(share)
    @settings(max_examples=HISTORIES // SHARES, database=None, phases=[Phase.generate])
    @given(histories)
    def agree(history: History) -> None:
        examine(history)

    agree()


@pytest.mark.soak
def test_fresh_histories_agree_with_the_model() -> None:
    @settings(max_examples=20_000, database=None, derandomize=False, phases=[Phase.generate])
    @given(histories)
    def agree(history: History) -> None:
        examine(history)

    agree()


@pytest.mark.parametrize("path", EXAMPLES, ids=[path.stem for path in EXAMPLES])
def test_a_history_that_once_failed_agrees_with_the_model(path: Path) -> None:
    live(json.loads(path.read_text(encoding="utf-8")))


@pytest.mark.usefixtures("untraced")
def test_histories_come_to_every_rule_refusal_and_move() -> None:
    told: set[str] = set()

    @seed(0)
    @settings(max_examples=400, database=None, phases=[Phase.generate])
    @given(histories)
    def collect(history: History) -> None:
        told.update(word for fact in live(history).told for word in _list_words(fact))

    collect()
    assert DOCUMENTS | ITEMS | MOVES | {*MODELLED} <= told


def _list_words(fact: Told) -> Iterator[str]:
    kind, *rest = fact
    if kind == "change":
        yield f"{rest[2]}>{rest[3]}"
    elif kind == "orders":
        yield f"orders {rest[1]}"
    elif kind == "finding":
        yield f"finding {rest[2]}"
    yield from _list_codes(rest)


def _list_codes(values: list[Any]) -> Iterator[str]:
    """Give all codes, however deep they stand."""
    for value in values:
        if isinstance(value, tuple):
            yield from _list_codes(list(value))
        elif isinstance(value, str):
            yield value.partition(":")[0]


def test_a_disagreement_is_told_in_words_and_as_json_after_the_last_act(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("consolidator.ledger.reviews.HELD_BY_PERSON", "H99")
    history: History = [
        ["wait", 1, False],
        ["batch", "whole", "FARM", "2026", "", [[0, -1, "exact", 1000, -1], [1, -1, "zero", 667, 0]]],
        ["review", "clerk", "hold", 0, "one"],
        ["crash", "replay"],
    ]
    with pytest.raises(AssertionError, match="H99:orange") as caught:
        examine(history)
    smallest = [
        ("batch", "whole", "HOME", "2026", "", [(0, -1, "exact", 1000, -1)]),
        ("review", "reviewer", "hold", 0, "one"),
    ]
    assert caught.value.__notes__ == [f"the last act went wrong:\n{tell(smallest)}\n{json.dumps(smallest)}"]
