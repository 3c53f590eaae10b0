"""For each line rule a slice of two lines of which only the first is hit, and by this rule only (R42 hits both)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from consolidator.facts.accounts import Card, CensusAccount
from consolidator.facts.lines import FAILED, derive_place
from consolidator.facts.programmes import RuleSetting
from consolidator.facts.registers import Official
from consolidator.facts.state import State
from consolidator.rules.running import Hits
from tests.support.designating import redesignate
from tests.support.world import START, VILLAGE, make_account, make_id
from tests.unit.rules.desk import PEOPLE, PROGRAMME, make_batch, make_state, run

PERSON, OTHER = PEOPLE[:2]
DAY = 86_400
DATED = {"snapshot_on": "2026-10-31"}
YOUNG = make_id(240_000)  # born in 1980, everybody else in 1960
FOREIGN = "001199196001010019"
Columns = Mapping[str, Any]


@dataclass(frozen=True)
class Case:
    """A guilty line: its level, the evidence, who it is, and the programme it is about."""

    level: str
    evidence: Mapping[str, Any] = field(default_factory=dict)
    person: str = PERSON
    programme: Mapping[str, Any] = field(default_factory=dict)
    items: tuple[int, ...] = (0,)


def _give_papers(state: State, person: str) -> None:
    registers = state.registers
    registers.population[person] = msgspec.structs.replace(registers.population[PERSON], id=person)
    registers.library[person] = VILLAGE
    state.designations[person] = state.designations[PERSON]


def _prepare_region(state: State) -> Columns:
    _give_papers(state, FOREIGN)
    return {}


def _prepare_name(state: State) -> Columns:
    return {"beneficiary_name": ["李四", state.registers.population[OTHER].name]}


def _prepare_library(state: State) -> Columns:
    del state.registers.library[PERSON]
    return {}


def _prepare_village(_: State) -> Columns:
    return {"village": ["511112001002", VILLAGE]}


def _prepare_death(state: State) -> Columns:
    state.registers.deaths[PERSON] = "2020-01-01"
    return {}


def _prepare_salary(state: State) -> Columns:
    state.registers.payroll[PERSON] = "县农业农村局"
    return {}


def _prepare_office(state: State) -> Columns:
    state.registers.officials[PERSON] = Official(VILLAGE, "会计")
    return {}


def _prepare_relative(state: State) -> Columns:
    state.registers.relatives[PERSON] = PEOPLE[5]
    return {}


def _state_fault(status: str) -> Callable[[State], Columns]:
    def prepare(state: State) -> Columns:
        account = state.designations[PERSON].account
        state.faults[account] = status
        state.accounts[account] = CensusAccount(PERSON, Card("402", "", "self", (), status, "2026-10-15"))
        return {}

    return prepare


def _prepare_rerouting(_: State) -> Columns:
    return {"account": [make_account(77), None]}


def _prepare_change(state: State) -> Columns:
    redesignate(state, PERSON, "402", make_account(50), "", START - DAY, START - DAY)
    return {}


def _prepare_exclusion(state: State) -> Columns:
    state.policy.programmes["FOREST"] = msgspec.structs.replace(PROGRAMME, id="FOREST")
    state.claims.entitlements = {"FOREST": {"2026-11": {PERSON: 0}}}
    return {}


def _pay(fen: int) -> Callable[[State], Columns]:
    return lambda _: {"amount_fen": [fen, 10_000]}


def _prepare_age(state: State) -> Columns:
    _give_papers(state, YOUNG)
    return {}


def _prepare_machine(_: State) -> Columns:
    return {"plot": [None, "M-1"]}


def _prepare_publicity(_: State) -> Columns:
    return {"publicity_until": ""}


def _prepare_collection(_: State) -> Columns:
    return {"payee_id": [PEOPLE[5], OTHER]}


def _prepare_rounds(state: State) -> Columns:
    """Correct a line of the third try, which the first line corrects, and one of the second, which the other does."""
    state.batches = [make_batch(index, states=bytearray([FAILED])) for index in range(3)]
    for index in (1, 2):
        state.batches[index].corrects[1] = derive_place(index - 1, 1)
    state.batch_index = {f"bank-402/B-{index}": index for index in range(3)}
    return {"source_line": ["bank-402/B-2/1", "bank-402/B-1/1"]}


CASES: Mapping[str, Case] = {
    "R01": Case("blue", person=FOREIGN),
    "R02": Case("red", {**DATED, "registered_name": "示例一"}),
    "R03": Case("red", DATED),
    "R04": Case("orange", {**DATED, "registered_village": VILLAGE}),
    "R05": Case("red", {**DATED, "died_on": "2020-01-01", "period_start": "2026-01-01"}),
    "R07": Case("red", {**DATED, "employer": "县农业农村局"}, programme={"bars_payroll": True}),
    "R08": Case("yellow", {**DATED, "position": "会计"}),
    "R09": Case("yellow", {**DATED, "official_id": PEOPLE[5]}),
    "R12": Case("red", {"status": "mismatch", "checked_on": "2026-10-15"}),
    "R13": Case("blue"),
    "R14": Case("orange", {"changes": 1, "last_days_ago": 1}),
    "R19": Case("orange", {"has": ["FOREST 2026-11"]}, programme={"excludes": ["FOREST"]}),
    "R21": Case("red", {"standard_fen": 10_000, "quantity_milli": 1000}),
    "R22": Case("orange", {"standard_fen": 10_000, "quantity_milli": 1000}),
    "R33": Case("red", {"born_after": "", "born_until": "19761231"}, YOUNG, {"age_min": 50}),
    "R35": Case("orange", programme={"unit": "machine"}),
    "R38": Case("orange", {"limit_fen": 10_000}, programme={"standard_fen": None, "line_max_fen": 10_000}),
    "R42": Case("orange", {"publicity_until": "", "day": "2026-11-01"}, items=(0, 1)),
    "R46": Case("orange", {"status": "dormant", "checked_on": "2026-10-15"}),
    "R48": Case("yellow", {"round": 3}),
    "R54": Case("orange", {**DATED, "day": "2026-11-01"}),
}
_PREPARE: Mapping[str, Callable[[State], Columns]] = {
    "R01": _prepare_region,
    "R02": _prepare_name,
    "R03": _prepare_library,
    "R04": _prepare_village,
    "R05": _prepare_death,
    "R07": _prepare_salary,
    "R08": _prepare_office,
    "R09": _prepare_relative,
    "R12": _state_fault("mismatch"),
    "R13": _prepare_rerouting,
    "R14": _prepare_change,
    "R19": _prepare_exclusion,
    "R21": _pay(10_001),
    "R22": _pay(9_999),
    "R33": _prepare_age,
    "R35": _prepare_machine,
    "R38": _pay(10_001),
    "R42": _prepare_publicity,
    "R46": _state_fault("dormant"),
    "R48": _prepare_rounds,
    "R54": _prepare_collection,
}


def make_guilty(
    code: str,
    odd: Mapping[int, tuple[str, str]] | None = None,
    programme: Mapping[str, Any] | None = None,
    **settings: RuleSetting,
) -> Hits:
    """Run the rules over the slice of a code's case, also about another programme."""
    state = make_state(**settings)
    case = CASES[code]
    columns = _PREPARE[code](state)
    asked = msgspec.structs.replace(PROGRAMME, **(case.programme if programme is None else programme))
    return run(state, [case.person, OTHER], odd=odd, programme=asked, **columns)
