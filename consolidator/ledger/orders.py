"""Owns the fixing of order files: one list per (batch, paying bank, release), cut into as many files as its bank needs.

Each file has its own number, its list in parts and one ``orders`` entry; an order's serial is its place in the list.
"""

from collections.abc import Iterator, Mapping, Sequence

from consolidator.facts.lines import ORDERED, Batch, derive_place, derive_round, note_ordered
from consolidator.facts.state import State
from consolidator.ledger.corrections import rebuild
from consolidator.ledger.emission import Emission
from consolidator.ledger.moves import check_conservation, describe_totals, find_bank, move_lines, settle
from consolidator.ledger.routing import find_branch
from consolidator.ledger.showing import show
from consolidator.rules.slices import Slice
from schemas.errors import invariant
from schemas.headers import PART_ITEMS_MAX
from schemas.orders import (
    OrderColumns,
    OrderFile,
    OrderPart,
    derive_file_id,
    render_order_commitment,
    render_order_part,
)
from schemas.quorum import NO_QUORUM


class OrderBook:
    """Collects the lines of one release, slice by slice, into one list per paying bank."""

    def __init__(self, state: State, batch: Batch) -> None:
        """Start an empty book for the batch's next release."""
        self._state = state
        self._batch = batch
        self._lists: dict[str, OrderColumns] = {}

    def add(self, part: Slice, items: Sequence[int]) -> None:
        """Add ready items of a slice at the account designated now, which is the assessed one."""
        banks = self._batch.banks[part.first_line - 1 : part.first_line - 1 + len(part)]
        for index in sorted({banks[item] for item in items}):
            chosen = [item for item in items if banks[item] == index]
            self._append(find_bank(self._state, self._batch, part.first_line + chosen[0]), part, chosen)

    def _append(self, bank: str, part: Slice, items: Sequence[int]) -> None:
        designations = [found for found in map(part.designations.__getitem__, items) if found is not None]
        invariant(len(designations) == len(items), "a ready line has a designation")
        paying = frozenset(part.programme.paying_banks)
        orders = self._lists.setdefault(
            bank, OrderColumns(account=[], amount_fen=[], bank=[], branch=[], line=[], name=[])
        )
        orders.account.extend([chosen.account for chosen in designations])
        orders.amount_fen.extend([part.amount_fen[item] for item in items])
        orders.bank.extend([chosen.terms.bank for chosen in designations])
        state = self._state
        orders.branch.extend(
            ["" if chosen.terms.bank in paying else find_branch(state, chosen) for chosen in designations]
        )
        lines = [part.first_line + item for item in items]
        orders.line.extend(lines)
        orders.round.extend(self._list_rounds(lines))
        orders.name.extend([part.payee_name[item] for item in items])

    def _list_rounds(self, lines: Sequence[int]) -> Sequence[int]:
        batch = self._batch
        if not batch.corrects:
            return bytes(len(lines))
        return [derive_round(self._state.batches, derive_place(batch.index, line)) for line in lines]

    def figures(self) -> list[tuple[str, int, int]]:
        """Give bank, count and fen of each list, by bank."""
        return [(bank, len(orders.line), sum(orders.amount_fen)) for bank, orders in sorted(self._lists.items())]

    def emit(self) -> Iterator[Emission]:
        """Order everything: parts of the lists slice by slice, each list's entry with its last part, then the batch."""
        batch = self._batch
        batch.releases += 1
        for bank, orders in sorted(self._lists.items()):
            limits = self._state.policy.banks[bank]
            sizes = cut_files(orders.amount_fen, limits.file_lines_max, limits.file_fen_max)
            first = 0
            for number, size in enumerate(sizes, start=1):
                yield from self._emit_file(bank, number, _cut(orders, first, size))
                first += size
        yield from rebuild(self._state, batch, self._list_accounts())
        if batch.state == "assessed":
            batch.state = "released"
        yield finish_batch(self._state, batch)

    def _list_accounts(self) -> Mapping[int, str]:
        """Give the account of each line that corrects another."""
        corrects = self._batch.corrects
        rows = (zip(orders.line, orders.account, strict=True) for orders in self._lists.values() if corrects)
        return {line: account for row in rows for line, account in row if line in corrects}

    def _emit_file(self, bank: str, number: int, orders: OrderColumns) -> Iterator[Emission]:
        count = len(orders.line)
        bodies = [render_order_part(_cut(orders, first, PART_ITEMS_MAX)) for first in range(0, count, PART_ITEMS_MAX)]
        header = self._describe_file(bank, number, orders, len(bodies))
        file = header.file
        for index, body in enumerate(bodies[:-1]):
            yield Emission(lines=PART_ITEMS_MAX, order_parts=[OrderPart(file, index, body)])
        last = Emission(lines=count - PART_ITEMS_MAX * (len(bodies) - 1))
        last.order_parts.append(OrderPart(file, len(bodies) - 1, bodies[-1]))
        move_lines(self._state, self._batch, orders.line, ORDERED)
        note_ordered(self._batch, orders.line, orders.account)
        fields = header.model_dump(exclude={"county", "summary", "ordered_at", "entry"})
        last.order_files.append((len(last.blocks), header))
        pinned = {} if self._state.policy.quorum == NO_QUORUM else {"county": header.county, "summary": header.summary}
        private = render_order_commitment(bodies, pinned)
        show(last, self._state, self._batch, {"kind": "orders", **fields}, private)
        yield last

    def _describe_file(self, bank: str, number: int, orders: OrderColumns, parts: int) -> OrderFile:
        state, batch = self._state, self._batch
        return OrderFile(
            file=derive_file_id(batch.source, batch.document, bank, batch.releases, number),
            county=state.county,
            source=batch.source,
            document=batch.document,
            programme=batch.programme,
            period=batch.period,
            bank=bank,
            release=batch.releases,
            number=number,
            summary=state.policy.programmes[batch.programme].short_name,
            count=len(orders.line),
            fen=sum(orders.amount_fen),
            parts=parts,
            ordered_at=state.now,
        )


def finish_batch(state: State, batch: Batch) -> Emission:
    """Check conservation after a change, and settle the batch when nothing in it can change any more."""
    check_conservation(batch)
    emission = Emission()
    if settle(batch):
        fields = {
            "kind": "batch",
            "source": batch.source,
            "document": batch.document,
            "state": "settled",
            "programme": batch.programme,
            "period": batch.period,
            "totals": describe_totals(batch),
        }
        show(emission, state, batch, fields)
    return emission


def cut_files(amounts_fen: Sequence[int], lines_max: int, fen_max: int) -> list[int]:
    """Cut a list into files within a bank's limits, in order: the number of lines of each.

    An amount above ``fen_max`` never becomes ready (H04), so every file has a line.

    >>> cut_files([40, 40, 40, 10], 3, 100)
    [2, 2]
    """
    if len(amounts_fen) <= lines_max and sum(amounts_fen) <= fen_max:
        return [len(amounts_fen)]
    sizes, lines, total_fen = [], 0, 0
    for fen in amounts_fen:
        if lines and (lines == lines_max or total_fen + fen > fen_max):
            sizes.append(lines)
            lines, total_fen = 0, 0
        lines += 1
        total_fen += fen
    return [*sizes, lines]


def _cut(orders: OrderColumns, first: int, size: int) -> OrderColumns:
    end = first + size
    return OrderColumns.model_construct(**{name: column[first:end] for name, column in orders})
