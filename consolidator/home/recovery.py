"""Owns what a root officer does when witnesses are lost: cosign a head that covers the change of the quorum."""

from collections.abc import Sequence
from dataclasses import dataclass

from consolidator.bootstrap import Office, load_view
from consolidator.facts.state import State
from consolidator.gate.quorums import find_standing
from consolidator.gate.records import GateRecords, open_records
from consolidator.gate.recovering import make_recovery
from consolidator.keys import read_signer
from consolidator.publishing.reading import serve_published
from consolidator.transparency.checkpoint import open_checkpoint
from consolidator.transparency.keys import Ed25519Signer, Verifier
from consolidator.transparency.proofs import read_compact_range
from schemas.errors import ConfigurationError, VerificationError
from streams.embedded.journal import open_journal_read_only


@dataclass(frozen=True, slots=True)
class Cosigned:
    """What was cosigned: the head's size, whose keys (hex) did so by now, how many root officers there are."""

    size: int
    cosigned: Sequence[str]
    roots: int


def add_recovery(office: Office, signer: Ed25519Signer, now: int) -> Cosigned:
    """Have a root officer cosign the head that others cosigned already, or the newest one.

    ConfigurationError when the key is no root officer's or no change of the quorum waits; VerificationError when the
    head that another cosigned is not of this log.
    """
    state = load_view(office).state
    _check_key(state, signer)
    log_key = read_signer(office.home.log_key).verifier
    with open_records(office.home.gate) as records:
        entry = _find_waiting(records, state, log_key)
        checkpoint = _find_begun(office, records, entry, log_key) or _read_newest(office)
        made = make_recovery(signer, checkpoint, log_key, now)
        records.add_recovery(made)
        cosigned = [each.root for each in records.list_recoveries() if each.checkpoint == checkpoint]
    return Cosigned(made.size, cosigned, len(state.roots))


def _check_key(state: State, signer: Ed25519Signer) -> None:
    if signer.verifier.public.hex() not in state.roots:
        message = "此密钥不是根管理员的 / this key is no root officer's: only those whom genesis pins can do this"
        raise ConfigurationError(message)


def _find_waiting(records: GateRecords, state: State, log_key: Verifier) -> int:
    """Give the entry of the newest quorum, which is not in force yet."""
    entry = state.quorums[-1].entry
    if entry <= find_standing(records, state.quorums, log_key).entry:
        message = (
            "没有等待生效的见证要求:先以政策设定新的见证要求并由另一人确认 / "
            "no change of the quorum waits: set the new quorum by policy and have it confirmed first"
        )
        raise ConfigurationError(message)
    return entry


def _find_begun(office: Office, records: GateRecords, entry: int, log_key: Verifier) -> bytes | None:
    """Give the newest head that another root officer cosigned for this change, if there is one."""
    for record in records.list_recoveries():
        if record.size > entry:
            head = open_checkpoint(record.checkpoint, log_key).head
            size = open_checkpoint(_read_newest(office), log_key).size
            if size < head.size or _read_root(office, size, head.size) != head.root:
                reason = "another root officer cosigned a head that is not of this log: keep gate.sqlite as evidence"
                raise VerificationError(reason)
            return record.checkpoint
    return None


def _read_root(office: Office, size: int, at: int) -> bytes:
    return read_compact_range(serve_published(office.home.log, size), at).root()


def _read_newest(office: Office) -> bytes:
    with open_journal_read_only(office.home.journal) as journal:
        record = journal.last_commit()
    if record is None:
        message = "尚未运行 / nothing is decided yet: run 'consolidator run --once' first"
        raise ConfigurationError(message)
    return record.head.checkpoint.encode()
