"""Rounds: all in parallel, one head a second, stragglers again, idle heads once more; nobody is waited for."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from threading import Event

import pytest

from consolidator.cosigning.rounds import HEAD_SECONDS, IDLE_SECONDS, ROUND_SECONDS_MAX, Rounds
from consolidator.transparency.cosignatures import open_cosigned
from consolidator.transparency.policy import Witness
from tests.unit.cosigning.scripted import LOG, Answer, Honest, read_node, serve, sign

LONG = 10.0  # as long as an answer may take to come in a test; nothing is judged by it


@dataclass
class Clock:
    """A clock that a test sets."""

    seconds: float = 100.0

    def __call__(self) -> float:
        """Tell the time."""
        return self.seconds


@dataclass
class Party:
    """Rounds with witnesses on real sockets."""

    stack: ExitStack
    clock: Clock = field(default_factory=Clock)
    witnesses: dict[str, Witness] = field(default_factory=dict)
    rounds: Rounds = field(init=False)

    def __post_init__(self) -> None:
        """Make the rounds."""
        self.rounds = Rounds(LOG.verifier, lambda _: read_node, now=self.clock)

    def add(self, name: str, answer: Callable[[bytes], Answer]) -> None:
        """Invite one more."""
        self.witnesses[name] = self.stack.enter_context(serve(name, answer))
        self.rounds.invite(self.witnesses.values())

    def bring(self, size: int) -> None:
        """Bring a head."""
        self.rounds.bring(size, sign(size))

    def turn(self, count: int) -> list[str]:
        """Turn until so many answers came; gives whose."""
        names = list[str]()
        self.rounds.turn()
        while len(names) < count:
            replies = self.rounds.turn(LONG)
            assert replies
            names += [reply.witness.name for reply in replies]
        return sorted(names)

    def list_cosigners(self) -> list[str]:
        """List who cosigned the round's head, by the note itself."""
        keys = {witness.key: name for name, witness in self.witnesses.items()}
        found = open_cosigned(self.rounds.render_note(), LOG.verifier, keys)
        return sorted(keys[each.witness] for each in found.cosignatures)


@pytest.fixture
def party() -> Iterator[Party]:
    """A party without witnesses yet."""
    with ExitStack() as stack:
        made = Party(stack)
        yield made
        made.rounds.close()


def test_all_are_asked_and_the_note_holds_what_they_cosigned(party: Party) -> None:
    assert party.rounds.render_note() == b""
    for name in ("w1", "w2", "w3"):
        party.add(name, Honest(name).answer)
    party.bring(5)
    assert party.turn(3) == ["w1", "w2", "w3"]
    assert party.list_cosigners() == ["w1", "w2", "w3"]


def test_one_who_does_not_answer_keeps_nobody_waiting(party: Party) -> None:
    gate = Event()
    slow = Honest("w2")

    def answer(body: bytes) -> Answer:
        gate.wait(LONG)
        return slow.answer(body)

    party.add("w1", Honest("w1").answer)
    party.add("w2", answer)
    party.bring(5)
    assert party.turn(1) == ["w1"]
    party.rounds.is_met = True
    party.bring(9)
    party.clock.seconds += HEAD_SECONDS
    assert party.turn(1) == ["w1"]
    gate.set()
    assert party.turn(2) == ["w2", "w2"]  # what it was asked first, then the head of now
    assert slow.asked == [5, 9]
    assert party.list_cosigners() == ["w1", "w2"]


def test_at_most_one_head_a_second_and_the_newest_only(party: Party) -> None:
    honest = Honest("w1")
    party.add("w1", honest.answer)
    party.bring(5)
    party.turn(1)
    party.rounds.is_met = True
    for size in (6, 7, 8):
        party.bring(size)
        party.rounds.turn()
    assert honest.asked == [5]
    party.clock.seconds += HEAD_SECONDS
    party.turn(1)
    assert honest.asked == [5, 8]


def test_an_idle_head_is_cosigned_again_after_a_minute(party: Party) -> None:
    honest = Honest("w1")
    party.add("w1", honest.answer)
    party.bring(5)
    party.turn(1)
    party.rounds.is_met = True
    party.clock.seconds += IDLE_SECONDS - 1
    party.rounds.turn()
    party.clock.seconds += 1
    party.turn(1)
    assert honest.asked == [5, 5]
    assert party.list_cosigners() == ["w1"]


def test_a_straggler_is_asked_again_and_again_but_not_at_once(party: Party) -> None:
    honest, wrong = Honest("w1"), list[bytes]()

    def answer(body: bytes) -> Answer:
        if len(wrong) < 2:
            wrong.append(body)
            return 500, "text/plain", b""
        return honest.answer(body)

    party.add("w1", answer)
    party.bring(5)
    party.turn(1)
    party.rounds.turn()
    assert len(wrong) == 1
    party.clock.seconds += 1
    party.turn(1)
    party.clock.seconds += 1
    party.rounds.turn()
    assert len(wrong) == 2
    party.clock.seconds += 1
    party.turn(1)
    assert party.list_cosigners() == ["w1"]


def test_a_round_without_quorum_gives_way_only_when_no_answer_can_come(party: Party) -> None:
    gate = Event()
    slow = Honest("w1")

    def answer(body: bytes) -> Answer:
        gate.wait(LONG)
        return slow.answer(body)

    party.add("w1", answer)
    party.bring(5)
    party.rounds.turn()
    party.bring(9)
    party.clock.seconds += ROUND_SECONDS_MAX - 1
    party.rounds.turn()
    assert party.rounds.offer is not None
    assert party.rounds.offer.size == 5
    party.clock.seconds += 1
    party.rounds.turn()
    assert party.rounds.offer.size == 9
    gate.set()
    party.turn(2)
    assert party.list_cosigners() == ["w1"]


def test_who_is_not_invited_any_more_is_not_asked_and_a_moved_one_is_asked_where_it_is(party: Party) -> None:
    first, second = Honest("w1"), Honest("w1")
    party.add("w1", first.answer)
    party.bring(5)
    party.turn(1)
    party.rounds.is_met = True
    party.add("w1", second.answer)
    party.bring(9)
    party.clock.seconds += HEAD_SECONDS
    party.turn(1)
    assert (first.asked, second.asked) == ([5], [9, 9])  # the second was thought to know what the first did
    party.rounds.invite(())
    party.clock.seconds += HEAD_SECONDS
    party.bring(11)
    assert party.rounds.turn(0.01) == []


def test_whatever_goes_wrong_with_one_it_is_told_and_asked_again(party: Party) -> None:
    def break_down(_: int) -> Callable[[int, int], bytes]:
        raise RuntimeError

    party.rounds.read_nodes = break_down
    party.add("w1", Honest("w1").answer)
    party.bring(5)
    party.rounds.turn()
    (reply,) = party.rounds.turn(LONG)
    assert reply.error == "asking failed (RuntimeError)"
    party.rounds.read_nodes = lambda _: read_node
    party.clock.seconds += 1
    party.turn(1)
    assert party.list_cosigners() == ["w1"]
