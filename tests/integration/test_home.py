"""Making a home: all of it or nothing, keys for their owner only, settings that refuse what they do not know."""

import fcntl
import os
from pathlib import Path

import pytest

from consolidator.bootstrap import load_view, open_desk, open_home
from consolidator.cli.main import main
from consolidator.home.creating import create_home, plan_county, plan_sample
from consolidator.keys import make_signer as make_key
from consolidator.keys import read_epoch_keys, read_signer
from consolidator.settings import Adapter, Settings, derive_origin, parse_settings, render_settings
from consolidator.transparency.keys import render_vkey
from schemas.errors import ConfigurationError, ConflictError
from schemas.instants import derive_year
from tests.integration.office import make_home, run_once
from tests.support.world import START

VKEYS = [render_vkey(make_key(name).verifier) for name in ("root-1", "root-2")]


def test_a_new_home_has_thirty_epoch_keys_and_everything_is_private(tmp_path: Path) -> None:
    home = create_home(tmp_path / "home", plan_county("511112", "", VKEYS, START))
    years = read_epoch_keys(home.epoch_keys)
    assert list(years) == list(range(derive_year(START), derive_year(START) + 30))
    assert len(set(years.values())) == 30
    assert {path.stat().st_mode & 0o077 for path in home.root.rglob("*")} == {0}
    assert home.root.stat().st_mode & 0o077 == 0
    assert "quorum none" in home.policy.read_text()
    assert "无见证,仅供演示" in home.policy.read_text()
    assert [path.name for path in tmp_path.iterdir()] == ["home"]


def test_two_homes_have_different_keys(tmp_path: Path) -> None:
    first, second = (create_home(tmp_path / name, plan_county("511112", "", VKEYS, START)) for name in "ab")
    assert first.log_key.read_bytes() != second.log_key.read_bytes()
    assert first.epoch_keys.read_bytes() != second.epoch_keys.read_bytes()


def test_an_origin_of_ones_own_names_the_log(tmp_path: Path) -> None:
    home = create_home(tmp_path / "home", plan_county("511112", "log.gov.example/nong/511112", VKEYS, START))
    assert read_signer(home.log_key).name == "log.gov.example/nong/511112"
    assert derive_origin("511112") != "log.gov.example/nong/511112"


@pytest.mark.parametrize(
    ("county", "origin", "vkeys"),
    [
        ("51111", "", VKEYS),
        ("５１１１１２", "", VKEYS),
        ("511112", "No Domain", VKEYS),
        ("511112", "", VKEYS[:1]),
        ("511112", "", [VKEYS[0], VKEYS[0]]),
        ("511112", "", [VKEYS[0], "x"]),
    ],
)
def test_a_county_needs_a_code_a_name_and_two_different_roots(county: str, origin: str, vkeys: list[str]) -> None:
    with pytest.raises(ConfigurationError):
        plan_county(county, origin, vkeys, START)


def test_a_home_is_never_made_over_something(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "mine").write_text("x")
    words = [
        "init",
        "--home",
        str(tmp_path / "home"),
        "--county",
        "511112",
        "--root-key",
        VKEYS[0],
        "--root-key",
        VKEYS[1],
    ]
    assert main(words) == 7
    assert [path.name for path in (tmp_path / "home").iterdir()] == ["mine"]
    assert "error:" in capsys.readouterr().err


