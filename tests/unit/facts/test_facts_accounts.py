"""Which designation is in force, and may be paid to: history, cooling-off, suspension, and a whole column at once."""

from hypothesis import given
from hypothesis import strategies as st

from consolidator.facts.accounts import (
    Card,
    CensusAccount,
    Designation,
    History,
    find_all_payable,
    find_current,
    find_payable,
)


def designate(version: int, effective_at: int, *, suspended: bool = False) -> Designation:
    """Make a designation of which only version, time and suspension matter."""
    return Designation(version, "402", f"6217{version:012d}", "", 0, effective_at, suspended=suspended)


CHOICES = st.tuples(st.integers(0, 20), st.booleans())
HISTORIES = st.none() | st.tuples(st.integers(0, 20), st.lists(CHOICES, max_size=3)).map(
    lambda times: (
        designate(1, times[0]),
        *(designate(version, at, suspended=ended) for version, (at, ended) in enumerate(times[1], start=2)),
    )
)


def test_nobody_has_an_account_before_he_names_one() -> None:
    assert find_current(None, 10) is None
    assert find_current((), 10) is None
    assert find_current((designate(1, 11),), 10) is None


def test_a_designation_holds_from_its_instant_on() -> None:
    assert find_current((designate(1, 10),), 10) == designate(1, 10)


def test_a_change_waits_for_its_cooling_off_and_then_replaces_the_old() -> None:
    history = (designate(1, 10), designate(2, 50))
    assert [entry and entry.version for entry in (find_current(history, now) for now in (9, 10, 49, 50))] == [
        None,
        1,
        1,
        2,
    ]


def test_the_latest_word_counts_among_those_in_force() -> None:
    assert find_current((designate(1, 10), designate(2, 40), designate(3, 30)), 40) == designate(3, 30)


def test_nothing_may_be_paid_to_a_suspended_account_until_another_choice_is_in_force() -> None:
    history = (designate(1, 10), designate(2, 20, suspended=True), designate(3, 30))
    payable = [find_payable(history, now) for now in (9, 10, 19, 20, 29, 30)]
    assert [entry and entry.version for entry in payable] == [None, 1, 1, None, None, 3]
    assert find_current(history, 20) == designate(2, 20, suspended=True)


def test_a_designation_is_no_suspension_unless_it_says_so() -> None:
    assert not Designation(1, "402", "6217000000000001", "", 0, 0).suspended


def test_the_first_choice_is_looked_up_the_fast_way_at_its_instant_and_not_before() -> None:
    assert find_all_payable([(designate(1, 10),), None, ()], 9) == [None, None, None]
    assert find_all_payable([(designate(1, 10),), None, ()], 10) == [designate(1, 10), None, None]


@given(st.lists(HISTORIES, max_size=8), st.integers(0, 20))
def test_a_column_is_looked_up_as_its_items_are(histories: list[History | None], now: int) -> None:
    assert find_all_payable(histories, now) == [find_payable(history, now) for history in histories]


def test_an_account_tells_what_the_census_says_of_its_card() -> None:
    card = Card("402", "402651000013", "cadre", ("FARM", "BIRTH"), "dormant", "2026-10-31")
    held = CensusAccount("511199196001010004", card)
    told = (held.bank, held.branch, held.keeper, held.programmes, held.status, held.checked_on)
    assert told == ("402", "402651000013", "cadre", ("FARM", "BIRTH"), "dormant", "2026-10-31")


def test_a_card_of_which_only_the_bank_is_known_was_never_checked() -> None:
    held = CensusAccount("511199196001010004", Card("402"))
    assert (held.branch, held.keeper, held.programmes, held.status, held.checked_on) == ("", "unknown", (), "", "")
