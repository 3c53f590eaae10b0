"""certs dev and broker dev as a person meets them; that brokers run is tested with real ones."""

import json
from pathlib import Path

import pytest

from consolidator.cli.main import main


def test_certificates_are_listed_for_people_and_for_programs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "certs"
    assert main(["certs", "dev", "--to", str(folder), "--name", "admin", "worker-1", "--name", "bank-402"]) == 0
    names = ["broker", "admin", "worker-1", "bank-402"]
    shown = capsys.readouterr().out.splitlines()
    assert shown == [f"{folder / name}.pem  {folder / name}.key" for name in names]
    assert main(["certs", "dev", "--to", str(folder), "--name", "monitor-1", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"folder": str(folder), "ca": "ca.pem", "made": ["monitor-1"]}


def test_a_second_certificate_for_somebody_is_a_conflict(tmp_path: Path) -> None:
    words = ["certs", "dev", "--to", str(tmp_path / "certs"), "--name", "admin"]
    assert main(words) == 0
    assert main(words) == 7


def test_a_broker_without_its_certificates_says_how_to_make_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["broker", "dev", "--tls", str(tmp_path)]) == 5
    assert f"run 'consolidator certs dev --to {tmp_path} --name admin'" in capsys.readouterr().err


def test_two_brokers_are_no_cluster(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["broker", "dev", "--brokers", "2"]) == 2
    assert "1, 3" in capsys.readouterr().err
