"""Whom a bank trusts, by its own policy files, and which banks can receive at all."""

from pathlib import Path

import pytest

from bank_adapters.profiles import load_profiles
from consolidator.cluster.receiving import check_bank, read_trusts
from consolidator.cluster.settings import ClusterSettings, Kafka, Place
from consolidator.transparency.policy import render_policy_without_witnesses
from schemas.errors import ConfigurationError
from tests.support.delivered import write_policy
from tests.support.world import COUNTY, ORIGIN, make_signer


def write(folder: Path, origin: str) -> Path:
    """Write the policy of some log."""
    path = folder / f"{origin.replace('/', '_')}.txt"
    path.write_bytes(render_policy_without_witnesses(make_signer(origin).verifier))
    return path


def test_a_logs_county_is_the_last_part_of_its_name(tmp_path: Path) -> None:
    assert {origin: trust.county for origin, trust in read_trusts([str(write_policy(tmp_path))]).items()} == {
        ORIGIN: COUNTY
    }


def test_a_county_may_be_stated(tmp_path: Path) -> None:
    trusts = read_trusts([f"511123={write(tmp_path, 'log.example/east')}"])
    assert {origin: trust.county for origin, trust in trusts.items()} == {"log.example/east": "511123"}


def test_a_log_without_a_county_must_be_given_one(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="--policy COUNTY=FILE"):
        read_trusts([str(write(tmp_path, "log.example/east"))])


def test_a_file_whose_name_has_an_equals_sign_is_a_file(tmp_path: Path) -> None:
    path = write_policy(tmp_path).rename(tmp_path / "a=b.txt")
    assert set(read_trusts([str(path)])) == {ORIGIN}


@pytest.mark.parametrize("other", ["log.example/511112", ORIGIN])
def test_a_county_has_one_log_and_a_log_one_policy(tmp_path: Path, other: str) -> None:
    with pytest.raises(ConfigurationError, match=f"two policies of county {COUNTY}"):
        read_trusts([str(write_policy(tmp_path)), str(write(tmp_path, other))])


def test_a_policy_that_is_none_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"missing\.txt"):
        read_trusts([str(tmp_path / "missing.txt")])


def test_a_bank_is_one_of_the_clusters_and_has_a_layout() -> None:
    settings = ClusterSettings(
        banks=["402", "777"],
        snapshots="snapshots",
        state="state",
        kafka=Kafka(bootstrap="127.0.0.1:9092"),
        county=[Place(code=COUNTY, partition=0, worker="w1")],
    )
    check_bank(settings, "402", load_profiles())
    with pytest.raises(ConfigurationError, match="bank 102 is not in 'banks'"):
        check_bank(settings, "102", load_profiles())
    with pytest.raises(ConfigurationError, match="no profile of order files for bank 777"):
        check_bank(settings, "777", load_profiles())
