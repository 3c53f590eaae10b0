"""Owns the slice a rule looks at: the columns of one part, with what the ledger knows looked up once per column."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from consolidator.facts.accounts import Designation, find_all_current
from consolidator.facts.programmes import Programme
from consolidator.facts.registers import Person
from consolidator.facts.state import State
from schemas.instants import derive_day, derive_period_start
from schemas.parts import BatchPart, Parsed

RESIDENT = "resident"


@dataclass(frozen=True, slots=True)
class Slice:
    """Up to 1,000 lines of one batch. Sequences have one item a line; ``first_line`` is the line number of item 0.

    ``odd`` maps an item to the field that has a wrong shape: such a line is refused, and rules pass over it.
    """

    state: State
    programme: Programme
    period: str
    period_start: str
    day: str
    first_line: int
    columns: BatchPart
    odd: Mapping[int, tuple[str, str]]
    beneficiary_id: Sequence[str]
    payee_id: Sequence[str]
    payee_name: Sequence[str]
    persons: Sequence[Person | None]
    designations: Sequence[Designation | None]

    def __len__(self) -> int:
        """Count the lines."""
        return len(self.beneficiary_id)


def build_slice(  # noqa: PLR0913, PLR0917 -- six facts from six places; a holder would be unpacked at once
    state: State, programme: Programme, period: str, first_line: int, parsed: Parsed[BatchPart], now: int
) -> Slice:
    """Look up, once per column, what rules and routing need to know at an instant."""
    columns = parsed.columns
    beneficiary_id = columns.beneficiary_id
    payee_id = columns.payee_id or beneficiary_id
    persons = list(map(state.registers.population.get, beneficiary_id))
    return Slice(
        state=state,
        programme=programme,
        period=period,
        period_start=derive_period_start(period),
        day=derive_day(now),
        first_line=first_line,
        columns=columns,
        odd=parsed.refused,
        beneficiary_id=beneficiary_id,
        payee_id=payee_id,
        payee_name=columns.payee_name or columns.beneficiary_name,
        persons=persons,
        designations=find_all_current(map(state.designations.get, payee_id), now),
    )
