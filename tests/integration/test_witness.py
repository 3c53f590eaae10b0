"""A witness as people run it: the program itself, real sockets, signals, kill -9 at every write and at any moment."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from random import Random
from threading import Event
from time import sleep

import pytest

from consolidator.cli.main import main
from consolidator.transparency.keys import Verifier, parse_vkey, render_vkey
from consolidator.transparency.policy import parse_policy
from tests.support.published import serve, write_log
from tests.unit.transparency.parties import LOG, LOG_VKEY
from tests.unit.verify.story import SIGNER, STORY, render
from tests.unit.witness.bench import HEX, NAME, Client, ask, find_line, seal

ROOT = Path(__file__).parents[2]
RAW = [render(entry) for entry in STORY]


def init(home: Path, *words: str, log: str = LOG_VKEY) -> Verifier:
    """Make a witness by the command line; gives its key."""
    assert main(["witness", "init", "--home", str(home), "--name", NAME, "--log", log, *words]) == 0
    line = (home / "keys" / "witness.key").read_text()
    assert line.startswith(f"PRIVATE+KEY+{NAME}+")
    done = subprocess.run(  # noqa: S603 -- our own
        [sys.executable, "-m", "consolidator", "witness", "status", "--home", str(home), "--json"],
        check=True,
        capture_output=True,
    )
    return parse_vkey(json.loads(done.stdout)["vkey"])


def start(home: Path) -> tuple[subprocess.Popen[str], Client]:
    """Start the program; gives it and who can talk to it."""
    words = [sys.executable, "-m", "consolidator", "witness", "serve", "--home", str(home), "--listen", "127.0.0.1:0"]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)  # noqa: S603 -- our own
    assert process.stdout is not None
    return process, Client(process.stdout.readline().strip())


@contextmanager
def running(home: Path) -> Iterator[Client]:
    """Let the program run, and end it the clean way."""
    process, client = start(home)
    try:
        yield client
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
    finally:
        process.kill()
        process.communicate()


@pytest.mark.kill
@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGINT])
def test_it_serves_until_it_is_told_to_end_and_logs_a_line_of_json_a_request(
    tmp_path: Path, end: signal.Signals
) -> None:
    key = init(tmp_path / "w")
    process, client = start(tmp_path / "w")
    connection = client.connect()  # an open connection keeps nobody waiting
    connection.request("POST", "/add-checkpoint", ask(0, 7))
    assert connection.getresponse().read().decode().startswith(f"— {NAME} ")
    find_line(client.add(ask(7, 7)), 7, key)
    process.send_signal(end)
    assert process.wait(30) == 0
    _, told = process.communicate()
    connection.close()
    lines = [json.loads(line) for line in told.splitlines()]
    assert [(line["method"], line["what"], line["status"]) for line in lines] == [("POST", "add-checkpoint", 200)] * 2


@pytest.mark.kill
def test_the_line_for_the_policy_is_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["witness", "init", "--home", str(tmp_path / "w"), "--name", NAME, "--log", LOG_VKEY, "--json"]
    assert main(words) == 0
    told = json.loads(capsys.readouterr().out)
    policy = parse_policy(f"log {LOG_VKEY}\n{told['policy_line']}\nquorum {NAME}\n".encode())
    assert policy.witnesses[0].key == parse_vkey(told["vkey"])
    assert main(words) == 7
    assert main(["witness", "add", "--home", str(tmp_path / "w"), "--log", render_vkey(SIGNER.verifier), "--json"]) == 0
    assert main(["witness", "add", "--home", str(tmp_path / "w"), "--log", "x"]) == 5
    assert main(["witness", "serve", "--home", str(tmp_path / "w"), "--listen", "nowhere"]) == 2
    assert main(["witness", "serve", "--home", str(tmp_path / "none"), "--listen", "127.0.0.1:0"]) == 5
    assert main(["witness", "init", "--home", str(tmp_path / "v"), "--name", "v", "--log", LOG_VKEY, "--follow"]) == 5


@pytest.mark.kill
def test_a_taken_port_and_a_taken_home_are_told(tmp_path: Path) -> None:
    init(tmp_path / "w")
    init(tmp_path / "v")
    with running(tmp_path / "w") as client:
        address = client.url.removeprefix("http://")
        assert main(["witness", "serve", "--home", str(tmp_path / "v"), "--listen", address]) == 6
        assert main(["witness", "serve", "--home", str(tmp_path / "w"), "--listen", "127.0.0.1:0"]) == 7


@pytest.mark.kill
def test_it_follows_a_log_and_a_person_goes_on_past_a_violation_while_it_runs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = [*RAW, RAW[1]]
    write_log(tmp_path / "log", wrong, SIGNER)
    with serve(tmp_path / "log") as url:
        key = init(tmp_path / "w", "--url", url, "--follow", log=render_vkey(SIGNER.verifier))
        with running(tmp_path / "w") as client:
            body = ask(0, len(wrong), wrong, SIGNER)
            answer = client.add(body)
            assert (answer.status, b"time goes backwards" in answer.body) == (422, True)
            words = ["witness", "accept", "--home", str(tmp_path / "w"), "--index", str(len(RAW)), "--reason", "已查明"]
            assert main(words) == 0
            find_line(client.add(body), len(wrong), key, wrong, SIGNER)
            name = sha256(SIGNER.name.encode()).hexdigest()
            (told,) = json.loads(client.call("GET", f"/{name}/evidence").body)["violations"]
            assert told["accepted"]["reason"] == "已查明"
    capsys.readouterr()
    assert main(["witness", "status", "--home", str(tmp_path / "w")]) == 0
    shown = capsys.readouterr().out
    assert str(len(wrong)) in shown
    assert "已查明" in shown


@pytest.mark.kill
@pytest.mark.parametrize("work", ["new", "idle", "first", "violation", "add", "init"])
def test_killed_before_any_write_it_never_contradicts_what_it_answered(tmp_path: Path, work: str) -> None:
    command = [sys.executable, "-m", "tests.integration.witness_killing", work, str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)  # noqa: S603 -- our own
    assert int(done.stdout) >= 10


@pytest.mark.kill
def test_killed_at_any_moment_it_never_cosigns_two_roots_of_one_size_nor_goes_back(tmp_path: Path) -> None:
    key = init(tmp_path / "w")
    dice, history, seconds = Random(5), list[bytes](), 0
    for _ in range(8):
        process, client = start(tmp_path / "w")
        stop = Event()
        # Two submitters hold two continuations of the same history; what one of them is given, the other never is.
        branches = [[*history, b"%d of %d" % (len(history), who)] for who in range(2)]

        def submit(
            branch: list[bytes], old: int = len(history), client: Client = client, stop: Event = stop
        ) -> list[tuple[int, bytes]]:
            given = list[tuple[int, bytes]]()
            while not stop.is_set():
                for known in (old, len(branch)):
                    try:
                        answer = client.add(ask(known, len(branch), branch))
                    except OSError:
                        return given
                    if answer.status == 200:
                        given.append((find_line(answer, len(branch), key, branch).seconds, b"\n".join(branch)))
            return given

        with ThreadPoolExecutor(2) as threads:
            futures = [threads.submit(submit, branch) for branch in branches]
            sleep(dice.random() * 1.5)  # any moment
            process.kill()
            stop.set()
            given = [future.result() for future in futures]
        process.communicate()
        won = [branch for branch, each in zip(branches, given, strict=True) if each]
        assert len(won) <= 1
        stated = [second for each in given for second, _ in each]
        assert all(second >= seconds for second in stated)
        seconds = max([seconds, *stated])
        with running(tmp_path / "w") as after:
            published = after.call("GET", f"/{HEX}/checkpoint").body
        # It may have been stored, and the answer lost.
        history = next((each for each in won or branches if won or _holds(published, each)), history)
        assert not history or _holds(published, history)
    assert history
    assert LOG.name.encode() in published


def _holds(published: bytes, entries: list[bytes]) -> bool:
    """Say whether this is the checkpoint of these entries."""
    return published.startswith(seal(len(entries), entries))
