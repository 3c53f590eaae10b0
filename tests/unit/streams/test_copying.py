"""A journal file that holds copies: same positions, nobody appends, an engine runs on it as on any."""

from pathlib import Path

import pytest

from schemas.commands import Command
from schemas.errors import ConflictError, DependencyError, InvariantError
from streams.embedded.copying import create_copy, open_copy
from streams.embedded.journal import open_journal
from streams.engine import Engine
from tests.conformance.toy import GENESIS, ToyMachine, document

HEADER = Command("header", 7, b"{}", "d" * 64)


def part(item: int, owner: str = "d" * 64) -> Command:
    """A part of a document."""
    return Command("part", 7, b"[]", owner, item)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A copy with a genesis, a record that is no command, and a document."""
    path = tmp_path / "journal.sqlite"
    create_copy(path, GENESIS)
    with open_copy(path) as journal:
        journal.keep([(2, b"junk"), (3, document(1, 2, 300))])
    return path


def test_what_is_no_command_keeps_its_place_and_is_passed_over(path: Path) -> None:
    with open_copy(path) as journal:
        assert list(journal.commands(1)) == [(1, GENESIS), (3, document(1, 2, 300))]
        assert list(journal.commands(2)) == [(3, document(1, 2, 300))]
        assert list(journal.rows(2)) == [(2, b"junk"), (3, document(1, 2, 300))]
        assert journal.next_position() == 4


def test_an_engine_on_a_copy_reaches_what_it_reaches_without_the_junk(path: Path, tmp_path: Path) -> None:
    create_copy(tmp_path / "clean.sqlite", GENESIS)
    with open_copy(tmp_path / "clean.sqlite") as clean, open_copy(path) as copy:
        clean.keep([(2, document(1, 2, 300))])
        engines = [Engine(journal, ToyMachine) for journal in (clean, copy)]
        for engine in engines:
            engine.recover()
            engine.run()
        first, second = (engine.last_commit for engine in engines)
    assert first is not None
    assert second is not None
    assert (first.head, first.position + 1) == (second.head, second.position)


def test_nobody_appends_to_a_copy(path: Path) -> None:
    with open_journal(path) as journal, pytest.raises(ConflictError, match="Kafka"):
        journal.append([document(2)])
    with open_copy(path) as journal:
        assert journal.next_position() == 4


def test_a_position_is_copied_once(path: Path) -> None:
    with open_copy(path) as journal:
        with pytest.raises((InvariantError, DependencyError)):
            journal.keep([(4, document(2)), (3, document(3))])
        assert journal.next_position() == 4


def test_a_document_is_whole_when_all_its_parts_stand_behind_its_header(path: Path) -> None:
    with open_copy(path) as journal:
        journal.keep([(4, part(0)), (5, HEADER), (6, part(1)), (7, part(0, "e" * 64))])
        assert journal.holds_parts("d" * 64, 0)
        assert not journal.holds_parts("d" * 64, 2)  # its first part stood there before the header, which takes none
        journal.keep([(8, HEADER), (9, part(0))])
        assert journal.holds_parts("d" * 64, 2)


def test_a_file_becomes_a_copy_only_as_it_was_seen(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite"
    create_copy(path)
    with open_copy(path) as copy, open_journal(path) as own:
        seen = [copy.is_copy]
        copy.take_back()
        own.append([GENESIS])
        with pytest.raises(ConflictError, match="meanwhile"):
            copy.hand_over(1)
        seen.append(copy.is_copy)
        copy.hand_over(2)
        seen.append(copy.is_copy)
    assert seen == [True, False, True]
