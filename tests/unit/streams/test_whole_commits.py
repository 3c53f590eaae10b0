"""A long run is committed where commands end, as often as it may: there others compare, and follow."""

from pathlib import Path

import pytest

from schemas.commits import parse_commit_record
from streams.embedded.journal import create_journal, open_journal
from streams.embedded.schema import connect_read_only
from streams.engine import COMMIT_LINES_MAX, Engine
from tests.conformance.toy import GENESIS, ToyMachine, document


@pytest.mark.parametrize("steps", [1, 3, 4])
def test_documents_smaller_than_half_a_commit_never_leave_one_open(tmp_path: Path, steps: int) -> None:
    create_journal(tmp_path / "journal.sqlite", GENESIS)
    with open_journal(tmp_path / "journal.sqlite") as journal:
        journal.append([document(number, steps, 1_000) for number in range(1, 30)])
        engine = Engine(journal, ToyMachine)
        engine.recover()
        engine.run()
    rows = connect_read_only(tmp_path / "journal.sqlite").execute("SELECT record FROM commits ORDER BY id")
    records = [parse_commit_record(raw) for (raw,) in rows]
    assert [record.item for record in records] == [0] * len(records)
    assert len(records) >= 29 * steps * 1_000 // COMMIT_LINES_MAX
