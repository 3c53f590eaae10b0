"""The files of corrections: rows of the original file, each naming its line; and another card of who is not paid."""

from consolidator.facts.accounts import find_current
from consolidator.sample.corrections import choose_other, find_payee, read_rows, render_choices, render_correction
from consolidator.sample.sheets import render_cover, render_csv
from tests.support.world import World, make_account, make_id

HEAD = ("序号", "领款人身份证号", "享受对象身份证号", "金额(元)", "编号")
ORIGINAL = render_csv(
    HEAD, [("1", "", "A", "10.00", "P-1"), ("2", "", "B", "20.50", "P-2"), ("3", "D", "C", "7.00", "")]
)
COVER = render_cover({"编号": "DB-1", "期间": "2026", "总笔数": "3", "总金额(元)": "37.50"})


def test_a_correction_holds_the_original_rows_with_the_lines_that_they_correct() -> None:
    raw, cover = render_correction((ORIGINAL, COVER), "DB-1-FIX", {2: "civil/DB-1/2", 3: "civil/DB-1/3"})
    assert raw.decode("utf-8-sig").splitlines() == [
        "序号,领款人身份证号,享受对象身份证号,金额(元),编号,更正原明细",
        "1,,B,20.50,P-2,civil/DB-1/2",
        "2,D,C,7.00,,civil/DB-1/3",
    ]
    assert cover.decode().splitlines() == ["编号,DB-1-FIX", "期间,2026", "总笔数,2", "总金额(元),27.50"]


def test_a_correction_may_ask_for_more_to_be_refused() -> None:
    raw, cover = render_correction((ORIGINAL, COVER), "DB-1-RAISED", {1: "civil/DB-1/1"}, 100)
    assert "1,,A,11.00,P-1,civil/DB-1/1" in raw.decode()
    assert "总金额(元),11.00" in cover.decode()


def test_the_payee_is_the_beneficiary_unless_somebody_else_is_named() -> None:
    rows = read_rows(ORIGINAL)
    assert [find_payee(rows[line]) for line in (1, 3)] == ["A", "D"]


def make_world() -> World:
    """Give a county in which person 0 holds three cards and chose the first of them; person 1 holds one."""
    world = World()
    world.set_up()
    ids = world.settle_people(2)
    world.take_census(ids[:1] * 2, ["102", "402"], [make_account(50), make_account(51)])
    return world


def test_another_card_is_chosen_by_number() -> None:
    world = make_world()
    choice = choose_other(world.state, make_id(0))
    assert choice is not None
    payee, bank, account, _ = choice
    assert (payee, bank, account) == (make_id(0), "102", make_account(50))
    assert render_choices([choice]).decode("utf-8-sig").splitlines()[1].startswith(f"{make_id(0)},102,")


def test_a_card_that_a_bank_calls_unusable_or_somebody_chose_is_none() -> None:
    world = make_world()
    usable = world.state.accounts[make_account(50)]
    card = usable.card.__class__(usable.bank, status="dormant")
    world.state.accounts[make_account(50)] = usable.__class__(usable.holder, card)
    chosen = choose_other(world.state, make_id(0))
    assert chosen is not None
    assert chosen[2] == make_account(51)
    current = find_current(world.state.designations[make_id(1)], world.state.now)
    assert current is not None
    world.state.designations[make_id(1)] = current.__class__(make_account(51), current.terms)
    assert choose_other(world.state, make_id(0)) is None


def test_who_has_no_other_card_or_no_account_at_all_chooses_none() -> None:
    world = make_world()
    assert choose_other(world.state, make_id(1)) is None
    del world.state.designations[make_id(0)]
    assert choose_other(world.state, make_id(0)) is None
