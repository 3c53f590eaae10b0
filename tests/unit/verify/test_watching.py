from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from consolidator.transparency.policy import parse_policy
from consolidator.verify.published import ContradictionError, Opened, Terms
from consolidator.verify.sources import Read, read_from_folder
from consolidator.verify.watching import Ageing, Doubt, HeadRead, News, Unreachable, Watch, list_doubts
from schemas.errors import DependencyError, VerificationError
from tests.unit.verify.exported import ENTRIES, Exported, export, head_of, make_policy, make_story
from tests.unit.verify.exported import MORE as LATER
from tests.unit.verify.spoiling import fork, publish_less, publish_other_root
from tests.unit.verify.story import find, render

MORE = render(LATER)
DOUBTFUL = render(find(make_story(), "finding"))


@pytest.fixture
def log(tmp_path: Path) -> Exported:
    return export(tmp_path)


class Desk:
    """Somebody who watches a log, with a clock of his own."""

    def __init__(self, log: Exported, read: Read | None = None, told: int = 0) -> None:
        """Begin at the second the log was cosigned."""
        self.news = list[News]()
        self.kept = list[Opened]()
        self.clock = log.seconds
        terms = Terms(parse_policy(make_policy()), 300)
        self._read = read or read_from_folder(log.folder)
        self.watch = Watch(self._read, terms, lambda: self.clock, self.news.append, self.kept.append, told)

    def look(self) -> list[News]:
        """Look once; give what was told."""
        self.news.clear()
        self.watch.look()
        return [*self.news]


def heads(news: list[News]) -> Iterator[tuple[int, int]]:
    """Give size and number of new entries of the heads in the news."""
    for each in news:
        if isinstance(each, HeadRead):
            yield each.opened.head.size, each.entries


def test_heads_are_told_as_the_log_grows_and_only_then(log: Exported) -> None:
    desk = Desk(log)
    size = len(ENTRIES)
    assert list(heads(desk.look())) == [(size, size)]
    assert desk.look() == []
    log.publish([*ENTRIES, MORE])
    assert list(heads(desk.look())) == [(size + 1, 1)]
    assert [opened.head.size for opened in desk.kept] == [size, size, size + 1]


def test_doubts_are_told_with_their_place_in_the_log(log: Exported) -> None:
    desk = Desk(log)
    before = [each for each in desk.look() if isinstance(each, Doubt)]
    assert [(each.line, each.code, each.level) for each in before] == [
        (3, "R18", "orange"),
        (4, "", "orange"),
        (5, "R16", "red"),
        (5, "R18", "orange"),
        (2, "H03", "orange"),
        (3, "R54", "orange"),
        (1, "", "red"),
        (0, "R40", "red"),
        (2, "R17", "orange"),
        (1, "R51", "red"),
        (1, "R51", "red"),
        (1, "R51", "red"),
        (3, "R51", "red"),
    ]
    log.publish([*ENTRIES, DOUBTFUL])
    wanted = Doubt(len(ENTRIES), "2026-11-05T08:59:59Z", "s", "B1", 3, "R54", "orange")
    assert [*list_doubts([DOUBTFUL], len(ENTRIES))] == [wanted]


def test_doubts_that_were_told_another_time_are_not_told_again(log: Exported) -> None:
    desk = Desk(log, told=len(ENTRIES))
    assert not any(isinstance(each, Doubt) for each in desk.look())


def test_a_head_that_nobody_cosigns_any_more_is_a_warning_then_the_end(log: Exported) -> None:
    desk = Desk(log)
    desk.look()
    desk.clock += 75
    assert desk.look() == []
    desk.clock += 1
    assert desk.look() == [Ageing(76)]
    log.put_checkpoint(log.cosign(head_of(ENTRIES), age=-76))
    assert desk.look() == []
    desk.clock += 301
    with pytest.raises(VerificationError, match="the checkpoint is too old"):
        desk.look()


def test_a_host_that_does_not_answer_is_asked_again_until_the_last_head_is_too_old(log: Exported) -> None:
    answers = [True]
    whole = read_from_folder(log.folder)

    def read(path: str) -> bytes:
        if not answers[0]:
            message = "silence"
            raise DependencyError(message)
        return whole(path)

    desk = Desk(log, read)
    answers[0] = False
    assert desk.look() == [Unreachable("silence")]
    answers[0] = True
    assert len(list(heads(desk.look()))) == 1
    answers[0] = False
    desk.clock += 300
    assert desk.look() == [Unreachable("silence")]
    desk.clock += 1
    with pytest.raises(VerificationError, match="the checkpoint is too old"):
        desk.look()


@pytest.mark.parametrize("spoil", [fork, publish_less, publish_other_root])
def test_two_heads_that_contradict_each_other_are_both_handed_over(
    log: Exported, spoil: Callable[[Exported], object]
) -> None:
    desk = Desk(log)
    desk.look()
    before = (log.folder / "checkpoint").read_bytes()
    spoil(log)
    with pytest.raises(ContradictionError) as caught:
        desk.look()
    assert (caught.value.seen, caught.value.signed) == (before, (log.folder / "checkpoint").read_bytes())


def test_a_damaged_file_is_no_contradiction(log: Exported) -> None:
    desk = Desk(log)
    desk.look()
    log.publish([*ENTRIES, MORE])
    path = max((log.folder / "tile/0").glob("*.p/*"), key=lambda place: int(place.name))
    path.write_bytes(path.read_bytes()[:-1] + b"\0")
    with pytest.raises(VerificationError, match="the hashes in tile") as caught:
        desk.look()
    assert not isinstance(caught.value, ContradictionError)


def test_a_log_that_is_wrong_from_the_beginning_accuses_nobody_of_two_heads(log: Exported) -> None:
    (log.folder / "tile/0/000").unlink()
    with pytest.raises(VerificationError, match="the log has no tile/0/000"):
        Desk(log).look()


def test_a_log_that_grows_while_it_is_read_is_read_on(log: Exported) -> None:
    """The partial files of the head one began with go away in the midst of it."""
    whole = read_from_folder(log.folder)
    grown = [*ENTRIES, *[MORE] * 300]

    def read(path: str) -> bytes:
        if ".p/" in path and (log.folder / path).exists() and "entries" in path and not (log.folder / "more").exists():
            (log.folder / path).unlink()
            (log.folder / "more").touch()
            log.publish(grown)
        return whole(path)

    assert list(heads(Desk(log, read).look())) == [(len(grown), len(grown))]


def test_a_log_that_never_stands_still_is_given_up_for_now(log: Exported) -> None:
    entries = [*ENTRIES]
    whole = read_from_folder(log.folder)

    def read(path: str) -> bytes:
        if path.startswith("tile/entries") and ".p/" in path:
            entries.append(MORE)
            log.publish(entries)
            path = "none"
        return whole(path)

    [told] = Desk(log, read).look()
    assert isinstance(told, Unreachable)
    assert "grows faster than it can be read" in told.reason
