"""The doctor: a sound home is told so, every damage is a finding with its next step, and nothing is changed or told."""

import fcntl
import json
import os
import shutil
import sqlite3
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

from consolidator.bootstrap import open_home
from consolidator.cli.main import main
from consolidator.home.creating import create_home, plan_sample
from consolidator.home.doctor import examining, places
from consolidator.home.doctor.examining import Examination, examine
from consolidator.home.doctor.findings import Finding, describe_failure
from consolidator.home.paths import Home
from consolidator.home.running import run_once
from consolidator.keys import read_signer
from consolidator.transparency.keys import derive_signer, render_private_key
from schemas.errors import DependencyError

NOW = 1_798_761_600  # 2027-01-01, after the sample's month
YEAR_SECONDS = 31_536_000
BEGUN_AT = 1_793_491_200
Damage = Callable[[Home], object]


def trouble(found: Examination) -> list[Finding]:
    """Give what is not well, beside the sample banks' made-up payers."""
    return [finding for finding in found.findings if finding.level != "ok" and finding.check != "payers"]


def change(path: Path, old: str, new: str) -> None:
    """Replace text in a file."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def execute(path: Path, *statements: str) -> None:
    """Change a database behind the program's back."""
    with sqlite3.connect(path) as connection:
        for statement in statements:
            connection.execute(statement)
    connection.close()


def replace_key(home: Home, name: str) -> None:
    """Put another key into the place of the log's."""
    home.log_key.write_text(render_private_key(derive_signer(name, bytes(32))) + "\n")


def flip(path: Path, table: str, column: str, key: str = "rowid", at: int = -20) -> None:
    """Turn one bit in a value of the last row."""
    with sqlite3.connect(path) as connection:
        select = f"SELECT rowid, {column} FROM {table} ORDER BY {key} DESC LIMIT 1"  # noqa: S608 -- from here only
        row, value = connection.execute(select).fetchone()
        changed = bytearray(value)
        changed[at] ^= 1
        connection.execute(f"UPDATE {table} SET {column} = ? WHERE rowid = ?", (bytes(changed), row))  # noqa: S608 -- from here only
    connection.close()


