"""What every engine's storage must do, written against the protocols. An engine's own test file subclasses it.

A subclass gives the fixture ``storage``: something whose ``open()`` gives a new Journal on the same storage, which
begins with GENESIS; and ``make_storage``, which makes such storages.
"""
# ruff: noqa: D102 -- a test's name is the behaviour

from collections.abc import Callable, Sequence
from itertools import count
from typing import Protocol

import pytest

from schemas.commands import Command
from schemas.commits import Bundle, CommitRecord, Step
from schemas.errors import ConflictError, InvariantError, VerificationError
from schemas.orders import OrderFile, OrderPart
from streams import engine as engine_module
from streams.engine import Engine, Progress
from streams.journal import Journal
from streams.recovery import load
from streams.replay import check_replay
from tests.conformance.faults import FailingJournal, Fault, FragileMachine, LateSnapshotJournal
from tests.conformance.toy import GENESIS, ToyMachine, document

WORK = [document(1, 3, 700), document(2, 1, 10), document(1, 3, 700), Command("tick", 110, b""), document(3, 4, 1000)]


class Storage(Protocol):
    """A place that holds one journal."""

    def open(self) -> Journal:
        """Give a new Journal on it."""


Content = tuple[list[Bundle], list[OrderFile], list[OrderPart]]


def content(journal: Journal) -> Content:
    """Everything an engine committed."""
    files = list(journal.order_files())
    return list(journal.bundles()), files, [part for file in files for part in journal.order_parts(file.file)]


def start(journal: Journal) -> Engine[ToyMachine]:
    """An engine after its normal start."""
    engine = Engine(journal, ToyMachine)
    engine.recover()
    return engine


def finish(journal: Journal) -> tuple[Content, CommitRecord | None]:
    """Start, run what is pending, and give what is then stored."""
    start(journal).run()
    return content(journal), journal.last_commit()


