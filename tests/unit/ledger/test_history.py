"""One whole history: repeats change nothing, books add up from the log alone, nothing private stands in the log."""

import json
import re

import pytest

from consolidator.facts.snapshots import render_snapshot
from schemas.commands import Command
from tests.support.books import Books
from tests.support.told import add_bank, result, tell
from tests.support.world import (
    HOUR,
    START,
    VILLAGE,
    World,
    digest_of,
    make_account,
    make_id,
    make_name,
    make_programme,
)

COUNT = 8
SERIAL, OTHER = "8" * 16, make_account(71)
REASON = f"户名不符,应为{make_name(3)}"


def live(world: World) -> None:
    """Let nearly everything happen once: every kind of entry, and refusals of several kinds."""
    world.set_up(paying_banks=["402", "103"])
    world.set_policy(
        "policy-2",
        [
            ("programme", "HOME", make_programme(unit="household")),
            ("programme", "FAST", make_programme(review_window_hours=0, standard_fen=None)),
            ("rule", "R54", {"parameters": {"persons_max": 1}}),
        ],
    )
    ids = world.settle_people(COUNT, household_size=2)
    world.register("deaths", {"id": [ids[5]], "died_on": ["2025-05-05"]})
    world.register("officials", {"id": [ids[6]], "village": [VILLAGE], "position": ["示例主任"]})
    world.register("relatives", {"id": [ids[7]], "official_id": [ids[6]], "relation": ["配偶"]})
    world.send_batch("B-1", [*ids, ids[0], make_id(99)], account=[make_account(70)] * (COUNT + 2))
    world.send_batch("B-2", [ids[1]], fields={"programme": "HOME"})
    world.now += HOUR
    world.send_batch("B-3", [ids[0], ids[2]], fields={"programme": "HOME"})
    world.send_batch("B-4", ids[:3], payee_id=[ids[4]] * 3, payee_name=[make_name(4)] * 3, fields={"programme": "FAST"})
    world.send_batch("B-5", ids[:2], fields={"programme": "FAST"})
    world.send_batch("VOID", ids[:2], [None, 5], fields={"totals": {"count": 2, "fen": 5}})
    world.send_batch("ODD", ["odd", ids[0]], fields={"period": "2025", "totals": {"count": 2, "fen": 20_000}})
    world.review("supervisor", "hold", "B-1", [1, 1, 77], source="oversight")
    world.review("reviewer", "comment", "B-1", [1])
    world.review("reviewer", "stop", "B-2", [1])
    world.now += HOUR
    world.take_census([ids[2], ids[0]], ["103", "402"], [make_account(50), make_account(1)])
    world.designate([ids[2]], ["103"], [make_account(50)])
    world.now += 80 * HOUR
    ready = [line for line, state in enumerate(world.line_states("B-1"), start=1) if state == "ready"]
    world.release("B-1", [("402", len(ready), 10_000 * len(ready))])
    world.release("B-1", [("402", len(ready) - 1, 10_000 * (len(ready) - 1))])
    world.clear("B-1", [1, 3])
    world.release("B-1", [("103", 1, 10_000), ("402", 1, 10_000)], 2)
    answer(world, ids)
    world.send_batch("B-6", [ids[1]], fields={"programme": "HOME", "period": "2024"})
    world.release("B-6", [("402", 1, 10_000)])
    world.send_batch("B-7", [ids[0]], fields={"programme": "HOME", "period": "2024"})
    world.submit(world.sign("clerk", {"kind": "designations", "source": "bureau", "id": "far"}, seq=99))
    world.send("clerk", {"kind": "designations", "source": "bureau", "id": "far", "odd": 1})
    world.now += HOUR
    world.apply(Command("tick", world.now, b""))


