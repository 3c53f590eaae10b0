"""The .tlog-proof file: the known vector, one spelling only, and no edit of it that still proves something."""

from base64 import b64encode
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consolidator.transparency.cosignatures import Cosigner
from consolidator.transparency.notes import sign_note
from consolidator.transparency.policy import NO_QUORUM, Policy
from consolidator.transparency.proofs import make_inclusion_proof
from consolidator.transparency.tlogproof import (
    PROOF_BYTES_MAX,
    TlogProof,
    check_tlog_proof,
    parse_tlog_proof,
    render_tlog_proof,
)
from consolidator.transparency.tree import hash_leaves
from schemas.errors import InvariantError, VerificationError
from tests.unit.transparency.naive import serve
from tests.unit.transparency.parties import (
    CHECKPOINT,
    ENTRIES,
    LOG,
    NOW,
    SIGNED,
    TLOG_PROOF,
    WITNESS_LINE,
    make_cosigned,
    make_policy,
    make_single_policy,
    make_witness,
)

LEAVES = hash_leaves(ENTRIES)
HASHES = make_inclusion_proof(serve(LEAVES), 5, 7)
COSIGNED = SIGNED + WITNESS_LINE.encode()
HASH = "ZIewFrAygePS43PncNpI//CYp2g0S9YvgSRGsLBwWxg="
HEAD, _, NOTE = TLOG_PROOF.partition("\n\n")


def proves(raw: bytes) -> bool:
    """Say whether a file proves that the vector's fifth entry stands in the vector's log."""
    try:
        check_tlog_proof(parse_tlog_proof(raw), LEAVES[5], make_single_policy())
    except VerificationError:
        return False
    return True


def test_the_known_vector_is_made_byte_for_byte() -> None:
    assert render_tlog_proof(TlogProof(5, HASHES, COSIGNED)).decode() == TLOG_PROOF


def test_the_known_vector_proves_its_entry_offline() -> None:
    cosigned = check_tlog_proof(parse_tlog_proof(TLOG_PROOF.encode()), LEAVES[5], make_single_policy())
    assert cosigned.checkpoint == CHECKPOINT
    assert [each.seconds for each in cosigned.cosignatures] == [NOW]


def test_no_edit_of_one_place_proves_the_entry() -> None:
    raw = TLOG_PROOF.encode()
    assert proves(raw)
    for at in range(len(raw)):
        for mask in (1, 2, 4, 8, 16, 32, 64, 128):
            assert not proves(raw[:at] + bytes([raw[at] ^ mask]) + raw[at + 1 :])
        assert not proves(raw[:at] + raw[at + 1 :])
        assert not proves(raw[:at])
        for byte in (b"\n", b" ", b"0", b"A", b"=", b"\r", b"\0"):
            assert not proves(raw[:at] + byte + raw[at:])


@pytest.mark.parametrize("end", ["\n", " ", "\n\n", "\0", "x", "\r\n"])
def test_nothing_may_stand_behind_the_last_line(end: str) -> None:
    assert not proves((TLOG_PROOF + end).encode())


def test_signatures_of_strangers_and_the_order_of_signatures_change_nothing() -> None:
    lines = make_cosigned(9, signed=COSIGNED)
    assert proves(render_tlog_proof(TlogProof(5, HASHES, lines)))
    text, signatures = COSIGNED.decode().split("\n\n")
    turned = "".join(reversed(signatures.splitlines(keepends=True)))
    assert proves(render_tlog_proof(TlogProof(5, HASHES, f"{text}\n\n{turned}".encode())))


@given(
    st.integers(0, 10**18 - 1),
    st.lists(st.binary(min_size=32, max_size=32), max_size=63).map(tuple),
    st.binary(max_size=300),
    st.none() | st.binary(min_size=1, max_size=300),
)
def test_a_file_reads_back_as_it_was_written(
    index: int, hashes: tuple[bytes, ...], checkpoint: bytes, extra: bytes | None
) -> None:
    proof = TlogProof(index, hashes, checkpoint, extra)
    assert parse_tlog_proof(render_tlog_proof(proof)) == proof


def test_extra_goes_along_and_is_not_vouched_for() -> None:
    proof = TlogProof(5, HASHES, COSIGNED, b"\0\xff" * 40_000)
    raw = render_tlog_proof(proof)
    assert raw.split(b"\n")[1].startswith(b"extra AP8A/")
    assert parse_tlog_proof(raw) == proof
    assert proves(raw)
    assert proves(raw.replace(b"extra AP8A/", b"extra BP8A/"))


