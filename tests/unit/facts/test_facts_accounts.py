"""Which designation is in force, and may be paid to: history, cooling-off, suspension, and a whole column at once."""

from hypothesis import given
from hypothesis import strategies as st

from consolidator.facts.accounts import (
    Card,
    CensusAccount,
    Designation,
    Terms,
    find_all_payable,
    find_current,
    find_payable,
    list_versions,
)


def chain(*terms: Terms) -> Designation | None:
    """Make a payee's history, oldest first."""
    newest = None
    for each in terms:
        newest = Designation(f"6217{each.version:012d}", each, newest)
    return newest


def designate(version: int, effective_at: int, *, suspended: bool = False) -> Terms:
    """Make terms of which only version, time and suspension matter."""
    return Terms(version, "402", "", 0, effective_at, suspended)


def find_version(newest: Designation | None, now: int) -> int | None:
    current = find_current(newest, now)
    return None if current is None else current.version


CHOICES = st.tuples(st.integers(0, 20), st.booleans())
HISTORIES = st.lists(CHOICES, max_size=4).map(
    lambda choices: chain(*(designate(version, at, suspended=ended) for version, (at, ended) in enumerate(choices, 1)))
)


def test_nobody_has_an_account_before_he_names_one() -> None:
    assert find_current(None, 10) is None
    assert find_current(chain(designate(1, 11)), 10) is None


def test_a_designation_holds_from_its_instant_on() -> None:
    assert find_current(chain(designate(1, 10)), 10) == chain(designate(1, 10))


def test_a_change_waits_for_its_cooling_off_and_then_replaces_the_old() -> None:
    history = chain(designate(1, 10), designate(2, 50))
    assert [find_version(history, now) for now in (9, 10, 49, 50)] == [None, 1, 1, 2]


def test_the_latest_word_counts_among_those_in_force() -> None:
    assert find_version(chain(designate(1, 10), designate(2, 40), designate(3, 30)), 40) == 3


def test_a_history_is_told_oldest_first() -> None:
    assert [entry.version for entry in list_versions(chain(designate(1, 10), designate(2, 20)))] == [1, 2]
    assert list_versions(None) == []


def test_nothing_may_be_paid_to_a_suspended_account_until_another_choice_is_in_force() -> None:
    history = chain(designate(1, 10), designate(2, 20, suspended=True), designate(3, 30))
    payable = [find_payable(history, now) for now in (9, 10, 19, 20, 29, 30)]
    assert [entry and entry.version for entry in payable] == [None, 1, 1, None, None, 3]
    assert find_version(history, 20) == 2


def test_a_designation_tells_its_terms() -> None:
    told = Designation("6217000000000001", Terms(2, "402", "402651000013", 5, 10))
    assert (told.version, told.bank, told.branch, told.recorded_at, told.effective_at) == (
        2,
        "402",
        "402651000013",
        5,
        10,
    )
    assert not told.suspended
    assert told.before is None


def test_the_first_choice_is_looked_up_the_fast_way_at_its_instant_and_not_before() -> None:
    first = chain(designate(1, 10))
    assert find_all_payable([first, None], 9) == [None, None]
    assert find_all_payable([first, None], 10) == [first, None]


@given(st.lists(HISTORIES, max_size=8), st.integers(0, 20))
def test_a_column_is_looked_up_as_its_items_are(column: list[Designation | None], now: int) -> None:
    assert find_all_payable(column, now) == [find_payable(newest, now) for newest in column]


def test_an_account_tells_what_the_census_says_of_its_card() -> None:
    card = Card("402", "402651000013", "cadre", ("FARM", "BIRTH"), "dormant", "2026-10-31")
    held = CensusAccount("511199196001010004", card)
    told = (held.bank, held.branch, held.keeper, held.programmes, held.status, held.checked_on)
    assert told == ("402", "402651000013", "cadre", ("FARM", "BIRTH"), "dormant", "2026-10-31")


def test_a_card_of_which_only_the_bank_is_known_was_never_checked() -> None:
    held = CensusAccount("511199196001010004", Card("402"))
    assert (held.branch, held.keeper, held.programmes, held.status, held.checked_on) == ("", "unknown", (), "", "")
