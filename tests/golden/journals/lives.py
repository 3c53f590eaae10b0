"""The lives of two small counties, which together use every kind of document and every rule the ledger has."""

from typing import Any

from schemas.commands import Command
from tests.support.world import (
    COUNTY,
    HOUR,
    START,
    VILLAGE,
    World,
    digest_of,
    make_account,
    make_programme,
)

DAY = 24 * HOUR
_PEOPLE = 40


def live_oddly(world: World) -> None:
    """Let everything go wrong that can, once."""
    world.set_up(unit="household", standard_fen=None)
    ids = world.settle_people(_PEOPLE, household_size=2)
    _set_more_programmes(world)
    _fill_registers(world, ids)
    _answer_and_suspend(world, ids)
    _send_odd_batches(world, ids)
    _send_wrong_documents(world, ids)
    _review_and_release(world, ids)
    world.apply(Command("tick", world.now + 40 * DAY, b""))


def live_long(world: World) -> None:
    """Let three years pass: months of small batches, changed accounts, closes, what is late, epochs that change."""
    world.set_up(cycle="month", review_window_hours=0, standard_fen=10_000)
    ids = world.settle_people(12)
    _announce(world, "2027-02")
    for month in range(30):
        world.now = START + month * 30 * DAY
        period = f"{2026 + (10 + month) // 12}-{(10 + month) % 12 + 1:02d}"
        publicity = {"from_on": "2026-10-01", "to_on": "2026-10-08", "place": "村务公开栏"}
        people = ids[: 12 - month % 5]
        world.send_batch(f"MONTH-{month}", people, fields={"period": period, "publicity": publicity})
        if month % 4 == 1:
            _change_account(world, ids[month % 12], 100 + month)
        world.apply(Command("tick", world.now + DAY, b""))


def _set_more_programmes(world: World) -> None:
    world.set_policy(
        "policy-2",
        [
            ("bank", "402", {"name": "农商行", "file_lines_max": 5, "file_fen_max": 60_000}),
            ("bank", "103", {"name": "农行", "branch": "103000000001"}),
            ("source", "bank-402", {"name": "农商行", "type": "bank", "bank": "402"}),
            ("programme", "LAND", make_programme(unit="plot", standard_fen=100, bars_payroll=True)),
            ("programme", "TRACTOR", make_programme(unit="machine", standard_fen=None, line_max_fen=40_000)),
            ("programme", "AGED", make_programme(age_min=66, excludes=["LAND"], standard_kind="ceiling")),
            ("programme", "AT-ONCE", make_programme(review_window_hours=0, paying_banks=["402", "103"])),
            ("plan", "PLAN-2", {"programme": "AT-ONCE", "fen": 100_000}),
            ("rule", "R08", {"level": "orange"}),
            ("rule", "R36", {"parameters": {"machines_max": 2}}),
            ("setting", "cooling_off_hours", {"value": 24}),
        ],
    )


def _fill_registers(world: World, ids: list[str]) -> None:
    world.register("deaths", {"id": [ids[0], ids[1]], "died_on": ["2025-06-30", "2026-06-30"]})
    world.register("officials", {"id": [ids[2]], "village": [VILLAGE], "position": ["村文书"]})
    world.register("relatives", {"id": [ids[3]], "official_id": [ids[2]], "relation": ["配偶"]})
    world.register("payroll", {"id": [ids[4]], "employer": ["示例学校"]})
    world.register(
        "relations",
        {
            "payee_id": [ids[5]] * 3,
            "beneficiary_id": ids[6:9],
            "relation": ["guardian", "mandate", "household_head"],
            "from_on": ["2020-01-01"] * 3,
            "to_on": [None, "2026-01-01", None],
        },
    )
    world.register("library", {"id": [ids[9]], "village": [VILLAGE], "status": ["ended"]}, update="delta")
    world.register("deaths", {"id": [ids[10]], "died_on": ["2026-02-30"]}, update="delta")


def _answer_and_suspend(world: World, ids: list[str]) -> None:
    fields = {"kind": "accounts", "source": "bank-402", "id": "answers-1", "snapshot_on": "2026-10-31"}
    answers = {
        "holder_id": ids[10:15],
        "bank": ["402"] * 5,
        "account": [make_account(number) for number in range(10, 15)],
        "status": ["normal", "dormant", "mismatch", "closed", "inactive"],
    }
    world.send("adapter", fields, answers)
    fields = {"kind": "designations", "source": "bureau", "id": "suspended"}
    chosen = {"payee_id": ids[15:17], "bank": ["402"] * 2, "account": [make_account(15), make_account(99)]}
    world.send("clerk", fields, chosen | {"action": ["suspend"] * 2})