def answer(world: World, ids: list[str]) -> None:
    """Let the bank say what became of ordered lines: each state, one that differs, one told twice, one never sent."""
    add_bank(world)
    world.send_batch("B-8", [ids[number] for number in (0, 1, 3, 4, 6)], fields={"programme": "FAST", "period": "2023"})
    told = {"why": "payee_data", "reason": REASON, "serial": SERIAL, "on": "2026-11-09", "account": None}
    statuses = ("credited", "failed", "unknown", "returned")
    answers = [result(status, line, "B-8", **told) for line, status in enumerate(statuses, start=1)]
    tell(
        world,
        *answers,
        result("credited", 1, "B-8"),
        result("credited", 77, "B-8"),
        result("failed", 5, "B-8", account=OTHER),
    )
    tell(world, result("credited", 3, "B-8", **told), result("failed", 1, "B-8", **told))


@pytest.fixture(scope="module")
def lived() -> World:
    """The history, lived once."""
    world = World()
    live(world)
    return world


def test_the_history_has_every_kind_of_entry(lived: World) -> None:
    kinds = {entry["kind"] for entry in lived.entries()}
    page = {
        "genesis",
        "document",
        "effect",
        "line",
        "batch",
        "change",
        "finding",
        "comment",
        "release",
        "orders",
        "close",
    }
    assert kinds == page


def test_what_a_bank_said_moved_its_lines(lived: World) -> None:
    assert lived.line_states("B-8") == ["credited", "failed", "credited", "returned", "ordered"]
    assert [entry["findings"] for entry in lived.entries("finding") if entry["document"] == "B-8"] == [["R51:red"]] * 2


def test_repeating_every_command_changes_nothing(lived: World) -> None:
    before = lived.county.head(), render_snapshot(lived.state)
    for command in lived.commands[1:]:
        assert list(lived.county.apply(command)) == []
    assert (lived.county.head(), render_snapshot(lived.state)) == before


def test_the_same_commands_give_the_same_entries(lived: World) -> None:
    again = World()
    for command in lived.commands[1:]:
        again.apply(command)
    assert again.entries() == lived.entries()
    assert again.privates() == lived.privates()
    assert again.county.head() == lived.county.head()


def test_all_totals_can_be_computed_again_from_the_log(lived: World) -> None:
    books = Books().read(lived.entries())
    books.check_closes()
    assert {name for _, name in books.batches} == {*(f"B-{number}" for number in range(1, 9)), "VOID", "ODD"}
    for (_, name), lines in books.batches.items():
        assert list(lines.states.values()) == lived.line_states(name)
    assert sum(len(entry["rows"]) for entry in lived.entries("close")) > 5


def test_no_id_name_or_account_stands_in_an_entry_and_all_stand_in_disclosures(lived: World) -> None:
    public = "\n".join(json.dumps(entry, ensure_ascii=False) for entry in lived.entries())
    private = b"\n".join(lived.privates()).decode()
    people = range(COUNT)
    for secret in (*map(make_id, people), *map(make_name, people), *map(make_account, people)):
        assert secret not in public
        assert secret in private
    for secret in (SERIAL, OTHER, REASON, "payee_data"):
        assert secret not in public
        assert secret in private
    assert "5" * 32 not in public
    assert "示例主任" in private
    assert "示例主任" not in public
    # Nothing else that looks like an ID or account; hex digests and keys are taken out first.
    assert re.findall(r"[0-9]{13,}", re.sub(r"[0-9a-f]{64}", "", public)) == []


def test_numbers_of_each_key_run_without_a_gap(lived: World) -> None:
    numbers: dict[str, int] = {}
    for entry in lived.entries("document"):
        if entry["outcome"] != "gap" and entry.get("code") != "D01":
            assert entry["seq"] == numbers.get(entry["key"], 0) + 1
            numbers[entry["key"]] = entry["seq"]
    assert sum(numbers.values()) > 20


def test_a_change_names_the_document_that_caused_it(lived: World) -> None:
    digests = {entry["digest"] for entry in lived.entries("document")}
    causes = {entry["cause"] for entry in lived.entries() if entry.get("cause")}
    assert causes <= digests
    assert digest_of(lived.sign("clerk", {"kind": "policy", "source": "x", "id": "y"}, seq=1)) not in causes


def test_every_entry_is_dated_and_never_earlier_than_the_one_before(lived: World) -> None:
    instants = [entry["at"] for entry in lived.entries()]
    assert instants == sorted(instants)
    assert instants[0].startswith("2026-11-01T00:00:00")
    assert lived.now > START
