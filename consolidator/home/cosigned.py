"""Owns the heads of a county's log on their way: offered to witnesses, cosigned, published, shown to the gate.

It never waits unless asked to, and nothing here can keep the ledger from going on.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from time import monotonic

from consolidator.cosigning.asking import Reply
from consolidator.cosigning.rounds import Rounds
from consolidator.facts.state import QuorumTerm
from consolidator.gate.passing import Clearance, grant_clearance
from consolidator.gate.quorums import (
    Standing,
    check_terms,
    find_standing,
    list_asked,
    recover,
    render_derived_policy,
    take_note,
)
from consolidator.gate.records import GateRecords, WitnessRecord
from consolidator.gate.recovering import find_recovered
from consolidator.home.files import write_whole
from consolidator.home.paths import Home
from consolidator.publishing.checkpoints import check_published
from consolidator.publishing.publisher import Publisher
from consolidator.publishing.reading import serve_published
from consolidator.transparency.checkpoint import open_checkpoint
from consolidator.transparency.proofs import read_compact_range
from consolidator.transparency.tree import TreeHead
from schemas.errors import InvariantError, invariant


def _ignore(_: object) -> None:
    """Take no notice."""


@dataclass(slots=True)
class CosignedHeads:
    """What witnesses have cosigned, and what that opens. ``now`` gives POSIX seconds, for the records.

    ``on_replies`` is told what witnesses answered, once it is judged.
    """

    home: Home
    records: GateRecords
    publisher: Publisher
    rounds: Rounds
    now: Callable[[], int]
    roots: Sequence[str] = ()
    terms: Sequence[QuorumTerm] = ()
    on_replies: Callable[[Sequence[Reply]], None] = _ignore
    _standing: Standing | None = None
    _newest: TreeHead | None = None
    _witnesses: dict[str, WitnessRecord] = field(default_factory=dict)

    @property
    def standing(self) -> Standing:
        """The quorum in force."""
        if self._standing is None:
            message = "the gate knows no quorum before the ledger told it"
            raise InvariantError(message)
        return self._standing

    def start(self, terms: Sequence[QuorumTerm], roots: Sequence[str]) -> None:
        """Take up what was left, from the ledger's quorums and the records."""
        self.roots = roots
        self._witnesses = {witness.name: witness for witness in self.records.list_witnesses()}
        check_terms(self.records, terms, self.publisher.log_key, roots)
        self._standing = find_standing(self.records, terms, self.publisher.log_key)
        for witness in list_asked(terms, self._standing):
            known = self._witnesses.get(witness.key.name)
            self.rounds.known[witness.key] = 0 if known is None else known.size
        self.learn(terms)

    def learn(self, terms: Sequence[QuorumTerm]) -> None:
        """Take note of the quorums that the ledger has set by now."""
        self.terms = terms
        self.records.mirror_quorums(terms)
        self._adopt(self.standing)

    def take_head(self, head: TreeHead, signed: bytes) -> None:
        """Take a committed head whose files are on disk: public at once where nobody cosigns, else when enough did."""
        if self._standing is None:  # a county's very first commits: its quorum is known when they are all done
            return
        self._newest = head
        if self.standing.size > self.publisher.published.size:  # kept before a crash, or the folder was lost
            check_published(self._open(self.standing.checkpoint), head)
            self._publish(self.standing.checkpoint)
        self._judge(signed)
        self.rounds.bring(head.size, signed)
        self.turn()

    def turn(self, seconds: float = 0.0) -> None:
        """Take in what witnesses answered and ask on; waits at most so long for a first answer."""
        if self._waits_for_quorum():
            self._recover()
        replies = self.rounds.turn(seconds)
        if replies:
            self._note(replies)
            self._judge(self.rounds.render_note())
            self.on_replies(replies)

    def wait(self, seconds_max: float) -> None:
        """Wait until the newest head has the quorum in force, at most so long."""
        until = monotonic() + seconds_max
        while not self.is_cleared() and (left := until - monotonic()) > 0:
            self.turn(min(left, 0.2))

    def is_cleared(self) -> bool:
        """Say whether the newest head has the quorum in force, and no other quorum waits to follow."""
        return self._newest is None or (self.standing.size >= self._newest.size and not self._waits_for_quorum())

    def clear(self) -> Clearance | None:
        """Give the gate what it may send under, if anything."""
        standing = self.standing
        if not standing.checkpoint:
            return None
        nodes = serve_published(self.home.log, self.publisher.tiled.size)
        return grant_clearance(standing.checkpoint, standing.policy, nodes)

    def close(self) -> None:
        """Ask nobody any more."""
        self.rounds.close()

    def _waits_for_quorum(self) -> bool:
        return self.terms[-1].entry > self.standing.entry

    def _judge(self, note: bytes) -> None:
        """Publish a checkpoint that has the quorum in force, which it may itself have moved on."""
        if note == self.standing.checkpoint:
            return
        found = take_note(self.records, self.terms, self.standing, note, self.now())
        self._adopt(found)
        if found.checkpoint == note:
            self.rounds.is_met = note == self.rounds.render_note()
            self._publish(note)

    def _publish(self, note: bytes) -> None:
        self.publisher.publish_checkpoint(self._open(note), note)

    def _open(self, note: bytes) -> TreeHead:
        return open_checkpoint(note, self.publisher.log_key).head

    def _adopt(self, standing: Standing) -> None:
        """Follow what is in force: whom to ask, and the policy file, whatever anybody wrote into that."""
        self._standing = standing
        self.rounds.invite(list_asked(self.terms, standing))
        wanted = render_derived_policy(standing.policy)
        path = self.home.policy
        if not path.exists() or path.read_bytes() != wanted:
            write_whole(path, wanted)

    def _recover(self) -> None:
        """Follow the root officers where all of them cosigned a head of this log that covers a change."""
        recovered = find_recovered(self.records.list_recoveries(), self.roots, self.publisher.log_key)
        if recovered is None or recovered.size > self.publisher.tiled.size:
            return
        head = self._open(recovered.note)
        read = serve_published(self.home.log, self.publisher.tiled.size)
        invariant(
            read_compact_range(read, head.size).root() == head.root,
            "root officers cosigned another log than this: keep gate.sqlite as evidence and tell the oversight body",
        )
        found = recover(self.records, self.terms, self.standing, recovered, self.now())
        if found.entry != self.standing.entry:
            self._adopt(found)

    def _note(self, replies: Sequence[Reply]) -> None:
        changed = [self._describe(reply) for reply in replies]
        self._witnesses |= {witness.name: witness for witness in changed}
        self.records.keep_witnesses(changed)

    def _describe(self, reply: Reply) -> WitnessRecord:
        name = reply.witness.key.name
        before = self._witnesses.get(name, WitnessRecord(name, 0, 0))
        if reply.cosignature is None:
            return WitnessRecord(name, before.size, before.at, reply.error)
        return WitnessRecord(name, reply.known, reply.cosignature.seconds)
