"""Opening an entry: with the key of the year it was sealed in, and only what it commits to."""

import pytest

from consolidator.privacy.commitments import commit, derive_openings
from consolidator.privacy.openings import find_epoch_key, open_private
from schemas.canonical import render_canonical
from schemas.errors import ConfigurationError, InputError, VerificationError
from schemas.extras import Extra

KEYS = {2026: bytes(32), 2027: bytes(range(32))}
PRIVATE = '{"reason":"核实"}'.encode()
INDEX = 7


def seal(at: str, key: bytes, index: int = INDEX) -> bytes:
    """Write an entry that commits to the private part under a key."""
    return render_canonical({"at": at, "sealed": commit(derive_openings(key, index, 1)[0], PRIVATE)})


@pytest.mark.parametrize(
    ("at", "year"),
    [
        ("2026-01-01T00:00:00Z", 2026),
        ("2026-12-31T23:59:59Z", 2026),
        ("2027-01-01T00:00:00Z", 2027),
    ],
)
def test_an_entry_is_opened_with_the_key_of_its_own_year(at: str, year: int) -> None:
    entry = seal(at, KEYS[year])
    assert open_private(KEYS, INDEX, entry, PRIVATE) == Extra(entry, PRIVATE, derive_openings(KEYS[year], INDEX, 1)[0])


def test_a_missing_key_is_told_with_its_year_and_none_is_made() -> None:
    with pytest.raises(ConfigurationError, match="no key for 2028: restore it from a backup"):
        open_private(KEYS, INDEX, seal("2028-01-01T00:00:00Z", bytes(32)), PRIVATE)
    assert find_epoch_key(KEYS, 1_793_491_200) == KEYS[2026]
    assert sorted(KEYS) == [2026, 2027]


def test_an_entry_without_private_part_has_nothing_to_open() -> None:
    with pytest.raises(InputError) as caught:
        open_private(KEYS, INDEX, b'{"at":"2026-01-01T00:00:00Z"}', b"")
    assert (caught.value.code, caught.value.detail) == ("S22", "entry 7")


@pytest.mark.parametrize(
    ("index", "private"), [(INDEX + 1, PRIVATE), (INDEX - 1, PRIVATE), (INDEX, PRIVATE.replace(b"}", b" }"))]
)
def test_what_the_entry_does_not_commit_to_is_not_handed_out(index: int, private: bytes) -> None:
    with pytest.raises(VerificationError, match="not the one that the entry commits to") as caught:
        open_private(KEYS, index, seal("2026-01-01T00:00:00Z", KEYS[2026]), private)
    assert "核实" not in str(caught.value)


def test_another_key_opens_nothing() -> None:
    with pytest.raises(VerificationError, match="commits to"):
        open_private({2026: KEYS[2027]}, INDEX, seal("2026-01-01T00:00:00Z", KEYS[2026]), PRIVATE)


def test_an_entry_that_commits_to_nothing_is_not_opened() -> None:
    with pytest.raises(VerificationError, match="commits to"):
        open_private(KEYS, INDEX, b'{"at":"2026-01-01T00:00:00Z"}', PRIVATE)
