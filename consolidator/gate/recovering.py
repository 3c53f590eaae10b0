"""Owns the recovery quorum: all root officers cosign a checkpoint that covers a change of the quorum.

It is for the day when the witnesses in force cannot cosign any more. It puts a quorum in force and lets no order file
out. A root officer's key cosigns under a name of its own, so that what it signs here is nothing else anywhere.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from consolidator.gate.records import RecoveryRecord
from consolidator.transparency.checkpoint import open_checkpoint
from consolidator.transparency.cosignatures import cosign, open_cosigned
from consolidator.transparency.keys import COSIGNATURE, Ed25519Signer, Verifier, derive_signer
from consolidator.transparency.notes import render_signature_line


@dataclass(frozen=True, slots=True)
class Recovered:
    """A checkpoint that all root officers cosigned, with their lines, and its size; 0 when not all of them did."""

    size: int
    note: bytes


def derive_root_verifier(root: str) -> Verifier:
    """Give the key under which a root officer (his key in hex) cosigns.

    >>> derive_root_verifier("ab" * 32).name[:9]
    'root-abab'
    """
    return Verifier(f"root-{root}", COSIGNATURE, bytes.fromhex(root))


def make_recovery(signer: Ed25519Signer, checkpoint: bytes, log_key: Verifier, seconds: int) -> RecoveryRecord:
    """Have a root officer cosign a signed checkpoint. Raises VerificationError when the log did not sign it."""
    root = signer.verifier.public.hex()
    key = derive_signer(derive_root_verifier(root).name, signer.private.private_bytes_raw(), COSIGNATURE)
    opened = open_checkpoint(checkpoint, log_key)
    line = render_signature_line(cosign(opened, key, seconds))
    return RecoveryRecord(root, opened.size, checkpoint, line)


def find_recovered(records: Iterable[RecoveryRecord], roots: Sequence[str], log_key: Verifier) -> Recovered | None:
    """Find the newest checkpoint that every root officer cosigned. Raises VerificationError for a wrong cosignature."""
    lines: dict[bytes, dict[str, bytes]] = {}
    for record in records:
        lines.setdefault(record.checkpoint, {})[record.root] = record.line
    for checkpoint, by_root in lines.items():
        if by_root.keys() >= set(roots):
            found = check_recovered(checkpoint + b"".join(by_root[root] for root in roots), roots, log_key)
            if found.size:
                return found
    return None


def check_recovered(note: bytes, roots: Sequence[str], log_key: Verifier) -> Recovered:
    """Give the size of a checkpoint that every root officer cosigned, or 0. VerificationError for a wrong line."""
    opened = open_cosigned(note, log_key, map(derive_root_verifier, roots))
    return Recovered(opened.checkpoint.size if len(opened.cosignatures) == len(roots) else 0, note)
