"""Random histories as sealed logs: an outsider's books balance, orders go where they must, nothing happens twice."""

from functools import cache

import pytest
from hypothesis import Phase, given, seed, settings

from consolidator.facts.accounts import find_current
from consolidator.facts.lines import LINE_STATES, ORDERED
from consolidator.facts.snapshots import render_snapshot
from consolidator.facts.state import find_batch
from consolidator.sealing import County
from schemas.orders import parse_order_part
from tests.property.acts import History, histories
from tests.property.county import prepare
from tests.property.living import live
from tests.support.books import Books
from tests.support.world import EPOCHS, ORIGIN, World, make_signer


@cache
def _save() -> bytes:
    return prepare().county.snapshot()


def seal(history: History) -> World:
    """Live a history and apply its commands to a county that seals them."""
    base = prepare()
    county = County(EPOCHS, make_signer(ORIGIN))
    county.restore(_save())
    world = object.__new__(World)  # without another genesis
    vars(world).update(
        county=county, now=base.now, numbers=dict(base.numbers), steps=list(base.steps), commands=list(base.commands)
    )
    for command in live(history).commands:
        world.apply(command)
    return world


def check_books(world: World) -> None:
    """The log alone gives every total it states, and the states the ledger holds."""
    books = Books().read(world.entries())
    books.check_closes()
    for (source, document), lines in books.batches.items():
        batch = find_batch(world.state, source, document)
        states = [] if batch is None else [LINE_STATES[state] for state in batch.states]
        assert list(lines.states.values()) == states


def check_orders(world: World) -> None:
    """Each order goes to the account designated at its instant, and no line is ordered twice."""
    files = {file.file: file for step in world.steps for file in step.order_files}
    seen: set[tuple[str, int]] = set()
    for part in [part for step in world.steps for part in step.order_parts]:
        file, columns = files[part.file], parse_order_part(part.body)
        for line, account in zip(columns.line, columns.account, strict=True):
            assert (file.document, line) not in seen
            seen.add((file.document, line))
            batch = find_batch(world.state, file.source, file.document)
            assert batch is not None
            assert batch.states[line - 1] == ORDERED
            holder = world.state.accounts[account].holder
            current = find_current(world.state.designations[holder], file.ordered_at)
            assert current is not None
            assert current.account == account


def check_repeats_and_replay(world: World) -> None:
    """Everything again changes nothing, but for what came too early; the recorded commands give the same log."""
    before = world.county.head(), render_snapshot(world.state)
    early = {entry["digest"] for entry in world.entries("document") if entry["outcome"] == "gap"}
    for command in world.commands[1:]:
        assert command.document in early or all(not step.bundles for step in world.county.apply(command))
    assert (world.county.head(), render_snapshot(world.state)) == before
    twin = County(EPOCHS, make_signer(ORIGIN))
    for command in world.commands:
        for _ in twin.apply(command):
            pass
    assert twin.head() == before[0]


@pytest.mark.usefixtures("untraced")
@seed(0)
@settings(max_examples=120, database=None, phases=[Phase.generate])
@given(histories)
def test_the_log_of_any_history_adds_up_and_can_be_repeated_and_replayed(history: History) -> None:
    world = seal(history)
    check_books(world)
    check_orders(world)
    check_repeats_and_replay(world)


def test_the_books_see_a_line_moved_behind_the_logs_back() -> None:
    world = seal([["batch", "whole", "FARM", "2026", "", [[0, -1, "exact", 1000, -1]]]])
    check_books(world)
    world.state.batches[0].states[0] = ORDERED
    with pytest.raises(AssertionError):
        check_books(world)
