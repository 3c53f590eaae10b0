"""Owns the rounds in which witnesses are asked: all in parallel, at most one head a second, stragglers again and again.

One thread a witness sends and waits; everything else happens where :meth:`Rounds.turn` is called, which never waits.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from queue import Empty, SimpleQueue
from threading import Thread
from time import monotonic

from consolidator.cosigning.asking import Offer, Reply, ask
from consolidator.transparency.cosignatures import Cosignature
from consolidator.transparency.keys import Verifier
from consolidator.transparency.notes import attach_signature_lines
from consolidator.transparency.policy import Witness
from consolidator.transparency.proofs import ReadNode

HEAD_SECONDS = 1.0  # the least time between two heads offered
IDLE_SECONDS = 60.0  # when nothing happens the same head is cosigned again, so that its age says that all is well
ROUND_SECONDS_MAX = 12.0  # a round without quorum gives way to a newer head after that: one request's time and some
RETRY_SECONDS = (1.0, 2.0, 5.0, 10.0, 30.0)  # between two attempts at a witness that gives no cosignature


@dataclass(slots=True)
class _Desk:
    """A witness as it is being asked. ``asked`` is the round of the request under way, 0 if there is none."""

    witness: Witness
    known: int
    requests: "SimpleQueue[tuple[Offer, int] | None]" = field(default_factory=SimpleQueue)
    asked: int = 0
    failures: int = 0
    next_at: float = 0.0


@dataclass(slots=True)
class Rounds:
    """All witnesses and the round of now. ``known`` is the size each is thought to know, by its key.

    ``addresses`` says where a witness, by name, is reached if not at the address that policy names.
    """

    log_key: Verifier
    read_nodes: Callable[[int], ReadNode]
    addresses: Mapping[str, str] = field(default_factory=dict)
    known: dict[Verifier, int] = field(default_factory=dict)
    now: Callable[[], float] = monotonic
    offer: Offer | None = None
    cosignatures: dict[Verifier, Cosignature] = field(default_factory=dict)
    is_met: bool = False
    _newest: tuple[int, bytes] | None = None
    _began_at: float = 0.0
    _desks: dict[Verifier, _Desk] = field(default_factory=dict)
    _replies: "SimpleQueue[Reply]" = field(default_factory=SimpleQueue)

    def invite(self, witnesses: Iterable[Witness]) -> None:
        """Say whom to ask from now on. Who is not among them any more is not asked again."""
        wanted = {witness.key: self._locate(witness) for witness in witnesses}
        for key, desk in list(self._desks.items()):
            if wanted.get(key) != desk.witness:
                desk.requests.put(None)
                del self._desks[key]
        for key, witness in wanted.items():
            if key not in self._desks:
                self._open_desk(witness)

    def bring(self, size: int, signed: bytes) -> None:
        """Take note of the newest head; it is offered when its turn comes."""
        self._newest = (size, signed)

    def turn(self, seconds: float = 0.0) -> list[Reply]:
        """Take the answers that came, begin a round if one is due, and ask who can be asked.

        Waits at most so long for a first answer. Gives the answers.
        """
        replies = list(self._take_replies(seconds))
        if self._newest is not None and self._is_due(self._newest[0]):
            self._begin(*self._newest)
        self._ask_all()
        return replies

    def render_note(self) -> bytes:
        """Give the round's checkpoint with all cosignatures it has so far."""
        if self.offer is None:
            return b""
        return attach_signature_lines(self.offer.signed, [each.line for each in self.cosignatures.values()])

    def close(self) -> None:
        """Ask nobody any more; requests under way end by themselves, within their time."""
        self.invite(())

    def _take_replies(self, seconds: float) -> Iterable[Reply]:
        try:
            reply = self._replies.get(timeout=seconds) if seconds else self._replies.get_nowait()
            while True:
                self._note(reply)
                yield reply
                reply = self._replies.get_nowait()
        except Empty:
            return

    def _note(self, reply: Reply) -> None:
        key = reply.witness.key
        desk = self._desks.get(key)
        self.known[key] = reply.known
        if desk is None or desk.witness != reply.witness:
            return
        desk.asked, desk.known = 0, reply.known
        if reply.cosignature is None:
            wait = RETRY_SECONDS[min(desk.failures, len(RETRY_SECONDS) - 1)]
            desk.failures, desk.next_at = desk.failures + 1, self.now() + wait
        else:
            desk.failures, desk.next_at = 0, 0.0
            if self.offer is not None and reply.number == self.offer.number:
                self.cosignatures[key] = reply.cosignature

    def _is_due(self, size: int) -> bool:
        if self.offer is None:
            return True
        age = self.now() - self._began_at
        if size == self.offer.size:
            return self.is_met and age >= IDLE_SECONDS
        return age >= HEAD_SECONDS and (self.is_met or age >= ROUND_SECONDS_MAX or not self._is_hopeful())

    def _is_hopeful(self) -> bool:
        """Say whether an answer to this round is still to come."""
        number = 0 if self.offer is None else self.offer.number
        return any(desk.asked == number for desk in self._desks.values())

    def _begin(self, size: int, signed: bytes) -> None:
        number = 1 if self.offer is None else self.offer.number + 1
        self.offer = Offer(number, size, signed, self.log_key, lambda: self.read_nodes(size))
        self.cosignatures, self.is_met, self._began_at = {}, False, self.now()

    def _ask_all(self) -> None:
        if self.offer is None:
            return
        for key, desk in self._desks.items():
            if not desk.asked and key not in self.cosignatures and desk.next_at <= self.now():
                desk.asked = self.offer.number
                desk.requests.put((self.offer, desk.known))

    def _locate(self, witness: Witness) -> Witness:
        return replace(witness, url=self.addresses.get(witness.name, witness.url))

    def _open_desk(self, witness: Witness) -> None:
        desk = _Desk(witness, self.known.get(witness.key, 0))
        self._desks[witness.key] = desk
        Thread(target=_work, args=(desk, self._replies), name=f"ask {witness.name}", daemon=True).start()


def _work(desk: _Desk, replies: "SimpleQueue[Reply]") -> None:
    """Do what is asked of this witness's thread, until told to stop."""
    while (request := desk.requests.get()) is not None:
        offer, known = request
        try:
            replies.put(ask(desk.witness, offer, known))
        except Exception as error:  # noqa: BLE001 -- whatever one witness brings about, it is asked again later
            replies.put(Reply(desk.witness, offer.number, known, error=f"asking failed ({type(error).__name__})"))
