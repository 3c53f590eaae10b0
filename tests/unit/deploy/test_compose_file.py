"""What docker-compose.yml must hold, read as data; tests/integration/kafka runs its commands, tests/judges loads it."""

import re
import shlex
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest

from consolidator.cli.commands import make_parser
from consolidator.cli.main import main
from consolidator.cluster.settings import parse_cluster
from streams.kafka.local.layout import Certificates, Layout, Ports, list_properties
from tests.support.composed import ROOT, is_once, list_mounts, list_ordered, read_compose, render_health, split_command
from tests.support.containers import IMAGE, name_variable

COMPOSED = read_compose()
SERVICES: dict[str, dict[str, Any]] = COMPOSED["services"]
OURS = sorted(name for name in SERVICES if name != "kafka")
SETTINGS = parse_cluster((ROOT / "deploy" / "cluster.toml").read_text(encoding="utf-8"))
SCRIPTS = sorted((ROOT / "deploy").glob("*.sh"))
# What one machine for tests does otherwise than a broker in a container: addresses, and quick starts.
_LOCAL_ONLY = {
    "offsets.topic.num.partitions",
    "transaction.state.log.num.partitions",
    "group.initial.rebalance.delay.ms",
    "group.min.session.timeout.ms",
    "broker.session.timeout.ms",
    "broker.heartbeat.interval.ms",
    "log.cleaner.dedupe.buffer.size",
    "num.network.threads",
    "num.io.threads",
}
_PLACES = {
    "controller.quorum.voters",
    "listeners",
    "advertised.listeners",
    "listener.security.protocol.map",
    "log.dirs",
    "ssl.keystore.location",
    "ssl.truststore.location",
}


