"""Owns the files by which failed lines are corrected (更正重发): rows of the original file, each naming its line."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence

from consolidator.facts.accounts import find_current
from consolidator.facts.state import State
from consolidator.sample.registers import DESIGNATION_HEAD
from consolidator.sample.sheets import render_cover, render_csv
from schemas.money import parse_yuan, render_yuan

_NUMBER, _AMOUNT, _SOURCE_LINE = "序号", "金额(元)", "更正原明细"
Row = Mapping[str, str]
Choice = tuple[str, str, str, str]  # payee's ID, bank, account, branch number


def read_rows(raw: bytes) -> dict[int, Row]:
    """Read a batch file as :mod:`consolidator.sample.batch_files` writes it: line → its row."""
    rows = csv.DictReader(io.StringIO(raw.decode("utf-8-sig"), newline=""))
    return {int(row[_NUMBER]): row for row in rows}


def render_correction(
    original: tuple[bytes, bytes], document: str, sources: Mapping[int, str], more_fen: int = 0
) -> tuple[bytes, bytes]:
    """Write the batch that corrects lines of an earlier one, and its cover, from file and cover of that one.

    ``sources`` names the lines to correct, by their numbers; each gets its amount and ``more_fen`` on top.
    """
    raw, cover = original
    rows = read_rows(raw)
    amounts = {line: _read_fen(rows[line]) + more_fen for line in sources}
    chosen = [
        {**rows[line], _NUMBER: str(number), _AMOUNT: render_yuan(amounts[line]), _SOURCE_LINE: ref}
        for number, (line, ref) in enumerate(sources.items(), start=1)
    ]
    head = [*next(iter(rows.values())), _SOURCE_LINE]
    totals = {"编号": document, "总笔数": str(len(chosen)), "总金额(元)": render_yuan(sum(amounts.values()))}
    fields = dict(csv.reader(io.StringIO(cover.decode(), newline="")))
    return render_csv(head, [[row[name] for name in head] for row in chosen]), render_cover(fields | totals)


def _read_fen(row: Row) -> int:
    return parse_yuan(row[_AMOUNT])


def find_payee(row: Row) -> str:
    """Give the ID of whom a row pays: the beneficiary himself, unless it names somebody else."""
    return row["领款人身份证号"] or row["享受对象身份证号"]


def choose_other(state: State, payee: str) -> Choice | None:
    """Choose another one of a payee's cards: the first by number that no bank calls unusable and nobody else chose."""
    current = find_current(state.designations.get(payee), state.now)
    taken = {each.account for each in state.designations.values()}
    own = ((number, card) for number, card in sorted(state.accounts.items()) if card.holder == payee)
    free = ((number, card) for number, card in own if number not in taken and card.status in ("", "normal"))
    found = next(free, None)
    return None if current is None or found is None else (payee, found[1].bank, found[0], found[1].branch)


def render_choices(choices: Iterable[Choice]) -> bytes:
    """Write a town's file of changed designations."""
    rows: Sequence[Sequence[str]] = list(choices)
    return render_csv(DESIGNATION_HEAD, rows)
