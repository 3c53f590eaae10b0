"""Checkpoints: one spelling for each head, and the known vector byte for byte."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consolidator.transparency.checkpoint import (
    Checkpoint,
    open_checkpoint,
    parse_checkpoint,
    render_checkpoint,
    sign_checkpoint,
)
from consolidator.transparency.keys import derive_signer
from consolidator.transparency.notes import sign_note
from consolidator.transparency.tree import CompactRange
from schemas.errors import InvariantError, VerificationError

LOG = derive_signer("log.example/disbursement/2026", bytes(range(32)))
WITNESS = derive_signer("audit.example/w1", bytes(range(32, 64)))
TREE = CompactRange().append_many([b"r%d" % number for number in range(7)])
HEAD = Checkpoint(LOG.name, TREE.size, TREE.root())
SIGNED = (
    "log.example/disbursement/2026\n7\nJls+J923YPitSfeEzFD/2lHphlnIaDxK/cQQd5PYCB8=\n\n"
    "— log.example/disbursement/2026 "
    "6wmCpWEKUN4MCsS6UVB0utGA0mLCsCjs6TLrhm2Bqx5o+TXnOOm5RLdqAdmxrf3yhjsYB78p/VVCSxwjQAY8hBfMDAs=\n"
)
COSIGNED = SIGNED + (
    "— audit.example/w1 "
    "wvoaAgAAAABpVbkANZKzm9oDWycIBjpmdQI5Nq2mgEpkyeFX4vXBES/GYJEf4KkU6gh9IaaXJaR8qQO4ZeESwnawoL6uk4j3HtQqDg==\n"
)


def test_the_known_vector_is_signed_byte_for_byte() -> None:
    assert sign_checkpoint(HEAD, LOG).decode() == SIGNED


@pytest.mark.parametrize("raw", [SIGNED, COSIGNED])
def test_the_known_vector_opens_with_or_without_cosignatures(raw: str) -> None:
    assert open_checkpoint(raw.encode(), LOG.verifier) == HEAD


@given(st.integers(0, 10**18 - 1), st.binary(min_size=32, max_size=32))
def test_a_checkpoint_reads_back_as_it_was_written(size: int, root: bytes) -> None:
    checkpoint = Checkpoint("县.example/账", size, root)
    assert parse_checkpoint(render_checkpoint(checkpoint)) == checkpoint


@pytest.mark.parametrize(
    "text",
    [
        "",
        "o\n7\n",
        "o\n07\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n",
        "o\n+7\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n",
        "o\n-7\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n",
        "o\n7 \nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n",
        "o\n7\r\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n",
        "o\n\u0667\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n",
        "o\n\N{FULLWIDTH DIGIT SEVEN}\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n",
        "o\n1000000000000000000\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n",
        "o\n\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n",
        "o\n7\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n",
        "o\n7\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB=\n",
        "o\n7\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n",
        "o\n7\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n",
        "o\n7\n____________________________________________A=\n",
        "o\n7\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
        "o\n7\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\nextension\n",
        "o\n7\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n\n",
        "\n7\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n",
        "o o\n7\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n",
        "o+o\n7\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n",
    ],
)
def test_any_other_spelling_is_refused(text: str) -> None:
    assert parse_checkpoint("o\n7\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n") == Checkpoint("o", 7, bytes(32))
    with pytest.raises(VerificationError):
        parse_checkpoint(text)


@pytest.mark.parametrize(
    "checkpoint",
    [
        Checkpoint("", 7, bytes(32)),
        Checkpoint("two words", 7, bytes(32)),
        Checkpoint("two\nlines", 7, bytes(32)),
        Checkpoint("o", -1, bytes(32)),
        Checkpoint("o", 10**18, bytes(32)),
        Checkpoint("o", 7, bytes(31)),
        Checkpoint("o", 7, bytes(33)),
    ],
)
def test_a_checkpoint_that_no_strict_reader_reads_is_never_written(checkpoint: Checkpoint) -> None:
    with pytest.raises(InvariantError):
        render_checkpoint(checkpoint)


def test_a_log_signs_under_its_own_origin_only() -> None:
    with pytest.raises(InvariantError):
        sign_checkpoint(HEAD, WITNESS)


def test_a_checkpoint_of_another_origin_is_refused_though_the_key_signed_it() -> None:
    other = render_checkpoint(Checkpoint("other.example", 7, bytes(32)))
    with pytest.raises(VerificationError, match="another log"):
        open_checkpoint(sign_note(other, [LOG]), LOG.verifier)


def test_a_checkpoint_that_only_another_key_signed_is_refused() -> None:
    with pytest.raises(VerificationError, match="no known key"):
        open_checkpoint(sign_note(render_checkpoint(HEAD), [WITNESS]), LOG.verifier)


def test_a_signed_note_that_is_no_checkpoint_is_refused() -> None:
    with pytest.raises(VerificationError, match="not a checkpoint"):
        open_checkpoint(sign_note(render_checkpoint(HEAD) + "extension\n", [LOG]), LOG.verifier)
