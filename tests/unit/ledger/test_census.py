"""The card census, and banks' answers to verification lists: what is kept, who may say it, and what follows."""

from collections.abc import Sequence
from typing import Any

import pytest

from consolidator.facts.accounts import Card, CensusAccount
from schemas.documents import derive_commands, parse_document
from tests.support.world import World, codes_of, make_account, make_id, make_name, officer

ONE, TWO = make_id(0), make_id(1)
FIRST, SECOND = make_account(0), make_account(1)


@pytest.fixture
def world() -> World:
    """A county of two people with an account each at bank 402, which is a source of its own."""
    made = World()
    made.set_up()
    made.set_policy("policy-2", [("source", "bank-402", {"name": "农商行", "type": "bank", "bank": "402"})])
    made.settle_people(2)
    return made


def send(  # noqa: PLR0913 -- a census with its usual values
    world: World,
    key: str,
    source: str,
    accounts: Sequence[str],
    *,
    bank: str = "402",
    on: str = "2026-11-01",
    **more: Sequence[Any],
) -> list[str]:
    """Send a census of person 1's accounts; gives the codes of its items."""
    number = world.numbers.get(key, 0) + 1
    fields = {"kind": "accounts", "source": source, "id": f"census-{key}-{number}", "snapshot_on": on}
    columns: dict[str, Sequence[Any]] = {"holder_id": [ONE] * len(accounts), "bank": [bank] * len(accounts)}
    outcomes = world.send(key, fields, columns | {"account": accounts} | more)
    return codes_of(outcomes)[1:]


def answer(world: World, *status: str | None, **more: Any) -> list[str]:  # noqa: ANN401 -- as for send
    """Let the bank answer about person 1's account."""
    return send(world, "adapter", "bank-402", [FIRST] * len(status), **more, status=status)


# ---- the census


def test_everything_a_census_says_of_an_account_is_kept(world: World) -> None:
    said: dict[str, Any] = {"branch": ["402000000007"], "programmes": [["FARM", "BIRTH"]], "keeper": ["village"]}
    assert send(world, "clerk", "bureau", [make_account(9)], **said) == []
    card = Card("402", "402000000007", "village", ("FARM", "BIRTH"), "", "")
    assert world.state.accounts[make_account(9)] == CensusAccount(ONE, card)


def test_an_account_of_which_little_is_said_has_no_branch_and_an_unknown_keeper(world: World) -> None:
    assert world.state.accounts[FIRST] == CensusAccount(ONE, Card("402", "", "unknown", (), "", ""))


def test_a_census_account_says_everything_by_name() -> None:
    account = CensusAccount(ONE, Card("402", "402000000007", "family", ("FARM",), "dormant", "2026-11-01"))
    assert (account.bank, account.branch, account.keeper) == ("402", "402000000007", "family")
    assert (account.programmes, account.status, account.checked_on) == (("FARM",), "dormant", "2026-11-01")


@pytest.mark.parametrize(
    ("later", "kept"),
    [
        ({"keeper": ["self"]}, Card("402", "402000000007", "self", ("FARM",), "dormant", "2026-11-01")),
        ({"programmes": [[]]}, Card("402", "402000000007", "village", (), "dormant", "2026-11-01")),
        ({"branch": [None]}, Card("402", "402000000007", "village", ("FARM",), "dormant", "2026-11-01")),
        ({"branch": ["402000000008"]}, Card("402", "402000000008", "village", ("FARM",), "dormant", "2026-11-01")),
        ({"status": [None]}, Card("402", "402000000007", "village", ("FARM",), "dormant", "2026-11-01")),
    ],
    ids=["keeper", "programmes", "no branch", "branch", "no answer"],
)
def test_a_later_census_changes_only_what_it_says(world: World, later: dict[str, Any], kept: Card) -> None:
    said: dict[str, Any] = {"branch": ["402000000007"], "programmes": [["FARM"]], "keeper": ["village"]}
    send(world, "clerk", "bureau", [FIRST], **said)
    answer(world, "dormant")
    assert send(world, "clerk", "bureau", [FIRST], on="2026-11-02", **later) == []
    assert world.state.accounts[FIRST] == CensusAccount(ONE, kept)


def test_an_account_of_another_holder_is_never_taken_over(world: World) -> None:
    before = dict(world.state.accounts)
    assert send(world, "clerk", "bureau", [make_account(9), SECOND], keeper=["self", "village"]) == ["S06"]
    assert world.state.accounts[SECOND] == before[SECOND]
    assert world.entries("effect")[-1]["positions"] == [[2, "S06"]]


