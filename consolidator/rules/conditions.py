"""R07 R19 R33 R42: what a programme asks of its beneficiaries and of its list: payroll, exclusions, age, publicity."""

from collections.abc import Iterator, Mapping, Sequence

from consolidator.facts.state import State
from consolidator.rules.slices import Slice, find_in, is_resident
from schemas.instants import derive_period_end, derive_period_start

EXCLUDED = "R19"
_BIRTH = slice(6, 14)  # of a resident ID (GB 11643)


def find_salaried(part: Slice) -> Sequence[int]:
    """R07: the beneficiary is on the public payroll."""
    return find_in(part, part.state.registers.payroll)


def find_wrong_ages(part: Slice) -> Sequence[int]:
    """R33: too young on the last day of the period, or too old on its first. A firm has no age."""
    earliest, latest = find_births(part)
    births = [value[_BIRTH] for value in part.beneficiary_id]
    if earliest < min(births) and max(births) <= latest:
        return ()
    return [item for item, born in enumerate(births) if not earliest < born <= latest and is_resident(part, item)]


def find_births(part: Slice) -> tuple[str, str]:
    """Give the births between which a beneficiary is of age, the first excluded, the last included: ``YYYYMMDD``."""
    start, end = derive_period_start(part.period), derive_period_end(part.period)
    age_min, age_max = part.programme.age_min, part.programme.age_max
    latest = "99999999" if age_min is None else _go_back(end, age_min)
    earliest = "" if age_max is None else _go_back(start, age_max + 1)
    return earliest, latest


def _go_back(day: str, years: int) -> str:
    return f"{int(day[:4]) - years:04d}{day[5:7]}{day[8:]}"


def find_excluded(part: Slice) -> Sequence[int]:
    """R19: the beneficiary holds an entitlement of an excluded programme for an overlapping period."""
    hits: set[int] = set()
    for _, _, held in _list_rivals(part):
        hits.update(find_in(part, held))
    return sorted(hits)


def find_rivals(part: Slice, item: int) -> list[str]:
    """Name what the beneficiary has already: ``programme period``."""
    beneficiary = part.beneficiary_id[item]
    return [f"{programme} {period}" for programme, period, held in _list_rivals(part) if beneficiary in held]


def _list_rivals(part: Slice) -> Iterator[tuple[str, str, Mapping[str, int]]]:
    """Give the overlapping periods of excluded programmes with those who hold something in them."""
    claims = part.state.claims
    start, end = part.period_start, derive_period_end(part.period)
    for programme in list_excluded(part.state, part.programme.id):
        by_unit = claims.holders if programme in claims.holders else claims.entitlements
        for period, held in sorted(by_unit.get(programme, {}).items()):
            if derive_period_start(period) <= end and start <= derive_period_end(period):
                yield programme, period, held


def list_excluded(state: State, programme: str) -> Sequence[str]:
    """Give the programmes that exclude this one or are excluded by it."""
    others = state.policy.programmes
    excludes = others[programme].excludes
    return sorted(name for name, other in others.items() if name in excludes or programme in other.excludes)


def find_unpublished(part: Slice) -> Sequence[int]:
    """R42: the list never hung, or still hangs today."""
    return range(len(part)) if not part.publicity_until or part.publicity_until >= part.day else ()
