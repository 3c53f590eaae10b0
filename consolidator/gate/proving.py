"""Owns the proof that travels with an order file: the list's entry, opened, under a cosigned checkpoint."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from bank_adapters.formats.order_layouts import OrderLayout
from consolidator.gate.checking import list_rest
from consolidator.gate.opened import Opened, check_opening, render_opened
from consolidator.privacy.commitments import derive_openings
from consolidator.transparency.policy import Policy
from consolidator.transparency.proofs import ReadNode, make_inclusion_proof
from consolidator.transparency.quorum import open_with_quorum
from consolidator.transparency.tlogproof import TlogProof, check_tlog_proof, render_tlog_proof
from consolidator.transparency.tree import leaf_hash
from consolidator.views.reading import list_raw_entries
from schemas.errors import ConfigurationError, InvariantError
from schemas.instants import derive_year
from schemas.orders import OrderColumns, OrderFile
from streams.journal import Journal


@dataclass(frozen=True, slots=True)
class Clearance:
    """Under what order files go out: a checkpoint over ``size`` entries that has the quorum in force, and its tree.

    Only :func:`grant_clearance` makes one.
    """

    size: int
    checkpoint: bytes
    policy: Policy
    read_node: ReadNode


def grant_clearance(checkpoint: bytes, policy: Policy, read_node: ReadNode) -> Clearance:
    """Check log signature, cosignatures and quorum of a checkpoint. Raises VerificationError when it opens nothing."""
    size = open_with_quorum(checkpoint, policy).checkpoint.size
    return Clearance(size, checkpoint, policy, read_node)


def open_entry(
    journal: Journal, epoch_keys: Mapping[int, bytes], file: OrderFile, rest: Mapping[str, Sequence[str]]
) -> Opened:
    """Open an order file's entry; ``rest`` is what :func:`collect_rest` gave.

    VerificationError when the journal's private bytes are not those that the entry commits to.
    """
    entry, private = _read_entry(journal, file.entry)
    opened = Opened(entry, private, _derive_opening(epoch_keys, file), rest)
    check_opening(opened)
    return opened


def collect_rest(layout: OrderLayout, parts: Sequence[OrderColumns]) -> Mapping[str, Sequence[str]]:
    """Collect the columns of a list that the bank's layout does not carry; its proof brings them."""
    return {name: list(chain.from_iterable(getattr(part, name) for part in parts)) for name in list_rest(layout)}


def prove_opened(clearance: Clearance, index: int, opened: Opened) -> bytes:
    """Write the proof of an opened entry, after checking it as its bank will.

    VerificationError when the log's own files do not give a proof; ConfigurationError when it would be too large.
    """
    hashes = make_inclusion_proof(clearance.read_node, index, clearance.size)
    proof = TlogProof(index, hashes, clearance.checkpoint, render_opened(opened))
    check_tlog_proof(proof, leaf_hash(opened.entry), clearance.policy)
    return render_tlog_proof(proof)


def _read_entry(journal: Journal, index: int) -> tuple[bytes, bytes]:
    for found, entry, private in list_raw_entries(journal.bundles(index)):
        if found == index:
            return entry, private
    message = "an order file's entry is not in the journal: restore it from a backup"
    raise InvariantError(message)


def _derive_opening(epoch_keys: Mapping[int, bytes], file: OrderFile) -> bytes:
    """The year is the one the entry was sealed in: an order file is fixed at its entry's instant."""
    year = derive_year(file.ordered_at)
    if year not in epoch_keys:
        message = f"keys/epochs.keys 没有 {year} 年的密钥 / keys/epochs.keys has no key for {year}: restore it"
        raise ConfigurationError(message)
    return derive_openings(epoch_keys[year], file.entry, 1)[0]
