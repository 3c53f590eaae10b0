"""An office whose records of what was sent are older than what it told of does not work."""

from pathlib import Path

import pytest

from consolidator.cluster.guarding import check_gate
from consolidator.gate.records import open_records
from consolidator.home.paths import Home
from consolidator.transparency.checkpoint import Checkpoint, sign_checkpoint
from schemas.errors import ConfigurationError
from tests.support.world import make_signer

ORIGIN = "log.example/511112"
LOG = make_signer(ORIGIN)
COSIGNED = "\u2014 witness.example AAAAAAAAAAAAAAAA\n".encode()


def make_note(size: int) -> bytes:
    """A signed head."""
    return sign_checkpoint(Checkpoint(ORIGIN, size, bytes(32)), LOG)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home without records."""
    return Home(tmp_path)


def test_a_county_that_has_told_of_nothing_may_begin(home: Home) -> None:
    check_gate(home, b"", LOG.verifier)


def test_without_records_what_was_sent_would_be_sent_again(home: Home) -> None:
    with pytest.raises(ConfigurationError, match="there is no gate"):
        check_gate(home, make_note(5), LOG.verifier)


def test_where_nobody_cosigns_records_are_enough(home: Home) -> None:
    open_records(home.gate).__exit__()
    check_gate(home, make_note(5), LOG.verifier)


@pytest.mark.parametrize("kept", [None, 4])
def test_records_older_than_what_was_told_are_an_old_backup(home: Home, kept: int | None) -> None:
    with open_records(home.gate) as records:
        if kept is not None:
            records.keep_cosigned(make_note(kept) + COSIGNED)
    with pytest.raises(ConfigurationError, match="old backup"):
        check_gate(home, make_note(5) + COSIGNED, LOG.verifier)


def test_records_as_new_as_what_was_told_are_good(home: Home) -> None:
    with open_records(home.gate) as records:
        records.keep_cosigned(make_note(5) + COSIGNED)
    check_gate(home, make_note(5) + COSIGNED, LOG.verifier)
