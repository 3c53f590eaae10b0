"""Makes a failing history small: fewer acts, fewer lines, simpler fields, as long as it goes on failing.

Hypothesis shrinks what it drew, digits here; this shrinks what they mean, in seconds and to what a person would write.
"""

from collections.abc import Callable, Iterator, Sequence

from tests.property.acts import FIELDS, ROW, Act, History

_WAIT: Act = ("wait", *(possible[0] for possible in FIELDS["wait"]))


def shrink(history: History, fails: Callable[[History], bool]) -> History:
    """Take every simplification that still fails until none is left."""
    simpler = next(filter(fails, _simplify(history)), None)
    while simpler is not None:
        history = simpler
        simpler = next(filter(fails, _simplify(history)), None)
    return history


def _simplify(history: History) -> Iterator[History]:
    """Give histories that are one step simpler, the greatest steps first."""
    for half in (history[: len(history) // 2], history[len(history) // 2 :]):
        if 0 < len(half) < len(history):
            yield half
    for place in reversed(range(len(history))):
        yield [*history[:place], *history[place + 1 :]]
    for place, act in enumerate(history):
        if act[0] != _WAIT[0]:  # perhaps the act mattered only because time passed
            yield [*history[:place], _WAIT, *history[place + 1 :]]
    for place, act in enumerate(history):
        for simpler in _simplify_act(act):
            yield [*history[:place], simpler, *history[place + 1 :]]


def _simplify_act(act: Act) -> Iterator[Act]:
    kind, *values = act
    if kind == "batch":
        *values, lines = values
        for shorter in _simplify_lines(lines):
            yield kind, *values, shorter
        for simpler in _simplify_fields(values, FIELDS[kind]):
            yield kind, *simpler, lines
    else:
        for simpler in _simplify_fields(values, FIELDS[kind]):
            yield kind, *simpler


def _simplify_lines(lines: Sequence[Sequence[object]]) -> Iterator[Sequence[Sequence[object]]]:
    for place in reversed(range(len(lines) if len(lines) > 1 else 0)):
        yield [*lines[:place], *lines[place + 1 :]]
    for place, line in enumerate(lines):
        for simpler in _simplify_fields(line, ROW):
            yield [*lines[:place], simpler, *lines[place + 1 :]]


def _simplify_fields(values: Sequence[object], fields: Sequence[Sequence[object]]) -> Iterator[Sequence[object]]:
    """Put a value in the place of one that stands behind it among the possible ones."""
    for place, (value, possible) in enumerate(zip(values, fields, strict=True)):
        for simpler in dict.fromkeys(possible[: possible.index(value)]):
            yield (*values[:place], simpler, *values[place + 1 :])
