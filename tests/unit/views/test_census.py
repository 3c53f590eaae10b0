"""The three questions of the census, the list a bank is asked to verify, and how far consolidation is."""

from typing import Any

import pytest

from consolidator.views.census import list_histories, list_questions, show_person
from consolidator.views.consolidation import COUNTY_ROW, build_report, describe_town
from schemas.errors import UsageError
from tests.support.world import HOUR, VILLAGE, World, make_account, make_id, make_name

OTHER_VILLAGE = "511112002001"


@pytest.fixture
def world() -> World:
    """Three persons in two townships with a designated card at 402 each, and further cards at 103."""
    world = World()
    world.set_up()
    ids = world.settle_people(3)
    villages = [VILLAGE, VILLAGE, OTHER_VILLAGE]
    names = [make_name(number) for number in range(3)]
    world.register("population", {"id": ids, "name": names, "household": ["1", "2", "3"], "village": villages})
    send_census(
        world,
        holder_id=[ids[0], ids[0], ids[2]],
        bank=["103"] * 3,
        account=[make_account(number) for number in (10, 11, 12)],
        keeper=["village", "self", "other"],
        programmes=[["FARM"], [], ["FARM"]],
    )
    return world


def send_census(world: World, **columns: list[Any]) -> None:
    """Send a card census with all its columns."""
    number = world.numbers.get("clerk", 0) + 1
    fields = {"kind": "accounts", "source": "bureau", "id": f"census-x{number}", "snapshot_on": "2026-10-31"}
    assert not [each for each in world.send("clerk", fields, columns) if each.word != "new"]


def answer(world: World, account: str, holder: str, status: str) -> None:
    """Let the bank answer for an account."""
    number = world.numbers.get("adapter", 0) + 1
    fields = {"kind": "accounts", "source": "bank-402", "id": f"answer-{number}", "snapshot_on": "2026-11-01"}
    columns: dict[str, list[Any]] = {"holder_id": [holder], "bank": ["402"], "account": [account], "status": [status]}
    assert not [each for each in world.send("adapter", fields, columns) if each.word != "new"]


def test_the_three_questions_are_answered(world: World) -> None:
    person = show_person(world.state, make_id(0), full=True)
    assert (person["cards"], person["banks"], person["kept_by_others"]) == (3, ["103", "402"], 1)
    assert (person["name"], person["id"], person["township"]) == (make_name(0), make_id(0), VILLAGE[:9])
    first, _, last = person["accounts"]
    assert (first["account"], first["keeper"], first["programmes"]) == (make_account(10), "village", ["FARM"])
    assert first["programme_names"] == ["耕地地力保护补贴"]
    assert (first["designation"], first["in_force"]) == (0, False)
    assert (last["bank_name"], last["designation"], last["in_force"], last["status"]) == ("农商行", 1, True, "")


def test_a_person_is_masked_unless_in_full(world: World) -> None:
    shown = repr(show_person(world.state, make_id(0), full=False))
    assert "示*" in shown
    assert not [each for each in (make_id(0), make_name(0), make_account(10)) if each in shown]


def test_a_person_nobody_knows_has_no_cards(world: World) -> None:
    person = show_person(world.state, make_id(99), full=False)
    assert (person["name"], person["cards"], person["township"]) == ("", 0, "")


def test_a_bank_is_asked_for_what_it_never_verified_or_what_is_designated(world: World) -> None:
    assert [each.account for each in list_questions(world.state, "103")] == [make_account(n) for n in (10, 11, 12)]
    [first, *_] = list_questions(world.state, "402")
    assert (first.name, first.identity, first.account) == (make_name(0), make_id(0), make_account(0))
    send_census(world, holder_id=[make_id(0)], bank=["402"], account=[make_account(20)])
    for account in (0, 20):
        answer(world, make_account(account), make_id(0), "normal")
    asked = [each.account for each in list_questions(world.state, "402")]
    assert asked == [make_account(number) for number in (0, 1, 2)]


def test_an_account_that_will_be_designated_is_asked_for(world: World) -> None:
    send_census(world, holder_id=[make_id(0)], bank=["402"], account=[make_account(20)])
    answer(world, make_account(20), make_id(0), "normal")
    world.designate([make_id(0)], ["402"], [make_account(20)])
    assert make_account(20) in [each.account for each in list_questions(world.state, "402")]


