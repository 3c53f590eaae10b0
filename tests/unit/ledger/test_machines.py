"""Claims where one person may have several: plots and machines, their numbers, and what a stop frees."""

import pytest

from consolidator.facts.lines import derive_place
from consolidator.ledger.claims import list_beneficiaries
from tests.support.world import World, codes_of, make_id, make_programme

IDS = [make_id(number) for number in range(4)]
TOOL, PLOT = {"programme": "TOOL"}, {"programme": "PLOT"}
DAY = 86_400


@pytest.fixture
def world() -> World:
    """A county with a programme per machine and one per plot beside FARM; R36 is out of the way."""
    made = World()
    made.set_up()
    items = [
        ("programme", "TOOL", make_programme(unit="machine")),
        ("programme", "PLOT", make_programme(unit="plot")),
        ("rule", "R36", {"enabled": False}),
    ]
    made.set_policy("policy-2", items)
    made.settle_people(4)
    return made


def hold_and_stop(world: World, batch: str, *lines: int) -> None:
    """Stop lines that are ready."""
    world.review("reviewer", "hold", batch, lines)
    world.review("reviewer", "stop", batch, lines)


def claims_of(world: World, programme: str) -> tuple[dict[str, int], dict[str, int], dict[str, int]]:
    """Give what is held in a programme in 2026: entitlements, holders, serials."""
    claims = world.state.claims
    held = claims.entitlements.get(programme, {}).get("2026", {})
    return held, claims.holders.get(programme, {}).get("2026", {}), claims.serials.get(programme, {})


# ---- machines


def test_a_machine_is_paid_for_once_in_its_life_whoever_buys_it_and_when(world: World) -> None:
    world.send_batch("B-1", IDS[:2], fields=TOOL, plot=["M-1", "M-1"])
    world.send_batch("B-2", IDS[2:3], fields=TOOL | {"period": "2025"}, plot=["M-1"])
    assert world.line_states("B-1") == ["ready", "refused"]
    assert world.findings("B-1") == [[], ["R35:red"]]
    assert world.findings("B-2") == [["R35:red"]]
    assert b'"evidence":{"R35":{"held_by":"bank-402/B-1/1"}}' in b"".join(world.privates())


@pytest.mark.parametrize("again", ["m-1", " M 1 ", "\uff2d\uff0d\uff11", "M_.1", "M/1", "M|1", "M·1", "(M)#1"])
def test_a_machine_or_plot_is_the_same_however_its_number_is_written(world: World, again: str) -> None:
    world.send_batch("B-1", IDS[:1], fields=TOOL, plot=["M-1"])
    world.send_batch("B-2", IDS[1:2], fields=TOOL | {"period": "2025"}, plot=[again])
    assert world.findings("B-2") == [["R35:red"]]
    world.send_batch("B-3", [IDS[0]] * 2, fields=PLOT, plot=["M-1", again])
    assert world.findings("B-3") == [[], ["R16:red"]]


def test_a_number_without_letter_or_digit_is_none(world: World) -> None:
    world.send_batch("B-1", IDS[:2], fields=TOOL, plot=["-", " . "])
    assert world.findings("B-1") == [["R35:orange"], ["R35:orange"]]
    assert claims_of(world, "TOOL")[2] == {}
    world.send_batch("B-2", [IDS[0]] * 2, fields=PLOT, plot=["-", "#"])
    assert world.findings("B-2") == [[], ["R16:red"]]


def test_a_stop_frees_a_number_however_it_was_written(world: World) -> None:
    world.send_batch("B-1", IDS[:1], fields=TOOL, plot=[" m 1"])
    hold_and_stop(world, "B-1", 1)
    assert claims_of(world, "TOOL") == ({}, {}, {})


def test_the_same_machine_of_the_same_buyer_is_both_a_repeat_and_a_second_claim(world: World) -> None:
    world.send_batch("B-1", [IDS[0]] * 2, fields=TOOL, plot=["M-1", "M-1"])
    assert world.findings("B-1") == [[], ["R16:red", "R35:red"]]


def test_a_machine_refused_for_its_serial_leaves_no_claim_behind(world: World) -> None:
    world.send_batch("B-1", IDS[:2], fields=TOOL, plot=["M-1", "M-1"])
    place = derive_place(0, 1)
    assert claims_of(world, "TOOL") == ({f"{IDS[0]}|M1": place}, {IDS[0]: 1}, {"M1": place})


