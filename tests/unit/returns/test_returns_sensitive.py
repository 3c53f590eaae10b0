"""A sender's list of a sensitive programme is whole: he wrote the amounts and must know the reasons."""

from tests.support.discreet import CARE, care, make_care
from tests.unit.returns.office import Office


def test_a_list_names_amount_code_and_facts(office: Office) -> None:
    world = office.world
    ids = world.settle_people(3)
    world.set_policy("care", [("programme", CARE, make_care(standard_fen=10_000, age_max=None))])
    world.send_batch("B-1", ids, [10_000, 9_999, 10_001], care("2026"))
    office.run()
    below, above = office.read("B-1")
    assert (below["原因代码"], below["金额(元)"], below["状态"]) == ("R22", "99.99", "存疑拦截 held")
    assert (above["原因代码"], above["金额(元)"]) == ("R21", "100.01")
    assert above["比对依据"] == "R21: 标准(元) 100.00,数量 1"


def test_a_void_list_names_both_totals(office: Office) -> None:
    world = office.world
    ids = world.settle_people(2)
    world.set_policy("care", [("programme", CARE, make_care())])
    world.send_batch("B-1", ids, [100, 200], care("2026") | {"totals": {"count": 2, "fen": 301}})
    office.run()
    (whole,) = office.read("B-1")
    assert whole["原因代码"] == "R40"
    assert "3.01" in whole["比对依据"]
    assert "3.00" in whole["比对依据"]


def test_a_judged_clue_leaves_the_list_though_its_code_is_not_public(office: Office) -> None:
    world = office.world
    ids = world.settle_people(1)
    world.register("officials", {"id": ids, "village": ["511112001001"], "position": ["村文书"]})
    world.set_policy("care", [("programme", CARE, make_care())])
    world.send_batch("B-1", ids, [100], care("2026"))
    office.run()
    assert [row["原因代码"] for row in office.read("B-1")] == ["R08"]
    batch = {"source": "bank-402", "id": "B-1"}
    fields = {"kind": "disposition", "source": "bureau", "id": "d-1", "action": "record", "batch": batch}
    columns: dict[str, list[object]] = {
        "line": [1],
        "code": ["R08"],
        "verdict": ["unfounded"],
        "reason": ["已核实"],
        "until": [None],
    }
    world.send("reviewer", fields, columns)
    office.run()
    assert "R08" not in [row["原因代码"] for row in office.read("B-1")]