def test_a_bank_that_takes_no_part_is_named(world: World) -> None:
    with pytest.raises(UsageError, match="103、402"):
        list_questions(world.state, "999")


def test_a_history_shows_how_each_version_stands(world: World) -> None:
    def standings() -> list[str]:
        return [row["standing"] for row in list_histories(world.state, make_id(0), full=True)]

    assert standings() == ["in_force"]
    world.designate([make_id(0)], ["103"], [make_account(10)])
    assert standings() == ["in_force", "cooling_off"]
    world.designate([make_id(0)], ["103"], [make_account(11)])
    assert standings() == ["in_force", "taken_back", "cooling_off"]
    world.now += 73 * HOUR
    world.send("clerk", suspension(world, 11), {**choice(11), "action": ["suspend"]})
    assert standings() == ["replaced", "replaced", "replaced", "suspended"]
    assert show_person(world.state, make_id(0), full=False)["suspended"]


def suspension(world: World, number: int) -> dict[str, str]:
    """Give the header's fields of a suspension."""
    return {"kind": "designations", "source": "bureau", "id": f"stop-{number}-{world.numbers['clerk']}"}


def choice(number: int) -> dict[str, list[str]]:
    """Give the columns that name an account of person 0."""
    return {"payee_id": [make_id(0)], "bank": ["103"], "account": [make_account(number)]}


def test_a_history_is_masked_unless_in_full(world: World) -> None:
    assert list_histories(world.state, make_id(0), full=False)[0]["account"] == "****0000"
    assert list_histories(world.state, make_id(9), full=False) == []


def test_the_report_counts_cards_before_and_accounts_after_by_township(world: World) -> None:
    report = build_report(world.state)
    county, first, second = (describe_town(town) for town in report.towns)
    assert county["township"] == COUNTY_ROW
    assert (first["township"], second["township"]) == (VILLAGE[:9], OTHER_VILLAGE[:9])
    assert (first["people"], first["holders"], first["cards"], first["designated"], first["saved"]) == (2, 2, 4, 2, 2)
    assert (second["people"], second["cards"], second["saved"], second["kept_by_others"]) == (1, 2, 1, 1)
    assert {name: county[name] for name in ("people", "cards", "designated", "saved")} == {
        "people": 3,
        "cards": 6,
        "designated": 3,
        "saved": 3,
    }
    assert county["statuses"] == {"unchecked": 6}


def test_a_suspended_designation_is_none(world: World) -> None:
    columns = {"payee_id": [make_id(0)], "bank": ["402"], "account": [make_account(0)], "action": ["suspend"]}
    world.send("clerk", suspension(world, 0), columns)
    report = build_report(world.state)
    assert [each.identity for each in report.undesignated] == [make_id(0)]
    assert (report.undesignated[0].cards, report.undesignated[0].village) == (3, VILLAGE)
    assert report.towns[0].counts["designated"] == 2
    assert report.towns[0].counts["saved"] == 1


def test_a_person_of_the_library_without_a_card_is_without_designation(world: World) -> None:
    world.register("library", {"id": [make_id(50)], "village": [OTHER_VILLAGE], "status": ["active"]}, "delta")
    [person] = build_report(world.state).undesignated
    assert (person.identity, person.village, person.town, person.cards) == (make_id(50), OTHER_VILLAGE, "", 0)


def test_accounts_kept_or_named_by_others_are_shared(world: World) -> None:
    world.send_batch("B-1", [make_id(0), make_id(1)], account=[make_account(12), make_account(77)])
    world.send_batch("B-2", [make_id(2)], fields={"period": "2027"}, account=[make_account(77)])
    shared = {each.account: each for each in build_report(world.state).shared}
    assert {account: (each.keeper, each.persons) for account, each in shared.items()} == {
        make_account(10): ("village", 1),
        make_account(12): ("other", 2),
        make_account(77): ("unknown", 2),
    }
    assert (shared[make_account(12)].holder_name, shared[make_account(77)].holder) == (make_name(2), "")
    assert build_report(world.state).towns[0].counts["named_by_several"] == 2
