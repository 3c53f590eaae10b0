"""Owns the work of a witness: decide, store, mark, cosign, in this order. It opens no connection.

request → head recorded → decide → follow the log, if so set → which second → store and mark, on disk → cosign → answer
"""

import json
from dataclasses import dataclass, field
from hashlib import sha256
from http import HTTPStatus

from consolidator.transparency.addcheckpoint import AddCheckpoint, parse_add_checkpoint
from consolidator.transparency.checkpoint import Checkpoint, open_checkpoint
from consolidator.transparency.cosignatures import cosign, open_cosigned
from consolidator.transparency.keys import Ed25519Signer, Verifier, render_vkey
from consolidator.transparency.notes import (
    attach_signature_lines,
    open_note,
    parse_untrusted_note,
    render_signature_line,
)
from consolidator.transparency.tree import EMPTY_ROOT, TreeHead
from consolidator.transparency.witnessing import Declined, decide
from consolidator.witness.answers import JSON, Answer, refuse
from consolidator.witness.clock import Clock
from consolidator.witness.evidence import Violation, describe
from consolidator.witness.following import Task, make_fork
from consolidator.witness.home import Opened
from consolidator.witness.mark import tell_retired
from consolidator.witness.store import Seen
from schemas.errors import ConfigurationError, DependencyError, VerificationError

_ROLLED_BACK = (
    "有人持有本方会签而记录中没有的检查点:记录已回退,或密钥外泄",
    "somebody holds a cosignature of ours that the store knows nothing of: it went back, or the key is out",
)
_TOO_SOON = "每秒至多会签一个新检查点 / one new head a second at most"
_NOTHING = TreeHead(0, EMPTY_ROOT)


