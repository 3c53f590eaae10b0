"""What can happen in a random history: one tuple an act, how hypothesis draws them, and how they read in words.

Acts hold only numbers and words, so that a history can be kept as JSON. A number that names a line, batch or earlier
document counts among those that fit by then. The first of a field's possible values is its simplest.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from itertools import product
from random import Random
from typing import Any

from hypothesis import strategies as st

Act = Sequence[Any]
History = Sequence[Act]
HIMSELF = -1
NOT_STATED = -1
HISTORY_MAX = 20

PEOPLE = (0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 4, 5, 8, 6, 7, 9)
PICKS = range(4)  # which of the lines or batches that fit
# How many lines a review names: the picked one, all in its batch that fit, or some that cannot be right.
EXTENTS = ("one", "all", "one", "all", "odd", "odd")
CONFIRMERS = ("approver",) * 8 + ("late", "late", "late", "", "", "deputy", "reviewer")
DEATH_DAYS = ("2026-01-01", "2025-12-31", "2025-06-01", "2025-01-01", "2024-12-31", "2026-11-01")


ROW = (
    PEOPLE,
    (HIMSELF,) * 8 + (0, 0, 1, 6),
    ("exact",) * 20 + ("below", "above", "above", "zero"),
    (1000, 1000, 1000, 1000, 667, 333),
    (NOT_STATED, NOT_STATED, 0, 1),
)
_BATCH = (
    ("whole",) * 22 + ("half", "early by 1", "early by 2"),
    ("HOME", "FARM", "HOME", "FAST", "FARM", "HOME") * 5 + ("GONE",),
    ("2026", "2026", "2026", "2026", "2025", "2024") * 5 + ("2026-11",),
    ("",) * 30 + ("one fen more", "one line more", "an unreadable amount"),
)
_RELATION = (
    (0, 0, 1),
    (1, 2, 1, 3, 0, 5),
    ("2020-01-01", "2020-01-01", "2026-11-02"),
    ("", "2026-11-02", "2026-11-01", "2026-11-02", "2026-10-31"),
    ("delta", "delta", "delta", "full", "old"),
)
_REVIEWERS = ("reviewer", "approver", "reviewer", "supervisor", "clerk")
_ACTIONS = ("hold", "stop", "hold", "hold", "stop", "comment", "clear")
# Every other kind of act: its weight, and what its fields can be; all combinations are possible.
_OTHERS: Sequence[tuple[str, int, Sequence[Sequence[Any]]]] = (
    ("clear", 80, (PICKS, EXTENTS, CONFIRMERS)),
    ("release", 90, (PICKS, ("",) * 8 + ("fen", "number", "bank", "early"), CONFIRMERS)),
    ("review", 75, (_REVIEWERS, _ACTIONS, PICKS, EXTENTS)),
    ("choice", 60, (PEOPLE, (1, 2, 3, 0, 1, 2), (HIMSELF,) * 12 + (0, 1))),
    ("relation", 60, _RELATION),
    ("death", 35, (PEOPLE, DEATH_DAYS)),
    ("household", 20, ((5, 4, 1), ("H-A", "H-B", "H-C"))),
    ("wait", 25, ((25, 1, 25, -5), (False, True))),
    ("repeat", 20, (range(30),)),
    ("conflict", 20, (("id", "number"), range(30))),
    ("offer", 10, (PICKS,)),
    ("confirm", 35, (("approver", "approver", "reviewer", "deputy"), PICKS)),
    ("crash", 20, (("snapshot", "inside", "replay"),)),
)
FIELDS: Mapping[str, Sequence[Sequence[Any]]] = {"batch": _BATCH} | {kind: fields for kind, _, fields in _OTHERS}
_NOTHING: Act = ()
_NOTHING_WEIGHT, _BATCH_WEIGHT = 330, 240
_PLACES = 65_536  # two bytes choose among so many acts
_SHARE = _PLACES // (_NOTHING_WEIGHT + _BATCH_WEIGHT + sum(weight for _, weight, _ in _OTHERS))


def _choose(dice: Random, *fields: Sequence[Any]) -> tuple[Any, ...]:
    return tuple(dice.choice(options) for options in fields)


def _list_batches() -> Iterator[Act]:
    """Give many different batches."""
    dice = Random(1)
    for _ in range(_BATCH_WEIGHT * _SHARE):
        lines = [_choose(dice, *ROW) for _ in range(dice.choice((1, 2, 2, 3, 4)))]
        yield "batch", *_choose(dice, *_BATCH), lines


@cache
def list_acts() -> Sequence[Act]:
    """List all acts that can be drawn, each as often as it should come."""
    table = [_NOTHING] * (_NOTHING_WEIGHT * _SHARE) + list(_list_batches())
    for kind, weight, fields in _OTHERS:
        possible = list(product((kind,), *fields))
        size = weight * _SHARE
        table += [possible[place * len(possible) // size] for place in range(size)]
    return table


def _read(raw: bytes) -> list[Act]:
    """Look a history's acts up."""
    table = list_acts()
    found = [table[int.from_bytes(raw[place : place + 2], "big") % len(table)] for place in range(0, len(raw), 2)]
    return [act for act in found if act]


