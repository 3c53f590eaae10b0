"""A county with a sensitive programme beside an ordinary one, in which everything happens that tells of money."""

import json
from collections.abc import Iterator
from typing import Any

from schemas.commands import Command
from tests.support.told import add_bank, result, tell
from tests.support.world import HOUR, START, Columns, World, digest_of, make_account, make_id, make_name, make_programme

DAY = 24 * HOUR
CARE = "CARE-DIS"
PEOPLE = 40
HIDDEN_VILLAGE = "511112009007"  # where those live who get the sensitive subsidy, and nobody else
PLAIN_VILLAGE = "511112001001"
AT_OTHER_BANK = range(20, 25)
FIRST_FEN, STEP_FEN = 7_000_003, 100_003  # amounts that no count, number or ordinary amount comes near
ASSESSED, SINGLE, NEXT, VOID, UNKNOWN, LATER = "CARE-1", "CARE-2", "CARE-3", "CARE-4", "CARE-5", "CARE-6"
SENSITIVE_BATCHES = frozenset((ASSESSED, SINGLE, NEXT, VOID, UNKNOWN))


def fen_of(number: int) -> int:
    """Give what person ``number`` gets of the sensitive programme: nobody the same, no sum of some another's."""
    return FIRST_FEN + STEP_FEN * number + number * number


def make_care(**fields: object) -> dict[str, Any]:
    """Give the sensitive programme's policy value."""
    value = {"name": "残疾人补贴", "short_name": "残补", "standard_fen": None, "sensitive": True, "age_max": 70}
    return make_programme(**value | {"paying_banks": ["402", "103"], "bars_payroll": True} | fields)


def live_discreetly() -> World:
    """Let a county pay an ordinary and a sensitive programme for two years."""
    world = World()
    world.set_up(standard_kind="ceiling")
    ids = _settle(world)
    world.set_policy("care", [("programme", CARE, make_care()), ("plan", "PLAN-1", {"programme": CARE, "fen": 1})])
    world.set_policy("rules", [("rule", "R41", {"required": False}), ("rule", "R55", {"parameters": {"lines_min": 5}})])
    _pay(world, ids)
    _judge(world)
    _go_wrong(world, ids)
    world.now += HOUR
    world.release(SINGLE, figures(world, SINGLE))
    world.now = START + 80 * DAY  # in the next year: the hour that is closed belongs to the last
    world.apply(Command("tick", world.now, b""))
    _pay_next_year(world, ids)
    _answer(world)
    world.set_policy("open", [("programme", CARE, make_care() | {"sensitive": False})])
    world.send_batch(LATER, ids[:2], [fen_of(50), fen_of(51)], care("2028"))
    world.now += 2 * HOUR
    world.apply(Command("tick", world.now, b""))
    return world


def care(period: str, **fields: object) -> dict[str, Any]:
    """Give the header fields of a batch of the sensitive programme."""
    return {"programme": CARE, "period": period, "plan_number": "PLAN-1"} | fields


def _settle(world: World) -> list[str]:
    ids = list(map(make_id, range(PEOPLE)))
    banks = ["103" if number in AT_OTHER_BANK else "402" for number in range(PEOPLE)]
    accounts = list(map(make_account, range(PEOPLE)))
    world.take_census(ids, banks, accounts)
    world.designate(ids, banks, accounts)
    names, homes = list(map(make_name, range(PEOPLE))), [f"H{number:06d}" for number in range(PEOPLE)]
    villages = [HIDDEN_VILLAGE] * 25 + [PLAIN_VILLAGE] * (PEOPLE - 25)
    world.register("population", {"id": ids, "name": names, "household": homes, "village": villages})
    world.register("library", {"id": ids, "village": villages, "status": ["active"] * PEOPLE})
    world.register("officials", {"id": [ids[3]], "village": [HIDDEN_VILLAGE], "position": ["村文书"]})
    world.register("payroll", {"id": [ids[4]], "employer": ["示例学校"]})
    world.register("deaths", {"id": [ids[5]], "died_on": ["2020-01-01"]})
    return ids


