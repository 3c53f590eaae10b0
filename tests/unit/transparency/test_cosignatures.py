"""Cosignatures: the known vector, who is counted, and that neither log nor witness signs with the other's key."""

from base64 import b64decode, b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consolidator.transparency.cosignatures import Cosigner, cosign, open_cosigned, take_cosignature
from consolidator.transparency.keys import (
    COSIGNATURE,
    Ed25519Signer,
    derive_signer,
    parse_private_key,
    parse_vkey,
    render_private_key,
    render_vkey,
)
from consolidator.transparency.notes import attach_signature_lines, render_signature_line, sign_note
from consolidator.transparency.signatures import SECONDS_MAX, read_seconds
from schemas.errors import ConfigurationError, InvariantError, VerificationError
from tests.unit.transparency.parties import (
    CHECKPOINT,
    LOG,
    NOW,
    SIGNED,
    WITNESS,
    WITNESS_LINE,
    WITNESS_VKEY,
    make_cosigned,
    make_witness,
)

WITNESSES = [make_witness(number).verifier for number in range(1, 5)]


def counted(raw: bytes) -> list[tuple[str, int]]:
    """Give name and time of every cosignature that counts."""
    return [(each.witness.name, each.seconds) for each in open_cosigned(raw, LOG.verifier, WITNESSES).cosignatures]


def replace_signature(line: str, at: int, mask: int) -> str:
    """Give a signature line with one bit of its signature changed."""
    words = line.split(" ")
    blob = bytearray(b64decode(words[2]))
    blob[at] ^= mask
    return f"{words[0]} {words[1]} {b64encode(blob).decode()}\n"


def test_the_known_vector_is_cosigned_byte_for_byte() -> None:
    assert render_vkey(WITNESS.verifier) == WITNESS_VKEY
    assert render_signature_line(cosign(CHECKPOINT, WITNESS, NOW)).decode() == WITNESS_LINE


def test_the_known_vector_names_its_witness_and_its_second() -> None:
    cosigned = open_cosigned(SIGNED + WITNESS_LINE.encode(), LOG.verifier, [parse_vkey(WITNESS_VKEY)])
    assert cosigned.checkpoint == CHECKPOINT
    assert [(each.witness, each.seconds) for each in cosigned.cosignatures] == [(WITNESS.verifier, NOW)]


@given(st.integers(0, SECONDS_MAX))
def test_any_second_comes_back(seconds: int) -> None:
    assert read_seconds(cosign(CHECKPOINT, WITNESS, seconds).signature) == seconds
    assert counted(make_cosigned(1, seconds=seconds)) == [("w1.example", seconds)]


def test_every_known_witness_is_counted_once_in_any_order_and_unknown_ones_never() -> None:
    assert counted(SIGNED) == []
    assert counted(make_cosigned(3, 1)) == [("w3.example", NOW), ("w1.example", NOW)]
    assert counted(make_cosigned(9, 1, 8)) == [("w1.example", NOW)]
    twice = make_cosigned(1, 1, signed=make_cosigned(1, 2, seconds=NOW + 5))
    assert counted(twice) == [("w1.example", NOW + 5), ("w2.example", NOW + 5)]


def test_the_order_of_lines_means_nothing() -> None:
    text, lines = make_cosigned(1, 2).decode().split("\n\n")
    turned = "".join(reversed(lines.splitlines(keepends=True)))
    assert sorted(counted(f"{text}\n\n{turned}".encode())) == [("w1.example", NOW), ("w2.example", NOW)]


@pytest.mark.parametrize("at", range(4, 76))
def test_a_known_witness_whose_line_is_wrong_in_time_or_signature_spoils_the_note(at: int) -> None:
    harmed = replace_signature(WITNESS_LINE, at, 1).encode()
    open_cosigned(SIGNED + WITNESS_LINE.encode(), LOG.verifier, [WITNESS.verifier])
    with pytest.raises(VerificationError):
        open_cosigned(SIGNED + harmed, LOG.verifier, [WITNESS.verifier])
    assert open_cosigned(SIGNED + harmed, LOG.verifier, WITNESSES).cosignatures == ()


@pytest.mark.parametrize("at", range(4))
def test_a_line_under_an_unknown_id_is_ignored(at: int) -> None:
    harmed = replace_signature(WITNESS_LINE, at, 1).encode()
    assert open_cosigned(SIGNED + harmed, LOG.verifier, [WITNESS.verifier]).cosignatures == ()


