"""Owns ordinary lines: right amounts for the right people. Nothing here is wrong about a line."""

from consolidator.sample.dice import Dice
from consolidator.sample.lines import Line
from consolidator.sample.people import VILLAGE_BANK, Card, Ordinary, Person
from consolidator.sample.plan import PLOTS_PER_HEAD, Batch
from consolidator.sample.programmes import Programme

_SHARES = (100, 100, 100, 80, 60)  # per cent of the standard that flat lines are paid
_QUANTITY_MILLI = 300, 8000
_PLOT_LENGTH = 2


def make_line(batch: Batch, beneficiary: Person, payee: Person, dice: Dice, plot: int = 1) -> Line:
    """Make a line as its programme wants it, at most at the standard, to one of the payee's old cards."""
    amount_fen, quantity_milli = _make_amount(batch.programme, dice)
    return Line(
        beneficiary,
        payee,
        amount_fen,
        choose_stated(batch, payee, dice),
        quantity_milli=quantity_milli,
        plot=f"DK{beneficiary.household[1:]}-{plot:0{_PLOT_LENGTH}d}" if batch.programme.unit == "plot" else "",
    )


def choose_stated(batch: Batch, payee: Person, dice: Dice) -> Card | None:
    """Give the card a file names: the sending bank's own, or any the department happens to have."""
    if batch.form == "bank":
        return next(card for card in payee.cards if card.bank == VILLAGE_BANK)
    return dice.pick(payee.cards)


def _make_amount(programme: Programme, dice: Dice) -> tuple[int, int | None]:
    if programme.measure:
        quantity_milli = dice.between(*_QUANTITY_MILLI) // 10 * 10
        return programme.standard_fen * quantity_milli // 1000, quantity_milli
    return programme.standard_fen * dice.pick(_SHARES) // 100, None


def draw_ordinary(batch: Batch, ordinary: Ordinary, count: int, dice: Dice) -> list[Line]:
    """Make ``count`` lines for different people of the batch's towns (different plots where plots are paid)."""
    unit = batch.programme.unit
    pools = ordinary.adults if unit == "person" else ordinary.heads
    plots = range(1, PLOTS_PER_HEAD + 1 if unit == "plot" else 2)
    pool = [(person, plot) for town in batch.towns for person in pools[town] for plot in plots]
    return [make_line(batch, person, person, dice, plot) for person, plot in dice.draw(pool, count)]


def note_old_programmes(batch: Batch) -> None:
    """Write onto the stated cards, for the census, that this programme used to be paid to them."""
    for line in batch.lines:
        if line.stated is not None and batch.programme.id not in line.stated.programmes:
            line.stated.programmes.append(batch.programme.id)
