"""Openings and commitments: the same for ever, however the calls are grouped."""

from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.ciphers.modes import ECB
from hypothesis import given
from hypothesis import strategies as st

from consolidator.privacy.commitments import commit, commit_many, derive_openings
from schemas.errors import ConfigurationError, InvariantError

KEY = bytes(range(32))
INDEX_MAX = 2**63  # written out: the code's own number could not be wrong


def encrypt_block(counter: int) -> bytes:
    """Give one block of the keystream by the definition of counter mode: the counter block, encrypted."""
    encryptor = Cipher(AES256(KEY), ECB()).encryptor()  # noqa: S305 -- single blocks, to check counter mode against
    return encryptor.update(counter.to_bytes(16, "big"))


@pytest.mark.parametrize("index", [0, 1, 7, 255, 2**31 - 1, 2**32, 2**62, INDEX_MAX - 2])
def test_an_opening_is_blocks_2i_and_2i_plus_1_of_the_keystream(index: int) -> None:
    assert derive_openings(KEY, index, 1) == [encrypt_block(2 * index) + encrypt_block(2 * index + 1)]


@given(st.integers(0, 2**40), st.integers(0, 200), st.integers(0, 200))
def test_the_grouping_of_calls_never_changes_an_opening(first: int, left: int, right: int) -> None:
    split = derive_openings(KEY, first, left) + derive_openings(KEY, first + left, right)
    assert split == derive_openings(KEY, first, left + right)
    assert len(split) == len(set(split)) == left + right
    assert {len(opening) for opening in split} <= {32}


def test_the_openings_of_a_known_key_stay_what_they_were() -> None:
    digest = sha256(b"".join(derive_openings(KEY, 1_000_000, 1000))).hexdigest()
    assert digest == "e0973c2619a82d718e40b6b90b1da7eb6a5ad463e430a951aa1fca7860b79b75"


def test_another_key_gives_other_openings() -> None:
    assert derive_openings(KEY, 3, 1) != derive_openings(bytes(32), 3, 1)


@pytest.mark.parametrize("length", [0, 16, 31, 33, 64])
def test_a_key_of_another_length_is_refused(length: int) -> None:
    with pytest.raises(ConfigurationError):
        derive_openings(bytes(length), 0, 1)


@pytest.mark.parametrize(("first", "count"), [(-1, 2), (5, -1), (INDEX_MAX, 0), (INDEX_MAX - 1, 1)])
def test_an_index_that_no_log_can_have_is_refused(first: int, count: int) -> None:
    with pytest.raises(InvariantError):
        derive_openings(KEY, first, count)


@given(st.binary(min_size=32, max_size=32), st.binary(max_size=300))
def test_a_commitment_is_the_hash_of_prefix_opening_and_private_bytes(opening: bytes, private: bytes) -> None:
    assert commit(opening, private) == sha256(bytes([2]) + opening + private).hexdigest()


@given(st.lists(st.binary(max_size=100), max_size=50))
def test_many_commitments_equal_the_single_ones(privates: list[bytes]) -> None:
    openings = derive_openings(KEY, 9, len(privates))
    assert commit_many(openings, privates) == [
        commit(opening, private) for opening, private in zip(openings, privates, strict=True)
    ]


@pytest.mark.parametrize("length", [0, 31, 33])
def test_an_opening_of_another_length_is_refused(length: int) -> None:
    with pytest.raises(InvariantError):
        commit(bytes(length), b"{}")


def test_an_opening_more_than_private_parts_is_refused() -> None:
    with pytest.raises(InvariantError):
        commit_many(derive_openings(KEY, 0, 3), [b"{}", b"{}"])
