"""What docker-compose.yml says works: the same commands, as plain processes on a real broker with TLS."""

import json
import signal
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from bank_adapters.formats.orders import parse_order_file
from bank_adapters.profiles import find_order_profile, load_profiles
from consolidator.cli.main import main
from consolidator.gate.checking import PROOF_SUFFIX
from consolidator.sample.casting import build_county
from streams.kafka.local.layout import Certificates, Layout
from streams.kafka.local.ports import LOOPBACK
from tests.support.brokers import start_cluster
from tests.support.composed import Machine, closing_all, read_compose, start_all

COUNTIES = ("511112", "511113")
BANKS = ("102", "402", "403")
WITNESSES = ("witness-1", "witness-2", "witness-3", "witness-4")
DONE_SECONDS_MAX = 120
UNSETTLED = ("undecided", "ready", "held", "ordered", "unknown")
_LOOK_AGAIN_SECONDS = 0.5
Ask = Callable[..., Any]
Place = tuple[str, str, int]  # a line: county, batch, number


@pytest.fixture
def ask(capsys: pytest.CaptureFixture[str]) -> Ask:
    """Give what runs a command here and gives the JSON it prints."""

    def run(*words: object) -> Any:  # noqa: ANN401 -- whatever JSON there is
        capsys.readouterr()
        assert main([*map(str, words), "--json"]) == 0
        told = capsys.readouterr().out
        return [json.loads(line) for line in told.splitlines()] if "watch" in words else json.loads(told)

    return run


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    """A machine for the services; whatever happens, none is left running."""
    with closing_all(Machine(tmp_path, read_compose()["services"])) as opened:
        yield opened


@pytest.mark.kill
def test_the_small_cluster_does_its_work_and_ends_in_good_order(machine: Machine, ask: Ask) -> None:
    with start_cluster(Layout(certificates=make_certificates(machine))) as kafka:
        machine.ports["9093"] = kafka.ports.secure[0]
        start_all(machine, ["kafka"])
        wait_until_nothing_is_left(machine, ask, find_doubles())
        check_published(machine, ask)
        check_received(machine, ask)
        run_again(machine, "setup", "register")
        check_answered(machine, ask)
        codes = machine.end()
    assert {name: code for name, code in codes.items() if code} == {
        "logs": -signal.SIGTERM
    }  # a web server of Python's own


def make_certificates(machine: Machine) -> Certificates:
    """Run the service that makes certificates, and give the broker those it made."""
    machine.mount("certificates")
    machine.start("certificates")
    machine.wait_for("certificates", "service_completed_successfully")
    folder = machine.folder / "secrets"
    return Certificates(folder / "ca.pem", folder / "broker.pem", folder / "broker.key")


def find_doubles() -> set[Place]:
    """Find the lines of both samples that are about one person, programme and period; refused ones are nobody's."""
    found: dict[tuple[str, str, str], list[Place]] = {}
    for county in COUNTIES:
        for batch in build_county(500, int(county), county).batches:
            for number, line in enumerate(batch.lines, 1):
                if line.state != "refused":
                    place = (county, f"{batch.source}/{batch.document}", number)
                    found.setdefault((line.beneficiary.id, *batch.call), []).append(place)
    doubles = (places for places in found.values() if {place[0] for place in places} == {*COUNTIES})
    return {place for places in doubles for place in places}


def wait_until_nothing_is_left(machine: Machine, ask: Ask, doubles: set[Place]) -> None:
    """Wait until both counties have published and paid all, banks accepted all, both ledgers heard of all doubles."""
    assert doubles
    until = time.monotonic() + DONE_SECONDS_MAX
    while left := next(list_left(machine, ask, doubles), None):
        assert time.monotonic() < until, (left, *map(machine.tell, machine.running))
        time.sleep(_LOOK_AGAIN_SECONDS)


def list_left(machine: Machine, ask: Ask, doubles: set[Place]) -> Iterator[str]:
    """Tell what is still to come."""
    homes = machine.volume / "homes"
    for county in COUNTIES:
        status = ask("status", "--home", homes / county)
        if not status["orders"]["sent"] or status["orders"]["waiting"]:
            yield f"{county} pays"
        if status["pending"] or status["published_size"] != status["size"]:
            yield f"{county} publishes {status['size']}"
    for bank in BANKS:
        yield from list_unreceived(machine, bank)
    settings = machine.folder / "containers" / "office-511112" / "etc" / "consolidator" / "cluster.toml"
    anomalies = ask("monitor", "watch", "--cluster", settings, "--once")
    found = {(each["county"], f"{each['source']}/{each['document']}", each["line"]) for each in anomalies}
    if found != doubles:
        yield f"the monitor tells of {found ^ doubles}"
    for county, document, line in doubles:
        told = ask("explain", "--home", homes / county, f"{document}/{line}")
        codes = {finding["code"] for event in told["history"] for finding in event["findings"]}
        if told["state"] != "stopped" and "R17" not in codes:  # of a stopped line a ledger takes no finding
            yield f"{county} hears of {document}/{line}"


