"""What the rules' tests share: a state where nobody is conspicuous, and slices of lines to look at."""

from collections.abc import Mapping, Sequence
from typing import Any

from consolidator.facts.accounts import Designation
from consolidator.facts.programmes import Programme, RuleSetting
from consolidator.facts.registers import Person, Snapshot
from consolidator.facts.state import State
from consolidator.rules.running import Hits, run_line_rules
from consolidator.rules.slices import Slice, build_slice
from schemas.parts import BatchPart, Parsed
from tests.support.world import COUNTY, ORIGIN, START, VILLAGE, make_account, make_id, make_name

PEOPLE = [make_id(number) for number in range(8)]
FIRM = "91350100M000100Y43"
REGISTERS = ("population", "library", "relations", "deaths", "officials", "relatives")
PROGRAMME = Programme(
    id="FARM",
    name="耕地地力保护补贴",
    short_name="地力补贴",
    cycle="year",
    unit="person",
    standard_fen=10_000,
    paying_banks=["402"],
    agent_bank="402",
    universal=False,
    review_window_hours=72,
)


def make_state(**settings: RuleSetting) -> State:
    """Make a county of eight people, two a household, each with a card; every register is filled.

    ``settings`` are rule settings by code.
    """
    state = State(COUNTY, ORIGIN, [], now=START)
    state.policy.rules = dict(settings)
    registers = state.registers
    registers.snapshots = {name: Snapshot("2026-10-31", "bureau", f"reg-{name}") for name in REGISTERS}
    for number, identity in enumerate(PEOPLE):
        registers.population[identity] = Person(identity, make_name(number), f"H{number // 2}", VILLAGE)
        state.designations[identity] = [Designation(1, "402", make_account(number), "", 0, 0)]
    registers.library = dict.fromkeys([*PEOPLE, FIRM], VILLAGE)
    return state


def name_of(state: State, identity: str) -> str:
    """Give the registered name, or one that nobody has."""
    person = state.registers.population.get(identity)
    return "某甲" if person is None else person.name


def make_slice(
    state: State,
    ids: Sequence[str],
    *,
    programme: Programme = PROGRAMME,
    period: str = "2026",
    odd: Mapping[int, tuple[str, str]] | None = None,
    **columns: Any,  # noqa: ANN401 -- any column of a batch
) -> Slice:
    """Make a slice: 100 yuan each, under the registered name, unless said."""
    rows: dict[str, Any] = {
        "beneficiary_id": list(ids),
        "beneficiary_name": [name_of(state, identity) for identity in ids],
        "amount_fen": [10_000] * len(ids),
    } | columns
    if "payee_id" in rows:
        rows.setdefault("payee_name", [name_of(state, identity) for identity in rows["payee_id"]])
    part = BatchPart(**rows)
    return build_slice(state, programme, period, 1, Parsed(part, range(len(part)), odd or {}), state.now)


def run(state: State, ids: Sequence[str], **more: Any) -> Hits:  # noqa: ANN401 -- as for make_slice
    """Run all line rules over a slice."""
    return run_line_rules(make_slice(state, ids, **more))


def findings_of(state: State, identity: str, **more: Any) -> list[str]:  # noqa: ANN401 -- as for make_slice
    """Give the findings of one line of one person; single values stand for their column."""
    columns = {name: value if name in {"programme", "period", "odd"} else [value] for name, value in more.items()}
    return run(state, [identity], **columns).findings.get(0, [])