def test_equal_cards_of_one_document_are_one_object(world: World) -> None:
    send(
        world, "clerk", "bureau", [make_account(7), make_account(8), make_account(9)], keeper=["self", "other", "self"]
    )
    cards = [world.state.accounts[make_account(number)].card for number in (7, 8, 9)]
    assert cards[0] is cards[2]
    assert cards[0] != cards[1]


def test_a_known_account_stays_at_its_bank(world: World) -> None:
    assert send(world, "clerk", "bureau", [FIRST], bank="103", keeper=["village"]) == ["S19"]
    assert world.state.accounts[FIRST] == CensusAccount(ONE, Card("402", "", "unknown", (), "", ""))
    assert world.entries("effect")[-1]["positions"] == [[1, "S19"]]


@pytest.mark.parametrize(
    ("regions", "codes"),
    [
        (["511112"], []),
        (["511112001"], []),
        (["511112002"], ["S18"]),
        (["511112002", "511112001"], []),
        ([], ["S18"]),
    ],
)
def test_an_officer_speaks_of_the_people_of_his_regions(world: World, regions: list[str], codes: list[str]) -> None:
    world.set_policy(
        "policy-3", [officer("teller", "bank-402", "clerk", ["accounts", "designations"], regions=regions)]
    )
    assert send(world, "teller", "bank-402", [make_account(9)]) == codes
    assert (make_account(9) in world.state.accounts) is not bool(codes)
    world.take_census([ONE], ["402"], [make_account(8)])
    fields = {"kind": "designations", "source": "bank-402", "id": "designations-1"}
    columns = {"payee_id": [ONE], "bank": ["402"], "account": [make_account(8)]}
    assert codes_of(world.send("teller", fields, columns))[1:] == codes
    assert world.state.designations[ONE].version == (1 if codes else 2)


def test_of_people_whom_the_population_does_not_know_any_officer_speaks(world: World) -> None:
    teller = officer("teller", "bank-402", "clerk", ["accounts"], regions=["511112002"])
    world.set_policy("policy-3", [teller])
    assert send(world, "teller", "bank-402", [make_account(9)], holder_id=[make_id(5)]) == []
    assert world.state.accounts[make_account(9)].holder == make_id(5)


@pytest.mark.parametrize(("holder", "code"), [(ONE, "S18"), (make_id(5), "S13")], ids=["known", "unknown"])
def test_a_list_whose_source_was_withdrawn_before_its_last_part_says_nothing(
    world: World, holder: str, code: str
) -> None:
    world.take_census([make_id(5)], ["402"], [make_account(5)])
    world.set_policy("policy-3", [("source", "bank-9", {"name": "农商行", "type": "bank", "bank": "402"})])
    world.set_policy("policy-4", [officer("teller", "bank-9", "clerk", ["accounts"])])
    account = FIRST if holder == ONE else make_account(5)
    columns = {"holder_id": [holder], "bank": ["402"], "account": [account], "status": ["closed"]}
    fields = {"kind": "accounts", "source": "bank-9", "id": "answers", "snapshot_on": "2026-11-01"}
    header, part = derive_commands(parse_document(world.sign("teller", fields, columns)), world.now)
    world.apply(header)
    world.set_policy("policy-5", [("officer", "teller", None), ("source", "bank-9", None)])
    outcomes = [outcome for step in world.apply(part) for outcome in step.outcomes]
    assert codes_of(outcomes) == [code]
    assert world.state.faults == {}


@pytest.mark.parametrize(("parts", "code"), [([b"[]"], "D09"), ([b'{"holder_id":["%s"]}' % ONE.encode()], "D09")])
def test_a_part_that_is_no_part_refuses_the_census(world: World, parts: list[bytes], code: str) -> None:
    fields = {"kind": "accounts", "source": "bureau", "id": "census-x", "snapshot_on": "2026-11-01"}
    assert codes_of(world.submit(world.sign_raw("clerk", fields, parts, 1))) == ["", code]


# ---- the bank's answers


@pytest.mark.parametrize("status", ["mismatch", "dormant", "closed", "inactive"])
def test_what_a_bank_finds_wrong_is_kept_with_its_day_until_it_says_otherwise(world: World, status: str) -> None:
    assert answer(world, status) == []
    assert world.state.faults == {FIRST: status}
    account = world.state.accounts[FIRST]
    assert (account.status, account.checked_on) == (status, "2026-11-01")
    assert answer(world, "normal", on="2026-11-02") == []
    account = world.state.accounts[FIRST]
    assert (world.state.faults, account.status, account.checked_on) == ({}, "normal", "2026-11-02")