@dataclass(slots=True)
class Witness:
    """A witness at work. Only one thread at a time may use it: that is what makes check and store one step.

    Raises ConfigurationError when the settings name a log that was never created in the store, DependencyError when
    the clock cannot be right.
    """

    opened: Opened
    clock: Clock
    logs: dict[str, Verifier] = field(init=False)  # by origin
    followed: dict[str, str] = field(init=False)  # addresses of followed logs by origin
    names: dict[str, str] = field(init=False)  # origin by the hex SHA-256 that stands in addresses

    def __post_init__(self) -> None:
        """Refuse a clock that cannot be right, and logs that nobody created."""
        self.clock.read(self.opened.store.last_seconds())
        self.logs = {log.verifier.name: log.verifier for log in self.opened.settings.log}
        self.followed = {log.verifier.name: log.url for log in self.opened.settings.log if log.follow}
        self.names = {sha256(origin.encode()).hexdigest(): origin for origin in self.logs}
        for origin in sorted(set(self.logs) - set(self.opened.store.origins())):
            message = (
                f"日志 {origin} 未经建立,用 witness add 添加 / "
                f"witness.toml names the log {origin}, which nobody created: use 'consolidator witness add'"
            )
            raise ConfigurationError(message)

    @property
    def key(self) -> Ed25519Signer:
        """The witness's own key."""
        return self.opened.key

    def add_checkpoint(self, body: bytes, followed: TreeHead | None = None) -> Answer | Task:
        """Answer a request to cosign; when the log is followed, first give the head to be followed.

        The caller follows it and asks again with the head that was reached. When this raises, what is on disk is
        unknown: end, and start again.
        """
        try:
            request = parse_add_checkpoint(body)
        except VerificationError as error:
            return refuse(HTTPStatus.BAD_REQUEST, str(error))
        origin = request.untrusted.origin
        seen = self.opened.store.find(origin) if origin in self.logs else None
        decision = decide(request, self.logs.get(origin), None if seen is None else seen.head)
        if origin in self.logs:
            self.check_own_line(request.checkpoint, self.logs[origin])
        if isinstance(decision, Declined):
            return self._decline(decision, request, seen)
        if origin in self.followed:
            violations = self.opened.store.evidence.list_open(origin)
            if violations:
                return refuse(HTTPStatus.UNPROCESSABLE_ENTITY, violations[0].violation.reason)
            if followed != decision.checkpoint.head:
                return self._make_task(self.logs[origin], _keep_own_lines(request.checkpoint, self.logs[origin]))
        return self._cosign(decision.checkpoint, request, seen)

    def list_tasks(self) -> list[Task]:
        """List what must be followed before anything can be cosigned: for each followed log the head cosigned last."""
        seen = {origin: self.opened.store.find(origin) for origin in self.followed}
        return [self._make_task(self.logs[name], each.signed) for name, each in seen.items() if each is not None]

    def record_violation(self, origin: str, violation: Violation) -> Answer:
        """Bring to the disk what the log did, and answer with it."""
        with self.opened.store.changing():
            self.opened.store.evidence.record(origin, violation, self.clock.now())
        self.opened.write_mark()
        return refuse(HTTPStatus.UNPROCESSABLE_ENTITY, violation.reason)

    def note_trouble(self, origin: str, reason: str) -> None:
        """Remember for ``status`` why heads of a log are not cosigned; empty when they are."""
        self.opened.store.evidence.note_trouble(origin, reason, self.clock.now())

    def read_evidence(self, name: str) -> Answer:
        """Answer with all that is held against a log, and who accepted what."""
        origin = self.names.get(name)
        if origin is None:
            return refuse(HTTPStatus.NOT_FOUND, "this witness does not know that log")
        found = self.opened.store.evidence.list_all(origin)
        told = {"origin": origin, "witness": render_vkey(self.key.verifier), "violations": [*map(describe, found)]}
        return Answer(HTTPStatus.OK, f"{json.dumps(told, ensure_ascii=False, indent=1)}\n".encode(), JSON)

    def read_checkpoint(self, name: str) -> Answer:
        """Answer with the head cosigned last of the log whose origin has this hex SHA-256, cosignature and all."""
        origin = self.names.get(name)
        seen = None if origin is None else self.opened.store.find(origin)
        if origin is None or seen is None:
            return refuse(HTTPStatus.NOT_FOUND, "no checkpoint of this log was cosigned")
        checkpoint = open_checkpoint(seen.signed, self.logs[origin])
        # The very line that was answered: Ed25519 gives the same again.
        line = cosign(checkpoint, self.key, seen.last_seconds)
        return Answer(HTTPStatus.OK, attach_signature_lines(seen.signed, [line]))

    def _cosign(self, checkpoint: Checkpoint, request: AddCheckpoint, seen: Seen | None) -> Answer:
        try:
            seconds = self.clock.read(self.opened.store.last_seconds())
        except DependencyError as error:
            self.note_trouble(checkpoint.origin, str(error))
            return refuse(HTTPStatus.SERVICE_UNAVAILABLE, str(error))
        is_new = seen is None or seen.head != checkpoint.head
        if seen is not None and is_new and seen.first_seconds == seconds:
            return refuse(HTTPStatus.TOO_MANY_REQUESTS, _TOO_SOON, ("Retry-After", "1"))
        first = seconds if seen is None or is_new else seen.first_seconds
        signed = _keep_own_lines(request.checkpoint, self.logs[checkpoint.origin])
        self._record(checkpoint.origin, seen, Seen(checkpoint.head, signed, first, seconds))
        self.note_trouble(checkpoint.origin, "")
        return Answer(HTTPStatus.OK, render_signature_line(cosign(checkpoint, self.key, seconds)))

    def _record(self, origin: str, before: Seen | None, seen: Seen) -> None:
        """Bring to the disk what is about to be stated: the store first, then the mark."""
        if seen == before:
            return
        with self.opened.store.changing():
            self.opened.store.put(origin, _NOTHING if before is None else before.head, seen)
        self.opened.write_mark()

    def _make_task(self, log_key: Verifier, signed: bytes) -> Task:
        accepted = self.opened.store.evidence.list_accepted_entries(log_key.name)
        return Task(open_checkpoint(signed, log_key), signed, accepted)

    def _decline(self, declined: Declined, request: AddCheckpoint, seen: Seen | None) -> Answer:
        """Answer that there is no cosignature; of a fork, both checkpoints are kept first."""
        if declined.is_fork:
            log_key = self.logs[request.untrusted.origin]
            before = b"" if seen is None else seen.signed
            self.record_violation(log_key.name, make_fork(before, _keep_own_lines(request.checkpoint, log_key)))
        note = declined.body.removesuffix("\n")
        return Answer(declined.status, declined.body.encode(), declined.content_type, note=note)

    def check_own_line(self, signed: bytes, log_key: Verifier) -> None:
        """Retire for ever when somebody has a cosignature of ours for a head that the store does not hold."""
        seen = self.opened.store.find(log_key.name)
        recorded, head = _NOTHING if seen is None else seen.head, self._find_cosigned(signed, log_key)
        if head is None or head.size < recorded.size or head == recorded:
            return
        self.opened.store.retire(" / ".join(_ROLLED_BACK))
        self.opened.write_mark()
        raise tell_retired(*_ROLLED_BACK)

    def _find_cosigned(self, signed: bytes, log_key: Verifier) -> TreeHead | None:
        """Give the head if a line of our own key stands under it and is right; wrong lines prove nothing."""
        own = self.key.verifier
        try:
            _, lines = parse_untrusted_note(signed)
            if (own.name, own.key_id) not in [(line.name, line.key_id) for line in lines]:
                return None
            return open_cosigned(signed, log_key, [own]).checkpoint.head
        except VerificationError:
            return None


def _keep_own_lines(signed: bytes, log_key: Verifier) -> bytes:
    """Give the checkpoint with the log's own signature only: what else came along is nobody's business."""
    note = open_note(signed, [log_key])
    return attach_signature_lines(f"{note.text}\n".encode(), note.verified)
