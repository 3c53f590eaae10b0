from collections.abc import Sequence
from pathlib import Path

import pytest

from consolidator.transparency.cosignatures import cosign
from consolidator.transparency.keys import derive_signer
from consolidator.transparency.notes import attach_signature_lines
from consolidator.transparency.policy import NO_QUORUM, Policy, parse_policy
from consolidator.verify.published import Terms, check_seen, open_published
from consolidator.verify.sources import read_from_folder
from schemas.errors import ConfigurationError, VerificationError
from tests.unit.verify.exported import ENTRIES, export, head_of, make_policy, make_witness
from tests.unit.verify.story import SIGNER, seal

NOW = 1_767_225_600
POLICY = parse_policy(make_policy())  # three of four
HEAD = head_of(ENTRIES)
SIGNED = seal(ENTRIES)


def cosigned(*ages: int | None) -> bytes:
    """Give the checkpoint cosigned by witnesses 1, 2, …, each so many seconds ago."""
    lines = [
        cosign(HEAD, make_witness(number), NOW - age) for number, age in enumerate(ages, start=1) if age is not None
    ]
    return attach_signature_lines(SIGNED, lines)


@pytest.mark.parametrize(
    ("ages", "age"),
    [
        ([10, 20, 30, 40], 30),
        ([40, 30, 20, 10], 30),
        ([10, 20, 30], 30),
        ([0, 0, 9000, 9000], 9000),
        ([0, -5, 1, 900], 1),
        ([-6, 10, 20, 30], 30),  # one in the future does not count, three do
        ([-9000, 3, 3, 3], 3),
    ],
)
def test_a_quorum_is_as_old_as_the_last_cosignature_that_makes_it_enough(ages: Sequence[int], age: int) -> None:
    opened = open_published(cosigned(*ages), Terms(POLICY), NOW)
    assert (opened.seconds, opened.head, opened.checkpoint.origin) == (NOW - age, HEAD.head, SIGNER.name)
    assert open_published(cosigned(*ages), Terms(POLICY, age), NOW) == opened
    with pytest.raises(VerificationError, match="too old"):
        open_published(cosigned(*ages), Terms(POLICY, age - 1), NOW)


@pytest.mark.parametrize("ages", [[-6, -6, 0, 0], [-6, 0, 0, None], [-3600, -3600, -3600, -3600]])
def test_too_few_cosignatures_that_are_not_from_the_future_are_refused(ages: Sequence[int | None]) -> None:
    with pytest.raises(VerificationError, match="from the future, by more than 5 seconds"):
        open_published(cosigned(*ages), Terms(POLICY), NOW)


def test_all_who_cosigned_are_named_in_the_policys_order() -> None:
    assert open_published(cosigned(1, None, 3, 4), Terms(POLICY), NOW).cosigners == ("w1", "w3", "w4")


def test_a_log_without_witnesses_has_no_age_and_none_can_be_asked_for() -> None:
    alone = Policy(SIGNER.verifier, NO_QUORUM)
    opened = open_published(cosigned(1, 2), Terms(alone), NOW)
    assert (opened.cosigners, opened.seconds) == ((), None)
    with pytest.raises(VerificationError, match="nobody cosigns this log"):
        open_published(cosigned(1, 2), Terms(alone, 300), NOW)


def test_everything_goes_on_from_an_empty_log(tmp_path: Path) -> None:
    log = export(tmp_path)
    opened = open_published((log.folder / "checkpoint").read_bytes(), Terms(POLICY), log.seconds)
    check_seen(read_from_folder(log.folder), seal([]), opened, SIGNER.verifier)


def test_what_another_log_signed_was_never_seen_of_this_one(tmp_path: Path) -> None:
    log = export(tmp_path)
    opened = open_published((log.folder / "checkpoint").read_bytes(), Terms(POLICY), log.seconds)
    with pytest.raises(ConfigurationError, match="no checkpoint of this log"):
        check_seen(
            read_from_folder(log.folder), seal([], derive_signer(SIGNER.name, b"o" * 32)), opened, SIGNER.verifier
        )
