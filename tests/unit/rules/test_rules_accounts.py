"""R12 R13 R14 R46: what banks say of the designated account, suspensions, and how often the account changed."""

import pytest

from consolidator.facts.accounts import Card, CensusAccount
from consolidator.facts.programmes import RuleSetting
from consolidator.facts.state import State
from tests.support.designating import make_first, redesignate
from tests.support.world import START, make_account
from tests.unit.rules.desk import PEOPLE, findings_of, make_state, run

PAYEE = PEOPLE[0]
DAY = 86_400
CHINA_MIDNIGHT = START + 16 * 3600  # the first second of 2026-11-02 in China


def change_accounts(state: State, *days_ago: int) -> None:
    """Let the payee change his account to a new one as many days ago as stated, one after the other."""
    for number, days in enumerate(days_ago, start=2):
        at = state.now - days * DAY
        redesignate(state, PAYEE, "402", make_account(100 + number), "", at, at)


# ---- R12 and R46


@pytest.mark.parametrize(
    ("status", "found"),
    [
        ("mismatch", ["R12:red"]),
        ("dormant", ["R46:orange"]),
        ("closed", ["R46:orange"]),
        ("inactive", ["R46:orange"]),
    ],
)
def test_what_a_bank_says_of_the_designated_account_decides_the_line(status: str, found: list[str]) -> None:
    state = make_state()
    state.faults = {make_account(0): status, make_account(700): "mismatch", make_account(701): "closed"}
    assert findings_of(state, PAYEE) == found
    assert findings_of(state, PEOPLE[1]) == []


def test_r12_and_r46_look_at_the_designated_account_not_at_the_stated_one() -> None:
    state = make_state()
    state.faults = {make_account(99): "mismatch", make_account(98): "closed"}
    assert findings_of(state, PAYEE, account=make_account(99)) == ["R13:blue"]
    assert findings_of(state, PAYEE, account=make_account(98)) == ["R13:blue"]


def test_who_has_no_designation_has_no_account_that_a_bank_could_speak_of() -> None:
    state = make_state()
    del state.designations[PAYEE]
    state.faults = {make_account(0): "mismatch"}
    assert findings_of(state, PAYEE) == ["R13:orange"]


def test_the_answer_and_its_day_are_evidence_where_the_census_has_the_account() -> None:
    state = make_state()
    state.faults = {make_account(0): "closed", make_account(1): "closed"}
    state.accounts[make_account(0)] = CensusAccount(PAYEE, Card("402", "", "self", ("FARM",), "closed", "2026-10-20"))
    hits = run(state, PEOPLE[:2])
    assert hits.evidence == {0: {"R46": {"status": "closed", "checked_on": "2026-10-20"}}}


# ---- R13


def test_r13_tells_a_suspended_account_from_one_that_is_not_in_force_yet_and_from_none() -> None:
    state = make_state()
    redesignate(state, PAYEE, "402", make_account(0), "", 5, 5, suspended=True)
    state.designations[PEOPLE[1]] = make_first("402", make_account(1), "", START, START + 1)
    del state.designations[PEOPLE[2]]
    hits = run(state, PEOPLE[:4])
    assert hits.findings == {item: ["R13:orange"] for item in range(3)}
    assert hits.evidence == {0: {"R13": {"suspended": 2}}, 1: {"R13": {"pending": 1}}}


def test_r13_says_nothing_of_a_suspension_on_a_rerouted_line() -> None:
    hits = run(make_state(), [PAYEE], account=[make_account(77)])
    assert (hits.findings, hits.evidence) == ({0: ["R13:blue"]}, {})


# ---- R14


@pytest.mark.parametrize(("days", "found"), [(0, True), (1, True), (2, True), (3, False), (4, False), (400, False)])
def test_r14_holds_a_payment_less_than_three_days_after_a_change(days: int, found: object) -> None:
    state = make_state()
    change_accounts(state, days)
    assert (findings_of(state, PAYEE) == ["R14:orange"]) is found


def test_r14_counts_the_calendar_days_of_china() -> None:
    state = make_state(R14=RuleSetting(parameters={"quiet_days": 1}))
    redesignate(state, PAYEE, "402", make_account(50), "", 0, CHINA_MIDNIGHT - 1)
    state.now = CHINA_MIDNIGHT - 1
    assert findings_of(state, PAYEE) == ["R14:orange"]
    state.now = CHINA_MIDNIGHT
    assert findings_of(state, PAYEE) == []