@pytest.fixture
def every_step_commits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Commit after each step, so that commits stand in the middle of commands."""
    monkeypatch.setattr(engine_module, "COMMIT_LINES_MAX", engine_module.SLICE_LINES_MAX)


class JournalSuite:
    """Commands in one order."""

    def test_commands_come_back_in_order_with_dense_positions(self, storage: Storage) -> None:
        documents = [document(number) for number in range(100)]
        journal = storage.open()
        for some in documents[:50], documents[50:]:
            journal.append(some)
        assert list(journal.commands(1)) == list(enumerate([GENESIS, *documents], start=1))
        assert list(journal.commands(90)) == list(enumerate(documents[88:], start=90))
        assert journal.next_position() == 102

    def test_a_part_keeps_its_document_index_and_bytes(self, storage: Storage) -> None:
        part = Command("part", 7, bytes(range(256)), "ab" * 32, 3)
        storage.open().append([part])
        assert list(storage.open().commands(2)) == [(2, part)]

    def test_reading_ends_where_the_journal_ended_at_the_call(self, storage: Storage) -> None:
        journal = storage.open()
        pending = journal.commands(1)
        journal.append([document(1)])
        assert [position for position, _ in pending] == [1]

    def test_nothing_is_appended_when_one_command_cannot_be(self, storage: Storage) -> None:
        journal = storage.open()
        with pytest.raises(InvariantError):
            journal.append([document(1), Command("header", None, b"")])  # type: ignore[arg-type]  # cannot be stored
        assert journal.next_position() == 2
        journal.append([document(2)])
        assert journal.next_position() == 3


class EngineSuite:
    """Commits on top of the commands."""

    @pytest.fixture
    def undisturbed(self, make_storage: Callable[[], Storage]) -> tuple[Content, CommitRecord | None]:
        """What a run of WORK without any trouble gives."""
        journal = make_storage().open()
        journal.append(WORK)
        return finish(journal)

    def test_bundles_follow_one_another_from_zero_to_the_tree_size(self, storage: Storage) -> None:
        journal = storage.open()
        journal.append(WORK)
        (bundles, files, parts), record = finish(journal)
        assert record is not None
        assert [bundle.first for bundle in bundles] == [
            sum(bundle.count for bundle in bundles[:index]) for index in range(len(bundles))
        ]
        assert sum(bundle.count for bundle in bundles) == record.head.size
        assert [file.parts for file in files] == [1, 3, 1, 4]
        assert [part.index for part in parts] == [0, 0, 1, 2, 0, 0, 1, 2, 3]

    def test_bundles_can_be_read_from_any_entry(self, storage: Storage) -> None:
        journal = storage.open()
        journal.append(WORK)
        (bundles, files, _), _ = finish(journal)
        for entry in (0, bundles[1].first - 1, bundles[1].first, bundles[-1].first + 1):
            assert list(journal.bundles(entry)) == [each for each in bundles if each.first + each.count > entry]
        assert list(journal.order_files(files[1].entry)) == files[1:]

    def test_a_run_with_nothing_pending_writes_nothing(self, storage: Storage) -> None:
        journal = storage.open()
        journal.append(WORK)
        before = finish(journal)
        engine = start(journal)
        commits: list[Sequence[Step]] = []
        engine._on_commit = commits.append  # noqa: SLF001 -- the hook is what is observed
        assert engine.run() == Progress(0, 0, 0)
        assert (content(journal), journal.last_commit()) == before
        assert commits == []

    def test_an_identical_repeat_moves_the_position_and_nothing_else(self, storage: Storage) -> None:
        journal = storage.open()
        journal.append(WORK)
        before, record = finish(journal)
        journal.append(WORK)
        after, later = finish(journal)
        assert record is not None
        assert later is not None
        assert after == before
        assert later.head == record.head
        assert later.position == record.position + len(WORK)

    @pytest.mark.parametrize("lines_max", [1000, 1001, 2500, 1_000_000])
    def test_grouping_into_commits_does_not_change_what_is_committed(
        self,
        storage: Storage,
        undisturbed: tuple[Content, CommitRecord | None],
        lines_max: int,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(engine_module, "COMMIT_LINES_MAX", lines_max)
        journal = storage.open()
        journal.append(WORK)
        assert finish(journal) == undisturbed

    def test_running_after_each_command_gives_the_same_as_running_once(
        self, storage: Storage, undisturbed: tuple[Content, CommitRecord | None]
    ) -> None:
        journal = storage.open()
        engine = start(journal)
        for command in WORK:
            journal.append([command])
            engine.run()
        assert (content(journal), journal.last_commit()) == undisturbed

    @pytest.mark.usefixtures("every_step_commits")
    @pytest.mark.parametrize("after", [False, True])
    def test_a_commit_that_fails_before_or_after_it_took_effect_changes_nothing_in_the_end(
        self, make_storage: Callable[[], Storage], undisturbed: tuple[Content, CommitRecord | None], *, after: bool
    ) -> None:
        for fail_at in count(1):
            storage = make_storage()
            storage.open().append(WORK)
            engine = start(FailingJournal(storage.open(), fail_at, after=after))
            try:
                engine.run()
            except Fault:
                assert finish(storage.open()) == undisturbed
            else:
                break
        assert (
            fail_at == 12
        )  # genesis 1, documents 3 + 1 + 4, repeat 1, end of the work 1: ten commits and one try more

    @pytest.mark.usefixtures("every_step_commits")
    def test_a_machine_that_breaks_at_any_step_is_replaced_and_the_work_goes_on(
        self, make_storage: Callable[[], Storage], undisturbed: tuple[Content, CommitRecord | None]
    ) -> None:
        for break_at in range(1, 11):
            storage = make_storage()
            storage.open().append(WORK)
            engine = Engine(storage.open(), lambda at=break_at: FragileMachine(at))  # type: ignore[misc]  # a lambda's defaults have no type
            engine.recover()
            with pytest.raises(ArithmeticError):
                engine.run()
            with pytest.raises(InvariantError):
                engine.run()
            assert finish(storage.open()) == undisturbed

    @pytest.mark.usefixtures("every_step_commits")
    def test_views_of_a_half_done_command_stand_at_the_last_commit(self, storage: Storage) -> None:
        storage.open().append(WORK)
        engine = start(FailingJournal(storage.open(), 4, after=True))
        with pytest.raises(Fault):
            engine.run()
        standing = load(storage.open(), ToyMachine)
        assert standing.record is not None
        assert (standing.position, standing.item) == (2, 3) == (standing.record.position, standing.record.item)
        assert standing.machine.head() == standing.record.head

    def test_a_start_after_a_good_end_replays_no_command(self, storage: Storage) -> None:
        journal = storage.open()
        journal.append(WORK)
        engine = start(journal)
        engine.run()
        head = engine.machine.head()
        engine.close()
        again = start(storage.open())
        assert again.machine.applied == 0
        assert again.machine.head() == head
        again.close()  # nothing was applied, so nothing is written
        newest = storage.open().newest_snapshot()
        assert newest is not None
        assert newest[0] == storage.open().last_commit() == again.last_commit

    @pytest.mark.parametrize("limit", ["SNAPSHOT_LINES", "SNAPSHOT_COMMANDS"])
    def test_a_snapshot_is_kept_when_enough_was_applied(
        self, storage: Storage, limit: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(engine_module, limit, 5)
        journal = storage.open()
        journal.append(WORK)
        engine = start(journal)
        engine.run()
        assert journal.newest_snapshot() is not None
        assert start(storage.open()).machine.applied <= 5  # what came after it

    def test_work_after_a_snapshot_gives_the_same_as_without(
        self, storage: Storage, undisturbed: tuple[Content, CommitRecord | None]
    ) -> None:
        for command in WORK:
            journal = storage.open()
            journal.append([command])
            engine = start(journal)
            engine.run()
            engine.close()
        journal = storage.open()
        record, expected = journal.last_commit(), undisturbed[1]
        assert record is not None
        assert expected is not None
        assert (content(journal), record.head) == (undisturbed[0], expected.head)

    def test_each_step_reaches_the_hook_once_and_only_when_it_is_stored(self, storage: Storage) -> None:
        storage.open().append(WORK)
        bundles: list[Bundle] = []

        def stored(steps: Sequence[Step]) -> None:
            bundles.extend(bundle for step in steps for bundle in step.bundles)
            assert content(storage.open())[0] == bundles

        engine = Engine(storage.open(), ToyMachine, stored)
        engine.recover()
        engine.run()
        assert bundles == list(storage.open().bundles())

    def test_a_hook_that_fails_stops_the_engine_and_loses_nothing(
        self, storage: Storage, undisturbed: tuple[Content, CommitRecord | None]
    ) -> None:
        def fail(_: Sequence[Step]) -> None:
            raise ArithmeticError

        storage.open().append(WORK)
        engine = Engine(storage.open(), ToyMachine, fail)
        engine.recover()
        with pytest.raises(ArithmeticError):
            engine.run()
        engine.close()  # does nothing: the object is unusable
        assert storage.open().newest_snapshot() is None
        assert finish(storage.open()) == undisturbed

    def test_progress_grows_up_to_all_commands_and_lines(self, storage: Storage) -> None:
        storage.open().append(WORK)
        seen: list[Progress] = []
        engine = Engine(storage.open(), ToyMachine, on_progress=seen.append)
        engine.recover()
        assert engine.run() == seen[-1] == Progress(6, 6, 1 + 2100 + 10 + 4000)
        assert [each.lines_done for each in seen] == sorted(each.lines_done for each in seen)

    def test_of_two_engines_on_one_journal_one_is_stopped_before_it_does_harm(
        self, storage: Storage, undisturbed: tuple[Content, CommitRecord | None]
    ) -> None:
        storage.open().append(WORK)
        stopped = 0
        for engine in (start(storage.open()), start(storage.open())):
            try:
                engine.run()
            except ConflictError:
                stopped += 1
        assert stopped == 1
        assert content(storage.open()) == undisturbed[0]

    def test_a_program_that_decides_differently_is_refused_at_the_start(self, storage: Storage) -> None:
        storage.open().append(WORK)
        start(storage.open()).run()
        with pytest.raises(InvariantError, match="log verify"):
            Engine(storage.open(), lambda: ToyMachine("other")).recover()

    def test_a_view_that_reads_while_an_engine_commits_sees_one_commit_or_the_other(self, storage: Storage) -> None:
        journal = storage.open()
        journal.append(WORK)
        start(journal).run()
        journal.append([document(9)])

        def commit_meanwhile() -> None:
            engine = start(storage.open())
            engine.run()
            engine.close()

        standing = load(LateSnapshotJournal(storage.open(), commit_meanwhile), ToyMachine)
        assert standing.record == storage.open().last_commit()
        assert standing.machine.applied == 0

    def test_a_view_of_a_journal_without_commits_is_a_fresh_machine(self, storage: Storage) -> None:
        standing = load(storage.open(), ToyMachine)
        assert standing.record is None
        assert standing.machine.applied == 0

    @pytest.mark.usefixtures("every_step_commits")
    def test_replay_agrees_with_what_was_committed_also_in_the_middle_of_a_command(self, storage: Storage) -> None:
        storage.open().append(WORK)
        engine = start(FailingJournal(storage.open(), 4, after=True))
        with pytest.raises(Fault):
            engine.run()
        record = storage.open().last_commit()
        assert record is not None
        halfway = check_replay(storage.open(), ToyMachine)
        assert (halfway.entries, halfway.root) == (record.head.size, record.head.root)
        start(storage.open()).run()
        seen: list[int] = []
        assert check_replay(storage.open(), ToyMachine, seen.append).entries == seen[-1] > halfway.entries

    def test_replay_names_the_first_entry_that_differs(self, storage: Storage) -> None:
        storage.open().append(WORK)
        start(storage.open()).run()
        with pytest.raises(VerificationError, match="entry 0"):
            check_replay(storage.open(), lambda: ToyMachine("other"))

    def test_replay_of_a_journal_without_commits_says_what_to_do(self, storage: Storage) -> None:
        with pytest.raises(VerificationError, match="run --once"):
            check_replay(storage.open(), ToyMachine)