def list_unreceived(machine: Machine, bank: str) -> Iterator[str]:
    """Tell which order files a bank has not received, with their proofs, byte for byte."""
    for county in COUNTIES:
        sent = read_files(machine.volume / "homes" / county / "outbox" / bank)
        if sent != read_files(machine.volume / "banks" / bank / county):
            yield f"bank {bank} receives what {county} sent"


def read_files(folder: Path) -> dict[str, bytes]:
    """Give the files of a folder; none when it is not there yet."""
    return {path.name: path.read_bytes() for path in folder.iterdir()} if folder.exists() else {}


def check_received(machine: Machine, ask: Ask) -> None:
    """Every order file in a bank's place has a proof that the bank can check without anybody's help."""
    for bank in BANKS:
        for county in COUNTIES:
            policy = machine.volume / "policies" / f"{county}.txt"
            files = sorted((machine.volume / "banks" / bank / county).glob("*.tlog-proof"))
            assert files
            found = ask("order", "check", files[0].with_suffix(""), "--policy", policy)
            assert found["bank"] == bank


def check_answered(machine: Machine, ask: Ask) -> None:
    """Banks answer what they received, twice: then nothing waits for them, and what was paid to the end is settled."""
    orders = count_orders(machine)
    for words in ("--failed 10 --unknown 20 --on 2026-12-01", "--failed 10 --on 2026-12-02"):
        for bank in BANKS:
            line = f"sh /deploy/bank-answer.sh /cluster /etc/consolidator/cluster.toml {bank} {words}"
            done = machine.execute(f"bank-{bank}", line)
            assert done.returncode == 0, done.stderr.decode()
    until = time.monotonic() + DONE_SECONDS_MAX
    while left := next(list_unanswered(machine, ask, orders), None):
        assert time.monotonic() < until, (left, *map(machine.tell, machine.running))
        time.sleep(_LOOK_AGAIN_SECONDS)
    for county in COUNTIES:
        url = f"http://{LOOPBACK}:{machine.ports['8000']}/{county}"
        found = ask("log", "verify", "--url", url, "--policy", machine.volume / "policies" / f"{county}.txt")
        batches = ask("batch", "list", "--home", machine.volume / "homes" / county)["batches"]
        settled = [batch for batch in batches if batch["state"] == "settled"]
        assert found["batches"]["settled"] == len(settled) >= 5
        assert all(batch["states"].keys().isdisjoint(UNSETTLED) for batch in settled)


def count_orders(machine: Machine) -> dict[str, int]:
    """Count the orders in each county's files that banks received."""
    counts = dict.fromkeys(COUNTIES, 0)
    for bank in BANKS:
        layout = find_order_profile(bank, load_profiles())
        assert layout is not None
        for county in COUNTIES:
            files = read_files(machine.volume / "banks" / bank / county)
            found = [parse_order_file(layout, raw) for name, raw in files.items() if not name.endswith(PROOF_SUFFIX)]
            counts[county] += sum(map(len, found))
    return counts


def list_unanswered(machine: Machine, ask: Ask, orders: Mapping[str, int]) -> Iterator[str]:
    """Tell what the counties have not taken in of the banks' answers, or not published."""
    for county in COUNTIES:
        status = ask("status", "--home", machine.volume / "homes" / county)
        lines = {state: sums["count"] for state, sums in status["lines"].items()}
        told = lines.get("credited", 0) + lines.get("failed", 0)
        if told != orders[county] or "unknown" in lines or not lines.get("failed"):
            yield f"{county} hears of {told} of {orders[county]} orders: {lines}"
        if status["pending"] or status["published_size"] != status["size"]:
            yield f"{county} publishes {status['size']}"


def run_again(machine: Machine, *names: str) -> None:
    """Run what had ended once more, as a second ``up`` does: there is nothing left for it to do."""
    before = list_kept(machine.volume)
    for name in names:
        machine.start(name)
        machine.wait_for(name, "service_completed_successfully")
    assert list_kept(machine.volume) == before


def list_kept(volume: Path) -> dict[Path, bytes]:
    """Give what was made and taken in once and for all."""
    kept = [*volume.glob("*.json"), *volume.rglob("*.key"), *volume.rglob("taken/**/*.jsonl"), *volume.rglob("*.toml")]
    return {path: path.read_bytes() for path in kept}


def check_published(machine: Machine, ask: Ask) -> None:
    """Each county's log on the web site is whole, and all four witnesses cosigned it."""
    for county in COUNTIES:
        policy = machine.volume / "policies" / f"{county}.txt"
        url = f"http://{LOOPBACK}:{machine.ports['8000']}/{county}"
        found = ask("log", "verify", "--url", url, "--policy", policy)
        assert found["origin"] == f"consolidator.example/{county}"
        assert set(found["published"]["cosigned_by"]) == {*WITNESSES}
        assert found["order_files"] > 20
        assert found["batches"]["released"] == 15
