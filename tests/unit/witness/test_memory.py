"""What a witness remembers: a lost store, one put back from an older copy, a stranger's, a retired one."""

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from consolidator.cli.main import main
from consolidator.keys import read_signer
from consolidator.transparency.checkpoint import open_checkpoint
from consolidator.transparency.cosignatures import cosign
from consolidator.transparency.keys import COSIGNATURE, derive_signer, render_vkey
from consolidator.transparency.notes import render_signature_line
from consolidator.witness.home import WitnessHome, add_log, create_witness, open_witness
from consolidator.witness.mark import Mark, read_mark, write_mark
from consolidator.witness.settings import make_log
from schemas.errors import ConfigurationError, ConflictError, DependencyError, InvariantError
from tests.support.published import serve, write_files
from tests.unit.transparency.parties import LOG, LOG_VKEY, NOW, SIGNED
from tests.unit.witness.bench import HEX, Ticking, ask, create, find_line, seal, serving

STORE = ("witness.sqlite", "witness.sqlite-wal", "witness.sqlite-shm")


@pytest.fixture
def home(tmp_path: Path) -> WitnessHome:
    create(tmp_path / "w")
    return WitnessHome(tmp_path / "w")


def cosign_heads(home: WitnessHome, *sizes: int, start: int = NOW) -> None:
    """Let the witness cosign these heads, one after the other, and end."""
    with serving(home.root, Ticking(start).make()) as running:
        seen = running.client.call("GET", f"/{HEX}/checkpoint").body.split(b"\n")
        old = int(seen[1]) if len(seen) > 2 else 0
        for size in sizes:
            assert running.client.add(ask(old, size)).status == 200
            old = size


def copy_store(home: WitnessHome, to: Path) -> None:
    to.mkdir()
    for name in STORE:
        if (home.root / name).exists():
            shutil.copy(home.root / name, to / name)


def put_back(home: WitnessHome, copied: Path) -> None:
    for name in STORE:
        (home.root / name).unlink(missing_ok=True)
        if (copied / name).exists():
            shutil.copy(copied / name, home.root / name)


def truncate(home: WitnessHome) -> None:
    home.store.write_bytes(b"")


def empty(home: WitnessHome) -> None:
    with closing(sqlite3.connect(home.store)) as store:
        store.execute("DELETE FROM witness")
        store.commit()


def make_other(home: WitnessHome) -> None:
    home.store.unlink()
    sqlite3.connect(home.store).close()
    with closing(sqlite3.connect(home.store)) as store:
        store.execute("CREATE TABLE t (x)")


@pytest.mark.parametrize("lose", [lambda home: home.store.unlink(), truncate, empty, make_other])
def test_a_witness_that_lost_its_store_is_retired_never_restarted_empty(
    home: WitnessHome, lose: Callable[[WitnessHome], object]
) -> None:
    cosign_heads(home, 5)
    lose(home)
    with (
        pytest.raises(ConfigurationError, match=r"此见证方须停用.* / .*retired: make another one"),
        open_witness(home.root),
    ):
        pass
    assert main(["witness", "serve", "--home", str(home.root), "--listen", "127.0.0.1:0"]) == 5


def test_a_store_that_was_put_back_from_an_older_copy_is_refused(home: WitnessHome, tmp_path: Path) -> None:
    cosign_heads(home, 5)
    copy_store(home, tmp_path / "copy")
    cosign_heads(home, 7, start=NOW + 100)
    put_back(home, tmp_path / "copy")
    with pytest.raises(ConfigurationError, match="put back from another copy"), open_witness(home.root):
        pass


def test_a_store_from_before_an_idle_heads_cosignature_is_refused_too(home: WitnessHome, tmp_path: Path) -> None:
    cosign_heads(home, 5)
    copy_store(home, tmp_path / "copy")
    cosign_heads(home, 5, start=NOW + 100)
    put_back(home, tmp_path / "copy")
    with pytest.raises(ConfigurationError, match="put back from another copy"), open_witness(home.root):
        pass


def test_another_witnesses_store_is_refused(home: WitnessHome, tmp_path: Path) -> None:
    create(tmp_path / "other")
    put_back(home, tmp_path / "other")
    with pytest.raises(ConfigurationError, match="not the one made with this key"), open_witness(home.root):
        pass


@pytest.mark.parametrize("content", [None, b"", b"0\n", b"%032x 7" % 1, b"%032x 07\n" % 1])
def test_a_mark_that_is_missing_or_wrong_is_refused(home: WitnessHome, content: bytes | None) -> None:
    home.mark.unlink()
    if content is not None:
        home.mark.write_bytes(content)
    with pytest.raises(ConfigurationError, match=r"store\.mark is missing or wrong"), open_witness(home.root):
        pass


