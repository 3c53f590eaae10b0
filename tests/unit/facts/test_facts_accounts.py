"""Which designation is in force: history, cooling-off, and the fast way for a whole column."""

from hypothesis import given
from hypothesis import strategies as st

from consolidator.facts.accounts import Designation, find_all_current, find_current


def designate(version: int, effective_at: int) -> Designation:
    """Make a designation of which only version and time matter."""
    return Designation(version, "402", f"6217{version:012d}", "", 0, effective_at)


HISTORIES = st.none() | st.lists(st.integers(0, 20), max_size=4).map(
    lambda times: [designate(version, at) for version, at in enumerate(times, start=1)]
)


def test_nobody_has_an_account_before_he_names_one() -> None:
    assert find_current(None, 10) is None
    assert find_current([], 10) is None
    assert find_current([designate(1, 11)], 10) is None


def test_a_designation_holds_from_its_instant_on() -> None:
    assert find_current([designate(1, 10)], 10) == designate(1, 10)


def test_a_change_waits_for_its_cooling_off_and_then_replaces_the_old() -> None:
    history = [designate(1, 10), designate(2, 50)]
    assert [entry and entry.version for entry in (find_current(history, now) for now in (9, 10, 49, 50))] == [
        None,
        1,
        1,
        2,
    ]


def test_the_latest_word_counts_among_those_in_force() -> None:
    assert find_current([designate(1, 10), designate(2, 40), designate(3, 30)], 40) == designate(3, 30)


@given(st.lists(HISTORIES, max_size=8), st.integers(0, 20))
def test_a_column_is_looked_up_as_its_items_are(histories: list[list[Designation] | None], now: int) -> None:
    assert find_all_current(histories, now) == [find_current(history, now) for history in histories]
