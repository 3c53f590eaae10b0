"""Closes of hours in which sensitive programmes moved."""

import pytest

from consolidator.verify.accepting import pass_over
from consolidator.verify.books import Books, has_moves
from consolidator.verify.entries import Close, parse_entry
from consolidator.verify.totals import check_close
from schemas.errors import VerificationError
from tests.unit.verify.story import SEAL, close, render

SEALED = {"sealed": SEAL}


def test_an_hour_whose_wrong_close_was_accepted_counts_as_closed() -> None:
    books = Books(hour="2026-11-05T08", hidden_moves={("402", "ready"): 2}, ordered_again={"402"})
    wrong = {"v": 1, "at": "2026-11-05T09:00:00Z"} | close("2026-11-05T08", []) | SEALED
    pass_over(books, render(wrong | {"sensitive": [["402", "ready", 1, None]]}))
    assert not has_moves(books)
    assert not books.ordered_again


@pytest.mark.parametrize(("again", "fen", "right"), [(False, 90, True), (True, None, True), (True, 90, False)])
def test_a_sum_with_sensitive_lines_that_correct_others_is_not_told(
    *, again: bool, fen: int | None, right: bool
) -> None:
    books = Books(at="2026-11-05T08:59:00Z", hour="2026-11-05T08", hidden_moves={("402", "ordered"): 10})
    books.ordered_again = {"402"} if again else {"103"}
    told = {"v": 1, "at": "2026-11-05T09:00:00Z"} | close("2026-11-05T08", []) | SEALED
    entry = parse_entry(render(told | {"sensitive": [["402", "ordered", 10, fen]]}))
    assert isinstance(entry, Close)
    if right:
        check_close(books, entry)
        assert not has_moves(books)
    else:
        with pytest.raises(VerificationError, match="told where they must not be"):
            check_close(books, entry)