@pytest.mark.parametrize(
    "head",
    [
        "",
        "c2sp.org/tlog-proof@v1",
        "c2sp.org/tlog-proof@v1\nindex 05",
        "c2sp.org/tlog-proof@v1\nindex +5",
        "c2sp.org/tlog-proof@v1\nindex -5",
        "c2sp.org/tlog-proof@v1\nindex  5",
        "c2sp.org/tlog-proof@v1\nindex 5 ",
        "c2sp.org/tlog-proof@v1\nindex 5\t",
        "c2sp.org/tlog-proof@v1\nindex",
        "c2sp.org/tlog-proof@v1\nindex ",
        "c2sp.org/tlog-proof@v1\nindex \N{FULLWIDTH DIGIT FIVE}",
        "c2sp.org/tlog-proof@v1\nindex 1000000000000000000",
        "c2sp.org/tlog-proof@v1\nINDEX 5",
        "c2sp.org/tlog-proof@v1\n\nindex 5",
        "c2sp.org/tlog-proof@v2\nindex 5",
        "C2SP.org/tlog-proof@v1\nindex 5",
        "\ufeffc2sp.org/tlog-proof@v1\nindex 5",
        " c2sp.org/tlog-proof@v1\nindex 5",
        "c2sp.org/tlog-proof@v1\r\nindex 5\r",
        "c2sp.org/tlog-proof@v1\nextra\nindex 5",
        "c2sp.org/tlog-proof@v1\nextra \nindex 5",
        "c2sp.org/tlog-proof@v1\nextra QQ\nindex 5",
        "c2sp.org/tlog-proof@v1\nextra QR==\nindex 5",
        "c2sp.org/tlog-proof@v1\nextra QQ= =\nindex 5",
        "c2sp.org/tlog-proof@v1\nextra Q_==\nindex 5",
        "c2sp.org/tlog-proof@v1\nextra QQ==\nextra QQ==\nindex 5",
        "c2sp.org/tlog-proof@v1\nindex 5\nextra QQ==",
        f"c2sp.org/tlog-proof@v1\nindex 5\n{HASH[:-1]}",
        f"c2sp.org/tlog-proof@v1\nindex 5\n{HASH}=",
        f"c2sp.org/tlog-proof@v1\nindex 5\n{HASH.replace('xg=', 'xh=')}",
        f"c2sp.org/tlog-proof@v1\nindex 5\n {HASH}",
        f"c2sp.org/tlog-proof@v1\nindex 5\n{HASH} ",
        f"c2sp.org/tlog-proof@v1\nindex 5\n{HASH}\r",
        f"c2sp.org/tlog-proof@v1\nindex 5\n{HASH.replace('/', '_')}",
        "c2sp.org/tlog-proof@v1\nindex 5\n" + "\n".join([HASH] * 64),
    ],
)
def test_any_other_spelling_is_no_proof(head: str) -> None:
    parse_tlog_proof(f"c2sp.org/tlog-proof@v1\nextra QQ==\nindex 5\n{HASH}\n\n{NOTE}".encode())
    with pytest.raises(VerificationError, match="not a tlog-proof"):
        parse_tlog_proof(f"{head}\n\n{NOTE}".encode())


def test_a_file_without_an_end_of_its_head_is_refused() -> None:
    for raw in (b"", b"\n\n", HEAD.encode(), HEAD.encode() + b"\n", b"\xff" * 100):
        with pytest.raises(VerificationError, match="not a tlog-proof"):
            parse_tlog_proof(raw)
    with pytest.raises(VerificationError, match="at most"):
        parse_tlog_proof(b"x" * (PROOF_BYTES_MAX + 1))


def test_a_proof_of_the_largest_size_is_written_and_read() -> None:
    room = PROOF_BYTES_MAX - len(render_tlog_proof(TlogProof(5, HASHES, b"")))
    largest = TlogProof(5, HASHES, b"x" * room)
    raw = render_tlog_proof(largest)
    assert (len(raw), parse_tlog_proof(raw)) == (PROOF_BYTES_MAX, largest)
    with pytest.raises(InvariantError, match="too large"):
        render_tlog_proof(TlogProof(5, HASHES, b"x" * (room + 1)))


@pytest.mark.parametrize(
    "proof",
    [
        TlogProof(-1, HASHES, COSIGNED),
        TlogProof(10**18, HASHES, COSIGNED),
        TlogProof(5, (HASHES[0][:-1],), COSIGNED),
        TlogProof(5, HASHES * 22, COSIGNED),
        TlogProof(5, HASHES, COSIGNED, b""),
    ],
)
def test_a_proof_that_no_strict_reader_reads_is_never_written(proof: TlogProof) -> None:
    with pytest.raises(InvariantError):
        render_tlog_proof(proof)


def test_each_step_of_the_check_says_what_is_wrong() -> None:
    proof, policy = TlogProof(5, HASHES, make_cosigned(1, 2, 3)), make_policy(4, 3)
    check_tlog_proof(proof, LEAVES[5], policy)
    text = SIGNED.partition(b"\n\n")[0].decode() + "\n"
    witnesses_only = sign_note(text, [Cosigner(make_witness(number), NOW) for number in (1, 2, 3)])
    cases = [
        (proof, LEAVES[4], policy, "does not lead"),
        (replace(proof, index=4), LEAVES[5], policy, "does not lead"),
        (replace(proof, index=7), LEAVES[5], policy, "no entry 7"),
        (replace(proof, hashes=HASHES[:-1]), LEAVES[5], policy, "must have 3 hashes"),
        (replace(proof, checkpoint=make_cosigned(1, 2)), LEAVES[5], policy, "too few witnesses .* w3, w4"),
        (replace(proof, checkpoint=make_cosigned(1, 2, 2, 1)), LEAVES[5], policy, "too few witnesses"),
        (replace(proof, checkpoint=witnesses_only), LEAVES[5], policy, "no known key"),
        (replace(proof, checkpoint=b""), LEAVES[5], policy, "a note"),
    ]
    for harmed, leaf, trusted, wording in cases:
        with pytest.raises(VerificationError, match=wording):
            check_tlog_proof(harmed, leaf, trusted)


def test_where_the_policy_asks_for_nobody_the_logs_signature_is_enough() -> None:
    proof = TlogProof(5, HASHES, SIGNED)
    assert check_tlog_proof(proof, LEAVES[5], Policy(LOG.verifier, NO_QUORUM)).cosignatures == ()
    assert b64encode(HASHES[0]).decode() == HASH