def _send_odd_batches(world: World, ids: list[str]) -> None:
    world.send_batch("HOMES", ids[:20], list(range(10_000, 10_020)))
    world.send_batch("HOMES-2", ids[10:24], list(range(20_000, 20_014)), account=[make_account(7)] * 14)
    plots: dict[str, list[Any]] = {"plot": ["P1", "P1", "P2", None], "quantity_milli": [1000, 1000, 2500, None]}
    world.send_batch("PLOTS", [ids[4], *ids[20:22], ids[20]], [100, 101, 250, 99], _of("LAND"), **plots)
    serials = {"plot": ["S1", "S1", "S2", None, "S3"]}
    machines = [ids[22], ids[23], ids[23], ids[23], ids[23]]
    world.send_batch("MACHINES", machines, [30_000, 30_000, 50_000, 100, 20_000], _of("TRACTOR"), **serials)
    world.send_batch("AGED", ids[18:26], [9_000] * 7 + [10_001], _of("AGED"))
    payees = {"payee_id": [ids[5]] * 3, "payee_name": [world.name_of(ids[5])] * 3}
    world.send_batch("COLLECTED", ids[6:9], [10_000] * 3, _of("AT-ONCE"), **payees)
    world.send_batch("OVER-PLAN", ids[24:36], [10_000] * 12, _of("AT-ONCE"))
    world.send_batch("UNPUBLISHED", ids[36:38], None, _of("AT-ONCE") | {"publicity": None})
    world.send_batch("LYING", ids[:2], None, {"totals": {"count": 2, "fen": 1}})
    world.send_batch("UNREADABLE", ids[:2], [10_000, None])
    odd: dict[str, Any] = {"beneficiary_id": [*ids[38:40], "x" * 18], "beneficiary_name": ["甲", "", "乙"]}
    world.send_batch("ODD", [*ids[38:40], ids[0]], [0, 10_000, 10_000], _of("AT-ONCE"), **odd)


def _of(programme: str) -> dict[str, Any]:
    return {"programme": programme, "plan_number": "PLAN-2" if programme == "AT-ONCE" else "PLAN-1"}


def _send_wrong_documents(world: World, ids: list[str]) -> None:
    raw = world.sign("adapter", world.batch_fields("TWICE", 1, 10_000), _one_line(world, ids[30]))
    world.submit(raw)
    world.submit(raw)
    number = world.numbers["adapter"]
    world.submit(world.sign("adapter", world.batch_fields("OTHER", 1, 10_000), _one_line(world, ids[31]), seq=number))
    late = world.sign("adapter", world.batch_fields("LATE", 1, 10_000), _one_line(world, ids[32]), seq=number + 2)
    world.submit(late)
    world.send("adapter", world.batch_fields("HOMES", 1, 10_000), _one_line(world, ids[33]))
    world.numbers["adapter"] += 1
    world.submit(late)
    world.send("supervisor", world.batch_fields("NO-POWER", 1, 10_000), _one_line(world, ids[33]))
    world.set_policy("policy-3", [("rule", "R99", {"enabled": False})])
    _announce(world, "2026-12")


def _one_line(world: World, identity: str) -> dict[str, list[Any]]:
    return {"beneficiary_id": [identity], "beneficiary_name": [world.name_of(identity)], "amount_fen": [10_000]}


def _announce(world: World, period: str) -> None:
    columns = {"programme": ["FARM"], "period": [period], "township": [f"{COUNTY}001"], "due_on": ["2026-11-20"]}
    world.send("clerk", {"kind": "expected", "source": "bureau", "id": f"expected-{period}"}, columns)


def _review_and_release(world: World, ids: list[str]) -> None:
    batch = world.batch("HOMES")
    held = [line for line, state in enumerate(world.line_states("HOMES"), start=1) if state == "held"]
    world.review("reviewer", "stop", "HOMES", held[:3])
    world.clear("HOMES", held[3:9])
    world.review("supervisor", "comment", "HOMES", [1], source="oversight")
    world.release("HOMES", [("402", 1, 1)])
    ready = [fen for fen, state in zip(batch.fen, world.line_states("HOMES"), strict=True) if state == "ready"]
    world.release("HOMES", [("402", len(ready), sum(ready))])
    _suppress(world, held[-1])
    _change_account(world, ids[24], 200)
    world.now += 3 * DAY
    world.release("OVER-PLAN", [("402", 12, 120_000)])
    world.set_policy("policy-4", [("plan", "PLAN-2", {"programme": "AT-ONCE", "fen": 900_000})])
    world.release("OVER-PLAN", [("402", 12, 120_000)])
    world.release("OVER-PLAN", [("402", 11, 110_000)])
    world.send_batch("HOMES-3", ids[16:30], [10_000] * 14, {"period": "2025"})


def _suppress(world: World, line: int) -> None:
    header = {"kind": "disposition", "source": "bureau", "batch": {"source": "bank-402", "id": "HOMES"}}
    columns: dict[str, list[Any]] = {
        "line": [line],
        "code": ["R18"],
        "verdict": ["unfounded"],
        "reason": ["已分户"],
        "until": ["2027-06-30"],
    }
    raw = world.sign("reviewer", header | {"id": "suppress-1", "action": "suppress"}, columns)
    world.submit(raw)
    world.confirm("approver", "bureau", digest_of(raw), "suppress-1-confirm")
    world.send("reviewer", header | {"id": "record-1", "action": "record"}, columns | {"code": ["R13"]})


def _change_account(world: World, identity: str, number: int) -> None:
    world.take_census([identity], ["103"], [make_account(number)])
    world.designate([identity], ["103"], [make_account(number)], ["103000000009"])