@pytest.mark.parametrize("name", SERVICES)
def test_nobody_has_more_power_than_it_needs(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["user"] == "1000:1000"
    assert not {"privileged", "cap_add", "devices", "pid", "ipc", "env_file"} & set(service)
    assert service.get("network_mode", "none") == "none"
    assert "docker.sock" not in str(service)


@pytest.mark.parametrize("name", SERVICES)
def test_who_runs_on_has_a_check_and_who_does_one_thing_ends(name: str) -> None:
    service = SERVICES[name]
    if is_once(service):
        assert service["healthcheck"] == {"disable": True}
    else:
        assert service["restart"] == "unless-stopped"
        assert render_health(service)


@pytest.mark.parametrize("name", SERVICES)
def test_who_is_waited_for_can_come_to_be_what_is_waited_for(name: str) -> None:
    for before, wanted in SERVICES[name].get("depends_on", {}).items():
        condition = "service_completed_successfully" if is_once(SERVICES[before]) else "service_healthy"
        assert wanted == {"condition": condition}, before


def test_all_that_is_used_is_declared_and_all_that_is_declared_is_used() -> None:
    secrets, configs, volumes, networks = set(), set(), set(), set()
    for service in SERVICES.values():
        secrets |= {each if isinstance(each, str) else each["source"] for each in service.get("secrets", [])}
        configs |= {each["source"] for each in service.get("configs", [])}
        volumes |= {source.split("/")[1] for _, source in list_mounts(service) if source.startswith("volumes/")}
        networks |= set(service.get("networks", []))
    assert secrets == set(COMPOSED["secrets"])
    assert configs == set(COMPOSED["configs"])
    assert volumes == set(COMPOSED["volumes"])
    assert networks == set(COMPOSED["networks"])


def test_all_secrets_are_files_that_the_first_step_makes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    words = re.findall(r"(?s)consolidator (certs dev .*?)\n[^ ]", (ROOT / "deploy/certificates.sh").read_text())
    assert len(words) == 1
    certs = shlex.split(words[0].replace("\\\n", " "))
    monkeypatch.chdir(tmp_path)
    assert main([word.replace("$folder", "secrets") for word in certs]) == 0
    made = {path.name for path in (tmp_path / "secrets").iterdir()} | {"broker-keystore.pem"}
    assert {secret: {"file": f"./deploy/secrets/{secret}"} for secret in COMPOSED["secrets"]} == COMPOSED["secrets"]
    assert set(COMPOSED["secrets"]) <= made
    assert "ca.key" not in COMPOSED["secrets"]


def test_no_secret_stands_in_an_environment() -> None:
    assert [name for name in SERVICES if "environment" in SERVICES[name]] == ["kafka"]
    named = {key for key in SERVICES["kafka"]["environment"] if re.search("PASSWORD|TOKEN|CREDENTIAL|_KEY$", key)}
    assert named == set()


def test_only_this_machine_reaches_what_is_published() -> None:
    published = [port for service in SERVICES.values() for port in service.get("ports", [])]
    assert published
    assert all(port.startswith("127.0.0.1:") for port in published)


def test_every_image_is_pinned() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    assert {SERVICES[name]["image"] for name in OURS} == {f"consolidator:{version}"}
    assert SERVICES["kafka"]["image"] == IMAGE
    dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    bases = re.findall(r"(?m)^FROM (\S+)", dockerfile)
    assert len(bases) == 2
    assert all(re.fullmatch(r"python:3\.\d+\.\d+-slim-\w+", base) for base in bases)
    assert re.findall(r"(?m)^USER (.*)$", dockerfile) == ["1000:1000"]


def test_what_the_image_is_made_from_reaches_the_builder_and_keys_do_not() -> None:
    dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    copied = {word for line in re.findall(r"(?m)^COPY (?!--from)(.+) \S+$", dockerfile) for word in line.split()}
    ignored, *let_through = [
        line for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines() if not line.startswith("#")
    ]
    assert ignored == "*"
    assert copied <= {line.removeprefix("!") for line in let_through} | {"requirements/"}
    assert not any("secrets" in line for line in let_through)


def test_the_image_holds_what_services_run() -> None:
    scripts = {word for name in OURS for word in split_command(SERVICES[name]) if word.startswith("/deploy/")}
    scripts |= {"/deploy/answers.py", "/deploy/bank-answer.sh"}  # a health check's, and a person's to run
    assert {
        f"/deploy/{path.name}" for path in (ROOT / "deploy").glob("*.*") if path.suffix in {".sh", ".py"}
    } == scripts


@pytest.mark.parametrize("name", OURS)
def test_our_program_understands_every_command(name: str) -> None:
    lines = [split_command(SERVICES[name]), shlex.split(render_health(SERVICES[name]))]
    for words in lines:
        if words[:1] == ["consolidator"]:
            assert make_parser().parse_args(words[1:]).call
        else:
            assert not words or words[0] in {"sh", "python", "test", "!", "kill"}


@pytest.mark.parametrize("name", OURS)
def test_every_path_of_a_command_is_mounted(name: str) -> None:
    service = SERVICES[name]
    check_mounted(service, [*split_command(service), *shlex.split(render_health(service).replace("$(", " "))])


def check_mounted(service: dict[str, Any], words: list[str]) -> None:
    """Every path among words is in the image, or below or above something that the service mounts."""
    places = [target for target, _ in list_mounts(service)]
    places += [setting["target"] for setting in service.get("configs", [])]
    for path in (word for word in words if word.startswith("/")):
        if path.startswith("/deploy/"):
            continue
        assert any(path.startswith(place) or place.startswith(path) for place in places), path


def test_what_the_page_tells_to_type_fits_the_services() -> None:
    text = (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8")
    told = re.findall(r"(?m)^docker compose exec (\S+) (.+)$", text)
    assert len(told) > 5
    for name, line in told:
        words = shlex.split(line)
        check_mounted(SERVICES[name], words)
        assert words[0] in {"find", "sh"} or make_parser().parse_args(words[1:]).call


def test_the_settings_and_the_services_are_of_one_cluster() -> None:
    runs = {name: split_command(service) for name, service in SERVICES.items() if "command" in service}
    workers = {
        words[words.index("--name") + 1] for words in runs.values() if words[:3] == ["consolidator", "worker", "run"]
    }
    assert workers == {place.worker for place in SETTINGS.county} == set(SETTINGS.principals.worker)
    homes = {words[words.index("--home") + 1] for words in runs.values() if words[:2] == ["consolidator", "run"]}
    assert homes == {place.home for place in SETTINGS.county}
    roles = SETTINGS.principals
    principals = {
        *roles.worker,
        *roles.office,
        *roles.monitor,
        *roles.auditor,
        *(name for names in roles.bank.values() for name in names),
    }
    assert {f"{name}.pem" for name in principals} <= set(COMPOSED["secrets"])
    assert SETTINGS.kafka.ca == "/run/secrets/ca.pem"
    for words in runs.values():
        assert not any("cluster.toml" in word and word != "/etc/consolidator/cluster.toml" for word in words)


@pytest.mark.parametrize("name", OURS)
def test_who_talks_to_kafka_shows_a_certificate_of_its_own(name: str) -> None:
    secrets = [each for each in SERVICES[name].get("secrets", []) if not isinstance(each, str)]
    if "configs" not in SERVICES[name]:
        assert secrets == []
        return
    (cert, key) = secrets
    assert (cert["target"], key["target"]) == ("kafka.pem", "kafka.key")
    principal = cert["source"].removesuffix(".pem")
    assert key["source"] == f"{principal}.key"
    once = name in {"setup", "register"}
    assert principal == ("office-511112" if once else name)
    assert ("admin.key" in SERVICES[name]["secrets"]) == (name == "setup")


def test_kafka_is_told_what_brokers_of_tests_are_told() -> None:
    told = {key: str(value).replace("$$", "$") for key, value in SERVICES["kafka"]["environment"].items()}
    certificates = Certificates(Path("ca.pem"), Path("broker.pem"), Path("broker.key"))
    ports = Ports((9092,), (9094,), (9093,), ())
    local = list_properties(Layout(certificates=certificates), ports, 0, Path("/var/lib/kafka"))
    kept = {name: value for name, value in local.items() if name not in _LOCAL_ONLY | _PLACES}
    assert {name: told.get(name_variable(name)) for name in kept} == kept
    others = {*map(name_variable, _PLACES), "CLUSTER_ID", "KAFKA_HEAP_OPTS"}
    assert set(told) == {*map(name_variable, kept), *others}


def test_kafka_lets_nobody_in_from_outside_but_by_mutual_tls() -> None:
    told = SERVICES["kafka"]["environment"]
    listeners = dict(listener.split("://") for listener in told["KAFKA_LISTENERS"].split(","))
    assert {name for name, place in listeners.items() if not place.startswith("localhost:")} == {"SECURE"}
    assert "SECURE:SSL" in told["KAFKA_LISTENER_SECURITY_PROTOCOL_MAP"].split(",")
    assert f"SECURE://{SETTINGS.kafka.bootstrap}" in told["KAFKA_ADVERTISED_LISTENERS"].split(",")


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_every_script_is_plain_shell_that_stops_at_an_error(script: Path) -> None:
    text = script.read_text(encoding="utf-8")
    assert text.startswith("#!/bin/sh\n")
    assert re.search(r"(?m)^set -eu$", text)
    assert subprocess.run(["sh", "-n", str(script)], check=False).returncode == 0  # noqa: S603, S607 -- a shell's own look


def test_banks_have_their_own_place_and_topic_and_no_county() -> None:
    banks = {name.removeprefix("bank-"): SERVICES[name] for name in SERVICES if name.startswith("bank-")}
    assert {bank: [f"bank-{bank}"] for bank in banks} == SETTINGS.principals.bank
    for bank, service in banks.items():
        words = split_command(service)
        assert words[words.index("--bank") + 1] == bank
        assert service["networks"] == ["brokers"]
        sources = {source for _, source in list_mounts(service) if source.startswith("volumes/")}
        assert sources == {f"volumes/cluster/banks/{bank}", "volumes/cluster/policies"}


def test_only_offices_and_workers_see_a_home() -> None:
    for name, service in SERVICES.items():
        homes = [source for _, source in list_mounts(service) if "/homes" in source or source == "volumes/cluster"]
        assert not homes or name.startswith(("office-", "worker-", "setup", "register")), name


def test_up_starts_everything_but_the_making_of_certificates() -> None:
    assert set(list_ordered(SERVICES)) == set(SERVICES) - {"certificates"}