def test_a_buyer_may_have_several_machines(world: World) -> None:
    world.send_batch("B-1", [IDS[0]] * 2, fields=TOOL, plot=["M-1", "M-2"])
    assert world.line_states("B-1") == ["ready", "ready"]
    assert claims_of(world, "TOOL")[1] == {IDS[0]: 2}


def test_a_machine_without_serial_is_held_and_claims_as_the_buyer(world: World) -> None:
    world.send_batch("B-1", IDS[:2], fields=TOOL, plot=[None, "M-1"])
    world.send_batch("B-2", IDS[2:3], fields=TOOL)
    assert world.findings("B-1") == [["R35:orange"], []]
    assert world.findings("B-2") == [["R35:orange"]]
    places = [derive_place(0, 1), derive_place(0, 2), derive_place(1, 1)]
    assert claims_of(world, "TOOL") == (
        {IDS[0]: places[0], f"{IDS[1]}|M1": places[1], IDS[2]: places[2]},
        {IDS[0]: 1, IDS[1]: 1, IDS[2]: 1},
        {"M1": places[1]},
    )


def test_a_stopped_machine_is_free_again(world: World) -> None:
    world.send_batch("B-1", [IDS[0]] * 2, fields=TOOL, plot=["M-1", "M-2"])
    hold_and_stop(world, "B-1", 1)
    assert claims_of(world, "TOOL")[1:] == ({IDS[0]: 1}, {"M2": derive_place(0, 2)})
    world.send_batch("B-2", IDS[1:2], fields=TOOL | {"period": "2025"}, plot=["M-1"])
    assert world.line_states("B-2") == ["ready"]
    hold_and_stop(world, "B-1", 2)
    assert claims_of(world, "TOOL") == ({}, {}, {"M1": derive_place(1, 1)})


def test_a_stopped_machine_without_serial_frees_its_claim_only(world: World) -> None:
    world.send_batch("B-1", [IDS[0]] * 2, fields=TOOL, plot=[None, "M-1"])
    world.review("reviewer", "stop", "B-1", [1])
    assert claims_of(world, "TOOL")[1:] == ({IDS[0]: 1}, {"M1": derive_place(0, 2)})


def test_two_programmes_may_pay_for_one_machine(world: World) -> None:
    world.set_policy("policy-3", [("programme", "TOOL-2", make_programme(unit="machine"))])
    world.send_batch("B-1", IDS[:1], fields=TOOL, plot=["M-1"])
    world.send_batch("B-2", IDS[:1], fields={"programme": "TOOL-2"}, plot=["M-1"])
    assert world.line_states("B-2") == ["ready"]


def test_no_setting_softens_a_serial_paid_twice_but_a_missing_one(world: World) -> None:
    world.set_policy("policy-3", [("rule", "R35", {"enabled": False, "level": "blue"})])
    world.send_batch("B-1", IDS[:3], fields=TOOL, plot=["M-1", "M-1", None])
    assert world.findings("B-1") == [[], ["R35:red"], []]


def test_an_odd_line_claims_no_machine_and_is_no_repeat_of_one(world: World) -> None:
    fields = TOOL | {"totals": {"count": 2, "fen": 20_000}}
    world.send_batch("B-1", ["odd", "odd"], fields=fields, plot=["M-1", "M-1"])
    assert world.findings("B-1") == [["S01:red"], ["S01:red"]]
    assert claims_of(world, "TOOL") == ({}, {}, {})


# ---- plots


def test_plots_are_no_serials(world: World) -> None:
    world.send_batch("B-1", IDS[:2], fields=PLOT, plot=["P-1", "P-1"])
    assert world.line_states("B-1") == ["ready", "ready"]
    assert claims_of(world, "PLOT")[1:] == ({IDS[0]: 1, IDS[1]: 1}, {})


def test_a_stopped_plot_is_free_again_and_its_holder_keeps_the_others(world: World) -> None:
    world.send_batch("B-1", [IDS[0]] * 2, fields=PLOT, plot=["P-1", "P-2"])
    hold_and_stop(world, "B-1", 1)
    assert claims_of(world, "PLOT") == ({f"{IDS[0]}|P2": derive_place(0, 2)}, {IDS[0]: 1}, {})


def test_where_one_person_has_one_claim_nobody_is_counted_as_a_holder(world: World) -> None:
    world.send_batch("B-1", IDS[:2])
    assert claims_of(world, "FARM")[1:] == ({}, {})