def test_a_normal_account_is_no_fault(world: World) -> None:
    assert answer(world, "normal") == []
    assert world.state.faults == {}


def test_a_bank_answers_for_accounts_that_the_census_knows_to_be_its_own(world: World) -> None:
    world.take_census([ONE], ["103"], [make_account(9)])
    assert send(world, "adapter", "bank-402", [make_account(8)], status=["closed"]) == ["S05"]
    assert send(world, "adapter", "bank-402", [make_account(9)], status=["closed"]) == ["S19"]
    assert make_account(8) not in world.state.accounts
    assert world.state.faults == {}


def test_only_the_accounts_own_bank_says_how_it_stands(world: World) -> None:
    world.take_census([ONE], ["103"], [make_account(9)])
    assert send(world, "clerk", "bureau", [FIRST], status=["closed"]) == ["S13"]
    assert send(world, "adapter", "bank-402", [make_account(9)], bank="103", status=["closed"]) == ["S13"]
    assert (world.state.faults, world.state.accounts[FIRST].status) == ({}, "")


def test_a_source_that_is_no_bank_never_answers_although_it_bears_a_banks_code(world: World) -> None:
    world.set_policy("policy-3", [("source", "bureau", {"name": "财政局", "type": "bureau", "bank": "402"})])
    assert send(world, "clerk", "bureau", [FIRST], status=["closed"]) == ["S13"]


def test_a_bank_whose_code_policy_does_not_say_answers_for_its_accounts(world: World) -> None:
    world.set_policy("policy-3", [("source", "bank-402", {"name": "农商行", "type": "bank"})])
    assert answer(world, "closed") == []


def test_an_answer_that_is_refused_changes_nothing_else_of_the_account(world: World) -> None:
    assert send(world, "clerk", "bureau", [FIRST], status=["closed"], keeper=["other"]) == ["S13"]
    assert world.state.accounts[FIRST].keeper == "unknown"


def test_answers_and_silence_may_stand_in_one_list(world: World) -> None:
    assert send(world, "adapter", "bank-402", [FIRST, make_account(9)], status=["inactive", None]) == []
    assert world.state.faults == {FIRST: "inactive"}
    assert world.entries("effect")[-1]["accepted"] == 2


# ---- what follows


@pytest.mark.parametrize(
    ("status", "state", "found"),
    [
        ("normal", "ready", []),
        ("mismatch", "refused", ["R12:red"]),
        ("dormant", "held", ["R46:orange"]),
        ("closed", "held", ["R46:orange"]),
        ("inactive", "held", ["R46:orange"]),
    ],
)
def test_lines_follow_the_banks_answer(world: World, status: str, state: str, found: list[str]) -> None:
    answer(world, status)
    world.send_batch("B-1", [ONE, TWO])
    assert world.line_states("B-1") == [state, "ready"]
    assert world.findings("B-1") == [found, []]
    evidence = f'"status":"{status}"}}'.encode()
    assert any(evidence in private for private in world.privates()) is bool(found)


def test_an_answer_after_the_assessment_holds_the_line_at_release(world: World) -> None:
    world.send_batch("B-1", [ONE, TWO])
    answer(world, "mismatch")
    assert codes_of(world.release("B-1", [("402", 2, 20_000)])) == ["", "D17"]
    assert world.line_states("B-1") == ["held", "ready"]
    assert world.entries("change")[-1]["findings"] == ["R12:red"]


@pytest.mark.parametrize(
    ("status", "codes"), [("mismatch", ["S15"]), ("closed", ["S15"]), ("dormant", []), ("inactive", []), ("normal", [])]
)
def test_nobody_may_choose_an_account_that_is_not_his_or_is_closed(world: World, status: str, codes: list[str]) -> None:
    world.take_census([ONE], ["402"], [make_account(9)])
    send(world, "adapter", "bank-402", [make_account(9)], status=[status])
    assert codes_of(world.designate([ONE], ["402"], [make_account(9)]))[1:] == codes
    assert world.state.designations[ONE].version == (1 if codes else 2)


def test_an_officer_of_the_bank_answers_like_its_adapter(world: World) -> None:
    world.set_policy("policy-3", [officer("teller", "bank-402", "clerk", ["accounts"])])
    assert send(world, "teller", "bank-402", [FIRST], status=["dormant"], holder_name=[make_name(0)]) == []
    assert world.state.faults == {FIRST: "dormant"}
