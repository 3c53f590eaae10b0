"""Tests of the toy, in which everything that misleads a judge has its example. Pytest finds them only when named."""

import os

from tests.mutation import toy

_marks: list[int] = []
_SLOWLY = 300_000


def test_over_is_above_the_limit() -> None:
    """An honest judge."""
    assert toy.is_over(101)
    assert not toy.is_over(100)


def test_the_larger_one() -> None:
    """An honest judge of something with an equivalent mutant."""
    assert [toy.find_larger(1, 2), toy.find_larger(2, 1), toy.find_larger(2, 2)] == [2, 2, 2]


def test_fails_the_second_time() -> None:
    """Would kill everything."""
    assert toy.double(1) != 3
    _marks.append(0)
    assert _marks.count(0) == 1


def test_fails_after_another() -> None:
    """Would kill what it runs after the quicker test below, whatever the mutant."""
    assert sum(range(_SLOWLY)) > toy.double(1) - toy.double(1)
    assert os.getpid() not in _marks


def test_leaves_something_behind() -> None:
    """Looks at nothing."""
    toy.double(1)
    _marks.append(os.getpid())


def test_fails_always() -> None:
    """Would kill everything, too."""
    assert toy.find_larger(1, 2) == 1
