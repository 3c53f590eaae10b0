"""Owns what the sample's banks say became of their orders: nearly all are paid, and each other end comes at least once.

Made up from the seed, so the same orders always get the same answers. Days: see :mod:`consolidator.sample.timeline`.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from bank_adapters.profiles import find_results_profile, load_profiles
from bank_adapters.simulator.answers import Answer, render_results
from consolidator.sample import timeline
from consolidator.sample.dice import Dice
from schemas.errors import InvariantError
from schemas.identifiers import derive_order_id
from schemas.instants import derive_day
from schemas.orders import OrderColumns, OrderFile, find_paying_bank, parse_order_part
from streams.journal import Journal

FAILED_SHARE = 200  # one order of so many fails, and at least
FAILED_MIN = 3
_CLOSED = ("account_state", "账户已销户")
_NAME_DIFFERS = ("payee_data", "户名不符")
_NO_ANSWER = ("ambiguous", "已受理待确认")
_CAME_BACK = ("return", "账户已销户退回")
_TOO_MUCH_FEN = 100  # by so much one bank's amount differs from its order

Orders = tuple[OrderFile, Sequence[OrderColumns]]
Place = tuple[int, int]  # order file, and order in it


@dataclass(frozen=True, slots=True)
class ResultFile:
    """A result file that a bank sends at an instant."""

    at: int
    source: str
    name: str
    raw: bytes


@dataclass(frozen=True, slots=True)
class _Cast:
    """Which orders end in another way than being paid on the first day."""

    closed: frozenset[Place]
    misnamed: frozenset[Place]
    unknown: Place
    returned: Place
    differing: Place


def read_orders(journal: Journal, files: Iterable[OrderFile]) -> list[Orders]:
    """Give order files that a journal holds, each with the parts of its list."""
    return [(file, [parse_order_part(part.body) for part in journal.order_parts(file.file)]) for file in files]


def answer_orders(orders: Sequence[Orders], seed: int) -> Iterator[ResultFile]:
    """Give the banks' result files in their order: on the first day one for each order file, on the next what is new.

    An order whose end is not known on the first day is paid on the next, when another one that was paid comes back.
    """
    files = [_list_answers(file, parts) for file, parts in orders]
    cast = _cast([(file, number) for file, answers in enumerate(files) for number in range(len(answers))], seed)
    if cast is None:
        return
    first = [[_answer(cast, (file, number), each) for number, each in enumerate(of)] for file, of in enumerate(files)]
    names = [file.file for file, _ in orders]
    told = [(*pair, "") for pair in zip(names, first, strict=True)]
    yield from _render(timeline.spread(timeline.RESULTS, len(told)), told)
    later = [
        (names[cast.unknown[0]], [files[cast.unknown[0]][cast.unknown[1]]], ".2"),
        (names[cast.returned[0]], [_end(files[cast.returned[0]][cast.returned[1]], "returned", _CAME_BACK)], ".3"),
    ]
    yield from _render(timeline.spread(timeline.LATE_RESULTS, len(later)), later)


def credit_orders(orders: Sequence[Orders], at: int) -> Iterator[ResultFile]:
    """Give the banks' result files that say of every order, at an instant, that it is paid."""
    told = [(file.file, _list_answers(file, parts), "") for file, parts in orders]
    yield from _render([at] * len(told), told)


def _list_answers(file: OrderFile, parts: Sequence[OrderColumns]) -> list[Answer]:
    """Say of every order of a file that it is paid."""
    return [
        Answer(_name(file, line, round_), account, name, fen, "credited", *[""] * 4)
        for part in parts
        for line, round_, account, name, fen in zip(
            part.line, part.list_rounds(), part.account, part.name, part.amount_fen, strict=True
        )
    ]


def _name(file: OrderFile, line: int, round_: int) -> str:
    return derive_order_id(file.county, file.source, file.document, line, round_)


def _cast(places: Sequence[Place], seed: int) -> _Cast | None:
    """Choose who fails; None where there are too few orders for every end."""
    count = max(FAILED_MIN, len(places) // FAILED_SHARE)
    if len(places) < count + 3:
        return None
    unknown, returned, differing, *failed = Dice(seed, "bank answers").draw(places, count + 3)
    return _Cast(frozenset(failed[1:]), frozenset(failed[:1]), unknown, returned, differing)


def _answer(cast: _Cast, place: Place, answer: Answer) -> Answer:
    if place in cast.closed:
        return _end(answer, "failed", _CLOSED)
    if place in cast.misnamed:
        return _end(answer, "failed", _NAME_DIFFERS)
    if place == cast.unknown:
        return _end(answer, "unknown", _NO_ANSWER)
    return replace(answer, amount_fen=answer.amount_fen + _TOO_MUCH_FEN) if place == cast.differing else answer


def _end(answer: Answer, status: str, why: tuple[str, str]) -> Answer:
    return replace(answer, status=status, why=why[0], reason=why[1])


def _render(instants: Sequence[int], files: Sequence[tuple[str, Sequence[Answer], str]]) -> Iterator[ResultFile]:
    """Write files in their banks' layouts, each bank with serials of its own."""
    serials: dict[str, int] = {}
    for at, (file, answers, suffix) in zip(instants, files, strict=True):
        bank = find_paying_bank(file)
        layout, day, first = find_results_profile(bank, load_profiles()), derive_day(at), serials.get(bank, 0) + 1
        if layout is None or layout.answer_name is None:
            message = "every bank of the sample has a layout of results"
            raise InvariantError(message)
        serials[bank] = serials.get(bank, 0) + len(answers)
        told = [
            replace(answer, on=day, serial=f"{day[5:7]}{day[8:]}-{number:06d}")
            for number, answer in enumerate(answers, start=first)
        ]
        name = layout.answer_name.format(file=file + suffix)
        yield ResultFile(at, f"bank-{bank}", name, render_results(layout, told))