# ---- R19 through holders


def test_a_plot_keeps_its_holder_from_an_excluded_programme_until_it_is_stopped(world: World) -> None:
    world.set_policy("policy-3", [("programme", "FARM", make_programme(excludes=["PLOT"]))])
    world.send_batch("B-1", [IDS[0]] * 2, fields=PLOT, plot=["P-1", "P-2"])
    world.send_batch("B-2", IDS[:2])
    assert world.findings("B-2") == [["R19:orange"], []]
    assert b'"R19":{"has":["PLOT 2026"]}' in b"".join(world.privates())
    hold_and_stop(world, "B-1", 1)
    assert codes_of(world.clear("B-2", [1])) == [""]
    world.review("reviewer", "hold", "B-2", [1])
    hold_and_stop(world, "B-1", 2)
    world.clear("B-2", [1])
    assert world.entries("change")[-1]["findings"] == ["H03:orange"]


def test_an_excluded_programmes_claim_learned_after_the_assessment_holds_at_release(world: World) -> None:
    world.set_policy("policy-3", [("programme", "FARM", make_programme(excludes=["PLOT"]))])
    world.send_batch("B-1", IDS[:1])
    world.send_batch("B-2", IDS[:1], fields=PLOT, plot=["P-1"])
    assert [world.line_states(name) for name in ("B-1", "B-2")] == [["ready"], ["held"]]
    assert codes_of(world.release("B-1", [("402", 1, 10_000)])) == ["", "D18"]
    assert world.entries("change")[-1]["findings"] == ["R19:orange"]


# ---- R36


def test_a_buyer_of_too_many_machines_is_held_everywhere_and_a_stopped_one_no_longer_counts(world: World) -> None:
    world.set_policy("policy-3", [("rule", "R36", {"parameters": {"machines_max": 2}})])
    world.send_batch("B-1", [IDS[0]] * 2, fields=TOOL, plot=["M-1", "M-2"])
    assert world.line_states("B-1") == ["ready", "ready"]
    world.send_batch("B-2", [IDS[0]], fields=TOOL | {"period": "2025"}, plot=["M-3"])
    assert [world.line_states(name) for name in ("B-1", "B-2")] == [["held", "held"], ["held"]]
    assert b'"R36":{"machines":3,"machines_max":2,"window_days":365}' in b"".join(world.privates())
    world.review("reviewer", "stop", "B-1", [1, 2])
    assert [member[1] for member in world.state.claims.buyers[IDS[0]]] == [derive_place(1, 1)]
    world.send_batch("B-3", [IDS[0]], fields=TOOL | {"period": "2024"}, plot=["M-4"])
    assert world.line_states("B-3") == ["ready"]


def test_machines_bought_longer_ago_than_the_window_do_not_count(world: World) -> None:
    world.set_policy("policy-3", [("rule", "R36", {"parameters": {"machines_max": 1, "window_days": 10}})])
    world.send_batch("B-1", [IDS[0]], fields=TOOL, plot=["M-1"])
    world.now += 10 * DAY
    world.send_batch("B-2", [IDS[0]], fields=TOOL | {"period": "2025"}, plot=["M-2"])
    assert [world.line_states(name) for name in ("B-1", "B-2")] == [["ready"], ["ready"]]


def test_paid_machines_of_a_great_buyer_go_on_counting(world: World) -> None:
    world.set_policy("policy-3", [("rule", "R36", {"parameters": {"machines_max": 25}})])
    for batch, first, count in (("B-1", 1, 21), ("B-2", 22, 4)):
        plots = [f"M-{first + number}" for number in range(count)]
        world.send_batch(batch, [IDS[0]] * count, fields=TOOL, plot=plots)
        world.release(batch, [("402", count, count * 10_000)])
        assert set(world.line_states(batch)) == {"ordered"}
    world.send_batch("B-3", [IDS[0]], fields=TOOL, plot=["M-26"])
    assert world.line_states("B-3") == ["held"]
    assert b'"R36":{"machines":26,"machines_max":25,"window_days":365}' in b"".join(world.privates())


# ---- whose line


def test_a_line_is_its_claimants(world: World) -> None:
    world.send_batch("B-1", [*IDS[:2], IDS[0]], fields=PLOT, plot=["P-1", None, "P-1"])
    batch = world.batch("B-1")
    assert list_beneficiaries(world.state, batch) == {1: IDS[0], 2: IDS[1]}
