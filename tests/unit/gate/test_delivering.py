"""What was sent is delivered: once noted never again, not at all when it is not what was sent, nothing from before."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

import pytest

from bank_adapters.profiles import load_profiles
from consolidator.gate import delivering
from consolidator.gate.checking import PROOF_SUFFIX
from consolidator.gate.delivering import Undelivered, deliver_sent, describe_undelivered, render_undelivered
from consolidator.gate.records import open_records
from consolidator.gate.sending import Gate
from schemas.errors import DependencyError
from schemas.records import Delivery

FILES = ("bank-402_A_402_001", "bank-402_B_402_001")


@dataclass
class Topic:
    """What was carried; ``ends_after``: so many, then brokers are away."""

    carried: list[Delivery] = field(default_factory=list)
    ends_after: int = 100

    def carry(self, delivery: Delivery) -> None:
        """Take it."""
        if len(self.carried) >= self.ends_after:
            message = "brokers are away"
            raise DependencyError(message)
        self.carried.append(delivery)


@pytest.fixture
def gate(tmp_path: Path) -> Iterator[Gate]:
    """A gate with an empty outbox."""
    with open_records(tmp_path / "gate.sqlite") as records:
        yield Gate([], records, tmp_path / "outbox", load_profiles(), dict)  # type: ignore[arg-type]  # nobody reads it


def send(gate: Gate, *files: str, proof: bytes = b"proof") -> Sequence[Delivery]:
    """Leave files as the gate does once it has sent them."""
    folder = gate.outbox / "402"
    folder.mkdir(parents=True, exist_ok=True)
    papers = [Delivery(file, f"{file}.txt", file.encode(), proof) for file in files]
    for each in papers:
        gate.records.intend(each.file, "402", each.name)
        gate.records.stage(each.file, sha256(each.content).hexdigest())
        gate.records.close(each.file)
        (folder / each.name).write_bytes(each.content)
        if proof:
            (folder / (each.name + PROOF_SUFFIX)).write_bytes(proof)
    return papers


def test_what_was_sent_is_delivered_in_its_order_and_once(gate: Gate) -> None:
    gate.records.begin_deliveries()
    papers, topic = send(gate, *FILES), Topic()
    assert deliver_sent(gate, topic.carry) == []
    assert topic.carried == papers
    gate.records.begin_deliveries()
    assert deliver_sent(gate, topic.carry) == []
    assert topic.carried == papers


def test_what_was_sent_before_the_county_came_to_the_cluster_is_not_delivered(gate: Gate) -> None:
    send(gate, FILES[0])
    gate.records.begin_deliveries()
    later, topic = send(gate, FILES[1]), Topic()
    deliver_sent(gate, topic.carry)
    assert topic.carried == later


def test_what_was_sent_while_the_county_was_off_the_cluster_is_not_delivered_later(gate: Gate) -> None:
    gate.records.begin_deliveries()
    gate.records.end_deliveries()
    gate.records.end_deliveries()
    send(gate, FILES[0])
    gate.records.begin_deliveries()
    later, topic = send(gate, FILES[1]), Topic()
    deliver_sent(gate, topic.carry)
    assert topic.carried == later


def test_what_was_only_meant_is_not_delivered(gate: Gate) -> None:
    gate.records.begin_deliveries()
    gate.records.intend(FILES[0], "402", f"{FILES[0]}.txt")
    assert gate.records.list_undelivered() == []
    gate.records.stage(FILES[0], "0" * 64)
    assert gate.records.list_undelivered() == []


def test_a_delivery_that_fails_is_made_at_the_next_call(gate: Gate) -> None:
    gate.records.begin_deliveries()
    papers, topic = send(gate, *FILES), Topic(ends_after=1)
    with pytest.raises(DependencyError):
        deliver_sent(gate, topic.carry)
    topic.ends_after = 100
    assert deliver_sent(gate, topic.carry) == []
    assert topic.carried == papers


def test_a_file_without_a_proof_is_delivered_without_one(gate: Gate) -> None:
    gate.records.begin_deliveries()
    papers, topic = send(gate, FILES[0], proof=b""), Topic()
    deliver_sent(gate, topic.carry)
    assert topic.carried == papers


def test_what_cannot_be_delivered_is_told_and_holds_up_nothing(gate: Gate, monkeypatch: pytest.MonkeyPatch) -> None:
    gate.records.begin_deliveries()
    gone, changed, large = send(gate, "bank-402_X_402_001", "bank-402_Y_402_001", "bank-402_Z_402_001", proof=b"p" * 50)
    monkeypatch.setattr(delivering, "DELIVERY_BYTES_MAX", 65_536 + 60)
    papers, topic = send(gate, *FILES), Topic()
    (gate.outbox / "402" / gone.name).unlink()
    (gate.outbox / "402" / changed.name).write_bytes(b"changed")
    left = deliver_sent(gate, topic.carry)
    assert [(each.file, each.code) for each in left] == [(gone.file, "G05"), (changed.file, "G06"), (large.file, "G07")]
    assert topic.carried == papers
    (gate.outbox / "402" / gone.name).write_bytes(gone.content)
    (gate.outbox / "402" / (gone.name + PROOF_SUFFIX)).write_bytes(b"p")
    assert [each.code for each in deliver_sent(gate, topic.carry)] == ["G06", "G07"]


def test_what_cannot_be_delivered_is_told_with_the_next_step() -> None:
    left = Undelivered(FILES[0], "402", "G05")
    assert describe_undelivered(left) == {"file": FILES[0], "bank": "402", "code": "G05"}
    assert "put it back from a backup" in render_undelivered(left)
