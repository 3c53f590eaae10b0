"""The gate after every kind of crash, with banks that have no profile, and with names a profile cannot carry."""

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path

import pytest

from bank_adapters.formats.orders import parse_order_file
from bank_adapters.profiles import find_order_profile, load_profiles
from consolidator.gate.passing import Clearance
from consolidator.gate.records import count_sent, open_records
from consolidator.gate.sending import Gate, Sending, list_papers, list_stale_drafts, list_unsent, send_file
from consolidator.transparency.policy import Policy
from schemas.errors import ConfigurationError, DependencyError, InvariantError
from schemas.orders import OrderColumns, OrderFile, OrderPart, render_order_part
from tests.support.world import make_signer

SIZE = 10


def make_file(bank: str = "402", entry: int = 3, name: str = "甲") -> tuple[OrderFile, OrderPart]:
    """Make an order file with one order."""
    file = OrderFile(
        file=f"agri_B1_{bank}_001",
        county="511112",
        source="agri",
        document="B1",
        programme="FARM",
        period="2026",
        bank=bank,
        release=1,
        summary="地力补贴",
        count=1,
        fen=10_000,
        parts=1,
        ordered_at=1_793_491_200,
        entry=entry,
    )
    columns = OrderColumns(account=["62170000"], amount_fen=[10_000], bank=[bank], branch=[""], line=[7], name=[name])
    return file, OrderPart(file.file, 0, render_order_part(columns))


@dataclass
class Orders:
    """The part of a journal that the gate reads."""

    content: Sequence[tuple[OrderFile, OrderPart]] = field(default_factory=lambda: [make_file()])

    def order_files(self, first: int = 0) -> Iterator[OrderFile]:
        """Give the files."""
        return (file for file, _ in self.content if file.entry >= first)

    def order_parts(self, file: str) -> Iterator[OrderPart]:
        """Give a file's parts."""
        return (part for _, part in self.content if part.file == file)


@pytest.fixture
def gate(tmp_path: Path) -> Iterator[Gate]:
    """A gate with fresh records."""
    with open_records(tmp_path / "gate.sqlite") as records:
        yield Gate(Orders(), records, tmp_path / "outbox", load_profiles(), dict)  # type: ignore[arg-type]  # it reads no more


def read_no_node(level: int, index: int) -> bytes:
    """Nobody asks for a proof where nobody cosigns."""
    raise AssertionError((level, index))


NOBODY = Clearance(SIZE, b"", Policy(make_signer("log").verifier, "none"), read_no_node)


def send_due(gate: Gate) -> list[Sending]:
    """Send what is due."""
    return [send_file(gate, NOBODY, file) for file in list_unsent(gate)]


def send_all(gate: Gate) -> list[str]:
    """Send what is due; gives what became of each file."""
    return [sending.word + sending.code for sending in send_due(gate)]


def list_outbox(gate: Gate) -> list[str]:
    """Give all files in the outbox."""
    return sorted(str(path.relative_to(gate.outbox)) for path in gate.outbox.rglob("*") if path.is_file())


SENT = "402/agri_B1_402_001.txt"


def test_an_order_file_goes_out_once_and_says_exactly_the_list(gate: Gate) -> None:
    assert send_all(gate) == ["sent"]
    assert list_outbox(gate) == [SENT]
    profile = find_order_profile("402", load_profiles())
    assert profile is not None
    (row,) = parse_order_file(profile, (gate.outbox / SENT).read_bytes())
    assert (row.order_id, row.account, row.name, row.amount_fen) == ("511112/agri/B1/7/0", "62170000", "甲", 10_000)
    assert send_all(gate) == []


def test_a_file_the_bank_took_away_is_not_sent_again(gate: Gate) -> None:
    send_all(gate)
    (gate.outbox / SENT).unlink()
    assert send_all(gate) == []
    assert list_outbox(gate) == []


def test_after_an_intent_alone_the_file_is_written(gate: Gate) -> None:
    gate.records.intend("agri_B1_402_001", "402", "agri_B1_402_001.txt")
    assert send_all(gate) == ["sent"]
    assert list_outbox(gate) == [SENT]


@pytest.mark.parametrize("staged", [True, False])
def test_a_temporary_file_means_it_was_not_sent(gate: Gate, *, staged: bool) -> None:
    gate.records.intend("agri_B1_402_001", "402", "agri_B1_402_001.txt")
    if staged:
        gate.records.stage("agri_B1_402_001", "0" * 64)
    draft = gate.outbox / ".staging" / "402_agri_B1_402_001.txt"
    draft.parent.mkdir(parents=True)
    draft.write_bytes(b"half")
    assert send_all(gate) == ["sent"]
    assert list_outbox(gate) == [SENT]
    assert (gate.outbox / SENT).read_bytes() != b"half"


