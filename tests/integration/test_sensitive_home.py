"""A home with a sensitive programme: its log is verified by anybody, and in fen by who has the home."""

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from consolidator.cli.main import main
from schemas.commands import Command
from streams.embedded.journal import open_journal
from tests.integration.conftest import Told
from tests.integration.office import make_home, run_once, submit_world
from tests.support.discreet import ASSESSED, HIDDEN_VILLAGE, fen_of, live_discreetly
from tests.support.logs import read_all
from tests.support.world import make_id

Ask = Callable[..., Told]


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home in which everything happened; not to be changed."""
    folder = tmp_path_factory.mktemp("lived")
    office = make_home(folder / "home")
    world = live_discreetly()
    submit_world(office, folder, world)
    with open_journal(office.home.journal) as journal:
        journal.append([Command("tick", world.now, b"")])
    assert run_once(office) in (0, 4)
    return folder / "home"


def test_the_log_is_verified_with_and_without_what_is_sealed(lived: Path, ask: Ask) -> None:
    public = ask("log", "verify", "--home", lived)
    assert public["disclosed"] is False
    assert public["sensitive"]["ordered"] == 31
    opened = ask("log", "verify", "--home", lived, "--disclosed")
    assert opened["disclosed"] is True
    assert opened["sensitive"] == {}
    assert opened["totals"]["stopped"] == [1, fen_of(1)]
    assert public["totals"]["stopped"] == [1, 0]


def test_replay_gives_the_same_log(lived: Path, ask: Ask) -> None:
    assert ask("log", "replay", "--home", lived)["identical"] is True


def test_the_doctor_finds_all_seals_in_order(lived: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["doctor", "--home", str(lived), "--json"])
    (found,) = [each for each in json.loads(capsys.readouterr().out)["findings"] if each["check"] == "disclosures"]
    assert found["level"] == "ok"


def test_a_copy_of_the_log_is_verified_in_counts_and_holds_no_secret(lived: Path, tmp_path: Path, ask: Ask) -> None:
    ask("log", "export", "--home", lived, "--to", tmp_path / "www")
    policy = lived / "policy.txt"
    told = ask("log", "verify", "--dir", tmp_path / "www", "--policy", policy)
    assert told["sensitive"]["ordered"] == 31
    published = b"".join(raw for name, raw in read_all(tmp_path / "www").items() if "entries" in name)
    assert ASSESSED.encode() in published
    for secret in (make_id(0), str(fen_of(0))):
        assert secret.encode() not in published
    assert published.count(HIDDEN_VILLAGE.encode()) == 3  # two lines and a jump, after it was made ordinary


def test_without_the_home_nothing_can_be_opened(
    lived: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["log", "verify", "--dir", str(tmp_path), "--policy", str(lived / "policy.txt"), "--disclosed"]
    assert main(words) == 2
    assert "--disclosed" in capsys.readouterr().err


def test_people_are_told_that_the_amounts_add_up(lived: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["log", "verify", "--home", str(lived), "--disclosed"]) == 0
    assert "sensitive programmes' amounts add up" in capsys.readouterr().out


def test_a_changed_private_part_is_found(lived: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import shutil  # noqa: PLC0415 -- beside its only use

    shutil.copytree(lived, tmp_path / "home")
    with closing(sqlite3.connect(tmp_path / "home" / "journal.sqlite")) as connection:
        rows = connection.execute("SELECT rowid, disclosures FROM bundles").fetchall()
        secret = f'"amount_fen":{fen_of(0)}'.encode()
        rowid, blob = next((rowid, blob) for rowid, blob in rows if secret in blob)
        changed = blob.replace(secret, secret[:-1] + b"4")
        connection.execute("UPDATE bundles SET disclosures = ? WHERE rowid = ?", (changed, rowid))
        connection.commit()
    assert main(["log", "verify", "--home", str(tmp_path / "home")]) == 0
    assert main(["log", "verify", "--home", str(tmp_path / "home"), "--disclosed"]) == 3
    assert "its private part is not what was sealed" in capsys.readouterr().err