def _pay(world: World, ids: list[str]) -> None:
    """Assess both programmes; hold, clear, stop and release lines of the sensitive one, hour by hour."""
    world.send_batch("FARM-1", ids[25:35], fields={"plan_number": "PLAN-9"})
    old = make_id(0, "511198")
    amounts = [*map(fen_of, range(25)), 0]
    world.send_batch(ASSESSED, [*ids[:25], old], amounts, care("2026"), village=[HIDDEN_VILLAGE] * 26)
    world.send_batch(SINGLE, [ids[0]], [fen_of(30)], care("2025"))
    world.now += HOUR
    world.review("clerk", "hold", ASSESSED, [1, 2])
    world.review("supervisor", "comment", ASSESSED, [1], "oversight")
    world.release(ASSESSED, [("402", 1, 1)])
    world.now += HOUR
    world.clear(ASSESSED, [1])
    world.review("reviewer", "stop", ASSESSED, [2])
    world.set_policy("more", [("plan", "PLAN-1", {"programme": CARE, "fen": 10**12})])
    for batch in (ASSESSED, "FARM-1"):
        world.now += HOUR
        world.release(batch, figures(world, batch))


def figures(world: World, name: str) -> list[tuple[str, int, int]]:
    """Give what is ready per bank."""
    batch, found = world.batch(name), dict[str, list[int]]()
    for state, bank, fen in zip(batch.states, batch.banks, batch.fen, strict=True):
        if state == 1:
            pair = found.setdefault(world.state.bank_codes[bank], [0, 0])
            pair[0] += 1
            pair[1] += fen
    return [(bank, count, fen) for bank, (count, fen) in sorted(found.items())]


def _judge(world: World) -> None:
    """Say what became of findings that tell of a person, and of one that does not; suppress one."""
    batch = {"source": "bank-402", "id": ASSESSED}
    fields = {"kind": "disposition", "source": "bureau", "id": "d-1", "action": "record", "batch": batch}
    columns: Columns = {
        "line": [4, 5],
        "code": ["R08", "R16"],
        "verdict": ["unfounded"] * 2,
        "reason": ["已核实某甲"] * 2,
    }
    world.send("reviewer", fields, {**columns, "until": [None, None]})
    columns = {
        "line": [4],
        "code": ["R08"],
        "verdict": ["unfounded"],
        "reason": ["已核实某甲"],
        "until": ["2027-01-31"],
    }
    raw = world.sign("reviewer", fields | {"id": "d-2", "action": "suppress"}, columns)
    world.submit(raw)
    world.confirm("approver", "bureau", digest_of(raw), "suppression")


def _go_wrong(world: World, ids: list[str]) -> None:
    """Void a sensitive batch for its total, and turn one away of a programme that nobody knows yet."""
    world.send_batch(
        VOID, ids[:2], [fen_of(40), fen_of(41)], care("2024") | {"totals": {"count": 2, "fen": fen_of(42)}}
    )
    world.send_batch(UNKNOWN, ids[:1], [fen_of(43)], care("2026", programme="CARE-NEW"))


def _pay_next_year(world: World, ids: list[str]) -> None:
    """Pay fewer people, without a release document; the village's list has jumped."""
    world.set_policy("at-once", [("programme", CARE, make_care(review_window_hours=0))])
    fields = care("2027", plan_number="PLAN-2")
    world.send_batch(NEXT, ids[6:18], [fen_of(number) + 11 for number in range(60, 72)], fields)
    world.now += HOUR


def _answer(world: World) -> None:
    """Let a bank say what became of some lines of the first sensitive batch: each state once, and one that differs."""
    add_bank(world)
    told = {"why": "account_state", "reason": f"账户{make_account(3)}已销户", "serial": "9" * 16, "on": "2026-11-09"}
    statuses = {3: "unknown", 4: "failed", 7: "returned", 8: "credited"}
    answers = [result(status, line, ASSESSED, amount_fen=fen_of(line - 1), **told) for line, status in statuses.items()]
    differs = result("credited", 9, ASSESSED, amount_fen=fen_of(8) + 1, account=make_account(39))
    tell(world, *answers, differs)
    world.now += HOUR


def pair_privates(world: World) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Give every entry with its private part."""
    for entry, private in zip(world.entries(), world.privates(), strict=True):
        yield entry, json.loads(private or b"{}")
