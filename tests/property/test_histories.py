"""Random histories of a small county: the ledger agrees with a naive model, and what must always hold does."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consolidator.facts.accounts import find_current
from consolidator.facts.lines import LINE_STATES, ORDERED, split_place
from consolidator.facts.state import find_batch, render_snapshot
from consolidator.sealing import County
from schemas.commands import Command
from schemas.orders import parse_order_part
from tests.property.model import HOUSEHOLD_SIZE, LIVE, Model
from tests.support.books import Books
from tests.support.world import EPOCHS, ORIGIN, World, make_account, make_id, make_programme, make_signer

PEOPLE = 6
BATCHES = ("B-1", "B-2", "B-3", "B-4")
IDS = [make_id(number) for number in range(PEOPLE)]

people = st.integers(0, PEOPLE - 1)
which = st.integers(0, len(BATCHES) - 1)
numbers = st.lists(st.integers(1, 4), min_size=1, max_size=4)
fens = st.integers(0, 9).map(lambda roll: {0: 0, 1: 10_001, 2: 9_000}.get(roll, 10_000))
rows = st.lists(st.tuples(people, fens), min_size=1, max_size=4)
batches = st.tuples(
    st.just("batch"), st.sampled_from(["HOME", "FARM", "HOME", "FAST"]), st.sampled_from(["2026", "2025"]), rows
)
reviews = st.tuples(st.just("review"), st.sampled_from(["hold", "clear", "stop", "clear", "comment"]), which, numbers)
releases = st.tuples(st.just("release"), which, st.integers(0, 7), st.integers(0, 7))
news = st.one_of(
    st.tuples(st.just("die"), people, st.sampled_from(["2025-06-01", "2024-06-01"])),
    st.tuples(st.just("choose"), people),
)
others = st.one_of(
    st.tuples(st.just("lie"), rows),
    st.tuples(st.just("repeat"), st.integers(0, 200)),
    st.tuples(st.just("early")),
    st.tuples(st.just("wait")),
)
acts = st.one_of(batches, reviews, releases, news, reviews, others)
histories = st.tuples(batches, st.lists(acts, min_size=6, max_size=11)).map(lambda pair: [pair[0], *pair[1]])
long_histories = st.lists(acts, min_size=15, max_size=30)


@cache
def prepare() -> World:
    """Make the county that every history begins with: people with an account each, three programmes, no cooling off."""
    world = World()
    world.set_up()
    world.set_policy(
        "policy-2",
        [
            ("programme", "HOME", make_programme(unit="household")),
            ("programme", "FAST", make_programme(review_window_hours=0)),
            ("setting", "cooling_off_hours", {"value": 0}),
        ],
    )
    world.settle_people(PEOPLE, HOUSEHOLD_SIZE)
    return world


def fork() -> World:
    """Give a county of its own that stands where :func:`prepare` left."""
    base = prepare()
    county = County(EPOCHS, make_signer(ORIGIN))
    county.restore(base.county.snapshot())
    world = object.__new__(World)
    vars(world).update(
        county=county, now=base.now, numbers=dict(base.numbers), steps=list(base.steps), commands=list(base.commands)
    )
    return world


@dataclass
class Life:
    """A history while it is lived: the county, its model, and which batches have been sent."""

    world: World = field(default_factory=fork)
    model: Model = field(default_factory=Model)
    sent: list[str] = field(default_factory=list)

    def act(self, act: Sequence[Any]) -> None:
        """Do one thing in the county and in the model, and compare."""
        getattr(self, f"_{act[0]}")(*act[1:])
        for name in self.sent:
            assert self.world.line_states(name) == [line.state for line in self.model.of(name)], act

    def _batch(self, programme: str, period: str, rows: Sequence[tuple[int, int]]) -> None:
        if len(self.sent) == len(BATCHES):
            return
        name = BATCHES[len(self.sent)]
        self.sent.append(name)
        fields = {"programme": programme, "period": period}
        self.world.send_batch(name, [IDS[person] for person, _ in rows], [fen for _, fen in rows], fields)
        self.model.assess(name, programme, period, rows)

    def _lie(self, rows: Sequence[tuple[int, int]]) -> None:
        name = f"VOID-{len(self.world.commands)}"
        totals = {"count": len(rows), "fen": sum(fen for _, fen in rows) + 1}
        ids, amounts = [IDS[person] for person, _ in rows], [fen for _, fen in rows]
        self.world.send_batch(name, ids, amounts, {"totals": totals})

    def _name(self, index: int) -> str:
        return self.sent[index % len(self.sent)] if self.sent else BATCHES[0]

    def _review(self, action: str, index: int, lines: Sequence[int]) -> None:
        name = self._name(index)
        if action == "clear":
            self.world.clear(name, lines)
        else:
            self.world.review("reviewer", action, name, lines)
        self.model.review(action, name, lines)

    def _release(self, index: int, late: int, lie: int) -> None:
        """Release what is ready; one time in eight under a wrong number or with a wrong sum."""
        name, late, lie = self._name(index), late == 1, lie == 1
        ready = [line.fen for line in self.model.of(name) if line.state == "ready"]
        number = self.model.releases.get(name, 0) + 1 + late
        self.world.release(name, [("402", max(len(ready), 1), sum(ready) + lie)], number)
        self.model.release(name, number, max(len(ready), 1), sum(ready) + lie)

    def _die(self, person: int, died_on: str) -> None:
        self.world.register("deaths", {"id": [IDS[person]], "died_on": [died_on]}, "delta")
        self.model.deaths[person] = died_on

    def _choose(self, person: int) -> None:
        self.model.choices[person] = self.model.choices.get(person, 0) + 1
        account = make_account(100 * self.model.choices[person] + person)
        self.world.take_census([IDS[person]], ["402"], [account])
        self.world.designate([IDS[person]], ["402"], [account])

    def _repeat(self, index: int) -> None:
        self.world.apply(self.world.commands[1 + index % (len(self.world.commands) - 1)])

    def _early(self) -> None:
        self.world.submit(self.world.sign("adapter", self.world.batch_fields("EARLY", 0, 0), seq=50))

    def _wait(self) -> None:
        self.world.now += 3_600
        self.world.apply(Command("tick", self.world.now, b""))


def live(history: Sequence[Sequence[Any]]) -> Life:
    """Live a history."""
    life = Life()
    for act in history:
        life.act(act)
    return life


def check_log(world: World) -> None:
    """The log alone gives every total it states, and the states the ledger holds."""
    books = Books().read(world.entries())
    books.check_closes()
    for (source, document), lines in books.batches.items():
        batch = find_batch(world.state, source, document)
        assert batch is not None
        assert list(lines.states.values()) == [LINE_STATES[state] for state in batch.states]


def check_claims(world: World, model: Model) -> None:
    """Every entitlement is held by exactly the one live line that has it, and by nobody when there is none."""
    held: dict[tuple[str, str, str], tuple[str, int]] = {}
    for programme, periods in world.state.claims.entitlements.items():
        for period, holders in periods.items():
            for key, place in holders.items():
                index, number = split_place(place)
                held[programme, period, key] = (world.state.batches[index].document, number)
    expected: dict[tuple[str, str, str], tuple[str, int]] = {}
    for name in BATCHES:
        for number, line in enumerate(model.of(name), start=1):
            if line.state in LIVE:
                claim = (line.programme, line.period, IDS[line.person])
                assert claim not in expected
                expected[claim] = (name, number)
    assert held == expected


def check_households(world: World) -> None:
    """Where two members of a household have live lines, none is ready that nobody cleared after the last came."""
    came: dict[tuple[str, str], dict[tuple[str, int], int]] = {}
    cleared: dict[tuple[str, int], int] = {}
    for index, (entry, private) in enumerate(zip(world.entries(), world.privates(), strict=True)):
        if entry["kind"] == "line" and entry["programme"] == "HOME":
            person = IDS.index(json.loads(private)["beneficiary_id"])
            home = (entry["period"], str(person // HOUSEHOLD_SIZE))
            came.setdefault(home, {})[entry["document"], entry["line"]] = index
        if entry["kind"] == "change" and entry["to"] == "ready":
            cleared[entry["document"], entry["line"]] = index
    for lines in came.values():
        living = [place for place in lines if world.line_states(place[0])[place[1] - 1] in LIVE]
        if len(living) < HOUSEHOLD_SIZE:
            continue
        last = max(lines[place] for place in living)
        for name, line in living:
            if world.line_states(name)[line - 1] == "ready":
                assert cleared.get((name, line), -1) > last


def check_orders(world: World) -> None:
    """Each order goes to the account designated at its instant, and no line is ordered twice."""
    files = {file.file: file for step in world.steps for file in step.order_files}
    seen: set[tuple[str, int]] = set()
    for part in [part for step in world.steps for part in step.order_parts]:
        file, columns = files[part.file], parse_order_part(part.body)
        for line, account in zip(columns.line, columns.account, strict=True):
            assert (file.document, line) not in seen
            seen.add((file.document, line))
            batch = world.batch(file.document)
            assert batch.states[line - 1] == ORDERED
            holder = world.state.accounts[account].holder
            current = find_current(world.state.designations[holder], file.ordered_at)
            assert current is not None
            assert current.account == account


def check_repeats_and_replay(world: World) -> None:
    """Everything again changes nothing; the recorded commands give the same log."""
    before = world.county.head(), render_snapshot(world.state)
    for command in world.commands[1:]:
        assert all(not step.bundles for step in world.county.apply(command))
    assert (world.county.head(), render_snapshot(world.state)) == before
    twin = County(EPOCHS, make_signer(ORIGIN))
    for command in world.commands:
        for _ in twin.apply(command):
            pass
    assert twin.head() == before[0]


@settings(max_examples=120, deadline=None, derandomize=True, database=None)
@given(histories)
def test_any_history_agrees_with_the_model_and_keeps_what_must_hold(history: list[tuple[Any, ...]]) -> None:
    check_everything(live(history))


@pytest.mark.soak
@settings(max_examples=500, deadline=None)
@given(long_histories)
def test_any_long_history_agrees_with_the_model_and_keeps_what_must_hold(history: list[tuple[Any, ...]]) -> None:
    check_everything(live(history))


def check_everything(life: Life) -> None:
    """All checks."""
    check_log(life.world)
    check_claims(life.world, life.model)
    check_households(life.world)
    check_orders(life.world)
    check_repeats_and_replay(life.world)


def test_the_checks_see_a_line_moved_behind_the_logs_back() -> None:
    life = live([("batch", "HOME", "2026", [(0, 10_000), (1, 10_000)])])
    life.world.batch("B-1").states[0] = 1
    with pytest.raises(AssertionError):
        check_log(life.world)
    with pytest.raises(AssertionError):
        check_households(life.world)