def test_a_cosignature_of_another_checkpoint_or_of_the_wrong_length_spoils_the_note() -> None:
    line = cosign(CHECKPOINT, WITNESS, NOW)
    other = attach_signature_lines(sign_note("another.example\n7\nno root\n", [LOG]), [line])
    plain = WITNESS.private.sign(SIGNED.partition(b"\n\n")[0] + b"\n")
    for raw in (other, SIGNED + b64line(line.key_id + plain), SIGNED + b64line(line.key_id + line.signature[:-1])):
        with pytest.raises(VerificationError):
            open_cosigned(raw, LOG.verifier, [WITNESS.verifier])


def b64line(blob: bytes) -> bytes:
    """Give a signature line of the vector's witness with these bytes."""
    return f"— {WITNESS.name} {b64encode(blob).decode()}\n".encode()


def test_witnesses_alone_vouch_for_nothing() -> None:
    text = SIGNED.partition(b"\n\n")[0].decode() + "\n"
    raw = sign_note(text, [Cosigner(make_witness(1), NOW), Cosigner(make_witness(2), NOW)])
    with pytest.raises(VerificationError, match="no known key"):
        open_cosigned(raw, LOG.verifier, WITNESSES)


def test_neither_a_logs_key_cosigns_nor_a_witness_key_signs_nor_is_one_taken_for_the_other() -> None:
    with pytest.raises(InvariantError, match="log's key"):
        cosign(CHECKPOINT, LOG, NOW)
    with pytest.raises(InvariantError, match="witness's key"):
        sign_note("text\n", [WITNESS])
    with pytest.raises(InvariantError, match="0x04"):
        open_cosigned(SIGNED, LOG.verifier, [derive_signer("w.example", bytes(32)).verifier])


@pytest.mark.parametrize("seconds", [-1, 2**63, 2**64])
def test_a_time_that_others_cannot_read_is_never_signed(seconds: int) -> None:
    with pytest.raises(InvariantError, match="POSIX"):
        cosign(CHECKPOINT, WITNESS, seconds)


def test_a_signature_line_with_a_time_of_2_to_the_63_is_refused() -> None:
    with pytest.raises(VerificationError, match="below 2"):
        read_seconds((2**63).to_bytes(8, "big") + bytes(64))
    assert read_seconds((2**63 - 1).to_bytes(8, "big") + bytes(64)) == 2**63 - 1
    for length in (0, 8, 64, 71, 73):
        with pytest.raises(VerificationError, match="8 bytes of time"):
            read_seconds(bytes(length))


def test_two_trusted_keys_that_look_alike_in_a_note_are_refused() -> None:
    key = WITNESS.verifier
    assert open_cosigned(SIGNED + WITNESS_LINE.encode(), LOG.verifier, [key, key]).cosignatures[0].witness == key


def test_a_witness_answer_gives_its_one_cosignature() -> None:
    mine, other = (render_signature_line(cosign(CHECKPOINT, make_witness(number), NOW)) for number in (1, 9))
    for answer in (mine, other + mine, mine + other, mine + mine):
        taken = take_cosignature(SIGNED, answer, LOG.verifier, WITNESSES[0])
        assert (taken.witness, taken.seconds) == (WITNESSES[0], NOW)
        assert render_signature_line(taken.line) == mine


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"\n",
        b"404 not found\n",
        WITNESS_LINE.encode(),
        render_signature_line(cosign(CHECKPOINT, make_witness(1), NOW))[:-1],
        render_signature_line(cosign(CHECKPOINT, make_witness(1), NOW)).replace(b"\n", b"\r\n"),
        b"\n" + render_signature_line(cosign(CHECKPOINT, make_witness(1), NOW)),
        b"another text\n\n" + render_signature_line(cosign(CHECKPOINT, make_witness(1), NOW)),
        make_cosigned(1),
        b"\xff\xfe",
        b"x" * 2_000_000,
    ],
)
def test_an_answer_without_the_witness_own_right_line_is_no_cosignature(answer: bytes) -> None:
    with pytest.raises(VerificationError):
        take_cosignature(SIGNED, answer, LOG.verifier, WITNESSES[0])


@given(st.binary(min_size=32, max_size=32))
def test_a_witness_private_key_line_gives_back_the_same_key(seed: bytes) -> None:
    key = derive_signer("w.example", seed, COSIGNATURE)
    line = render_private_key(key)
    again = parse_private_key(line, COSIGNATURE)
    assert (again.verifier, render_private_key(again)) == (key.verifier, line)
    assert cosign(CHECKPOINT, again, NOW) == cosign(CHECKPOINT, key, NOW)


@pytest.mark.parametrize(("key", "kind"), [(WITNESS, 0x01), (LOG, 0x04)])
def test_a_private_key_of_the_other_kind_is_refused(key: Ed25519Signer, kind: int) -> None:
    with pytest.raises(ConfigurationError, match=f"0x{kind:02x} is needed"):
        parse_private_key(render_private_key(key), kind)
