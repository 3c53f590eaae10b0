"""Random orders, answers of banks, corrections and stops: nobody is paid twice, and the log bears every check."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from consolidator.facts.lines import (
    CREDITED,
    FAILED,
    HELD,
    ORDERED,
    READY,
    REBUILT,
    REFUSED,
    RETURNED,
    STOPPED,
    UNKNOWN,
    derive_place,
    derive_round,
    split_place,
)
from consolidator.facts.state import State
from consolidator.ledger.releases import list_figures
from consolidator.sealing import County
from consolidator.verify.log import verify_log
from schemas.identifiers import derive_line_ref, derive_order_id
from tests.support.answered import FEN, add_bank, answer, result
from tests.support.world import COUNTY, EPOCHS, ORIGIN, World, make_id, make_signer
from tests.unit.views.log import Log

PEOPLE = 3
LIVE = (READY, HELD, ORDERED, CREDITED, UNKNOWN)
FREE = (REFUSED, STOPPED, REBUILT)
Line = tuple[str, int]  # batch and line
Row = tuple[int, int | None, int]  # whose line, the number of the one that it corrects, fen more than usual

NUMBERS = st.integers(0, 30)
PERSONS, AMOUNTS = st.integers(0, PEOPLE - 1), st.sampled_from([0, 0, 0, -1, 1])
# Mostly what makes sense: to correct what failed, to answer what was ordered; now and then anything.
CORRECTS = st.tuples(st.just("correct"), st.lists(st.tuples(NUMBERS, AMOUNTS), min_size=1, max_size=3))
SENDS = st.tuples(st.just("send"), st.lists(st.tuples(PERSONS, st.none() | NUMBERS, AMOUNTS), min_size=1, max_size=2))
PAYS = st.tuples(st.just("pay"))
TELLS = st.tuples(
    st.just("tell"), NUMBERS, st.sampled_from(["failed", "failed", "returned", "credited", "unknown"]), st.booleans()
)
STOPS = st.tuples(st.just("stop"), NUMBERS)
ACTS = st.lists(st.one_of(CORRECTS, CORRECTS, SENDS, PAYS, PAYS, TELLS, TELLS, TELLS, STOPS), min_size=15, max_size=30)


@dataclass
class Story:
    """A county, and whose each line is."""

    world: World
    whose: dict[Line, str] = field(default_factory=dict)

    def send(self, rows: Sequence[Row]) -> None:
        """Send a batch: each line for somebody, correcting some line or none, its amount a fen off or right."""
        refs = [None if number is None else derive_line_ref("bank-402", *self.pick(number)) for _, number, _ in rows]
        ids, name = [make_id(person) for person, _, _ in rows], f"B-{len(self.world.state.batches)}"
        self.whose |= {(name, line): person for line, person in enumerate(ids, start=1)}
        self.world.send_batch(name, ids, [FEN + more for _, _, more in rows], source_line=refs)

    def correct(self, rows: Sequence[tuple[int, int]]) -> None:
        """Send a batch that corrects lines that were not paid, each for its own person."""
        unpaid = [line for line in self.whose if find_state(self.world, line) in (FAILED, RETURNED)]
        if unpaid:
            chosen = [(unpaid[number % len(unpaid)], more) for number, more in rows]
            known, ids = list(self.whose), [make_id(person) for person in range(PEOPLE)]
            self.send([(ids.index(self.whose[line]), known.index(line), more) for line, more in chosen])

    def pick(self, number: int, *states: int) -> Line:
        """Choose a line, in one of these states if there is one."""
        some = [line for line in self.whose if find_state(self.world, line) in states] or list(self.whose)
        return some[number % len(some)]

    def pay(self) -> None:
        """Release what is ready in each batch."""
        for batch in self.world.state.batches:
            if figures := list_figures(self.world.state, batch):
                self.world.release(batch.document, figures, batch.releases + 1)

    def tell(self, number: int, status: str, anyhow: bool) -> None:  # noqa: FBT001 -- drawn
        """Let the bank say what became of a line, ordered or, ``anyhow``, not."""
        document, line = self.pick(number) if anyhow else self.pick(number, ORDERED, UNKNOWN)
        batch = self.world.batch(document)
        round_ = derive_round(self.world.state.batches, derive_place(batch.index, line))
        order = derive_order_id(COUNTY, "bank-402", document, line, round_)
        answer(self.world, result(line, status, batch.fen[line - 1], order=order))

    def stop(self, number: int) -> None:
        """Hold a line and stop it."""
        document, line = self.pick(number)
        for action in ("hold", "stop"):
            self.world.review("reviewer", action, document, [line])


def check_claims(story: Story) -> None:
    """One line at most may bring a person money, and the claim is that line's, or the last one's that failed."""
    state = story.world.state
    claims = state.claims.entitlements["FARM"]["2026"]
    living = [(person, line) for line, person in story.whose.items() if find_state(story.world, line) in LIVE]
    assert len(dict(living)) == len(living)
    for person, (document, line) in living:
        assert claims[person] == derive_place(story.world.batch(document).index, line)
    for place in claims.values():
        index, line = split_place(place)
        assert state.batches[index].states[line - 1] not in FREE
        assert line not in state.batches[index].corrected


def find_state(world: World, line: Line) -> int:
    """Give the state a line is in."""
    return world.batch(line[0]).states[line[1] - 1]


def check_pairs(state: State) -> None:
    """Who corrects whom is told at both ends; a corrected line is rebuilt exactly when its successor was ordered."""
    batches = state.batches
    there = {(derive_place(each.index, line), place) for each in batches for line, place in each.corrects.items()}
    back = {(place, derive_place(each.index, line)) for each in batches for line, place in each.corrected.items()}
    assert there == back
    for successor, source in there:
        (index, line), (of, at) = split_place(successor), split_place(source)
        assert (batches[of].states[at - 1] == REBUILT) == (batches[index].states[line - 1] >= ORDERED)
        assert batches[index].fen[line - 1] <= batches[of].fen[at - 1]


@settings(max_examples=40, deadline=None)
@given(ACTS)
def test_nobody_is_paid_twice_whatever_fails_and_is_corrected(acts: Sequence[tuple[str, Any]]) -> None:
    story = Story(World())
    world = story.world
    world.set_up()
    add_bank(world)
    world.settle_people(PEOPLE)
    story.send([(person, None, 0) for person in range(PEOPLE)])
    story.pay()
    for act, *what in acts:
        getattr(story, act)(*what)
        check_claims(story)
        check_pairs(world.state)
    head = world.county.head()
    verify_log(Log(world).bundles(), head.checkpoint.encode(), make_signer(ORIGIN).verifier)
    twin = County(EPOCHS, make_signer(ORIGIN))
    for command in world.commands:
        for _ in twin.apply(command):
            pass
        twin.restore(twin.snapshot())
    assert twin.head() == head
