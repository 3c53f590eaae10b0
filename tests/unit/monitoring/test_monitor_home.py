"""A monitor's home: two keys of its own, one table at a time, one process at a time."""

import json
import stat
from pathlib import Path

import pytest

from consolidator.cli.main import main
from consolidator.monitoring.home import create_monitor, open_monitor
from consolidator.transparency.keys import parse_vkey, render_vkey
from schemas.errors import ConfigurationError, ConflictError, UsageError


def test_it_prints_the_key_that_policies_register(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["monitor", "init", "--home", str(tmp_path / "m"), "--source", "city-monitor", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    with open_monitor(tmp_path / "m") as opened:
        assert told["vkey"] == render_vkey(opened.signer.verifier)
    assert parse_vkey(told["vkey"]).name == told["source"] == "city-monitor"


def test_it_says_what_policies_must_hold(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["monitor", "init", "--home", str(tmp_path / "m")]) == 0
    out, err = capsys.readouterr()
    assert out.startswith("公钥 vkey: monitor+")
    assert 'type = "monitor"' in err


def test_keys_are_its_owners_only_and_never_replaced(tmp_path: Path) -> None:
    create_monitor(tmp_path / "m", "monitor")
    for name in ("monitor.key", "names.key"):
        assert stat.S_IMODE((tmp_path / "m" / "keys" / name).stat().st_mode) == 0o600
    with pytest.raises(ConflictError):
        create_monitor(tmp_path / "m", "monitor")


def test_two_monitors_name_people_differently(tmp_path: Path) -> None:
    names = set()
    for name in ("a", "b"):
        create_monitor(tmp_path / name, "monitor")
        with open_monitor(tmp_path / name) as opened:
            names.add(opened.names)
    assert {len(key) for key in names} == {32}
    assert len(names) == 2


@pytest.mark.parametrize("source", ["", "a b", "511199196001010000"])
def test_a_source_that_no_policy_could_name_is_refused(tmp_path: Path, source: str) -> None:
    with pytest.raises(UsageError):
        create_monitor(tmp_path / "m", source)
    assert not (tmp_path / "m").exists()


def test_a_rebuild_begins_another_table_and_forgets_the_last(tmp_path: Path) -> None:
    create_monitor(tmp_path / "m", "monitor")
    generations = []
    for rebuild in (False, False, True, True, False):
        with open_monitor(tmp_path / "m", rebuild=rebuild) as opened:
            generations.append(opened.generation)
            assert [path.name for path in opened.home.tables.iterdir()] == [str(opened.generation)]
    assert generations == [1, 1, 2, 3, 3]


def test_one_process_works_in_it(tmp_path: Path) -> None:
    create_monitor(tmp_path / "m", "monitor")
    with open_monitor(tmp_path / "m"), pytest.raises(ConflictError), open_monitor(tmp_path / "m"):
        pass


@pytest.mark.parametrize("text", ["", "0" * 63, "g" * 64, "0" * 64 + "\n0"])
def test_a_wrong_key_of_names_is_told(tmp_path: Path, text: str) -> None:
    create_monitor(tmp_path / "m", "monitor")
    (tmp_path / "m" / "keys" / "names.key").write_text(text)
    with pytest.raises(ConfigurationError, match=r"names\.key"), open_monitor(tmp_path / "m"):
        pass


def test_without_a_home_it_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["monitor", "run", "--home", str(tmp_path), "--cluster", str(tmp_path / "cluster.toml")]) == 5
    assert "monitor.key" in capsys.readouterr().err
