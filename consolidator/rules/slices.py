"""Owns the slice a rule looks at: the columns of one part, with what the ledger knows looked up once per column."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from consolidator.facts.accounts import Designation, find_all_payable
from consolidator.facts.lines import Batch
from consolidator.facts.programmes import Programme
from consolidator.facts.registers import Person
from consolidator.facts.state import State, find_setting
from consolidator.rules.catalogue import CATALOGUE
from schemas.instants import derive_day, derive_period_start
from schemas.parts import BatchPart, Parsed

RESIDENT = "resident"


@dataclass(frozen=True, slots=True)
class Slice:
    """Up to 1,000 lines of one batch. Sequences have one item a line; ``first_line`` is the line number of item 0.

    ``odd`` maps an item to the field that has a wrong shape: such a line is refused, and rules pass over it.
    ``beneficiaries`` are all IDs of ``beneficiary_id``: most rules first ask whether any of them is in a table at all.
    ``designations`` are those that may be paid to now.
    """

    state: State
    programme: Programme
    period: str
    period_start: str
    publicity_until: str
    day: str
    first_line: int
    columns: BatchPart
    odd: Mapping[int, tuple[str, str]]
    amount_fen: Sequence[int]
    beneficiary_id: Sequence[str]
    beneficiaries: frozenset[str]
    payee_id: Sequence[str]
    payee_name: Sequence[str]
    persons: Sequence[Person | None]
    designations: Sequence[Designation | None]

    def __len__(self) -> int:
        """Count the lines."""
        return len(self.beneficiary_id)


def build_slice(state: State, batch: Batch, first_line: int, parsed: Parsed[BatchPart]) -> Slice:
    """Look up, once per column, what rules and routing need to know at the ledger's time."""
    columns = parsed.columns
    persons = list(map(state.registers.population.get, columns.beneficiary_id))
    # The register's own objects: claims then share them.
    pairs = zip(persons, columns.beneficiary_id, strict=True)
    beneficiary_id = [value if person is None else person.id for person, value in pairs]
    payee_id = columns.payee_id or beneficiary_id
    return Slice(
        state=state,
        programme=state.policy.programmes[batch.programme],
        period=batch.period,
        period_start=derive_period_start(batch.period),
        publicity_until=batch.publicity_until,
        day=derive_day(state.now),
        first_line=first_line,
        columns=columns,
        odd=parsed.refused,
        amount_fen=batch.fen[first_line - 1 : first_line - 1 + len(columns)].tolist(),
        beneficiary_id=beneficiary_id,
        beneficiaries=frozenset(beneficiary_id),
        payee_id=payee_id,
        payee_name=columns.payee_name or columns.beneficiary_name,
        persons=persons,
        designations=find_all_payable(map(state.designations.get, payee_id), state.now),
    )


def find_parameter(state: State, code: str, name: str) -> int:
    """Give a rule's threshold: the county's, else the catalogue's."""
    return find_setting(state, code).parameters.get(name, CATALOGUE[code].parameters[name])


def find_in(part: Slice, table: Mapping[str, object]) -> Sequence[int]:
    """Give the items whose beneficiary is in a table; usually none is, which costs one look at the set."""
    if table.keys().isdisjoint(part.beneficiaries):
        return ()
    return [item for item, value in enumerate(part.beneficiary_id) if value in table]


def find_payees_in(part: Slice, table: Mapping[str, object]) -> Sequence[int]:
    """Give the items whose payee is in a table."""
    if part.payee_id is part.beneficiary_id:
        return find_in(part, table)
    return [item for item, value in enumerate(part.payee_id) if value in table]


def is_resident(part: Slice, item: int) -> bool:
    """Say whether a line's beneficiary is a person, not a firm; whom the population has is one, whatever is stated."""
    types = part.columns.beneficiary_id_type
    return types is None or types[item] == RESIDENT or part.persons[item] is not None