@pytest.mark.parametrize(
    ("days_ago", "found"),
    [((90, 60), False), ((90, 60, 30), True), ((365, 60, 30), True), ((366, 60, 30), False)],
)
def test_r14_holds_more_than_two_changes_within_a_year(days_ago: tuple[int, ...], found: object) -> None:
    state = make_state()
    change_accounts(state, *days_ago)
    assert (findings_of(state, PAYEE) == ["R14:orange"]) is found


def test_r14_says_how_many_changes_there_were_and_how_long_ago_the_last_one() -> None:
    state = make_state()
    change_accounts(state, 400, 90, 60, 30)
    assert run(state, [PAYEE]).evidence == {0: {"R14": {"changes": 3, "last_days_ago": 30}}}


@pytest.mark.parametrize(
    ("parameters", "found"),
    [
        ({"changes_max": 1}, ["R14:orange"]),
        ({"changes_max": 2}, []),
        ({"quiet_days": 31}, ["R14:orange"]),
        ({"quiet_days": 30}, []),
    ],
)
def test_r14_takes_the_countys_thresholds(parameters: dict[str, int], found: list[str]) -> None:
    state = make_state(R14=RuleSetting(parameters=parameters))
    change_accounts(state, 60, 30)
    assert findings_of(state, PAYEE) == found


def test_r14_has_nothing_against_a_first_choice_however_new() -> None:
    state = make_state(R14=RuleSetting(parameters={"changes_max": 0}))
    state.designations[PAYEE] = make_first("402", make_account(0), "", START, START)
    assert findings_of(state, PAYEE) == []


@pytest.mark.parametrize(
    ("second", "change"),
    [
        (("402", make_account(0), "402000000001"), False),
        (("402", make_account(9), ""), True),
        (("103", make_account(0), "103000000001"), True),
    ],
)
def test_r14_counts_another_bank_or_account_and_no_new_branch_number(
    second: tuple[str, str, str], change: object
) -> None:
    state = make_state()
    redesignate(state, PAYEE, *second, START, START)
    assert (findings_of(state, PAYEE) == ["R14:orange"]) is change


def test_r14_takes_a_suspension_that_ended_for_no_change() -> None:
    state = make_state()
    own = ("402", make_account(0), "", START, START)
    redesignate(state, PAYEE, *own, suspended=True)
    redesignate(state, PAYEE, *own)
    assert findings_of(state, PAYEE) == []


def test_r14_does_not_count_a_change_that_is_still_cooling_off() -> None:
    state = make_state(R14=RuleSetting(parameters={"changes_max": 1}))
    change_accounts(state, 30)
    redesignate(state, PAYEE, "402", make_account(60), "", START, START + 3 * DAY)
    assert findings_of(state, PAYEE) == []


def test_r14_looks_at_the_payee_who_changed_and_not_at_his_neighbours() -> None:
    state = make_state()
    change_accounts(state, 1)
    assert run(state, [PEOPLE[2], PAYEE, PEOPLE[1]]).findings == {1: ["R14:orange"]}


def test_r14_does_not_count_a_change_that_was_taken_back_before_it_was_in_force() -> None:
    state = make_state()
    redesignate(state, PAYEE, "402", make_account(60), "", START - DAY, START + 2 * DAY)
    redesignate(state, PAYEE, "402", make_account(0), "", START, START)
    assert findings_of(state, PAYEE) == []


@pytest.mark.parametrize("days", [0, 2, 3, 10])
def test_r14_never_counts_a_change_that_was_taken_back_also_after_its_time(days: int) -> None:
    state = make_state(R14=RuleSetting(parameters={"changes_max": 0}))
    redesignate(state, PAYEE, "402", make_account(60), "", START - DAY, START + 2 * DAY)
    redesignate(state, PAYEE, "402", make_account(0), "", START, START)
    state.now = START + days * DAY
    assert findings_of(state, PAYEE) == []


def test_r14_counts_two_words_of_one_instant_as_the_last() -> None:
    state = make_state(R14=RuleSetting(parameters={"changes_max": 1, "quiet_days": 0}))
    for number in range(2):
        redesignate(state, PAYEE, "402", make_account(60 + number), "", START, START)
    assert findings_of(state, PAYEE) == []
    state.policy.rules["R14"] = RuleSetting(parameters={"changes_max": 0, "quiet_days": 0})
    assert run(state, [PAYEE]).evidence == {0: {"R14": {"changes": 1, "last_days_ago": 0}}}