def test_a_mark_that_a_crash_left_one_change_behind_is_brought_up(home: WitnessHome) -> None:
    cosign_heads(home, 5)
    mark = read_mark(home.mark)
    write_mark(home.mark, Mark(mark.store, mark.changes - 1))
    with open_witness(home.root):
        assert read_mark(home.mark) == mark
    write_mark(home.mark, Mark(mark.store, mark.changes - 2))
    with pytest.raises(ConfigurationError, match="another copy"), open_witness(home.root):
        pass


def sign_by(home: WitnessHome, size: int) -> bytes:
    """Give a checkpoint with a cosignature of this very witness, as if it had been there before."""
    key = read_signer(home.key, COSIGNATURE)
    checkpoint = open_checkpoint(seal(size), LOG.verifier)
    return seal(size) + render_signature_line(cosign(checkpoint, key, NOW + 50))


def test_who_shows_a_later_cosignature_of_its_own_retires_a_witness_for_ever(home: WitnessHome) -> None:
    cosign_heads(home, 5)
    proof = ask(5, 7).partition(b"\n\n")[0]
    with pytest.raises(ConfigurationError, match="retired"), serving(home.root) as running:
        assert running.client.add(proof + b"\n\n" + sign_by(home, 7)).status == 500
    with pytest.raises(ConfigurationError, match="somebody holds a cosignature of ours"), open_witness(home.root):
        pass
    assert main(["witness", "status", "--home", str(home.root)]) == 0


def test_its_own_cosignatures_of_what_it_holds_do_no_harm(home: WitnessHome) -> None:
    cosign_heads(home, 5, 7)
    for size in (5, 7):
        with serving(home.root, Ticking(NOW + 100 * size).make()) as running:
            line = sign_by(home, size).removeprefix(seal(size))
            assert running.client.add(ask(size, 7) + (line if size == 7 else b"")).status == (200 if size == 7 else 409)
            assert running.client.add(b"old 7\n\n" + sign_by(home, size)).status in {200, 400}


def test_a_forged_line_under_its_own_name_proves_nothing(home: WitnessHome) -> None:
    cosign_heads(home, 5)
    line = sign_by(home, 5).removeprefix(seal(5))
    with serving(home.root, Ticking(NOW + 100).make()) as running:
        assert running.client.add(ask(5, 7) + line).status == 200


def test_a_published_cosignature_that_the_store_does_not_hold_retires_it_at_the_start(tmp_path: Path) -> None:
    write_files(tmp_path / "log", {"checkpoint": b""})
    with serve(tmp_path / "log") as url:
        create_witness(tmp_path / "w", "audit.example/w1", make_log(LOG_VKEY, url, follow=False), NOW)
        home = WitnessHome(tmp_path / "w")
        shutil.copytree(home.root, tmp_path / "whole-copy")
        cosign_heads(home, 5)
        write_files(tmp_path / "log", {"checkpoint": sign_by(home, 5)})
        cosign_heads(home, 7, start=NOW + 100)  # an older published checkpoint is what a log usually shows
        with pytest.raises(ConfigurationError, match="retired"), serving(tmp_path / "whole-copy"):
            pass


def test_it_starts_where_the_log_publishes_nothing_yet(tmp_path: Path) -> None:
    url = "http://127.0.0.1:9"  # nobody listens at the port of "discard"
    create_witness(tmp_path / "w", "audit.example/w1", make_log(LOG_VKEY, url, follow=False), NOW)
    cosign_heads(WitnessHome(tmp_path / "w"), 5)


def test_two_processes_cannot_serve_one_home(home: WitnessHome) -> None:
    with open_witness(home.root), pytest.raises(ConflictError), open_witness(home.root):
        pass


def test_a_log_in_the_settings_that_nobody_created_is_refused(home: WitnessHome) -> None:
    other = render_vkey(derive_signer("log.example/other", bytes(32)).verifier)
    home.settings.write_text(home.settings.read_text() + f'\n[[log]]\nkey = "{other}"\n')
    with pytest.raises(ConfigurationError, match="nobody created"), serving(home.root):
        pass


def test_a_log_is_added_once_also_after_a_crash_in_between(home: WitnessHome) -> None:
    log = make_log(render_vkey(derive_signer("log.example/other", bytes(32)).verifier), "", follow=False)
    before = home.settings.read_bytes()
    add_log(home.root, log)
    with pytest.raises(ConfigurationError, match="two sections"):
        add_log(home.root, log)
    after = home.settings.read_bytes()
    home.settings.write_bytes(before)
    add_log(home.root, log)
    assert home.settings.read_bytes() == after


def test_a_key_that_others_can_read_or_of_another_witness_is_refused(home: WitnessHome) -> None:
    home.key.chmod(0o640)
    with pytest.raises(ConfigurationError, match="others can read"), open_witness(home.root):
        pass
    home.key.chmod(0o600)
    home.settings.write_text(home.settings.read_text().replace("audit.example/w1", "audit.example/w2"))
    with pytest.raises(ConfigurationError, match="not that of the key"), open_witness(home.root):
        pass