def cut(path: Path) -> None:
    """Keep the first half of a file."""
    raw = path.read_bytes()
    path.write_bytes(raw[: len(raw) // 2])


# ---------------------------------------------------------------- sound homes


def test_a_sound_home_has_no_trouble(ran: Path) -> None:
    found = examine(ran, NOW)
    assert trouble(found) == []
    assert found.exit_code == 0


def test_every_check_says_something_of_a_sound_home(ran: Path) -> None:
    checks = {finding.check for finding in examine(ran, NOW).findings}
    named = {name for name, _ in (*examining._OF_HOME, *examining._OF_OFFICE, *examining._OF_LEDGER)}  # noqa: SLF001 -- the list of checks
    assert checks == {"settings", "snapshot", *named}


def test_settings_are_told_with_where_they_came_from(home: Path) -> None:
    change(home / "consolidator.toml", 'engine = "embedded"\n', "")
    told = {each.key: (each.value, each.source) for each in examine(home, NOW).settings}
    assert told["county"] == ("511112", "file")
    assert told["origin"] == ("consolidator.example/511112", "sample")
    assert told["engine"] == ("embedded", "default")
    assert told["adapter[5].profiles"] == ("batchpay-402, verification, results-402", "file")


def test_an_origin_of_ones_own_comes_from_the_file(own: Path) -> None:
    told = {each.key: each.source for each in examine(own, NOW).settings}
    assert told["origin"] == "file"
    assert told["adapter"] == "default"


def test_a_home_that_never_ran_is_noted(own: Path) -> None:
    execute(own / "journal.sqlite", "DELETE FROM snapshots", "DELETE FROM commits")
    shutil.rmtree(own / "log")
    found = examine(own, NOW)
    assert [(each.check, each.next) for each in trouble(found)] == [
        ("commits", f"consolidator run --home {own} --once")
    ]
    assert found.exit_code == 0


def test_a_sample_that_has_not_run_has_unregistered_adapters(ran: Path, tmp_path: Path) -> None:
    sample = ran.parent / "sample"
    create_home(tmp_path / "new", plan_sample("511112", sample))
    run_once(open_home(tmp_path / "new"))
    found = examine(tmp_path / "new", NOW)
    assert {each.check for each in trouble(found)} == {"adapters"}
    assert found.exit_code == 0


# ---------------------------------------------------------------- damages


DAMAGES: dict[str, tuple[Damage, str, int]] = {
    "settings are missing": (lambda home: home.settings.unlink(), "settings", 5),
    "a setting is unknown": (lambda home: change(home.settings, "engine =", "motor ="), "settings", 5),
    "a folder is missing": (lambda home: shutil.rmtree(home.inbox), "folders", 5),
    "the journal is missing": (lambda home: home.journal.unlink(), "journal", 5),
    "the journal is cut": (lambda home: cut(home.journal), "journal", 5),
    "the journal is empty": (lambda home: home.journal.write_bytes(b""), "journal", 5),
    "the journal is something else": (lambda home: home.journal.write_bytes(b"x" * 9999), "journal", 5),
    "the journal is of another version": (
        lambda home: execute(home.journal, "PRAGMA user_version = 99"),
        "journal",
        5,
    ),
    "the last commit was changed": (
        lambda home: execute(home.journal, "UPDATE commits SET record = x'7b7d'"),
        "commits",
        5,
    ),
    "a command is missing": (
        lambda home: execute(home.journal, "DELETE FROM snapshots", "DELETE FROM commands"),
        "ledger",
        5,
    ),
    "a bit of a signed header turned": (lambda home: flip(home.journal, "commands", "body"), "commands", 5),
    "a bit of a part turned": (
        lambda home: flip(home.journal, "commands", "body", "kind = 'part'"),
        "commands",
        5,
    ),
    "a bit of an entry turned": (lambda home: flip(home.journal, "bundles", "entries"), "entries", 5),
    "a bit of a disclosure turned": (
        lambda home: flip(home.journal, "bundles", "disclosures", "length(disclosures)"),
        "disclosures",
        5,
    ),
    "a bit of an order list turned": (lambda home: flip(home.journal, "order_parts", "body"), "disclosures", 5),
    "the published checkpoint is spoiled": (lambda home: cut(home.log / "checkpoint"), "published", 5),
    "more was published than the journal holds": (
        lambda home: execute(home.journal, "DELETE FROM snapshots", "DELETE FROM commits"),
        "published",
        5,
    ),
    "what was sent is forgotten": (lambda home: home.gate.unlink(), "gate", 5),
    "what was sent is cut": (lambda home: cut(home.gate), "gate", 5),
    "the log's key is missing": (lambda home: home.log_key.unlink(), "keys", 5),
    "others can read the log's key": (lambda home: home.log_key.chmod(0o644), "keys", 5),
    "the log's key has another name": (lambda home: replace_key(home, "other.example/1"), "keys", 5),
    "the log's key is another": (lambda home: replace_key(home, read_signer(home.log_key).name), "keys", 5),
    "epoch keys are missing": (lambda home: home.epoch_keys.unlink(), "epochs", 5),
    "next year's epoch key is missing": (
        lambda home: home.epoch_keys.write_bytes(b"".join(home.epoch_keys.read_bytes().splitlines(keepends=True)[:2])),
        "epochs",
        5,
    ),
    "the policy file is missing": (lambda home: home.policy.unlink(), "policy", 5),
    "the policy file asks for something else": (
        lambda home: change(home.policy, "quorum none", "quorum all"),
        "policy",
        5,
    ),
    "an adapter's key is missing": (lambda home: (home.keys / "civil.key").unlink(), "adapters", 5),
    "a profile is unknown": (lambda home: change(home.settings, '"batchpay-402"', '"batchpay-999"'), "profiles", 5),
}


@pytest.mark.parametrize(("damage", "check", "code"), DAMAGES.values(), ids=DAMAGES)
def test_a_damage_is_found_with_its_next_step(home: Path, damage: Damage, check: str, code: int) -> None:
    damage(Home(home))
    found = examine(home, NOW)
    errors = [finding for finding in found.findings if finding.level == "error"]
    assert check in [finding.check for finding in errors]
    assert all(finding.next and finding.zh and finding.en for finding in errors)
    assert found.exit_code == code


def test_one_missing_file_is_told_once(home: Path) -> None:
    Home(home).journal.unlink()
    (said,) = [finding for finding in examine(home, NOW).findings if finding.level == "error"]
    assert said.check == "journal"
    assert said.zh.startswith("没有台账")


def test_checks_after_a_failing_one_go_on(home: Path) -> None:
    Home(home).log_key.unlink()
    assert {"epochs", "profiles", "clock"} <= {each.check for each in examine(home, NOW).findings if each.level == "ok"}


def test_without_settings_the_rest_is_still_looked_at(home: Path) -> None:
    Home(home).settings.unlink()
    found = examine(home, NOW)
    assert found.settings == []
    assert "gate" in {each.check for each in found.findings if each.level == "ok"}


def test_no_home_is_one_finding(tmp_path: Path) -> None:
    found = examine(tmp_path / "nothing", NOW)
    assert [each.check for each in found.findings] == ["home"]
    assert found.exit_code == 5


@pytest.mark.parametrize(
    ("damage", "check"),
    [
        (lambda home: execute(home.journal, "DELETE FROM snapshots"), "snapshot"),
        (lambda home: execute(home.journal, "UPDATE snapshots SET state = x'00'"), "snapshot"),
        (lambda home: home.outbox.chmod(0o755), "folders"),
        (lambda home: execute(home.gate, "UPDATE sendings SET state = 'intent' WHERE rowid = 1"), "gate"),
        (lambda home: execute(home.journal, "INSERT INTO commands VALUES (NULL, 'tick', 0, '', 0, x'')"), "commits"),
    ],
)
def test_what_the_county_works_with_all_the_same_is_a_note(home: Path, damage: Damage, check: str) -> None:
    damage(Home(home))
    found = examine(home, NOW)
    assert [(each.check, each.level) for each in trouble(found)] == [(check, "note")]
    assert found.exit_code == 0


# ---------------------------------------------------------------- the machine


def test_a_held_lock_is_told_and_left_alone(home: Path) -> None:
    descriptor = os.open(home / "ledger.lock", os.O_RDWR)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    os.pwrite(descriptor, b"4711", 0)
    os.ftruncate(descriptor, 4)
    told = [each for each in examine(home, NOW).findings if each.check == "lock"]
    os.close(descriptor)
    assert [(each.level, "4711" in each.zh, "4711" in each.en) for each in told] == [("ok", True, True)]


def test_without_a_lock_file_nobody_runs(home: Path) -> None:
    (home / "ledger.lock").unlink()
    assert trouble(examine(home, NOW)) == []
    assert not (home / "ledger.lock").exists()


@pytest.mark.parametrize(("free", "level", "code"), [(1 << 40, "ok", 0), (1 << 29, "note", 0), (1 << 20, "error", 6)])
def test_a_full_disk_is_a_dependency(
    ran: Path, monkeypatch: pytest.MonkeyPatch, free: int, level: str, code: int
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(free, 0, free))  # noqa: SLF001 -- what disk_usage gives
    found = examine(ran, NOW)
    assert [each.level for each in found.findings if each.check == "disk"] == [level]
    assert found.exit_code == code


def test_an_old_sqlite_is_a_dependency(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "SQLITE_OLDEST", (99, 0, 0))
    found = examine(own, NOW)
    assert [(each.check, each.blame) for each in trouble(found)] == [("versions", "dependency")]


def test_a_folder_that_cannot_be_written_is_an_error(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda path, _: path.name != "outbox")
    assert [(each.check, each.next) for each in trouble(examine(own, NOW))] == [
        ("folders", f"chmod 700 {own / 'outbox'}")
    ]


def test_a_command_of_the_future_is_an_error_unless_it_is_a_sample(own: Path, ran: Path) -> None:
    assert [(each.check, each.level) for each in trouble(examine(own, BEGUN_AT - 1))] == [("clock", "error")]
    assert trouble(examine(own, BEGUN_AT)) == []
    assert [(each.check, each.level) for each in trouble(examine(ran, BEGUN_AT))] == [("clock", "note")]


def test_epoch_keys_that_run_out_are_found_a_year_before(own: Path) -> None:
    assert trouble(examine(own, NOW + 27 * YEAR_SECONDS)) == []
    assert [each.check for each in trouble(examine(own, NOW + 29 * YEAR_SECONDS))] == ["epochs"]


# ---------------------------------------------------------------- failures of checks


def test_a_failure_nobody_thought_of_is_told_by_its_type_only() -> None:
    found = describe_failure("journal", KeyError("511199194912310021"))
    assert (found.level, found.blame) == ("error", "configuration")
    assert "KeyError" in found.en
    assert "511199" not in found.zh + found.en + found.next


def test_a_failure_of_the_disk_is_a_dependency() -> None:
    found = describe_failure("policy", PermissionError(13, "Permission denied", "/home/511199194912310021"))
    assert (found.blame, found.en) == ("dependency", "cannot be read (Permission denied)")
    assert describe_failure("policy", OSError()).en == "cannot be read (OSError)"
    assert describe_failure("journal", DependencyError("x")).blame == "dependency"


def test_what_is_wrong_with_the_home_counts_before_what_it_depends_on() -> None:
    dependency = describe_failure("disk", OSError())
    assert Examination([], [dependency]).exit_code == 6
    assert Examination([], [dependency, describe_failure("keys", KeyError())]).exit_code == 5


# ---------------------------------------------------------------- reading only, telling nothing private


def digest_files(home: Path) -> dict[str, str]:
    """Give the digest of every file but those that SQLite keeps beside an open database."""
    files = [path for path in home.rglob("*") if path.is_file() and not path.name.endswith(("-wal", "-shm"))]
    return {path.relative_to(home).as_posix(): sha256(path.read_bytes()).hexdigest() for path in files}


def test_nothing_is_changed(home: Path) -> None:
    before = digest_files(home)
    examine(home, NOW)
    assert digest_files(home) == before


@pytest.mark.parametrize("words", [[], ["--json"], ["--lang", "zh"], ["--lang", "en"]])
def test_no_key_is_told(ran: Path, capsys: pytest.CaptureFixture[str], words: list[str]) -> None:
    assert main(["doctor", "--home", str(ran), *words]) == 0
    told = "".join(capsys.readouterr())
    assert "PRIVATE" not in told
    assert not any(line.split()[1] in told for line in (ran / "keys/epochs.keys").read_text().splitlines())


# ---------------------------------------------------------------- the command


def test_the_command_tells_levels_and_steps_in_the_wanted_language(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Home(home).gate.unlink()
    assert main(["doctor", "--home", str(home), "--lang", "zh"]) == 5
    told = capsys.readouterr().out
    assert "错误  gate  缺闸口记录,再运行会重复发送 → 从备份恢复" in told
    assert "restore" not in told
    assert main(["doctor", "--home", str(home), "--lang", "en"]) == 5
    told = capsys.readouterr().out
    assert "error  gate  no gate.sqlite: a run would send order files again → restore it from a backup" in told
    assert told.replace("→", "").isascii()


def test_the_command_gives_json(ran: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "--home", str(ran), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["home"] == str(ran)
    assert {"key": "county", "value": "511112", "source": "file"} in told["settings"]
    assert {"check", "level", "zh", "en", "next", "blame"} == set(told["findings"][0])


def test_the_command_finds_no_home(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "--home", str(tmp_path / "nothing"), "--lang", "en"]) == 5
    assert capsys.readouterr().out.startswith("error  home  there is no home at")