def test_staged_without_its_temporary_file_means_it_was_sent(gate: Gate, tmp_path: Path) -> None:
    gate.records.intend("agri_B1_402_001", "402", "agri_B1_402_001.txt")
    gate.records.stage("agri_B1_402_001", "0" * 64)
    assert send_all(gate) == []
    assert list_outbox(gate) == []
    assert count_sent(tmp_path / "gate.sqlite") == 1


def test_a_bank_without_a_profile_waits_and_the_others_go_on(gate: Gate) -> None:
    gate.journal.content = [make_file("999", 3), make_file("402", 4)]  # type: ignore[attr-defined]  # it is Orders
    assert send_all(gate) == ["waitingG01", "sent"]
    assert send_all(gate) == ["waitingG01"]
    assert list_outbox(gate) == [SENT]


def test_a_name_that_the_layout_cannot_carry_waits_and_writes_nothing(gate: Gate) -> None:
    gate.journal.content = [make_file(name="甲|乙"), make_file("403", 4)]  # type: ignore[attr-defined]  # it is Orders
    assert send_all(gate) == ["waitingG02", "sent"]
    assert [name.split("/")[0] for name in list_outbox(gate)] == ["403"]
    (waiting,) = send_due(gate)
    assert "甲" not in waiting.detail


def test_order_files_are_for_their_owner_only(gate: Gate) -> None:
    send_all(gate)
    assert (gate.outbox / SENT).stat().st_mode & 0o777 == 0o600
    assert (gate.outbox / "402").stat().st_mode & 0o777 == 0o700


def test_an_outbox_that_cannot_be_written_stops_with_a_clear_error(gate: Gate) -> None:
    gate.outbox.write_bytes(b"a file where a folder should be")
    with pytest.raises(DependencyError, match="disk"):
        send_all(gate)
    gate.outbox.unlink()
    assert send_all(gate) == ["sent"]


@pytest.mark.parametrize("entry", [-1, SIZE])
def test_nothing_passes_that_the_checkpoint_does_not_cover(gate: Gate, entry: int) -> None:
    file, _ = make_file(entry=entry)
    assert send_file(gate, NOBODY, file).code == "G04"
    assert send_file(gate, None, file).code == "G04"
    assert not gate.outbox.exists()
    assert gate.records.find(file.file) is None


def test_records_of_another_version_are_refused(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "gate.sqlite")
    connection.execute("PRAGMA user_version = 7")
    connection.close()
    with pytest.raises(ConfigurationError, match="version 7"):
        open_records(tmp_path / "gate.sqlite")


def test_records_made_but_never_used_count_nothing_sent(tmp_path: Path) -> None:
    assert count_sent(tmp_path / "gate.sqlite") == 0
    (tmp_path / "gate.sqlite").touch()
    assert count_sent(tmp_path / "gate.sqlite") == 0


def test_a_step_out_of_order_is_noticed(gate: Gate) -> None:
    with pytest.raises(InvariantError, match="restore"):
        gate.records.close("agri_B1_402_001")
    send_all(gate)
    with pytest.raises(InvariantError, match="restore"):
        gate.records.intend("agri_B1_402_001", "402", "x")


def test_a_made_up_payer_account_holds_the_file_back_where_the_money_is_real(gate: Gate) -> None:
    gate.journal.content = [make_file("103", 3), make_file("105", 4), make_file("402", 5)]  # type: ignore[attr-defined]  # it is Orders
    assert send_all(gate) == ["waitingG03", "waitingG03", "sent"]
    assert [name.split("/")[0] for name in list_outbox(gate)] == ["402"]
    assert send_all(replace(gate, payers="any")) == ["sent", "sent"]


def test_digests_are_forgotten_and_what_was_sent_stays_sent(gate: Gate, tmp_path: Path) -> None:
    assert [sending.word for sending in send_due(gate)] == ["sent"]
    file = make_file()[0]
    (paper,) = list_papers(gate, file)
    digest = sha256(paper.read_bytes()).hexdigest()
    paper.with_name(f"{paper.name}.tlog-proof").write_bytes(b"proof")
    paper.with_name(f"{paper.name}2").write_bytes(b"another file")
    assert list_papers(gate, file) == [paper, paper.with_name(f"{paper.name}.tlog-proof")]
    gate.records.forget_digests([file.file])
    assert all(digest.encode() not in path.read_bytes() for path in tmp_path.glob("gate.sqlite*"))
    assert list(send_due(gate)) == []
    assert gate.records.count_sent() == 1


def test_drafts_are_nobodys_only_when_everything_was_sent(gate: Gate) -> None:
    assert list_stale_drafts(gate) == []
    draft = gate.outbox / ".staging" / "402_old-name"
    draft.parent.mkdir(parents=True)
    draft.write_bytes(b"left by a crash")
    assert list_stale_drafts(gate) == []
    list(send_due(gate))
    assert list_stale_drafts(gate) == [draft]
