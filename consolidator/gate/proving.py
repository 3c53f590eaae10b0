"""Owns the proof that travels with an order file: the list's entry, opened, under a cosigned checkpoint."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import chain

from bank_adapters.formats.order_layouts import OrderLayout
from consolidator.gate.checking import list_rest
from consolidator.gate.passing import Clearance
from consolidator.privacy.openings import open_private
from consolidator.transparency.proofs import make_inclusion_proof
from consolidator.transparency.tlogproof import PROOF_BYTES_MAX, TlogProof, check_tlog_proof, render_tlog_proof
from consolidator.transparency.tree import leaf_hash
from consolidator.views.reading import read_raw_entry
from schemas.errors import ConfigurationError, InvariantError
from schemas.extras import Extra, render_extra
from schemas.orders import OrderColumns, OrderFile
from streams.journal import Journal

_EXTRA_BYTES_MAX = PROOF_BYTES_MAX * 3 // 4 - 20_000  # in base64, beside hashes and a checkpoint with its cosignatures


def open_entry(
    journal: Journal, epoch_keys: Mapping[int, bytes], file: OrderFile, rest: Mapping[str, Sequence[str]]
) -> Extra:
    """Open an order file's entry; ``rest`` is what :func:`collect_rest` gave.

    VerificationError when the journal's private bytes are not those that the entry commits to.
    """
    found = read_raw_entry(journal.bundles(file.entry), file.entry)
    if found is None:
        message = "an order file's entry is not in the journal: restore it from a backup"
        raise InvariantError(message)
    return replace(open_private(epoch_keys, file.entry, *found), rest=rest)


def collect_rest(layout: OrderLayout, parts: Sequence[OrderColumns]) -> Mapping[str, Sequence[str]]:
    """Collect the columns of a list that the bank's layout does not carry; its proof brings them."""
    return {name: list(chain.from_iterable(getattr(part, name) for part in parts)) for name in list_rest(layout)}


def prove_opened(clearance: Clearance, index: int, opened: Extra) -> bytes:
    """Write the proof of an opened entry, after checking it as its bank will.

    VerificationError when the log's own files do not give a proof; ConfigurationError when it would be too large.
    """
    hashes = make_inclusion_proof(clearance.read_node, index, clearance.size)
    proof = TlogProof(index, hashes, clearance.checkpoint, _render_extra(opened))
    check_tlog_proof(proof, leaf_hash(opened.entry), clearance.policy)
    return render_tlog_proof(proof)


def _render_extra(opened: Extra) -> bytes:
    raw = render_extra(opened)
    if len(raw) > _EXTRA_BYTES_MAX:
        message = (
            "代发文件太大,请在政策中调低 file_lines_max / "
            "the list is too large for its proof: lower the bank's file_lines_max in policy"
        )
        raise ConfigurationError(message)
    return raw
