"""What a county's thread tells when it cannot even start; what it does on brokers is tested with real ones."""

from collections.abc import Callable, Iterator

import pytest

from consolidator.cluster import tending
from consolidator.cluster.notices import Notice
from consolidator.cluster.posts import Post
from consolidator.cluster.tending import Tender
from schemas.errors import ConfigurationError, ConflictError, DependencyError, InvariantError
from streams.kafka.loop import Loop


@pytest.fixture
def loop() -> Iterator[Loop]:
    """The thread of clients, of which there are none here."""
    with Loop() as loop:
        yield loop


def fail(error: Exception) -> Callable[[], Post]:
    """Give an opening that meets an error."""

    def open_post() -> Post:
        raise error

    return open_post


@pytest.mark.parametrize(
    ("error", "word"),
    [
        (ConfigurationError("no key"), "stopped"),
        (InvariantError("broken"), "stopped"),
        (ArithmeticError(), "stopped"),
        (ConflictError("another process"), "lost"),
    ],
)
def test_what_does_not_pass_by_itself_ends_the_county_with_one_word(loop: Loop, error: Exception, word: str) -> None:
    told: list[Notice] = []
    tender = Tender("511112", fail(error), loop, told.append)
    tender.run()
    assert [(notice.word, notice.county, notice.error) for notice in told] == [(word, "511112", error)]
    assert (tender.sight.state, tender.sight.restarts) == (word, 0)


def test_what_passes_by_itself_is_tried_again_with_pauses_until_the_end(
    loop: Loop, monkeypatch: pytest.MonkeyPatch
) -> None:
    failures: list[int] = []

    def choose_pause(count: int) -> int:
        failures.append(count)
        return 0

    monkeypatch.setattr(tending, "choose_pause", choose_pause)
    told: list[Notice] = []
    tender = Tender("511112", fail(DependencyError("away")), loop, told.append)

    def hear(notice: Notice) -> None:
        told.append(notice)
        if len(told) == 4:
            tender.ending.set()

    tender.tell = hear
    tender.run()
    assert failures == [1, 2, 3, 4]
    assert [notice.word for notice in told] == ["waiting"] * 4 + ["released"]
    assert tender.sight.restarts == 4


def test_a_single_run_does_not_wait_for_what_is_away(loop: Loop) -> None:
    told: list[Notice] = []
    Tender("511112", fail(DependencyError("away")), loop, told.append, "end").run()
    assert [notice.word for notice in told] == ["stopped"]


def test_a_county_that_is_to_end_before_it_began_is_released(loop: Loop) -> None:
    told: list[Notice] = []
    tender = Tender("511112", fail(ArithmeticError()), loop, told.append)
    tender.ending.set()
    tender.run()
    assert [notice.word for notice in told] == ["released"]
