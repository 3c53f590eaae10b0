"""Owns what is fuzzed of the transparency log: whatever bytes come, they are refused, or mean what was signed.

A reader gives a value or raises the error of its kind; what it gave reads back the same; only right bytes verify.
"""

from contextlib import suppress
from dataclasses import replace

from consolidator.privacy.commitments import commit
from consolidator.transparency.addcheckpoint import parse_add_checkpoint, render_add_checkpoint
from consolidator.transparency.bundles import parse_bundle, render_bundle
from consolidator.transparency.cosignatures import open_cosigned
from consolidator.transparency.policy import parse_policy, render_policy, validate_policy
from consolidator.transparency.tiles import parse_tile_path, render_tile_path
from consolidator.transparency.tlogproof import check_tlog_proof, parse_tlog_proof, render_tlog_proof
from consolidator.transparency.tree import hash_leaves
from consolidator.transparency.witnessing import decide
from consolidator.verify.opened import check_opening
from schemas.errors import ConfigurationError, VerificationError
from schemas.extras import Extra, parse_extra, render_extra
from tests.judges.exhibits import POLICY
from tests.unit.transparency.parties import CHECKPOINT, ENTRIES, LOG, SIGNED, TLOG_PROOF, make_cosigned, make_policy

LEAF = hash_leaves(ENTRIES)[5]
FOUR = make_policy(4, 3)
HEAD = TLOG_PROOF.encode().partition(b"\n\n")[0]
NOTES = [
    HEAD + b"\n\n" + make_cosigned(1, 2, 3),
    make_cosigned(1, 2, 3, 4),
    render_add_checkpoint(0, (), SIGNED, LOG.verifier),
]
OPENED = Extra(b'{"sealed":"' + commit(bytes(32), b"{}").encode() + b'"}', b"{}", bytes(32))
LISTED = replace(OPENED, rest={"bank": ["402"]})
PAPERS = [render_policy(POLICY), render_bundle(ENTRIES), b"tile/entries/x001/x234/067.p/8", b"tile/2/000"]
PAPERS += [render_extra(OPENED), render_extra(LISTED)]


def read_note(raw: bytes) -> None:
    """Take the bytes for each kind of signed file."""
    with suppress(VerificationError):
        keys = [witness.key for witness in FOUR.witnesses]
        assert open_cosigned(raw, LOG.verifier, keys).checkpoint == CHECKPOINT
    with suppress(VerificationError):
        proof = parse_tlog_proof(raw)
        assert render_tlog_proof(proof) == raw
        assert check_tlog_proof(proof, LEAF, FOUR).checkpoint == CHECKPOINT
    with suppress(VerificationError):
        decide(parse_add_checkpoint(raw), LOG.verifier, CHECKPOINT.head)


def read_paper(raw: bytes) -> None:
    """Take the bytes for each kind of unsigned file, and for a path."""
    with suppress(ConfigurationError):
        policy = parse_policy(raw)
        assert validate_policy(policy) == policy
    with suppress(VerificationError):
        assert render_bundle(parse_bundle(raw, len(ENTRIES))) == raw
    with suppress(VerificationError):
        extra = parse_extra(raw)
        assert parse_extra(render_extra(extra)) == extra
        if extra.opening:
            check_opening(extra)
            assert replace(extra, entry=b"", rest={}) == replace(OPENED, entry=b"")
    with suppress(VerificationError, UnicodeDecodeError):
        path = raw.decode()
        assert render_tile_path(parse_tile_path(path)) == path
