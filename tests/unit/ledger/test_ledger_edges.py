"""The edges of the ledger: orders of lists, and the amount, line or moment next to the one that counts."""

from collections.abc import Mapping
from typing import Any

import pytest

from consolidator.ledger.moves import find_bank
from schemas.commands import Command
from tests.support.world import HOUR, World, digest_of, make_account, make_id, make_programme

ONE, TWO = make_id(1), make_id(2)
BATCH = {"source": "bank-402", "id": "A"}
ONE_LINE: dict[str, list[Any]] = {"beneficiary_id": [ONE], "beneficiary_name": ["示例一"], "amount_fen": [1]}
# For each kind two items: the first has a right shape and is refused by the ledger, the second has a wrong shape.
REFUSED_TWICE: Mapping[str, tuple[str, Mapping[str, Any], Mapping[str, Any], str]] = {
    "accounts": (
        "clerk",
        {"snapshot_on": "2026-10-31"},
        {"holder_id": [TWO, ONE], "bank": ["402", "40"], "account": [make_account(1), make_account(2)]},
        "S06",
    ),
    "designations": (
        "clerk",
        {},
        {"payee_id": [ONE, TWO], "bank": ["402", "40"], "account": [make_account(8), make_account(2)], "branch": None},
        "S05",
    ),
    "disposition": (
        "reviewer",
        {"batch": BATCH, "action": "record"},
        {"line": [99, 1], "code": ["R13", "R18"], "verdict": ["unfounded", ""], "reason": ["核实", ""], "until": None},
        "S03",
    ),
    "expected": (
        "clerk",
        {},
        {
            "programme": ["FOREST", "FARM"],
            "period": ["2026", "20"],
            "township": ["511112001", "1"],
            "due_on": ["2026-11-01", "2026-11-01"],
        },
        "D11",
    ),
    "register": (
        "clerk",
        {"register_name": "deaths", "update": "delta", "snapshot_on": "2026-10-31"},
        {"id": [ONE, "x"], "died_on": ["2026-02-30", "2026-01-01"]},
        "S07",
    ),
    "review": (
        "reviewer",
        {"batch": BATCH, "action": "comment"},
        {"line": [99, 0], "reason": ["核实", "核实"]},
        "S03",
    ),
}


@pytest.fixture
def world() -> World:
    """A county with its usual policy, three people, and a batch A for them."""
    made = World()
    made.set_up()
    made.send_batch("A", made.settle_people(3))
    return made


@pytest.mark.parametrize("kind", REFUSED_TWICE)
def test_refused_items_stand_in_their_order_whatever_refused_them(world: World, kind: str) -> None:
    key, fields, columns, code = REFUSED_TWICE[kind]
    outcomes = world.send(key, {"kind": kind, "source": "bureau", "id": "twice", **fields}, columns)
    assert world.entries("effect")[-1]["positions"] == [[1, code], [2, "S01"]]
    told = [(each.code, each.position, each.detail) for each in outcomes if each.word == "item"]
    assert told == [(code, "item 1", ""), ("S01", "item 2", "")]


def test_of_an_unreadable_header_nothing_is_known_but_its_digest(world: World) -> None:
    (step,) = world.apply(Command("header", world.now, b"{}", "0" * 64))
    (outcome,) = step.outcomes
    assert (outcome.word, outcome.source, outcome.document, outcome.kind) == ("unauthenticated", "", "", "")
    assert outcome.digest == "0" * 64


def test_a_header_for_another_county_is_named_but_not_authenticated(world: World) -> None:
    fields = {"kind": "review", "source": "bureau", "id": "r-1", "action": "hold", "batch": BATCH, "county": "511113"}
    raw = world.sign("reviewer", fields, {"line": [1], "reason": ["核实"]})
    (outcome,) = world.submit(raw)[:1]
    assert (outcome.word, outcome.source, outcome.document) == ("unauthenticated", "bureau", "r-1")
    assert (outcome.kind, outcome.code, outcome.digest) == ("review", "I08", digest_of(raw))


def test_who_has_no_power_is_told_so_also_for_an_id_that_is_taken(world: World) -> None:
    world.send("clerk", world.batch_fields("B-1", 1, 1, source="bureau"), ONE_LINE)
    world.send("reviewer", world.batch_fields("B-1", 1, 1, source="bureau"), ONE_LINE)
    assert [entry.get("code") for entry in world.entries("document")[-2:]] == [None, "D05"]


def test_a_batch_says_at_its_header_what_it_is_about(world: World) -> None:
    entry = next(entry for entry in world.entries("document") if entry["document"] == "A")
    facts = {name: entry[name] for name in ("of", "programme", "period", "township", "control_count", "control_fen")}
    assert facts == {
        "of": "batch",
        "programme": "FARM",
        "period": "2026",
        "township": "511112001",
        "control_count": 3,
        "control_fen": 30_000,
    }


def test_an_effect_names_its_document_and_what_came_of_it(world: World) -> None:
    fields = {"kind": "review", "source": "bureau", "id": "r-1", "action": "comment", "batch": BATCH}
    raw = world.sign("reviewer", fields, {"line": [1], "reason": ["核实"]})
    world.submit(raw)
    entry = {name: value for name, value in world.entries("effect")[-1].items() if name != "at"}
    assert entry == {
        "v": 1,
        "kind": "effect",
        "source": "bureau",
        "document": "r-1",
        "of": "review",
        "cause": digest_of(raw),
        "accepted": 1,
        "refused": 0,
        "codes": {},
        "positions": [],
    }


def test_new_paying_banks_get_their_numbers_in_the_order_of_their_codes() -> None:
    world = World()
    world.set_up()
    banks = [str(code) for code in range(301, 311)]
    world.set_policy(
        "policy-2",
        [
            *(("bank", bank, {"name": "示例银行"}) for bank in banks),
            ("programme", "FARM", make_programme(paying_banks=banks, agent_bank=banks[0])),
        ],
    )
    ids = world.settle_people(len(banks))
    accounts = [make_account(100 + number) for number in range(len(banks))]
    world.take_census(ids, banks[::-1], accounts)
    world.designate(ids, banks[::-1], accounts)
    world.now += 30 * 24 * HOUR
    world.send_batch("B-1", ids)
    assert world.state.bank_codes == banks


def test_a_line_that_is_not_ready_is_routed_to_no_bank() -> None:
    world = World()
    world.set_up()
    world.settle_people(1)
    world.send_batch("B-1", [make_id(0)])
    assert find_bank(world.state, world.batch("B-1"), 1) == "402"
    world.send_batch("B-2", [make_id(5)])
    assert find_bank(world.state, world.batch("B-2"), 1) == ""