# Hypothesis draws only bytes, two an act. Out of lists and choices it would make five near copies of each history that
# it drew, copying what equal strategies drew over one another; and drawing field by field costs more than the ledger.
histories = st.binary(min_size=2 * HISTORY_MAX, max_size=2 * HISTORY_MAX).map(_read)


# ---- in words


def tell(history: History) -> str:
    """Tell a history, one numbered sentence an act."""
    return "\n".join(f"{number:2}. {_WORDS[act[0]](*act[1:])}" for number, act in enumerate(history, start=1))


def _tell_batch(way: str, programme: str, period: str, lie: str, lines: Sequence[Sequence[Any]]) -> str:
    said = "; ".join(f"{number}) {_tell_row(*row)}" for number, row in enumerate(lines, start=1))
    manner = {"whole": "", "half": " (header only)"}.get(way, f" ({way})")
    return f"batch of {programme} {period}{manner}{', with ' + lie if lie else ''}: {said}"


def _tell_row(who: int, payee: int, amount: str, milli: int, account: int) -> str:
    collected = "" if payee == HIMSELF else f" collected by person {payee}"
    quantity = "" if milli == 1000 else f" of {milli}/1000 units"
    stated_account = "" if account == NOT_STATED else f", stated account {account}"
    return f"person {who}{collected}, amount {amount}{quantity}{stated_account}"


def _tell_review(key: str, action: str, pick: int, extent: str) -> str:
    lines = {"one": "the", "all": "all lines like the", "odd": "lines 1, 9, 1 beside the"}[extent]
    return f"{key} sends {action} for {lines} line #{pick} that fits"


def _tell_clear(pick: int, extent: str, confirmer: str) -> str:
    return f"{_tell_review('reviewer', 'clear', pick, extent)}, {_tell_confirmer(confirmer)}"


def _tell_release(pick: int, lie: str, confirmer: str) -> str:
    wrong = f" with a wrong {lie}" if lie else ""
    return f"clerk releases batch #{pick} that has ready lines{wrong}, {_tell_confirmer(confirmer)}"


def _tell_confirmer(confirmer: str) -> str:
    return {"": "nobody confirms", "late": "approver confirms after the next act"}.get(
        confirmer, f"{confirmer} confirms"
    )


def _tell_relation(payee: int, who: int, from_on: str, to_on: str, update: str) -> str:
    manner = {"delta": "too", "full": "alone", "old": "alone, by an old register"}[update]
    return f"register: person {payee} may collect for person {who} {manner}, {from_on} to {to_on or 'open'}"


def _tell_choice(who: int, account: int, holder: int) -> str:
    whose = "his" if holder == HIMSELF else f"person {holder}'s"
    return f"person {who} designates {whose} account {account}"


def _tell_wait(hours: int, *, tick: bool) -> str:
    return f"the clock moves by {hours} hours{' and ticks' if tick else ''}"


_WORDS: Mapping[str, Callable[..., str]] = {
    "batch": _tell_batch,
    "clear": _tell_clear,
    "release": _tell_release,
    "review": _tell_review,
    "death": lambda who, day: f"register: person {who} died on {day}",
    "relation": _tell_relation,
    "household": lambda who, home: f"register: person {who} lives in household {home}",
    "choice": _tell_choice,
    "wait": lambda hours, tick: _tell_wait(hours, tick=tick),
    "repeat": lambda earlier: f"document #{earlier} comes again",
    "conflict": lambda same, earlier: f"other content under the {same} of document #{earlier}",
    "offer": lambda earlier: f"early document #{earlier} is offered again",
    "confirm": lambda key, waiting: f"{key} confirms document #{waiting} that waits for it",
    "crash": lambda how: {
        "snapshot": "the program stops and starts from a snapshot",
        "inside": "the program stops between header and part of the next document",
        "replay": "the program stops and replays all commands",
    }[how],
}