def test_a_store_of_another_version_or_a_damaged_one_is_refused(home: WitnessHome) -> None:
    with closing(sqlite3.connect(home.store)) as store:
        store.execute("PRAGMA user_version = 2")
    with pytest.raises(ConfigurationError, match="has version 2"), open_witness(home.root):
        pass
    home.store.write_bytes(b"x" * 20_000)
    with pytest.raises(InvariantError, match="damaged"), open_witness(home.root):
        pass


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ('name = "', 'colour = "red"\nname = "', "colour"),
        ('url = ""', 'url = "ftp://x"', "log.0.url"),
        ("follow = false", "follow = true", "an address|address is needed"),
        ('prefix = ""', 'prefix = "w1"', "prefix"),
        ('prefix = ""', "prefix = ", "is not TOML"),
    ],
)
def test_settings_that_are_wrong_are_named(home: WitnessHome, old: str, new: str, what: str) -> None:
    home.settings.write_text(home.settings.read_text().replace(old, new))
    with pytest.raises(ConfigurationError, match=what), open_witness(home.root):
        pass


@pytest.mark.parametrize(
    ("name", "vkey"),
    [
        ("", LOG_VKEY),
        ("two words", LOG_VKEY),
        ("all", LOG_VKEY),
        ("w1", "nonsense"),
        ("w1", LOG_VKEY[:-1]),
        ("w1", "audit.example/w1+c2fa1a02+BCmsuuFBvMrwsi4alNNNC8c2HlJtC/4SyJeUvJMilm3X"),
    ],
)
def test_what_no_policy_could_hold_is_not_made(tmp_path: Path, name: str, vkey: str) -> None:
    with pytest.raises(ConfigurationError):
        create_witness(tmp_path / "w", name, make_log(vkey, "", follow=False), NOW)
    assert list(tmp_path.iterdir()) == []


def test_init_never_replaces_anything(home: WitnessHome) -> None:
    before = home.key.read_bytes()
    with pytest.raises(ConflictError):
        create(home.root)
    assert home.key.read_bytes() == before
    assert home.key.stat().st_mode & 0o777 == 0o600


def read(seconds: int, last: int, *, started: int | None = None, passed: int = 0) -> int:
    """Read a clock that says this, ``passed`` seconds after it said ``started``."""
    says, counts = [started or seconds, seconds], [0, passed]
    clock = Ticking().make().__class__(lambda: says.pop(0), lambda: counts.pop(0))
    return clock.read(last)


def test_time_never_goes_back() -> None:
    assert read(NOW + 9, NOW) == NOW + 9
    assert read(NOW + 7, NOW + 7) == NOW + 7
    assert read(NOW + 2, NOW + 7) == NOW + 7


@pytest.mark.parametrize(
    ("seconds", "last", "started", "passed", "why"),
    [
        (NOW + 1, NOW + 7, None, 0, "before what was stated last"),
        (NOW - 1, 0, None, 0, "before what was stated last"),
        (NOW + 100, NOW, NOW, 39, "it jumped"),
        (NOW + 100, NOW, NOW + 139, 100, "it jumped"),
        (NOW + 367 * 86_400, NOW, None, 0, "over a year"),
    ],
)
def test_a_clock_that_cannot_be_right_is_not_believed(
    seconds: int, last: int, started: int | None, passed: int, why: str
) -> None:
    with pytest.raises(DependencyError, match=rf"时钟不可信.* / the clock cannot be right.*{why}"):
        read(seconds, last, started=started, passed=passed)


@pytest.mark.parametrize("jump", [-6, -3600, 3600])
def test_503_while_the_clock_is_off_and_200_when_it_is_right_again(home: WitnessHome, jump: int) -> None:
    start = NOW + 86_400
    clock = Ticking(start, step=0)
    watch = clock.make()
    watch.steady = lambda: start
    with serving(home.root, watch) as running:
        key = running.service.witness.key.verifier
        assert running.client.add(ask(0, 5)).status == 200
        clock.seconds = start + jump
        answer = running.client.add(ask(5, 7))
        assert (answer.status, "时钟不可信" in answer.body.decode()) == (503, True)
        clock.seconds = start + 1
        assert find_line(running.client.add(ask(5, 7)), 7, key).seconds == start + 1
        clock.seconds = start - 2
        assert find_line(running.client.add(ask(7, 7)), 7, key).seconds == start + 1


def test_a_clock_that_is_off_at_the_start_is_told_at_once(home: WitnessHome) -> None:
    cosign_heads(home, 5, start=NOW + 1000)
    with pytest.raises(DependencyError, match="cannot be right"), serving(home.root, Ticking(NOW).make()):
        pass


def test_nothing_is_decided_after_a_failed_write(home: WitnessHome) -> None:
    with ExitStack() as stack:
        running = stack.enter_context(serving(home.root))
        with closing(sqlite3.connect(home.store)) as store:
            store.execute("UPDATE heads SET root = x'00'")
            store.commit()
        assert running.client.add(b"old 0\n\n" + SIGNED).status == 500
        with pytest.raises(InvariantError):
            stack.close()