def test_an_empty_folder_may_become_a_home(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    create_home(tmp_path / "home", plan_county("511112", "", VKEYS, START))
    assert run_once(open_home(tmp_path / "home")) == 0


def test_two_inits_at_once_make_one_home(tmp_path: Path) -> None:
    (tmp_path / ".home.new").mkdir()
    descriptor = os.open(tmp_path / ".home.new", os.O_RDONLY)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    with pytest.raises(ConflictError, match="another init"):
        create_home(tmp_path / "home", plan_county("511112", "", VKEYS, START))
    os.close(descriptor)
    create_home(tmp_path / "home", plan_county("511112", "", VKEYS, START))


def test_what_a_killed_init_left_is_cleared_away(tmp_path: Path) -> None:
    (tmp_path / ".home.new" / "keys").mkdir(parents=True)
    (tmp_path / ".home.new" / "keys" / "log.key").write_text("half")
    (tmp_path / ".home.new" / "consolidator.toml").write_text("half")
    home = create_home(tmp_path / "home", plan_county("511112", "", VKEYS, START))
    assert read_signer(home.log_key).name == "consolidator.example/511112"
    assert not (tmp_path / ".home.new").exists()


def test_a_sample_of_another_county_is_refused(tmp_path: Path) -> None:
    assert main(["sample", "--to", str(tmp_path / "s"), "--lines", "500", "--seed", "1"]) == 0
    with pytest.raises(ConfigurationError, match="511112"):
        plan_sample("511113", tmp_path / "s")
    (tmp_path / "s" / "keys" / "log.key").write_bytes((tmp_path / "s" / "keys" / "root-1.key").read_bytes())
    with pytest.raises(ConfigurationError, match="origin"):
        plan_sample("511112", tmp_path / "s")


@pytest.mark.parametrize("name", ["log.key", "epochs.keys", "bank-402.key"])
def test_a_key_that_others_can_read_is_refused_with_the_chmod_to_run(
    tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    office = make_home(tmp_path / "home")
    (office.home.keys / name).chmod(0o640)
    words = ["submit", "--home", str(office.home.root), str(tmp_path)]
    assert (main(words) if name == "bank-402.key" else run_once(office)) == 5
    assert f"chmod 600 {office.home.keys / name}" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("log.key", "PRIVATE+KEY+x"),
        ("epochs.keys", "2026 00\n"),
        ("epochs.keys", f"2026 {'0' * 64}\n2026 {'1' * 64}\n"),
        ("log.key", None),
    ],
)
def test_a_broken_key_file_is_named_and_never_shown(
    tmp_path: Path, name: str, content: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    office = make_home(tmp_path / "home")
    path = office.home.keys / name
    path.unlink()
    if content is not None:
        path.touch(mode=0o600)
        path.write_text(content)
    assert run_once(office) == 5
    told = capsys.readouterr().err
    assert name in told
    assert "1111" not in told


def test_the_log_key_must_be_the_origins(tmp_path: Path) -> None:
    office = make_home(tmp_path / "home")
    text = office.home.settings.read_text().replace("consolidator.example/511112", "other.example/511112")
    office.home.settings.write_text(text)
    assert main(["run", "--home", str(office.home.root), "--once"]) == 5


def test_settings_come_back_as_they_were_written() -> None:
    adapter = Adapter(source="bank-402", key="keys/bank-402.key", profiles=["batchpay-402", "census"])
    for settings in (
        Settings(county="511112", origin="a.example/x"),
        Settings(county="511112", origin="a.example/x", adapter=[adapter]),
        Settings(county="511112", origin="a.example/x", engine="kafka", cluster="../cluster.toml"),
    ):
        assert parse_settings(render_settings(settings)) == settings


GOOD = render_settings(Settings(county="511112", origin="a.example/x"))


@pytest.mark.parametrize(
    ("text", "named"),
    [
        (f"{GOOD}\ncolour = 1", "colour"),
        (GOOD.replace("511112", "5111"), "county"),
        (GOOD.replace('engine = "embedded"', 'engine = "paper"'), "engine"),
        (GOOD.replace('engine = "embedded"', 'engine = "kafka"'), "'cluster' goes with"),
        (GOOD.replace('# cluster = "', 'cluster = "'), "'cluster' goes with"),
        ("county =", "TOML"),
        (f'{GOOD}\n[[adapter]]\nsource = "b"\nkey = "k"\nprofiles = []', "adapter.0.profiles"),
        (GOOD + '\n[[adapter]]\nsource = "b"\nkey = "k"\nprofiles = ["census"]' * 2, "two sections"),
    ],
)
def test_wrong_settings_name_what_is_wrong(text: str, named: str) -> None:
    with pytest.raises(ConfigurationError, match=named):
        parse_settings(text)


def test_a_profile_that_does_not_exist_is_named(tmp_path: Path) -> None:
    office = make_home(tmp_path / "home")
    text = office.home.settings.read_text().replace("batchpay-402", "batchpay-999")
    office.home.settings.write_text(text)
    with pytest.raises(ConfigurationError, match="batchpay-999"), open_desk(open_home(office.home.root)):
        pass


def test_what_is_no_home_is_said_to_be_none(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for words in (["status"], ["run", "--once"], ["batch", "list"], ["log", "verify"]):
        assert main([*words, "--home", str(tmp_path)]) == 5
        assert "consolidator init" in capsys.readouterr().err


def test_views_before_the_first_run_say_what_to_do(tmp_path: Path) -> None:
    office = make_home(tmp_path / "home")
    with pytest.raises(ConfigurationError, match="run --once"):
        load_view(office)
    assert main(["log", "verify", "--home", str(office.home.root)]) == 3
