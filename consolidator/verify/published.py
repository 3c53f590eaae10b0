"""Owns what a verifier asks of a published head: the log's signature, the quorum, its age, and what was seen before.

It reads no clock and keeps no file: the time and the checkpoint seen last are handed in.
"""

from collections.abc import Callable
from dataclasses import dataclass

from consolidator.transparency.checkpoint import Checkpoint, open_checkpoint
from consolidator.transparency.cosignatures import Cosignature, Cosigned
from consolidator.transparency.keys import Verifier
from consolidator.transparency.nodes import serve_nodes
from consolidator.transparency.policy import Policy
from consolidator.transparency.proofs import check_consistency, make_consistency_proof
from consolidator.transparency.quorum import find_quorum_second, list_cosigners, meets_quorum, open_with_quorum
from consolidator.transparency.tiles import render_tile_path
from consolidator.transparency.tree import TreeHead
from consolidator.verify.sources import CHECKPOINT, MissingFileError, Read
from schemas.errors import ConfigurationError, DependencyError, VerificationError

FUTURE_SECONDS_MAX = 5  # how far a witness's clock may be ahead of the verifier's
HEADS_TRIED_MAX = 20  # a log that grows faster than it can be read is read again from where one is, so many times


@dataclass(frozen=True, slots=True)
class Terms:
    """What a verifier asks for: whose signatures, and how old they may be (None: any age)."""

    policy: Policy
    age_seconds_max: int | None = None


@dataclass(frozen=True, slots=True)
class Opened:
    """A published checkpoint that its log signed and enough witnesses cosigned.

    ``cosigners`` are their names in the policy; ``seconds``, POSIX, is since when they are enough, None without quorum.
    """

    signed: bytes
    checkpoint: Checkpoint
    cosigners: tuple[str, ...]
    seconds: int | None

    @property
    def head(self) -> TreeHead:
        """Size and root alone."""
        return self.checkpoint.head


class ContradictionError(VerificationError):
    """The log signed two checkpoints that do not go together: ``seen`` before, and ``signed`` now. The evidence."""

    def __init__(self, message: str, seen: bytes, signed: bytes) -> None:
        """Keep both checkpoints as they were."""
        super().__init__(message)
        self.seen = seen
        self.signed = signed


def open_published(signed: bytes, terms: Terms, now: int) -> Opened:
    """Open a published checkpoint at this POSIX second. Raises VerificationError that says which condition fails."""
    policy = terms.policy
    cosigned = open_with_quorum(signed, policy)
    seconds = find_quorum_second(policy, _leave_future(cosigned, policy, now))
    if seconds is None:
        if terms.age_seconds_max is not None:
            message = (
                "此日志无人见证,无从核对时效 / nobody cosigns this log, so nobody says how old its checkpoint is: "
                "leave out the greatest age"
            )
            raise VerificationError(message)
        return Opened(signed, cosigned.checkpoint, (), None)
    check_age(seconds, terms, now)
    return Opened(signed, cosigned.checkpoint, tuple(list_cosigners(policy, cosigned.cosignatures)), seconds)


def check_age(seconds: int, terms: Terms, now: int) -> None:
    """Refuse a quorum that is older than is allowed. Raises VerificationError."""
    age = now - seconds
    if terms.age_seconds_max is not None and age > terms.age_seconds_max:
        message = (
            f"检查点过旧:见证于 {age} 秒前,最多 {terms.age_seconds_max} 秒 / the checkpoint is too old: enough "
            f"witnesses cosigned it {age} seconds ago, and {terms.age_seconds_max} are allowed"
        )
        raise VerificationError(message)


def read_to_head(read: Read, terms: Terms, now: int, read_on: Callable[[Opened], object]) -> Opened:
    """Let ``read_on`` read a published log up to its head, whose signatures were checked.

    While the log grows, partial files of the head one began with may go: then the next head is read to.
    Raises VerificationError that says in one sentence what is wrong; DependencyError when the source does not answer.
    """
    opened = open_published(read(CHECKPOINT), terms, now)
    for _ in range(HEADS_TRIED_MAX):
        try:
            read_on(opened)
        except MissingFileError:
            newer = open_published(read(CHECKPOINT), terms, now)
            if newer.head.size <= opened.head.size:
                raise
            opened = newer
        else:
            return opened
    message = "日志增长快于读取,请改读副本 / the log grows faster than it can be read: read it from a copy"
    raise DependencyError(message)


def check_seen(read: Read, seen: bytes, opened: Opened, log_key: Verifier) -> None:
    """Check that a log whose tiles were compared goes on from the checkpoint this verifier saw last.

    Raises ContradictionError when it does not; ConfigurationError when what was seen is no checkpoint of this log.
    """
    before = read_seen(seen, log_key)
    head = opened.head
    if head.size < before.size:
        message = (
            f"日志被回退:上次见到 {before.size} 条,现在只有 {head.size} 条 / the log was rolled back: it had "
            f"{before.size} entries when it was seen last, and has {head.size} now"
        )
        raise ContradictionError(message, seen, opened.signed)
    if not before.size:
        return
    nodes = serve_nodes(lambda tile: read(render_tile_path(tile)), head.size)
    try:
        check_consistency(before, head, make_consistency_proof(nodes, before.size, head.size))
    except MissingFileError:
        raise
    except VerificationError as error:
        message = (
            f"日志分叉:前 {before.size} 条与上次所见不同 / the log was forked: its first {before.size} entries are not "
            "those that were seen before"
        )
        raise ContradictionError(message, seen, opened.signed) from error


def read_seen(seen: bytes, log_key: Verifier) -> TreeHead:
    """Read the checkpoint seen last. ConfigurationError when it is none of this log."""
    try:
        return open_checkpoint(seen, log_key).head
    except VerificationError as error:
        message = (
            f"上次所见的检查点不属于此日志({error}),请另选 --seen / what was seen last is no checkpoint of this log "
            f"({error}): name another file with --seen"
        )
        raise ConfigurationError(message) from error


def _leave_future(cosigned: Cosigned, policy: Policy, now: int) -> list[Cosignature]:
    """Leave out cosignatures from the future; refuse when too few are left."""
    timely = [each for each in cosigned.cosignatures if each.seconds <= now + FUTURE_SECONDS_MAX]
    if not meets_quorum(policy, list_cosigners(policy, timely)):
        message = (
            f"见证时间在将来,超过 {FUTURE_SECONDS_MAX} 秒,请校准本机时钟 / cosignatures are from the future, by more "
            f"than {FUTURE_SECONDS_MAX} seconds: set your clock right, and if it is, do not trust these witnesses"
        )
        raise VerificationError(message)
    return timely
