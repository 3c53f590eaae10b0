"""What the rules' tests share: a state where nobody is conspicuous, and slices of lines to look at."""

from array import array
from collections.abc import Mapping, Sequence
from typing import Any

from consolidator.facts.lines import LINE_STATES, Batch
from consolidator.facts.programmes import Programme, RuleSetting
from consolidator.facts.registers import Person, Snapshot
from consolidator.facts.state import State
from consolidator.rules.groups import GROUP_RULES, GroupHits, Roster, run_group_rule
from consolidator.rules.running import Hits, run_line_rules
from consolidator.rules.slices import Slice, build_slice
from schemas.parts import BatchPart, Parsed
from tests.support.designating import make_first
from tests.support.world import COUNTY, ORIGIN, START, VILLAGE, make_account, make_id, make_name

PEOPLE = [make_id(number) for number in range(8)]
FIRM = "91350100M000100Y43"
REGISTERS = ("population", "library", "relations", "deaths", "officials", "relatives", "payroll")
PUBLISHED_UNTIL = "2026-10-08"
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
    state.policy.programmes = {PROGRAMME.id: PROGRAMME}
    registers = state.registers
    registers.snapshots = {name: Snapshot("2026-10-31", "bureau", f"reg-{name}") for name in REGISTERS}
    for number, identity in enumerate(PEOPLE):
        registers.population[identity] = Person(identity, make_name(number), f"H{number // 2}", VILLAGE)
        state.designations[identity] = make_first("402", make_account(number), "", 0, 0)
    registers.library = dict.fromkeys([*PEOPLE, FIRM], VILLAGE)
    return state


def name_of(state: State, identity: str) -> str:
    """Give the registered name, or one that nobody has."""
    person = state.registers.population.get(identity)
    return "某甲" if person is None else person.name


def make_batch(index: int = 3, *, programme: Programme = PROGRAMME, **fields: Any) -> Batch:  # noqa: ANN401 -- any field of a batch
    """Make a batch of no lines; ``index`` is its place among the state's batches."""
    usual: dict[str, Any] = {
        "source": "bank-402",
        "document": f"B-{index}",
        "digest": "",
        "period": "2026",
        "township": "511112001",
        "control_count": 0,
        "control_fen": 0,
        "state": "open",
        "file": "",
        "plan_number": "PLAN-1",
        "publicity_until": PUBLISHED_UNTIL,
        "assessed_at": START,
        "states": bytearray(),
        "banks": bytearray(),
        "fen": array("q"),
        "sums": [[0, 0] for _ in LINE_STATES],
        "open": None,
    }
    return Batch(index=index, programme=programme.id, **(usual | fields))


def make_slice(  # noqa: PLR0913 -- a slice with its usual values
    state: State,
    ids: Sequence[str],
    *,
    programme: Programme = PROGRAMME,
    period: str = "2026",
    publicity_until: str = PUBLISHED_UNTIL,
    odd: Mapping[int, tuple[str, str]] | None = None,
    **columns: Any,  # noqa: ANN401 -- any column of a batch
) -> Slice:
    """Make a slice: 100 yuan each, under the registered name, unless said. The state gets to know the programme."""
    rows: dict[str, Any] = {
        "beneficiary_id": list(ids),
        "beneficiary_name": [name_of(state, identity) for identity in ids],
        "amount_fen": [10_000] * len(ids),
    } | columns
    if "payee_id" in rows:
        rows.setdefault("payee_name", [name_of(state, identity) for identity in rows["payee_id"]])
    part = BatchPart(**rows)
    state.policy.programmes[programme.id] = programme
    amounts = array("q", rows["amount_fen"])
    batch = make_batch(programme=programme, period=period, publicity_until=publicity_until, fen=amounts)
    return build_slice(state, batch, 1, Parsed(part, range(len(part)), odd or {}))


def run(state: State, ids: Sequence[str], **more: Any) -> Hits:  # noqa: ANN401 -- as for make_slice
    """Run all line rules over a slice."""
    return run_line_rules(make_slice(state, ids, **more))


OF_THE_SLICE = frozenset(("programme", "period", "publicity_until", "odd"))


def findings_of(state: State, identity: str, **more: Any) -> list[str]:  # noqa: ANN401 -- as for make_slice
    """Give the findings of one line of one person; single values stand for their column."""
    columns = {name: value if name in OF_THE_SLICE else [value] for name, value in more.items()}
    return run(state, [identity], **columns).findings.get(0, [])


def find_groups(code: str, roster: Roster) -> GroupHits:
    """Run one group rule."""
    rule = next(rule for rule in GROUP_RULES if rule.code == code)
    return run_group_rule(rule, roster, rule.group(roster))
