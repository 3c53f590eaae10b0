"""Owns the cases that are one line each: what is wrong, and what only looks wrong. Each has people of its own."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from consolidator.sample.dice import Dice
from consolidator.sample.filling import make_line
from consolidator.sample.lines import Line, plant
from consolidator.sample.names import make_rare_name, misspell
from consolidator.sample.numbers import OLD_REGION
from consolidator.sample.people import ADULT_BORN, CHILD_BORN, VILLAGE_BANK, YOUTH_BORN, Person, Registry
from consolidator.sample.plan import Batch
from consolidator.sample.programmes import MEASURE_MAX

_EMPLOYERS = ("示例县第一中学", "示例县人民医院", "青禾镇人民政府")


@dataclass(slots=True)
class Cast:
    """Who makes the people of a case, the chance behind them, and the relations that make a collection lawful."""

    registry: Registry
    dice: Dice
    relations: list[tuple[Person, Person, str]]

    def choose_town(self, batch: Batch) -> int:
        """Give one of the batch's towns."""
        return self.dice.pick(batch.towns)

    def make_own(self, batch: Batch, person: Person) -> Line:
        """Make a person's own line."""
        return make_line(batch, person, person, self.dice)

    def make_adult(self, batch: Batch) -> Line:
        """Make the line of a new adult of one of the batch's towns."""
        return self.make_own(batch, self.registry.add_adult(self.choose_town(batch)))


@dataclass(frozen=True, slots=True)
class Case:
    """A kind of line: where it fits, and how it is made."""

    make: Callable[[Cast, Batch], Line]
    fits: Callable[[Batch], bool] = lambda _: True


def _make_dead(cast: Cast, batch: Batch) -> Line:
    line = cast.make_adult(batch)
    dice = cast.dice
    line.beneficiary.died_on = f"{dice.between(2023, 2025)}-{dice.between(1, 12):02d}-{dice.between(1, 28):02d}"
    return plant(line, ("R05",), "死亡人员领取 / paid to a dead person")


def _make_above_standard(cast: Cast, batch: Batch) -> Line:
    line = cast.make_adult(batch)
    quantity_milli = 1000 if line.quantity_milli is None else line.quantity_milli
    line.amount_fen = batch.programme.standard_fen * quantity_milli // 1000 + cast.dice.between(1, 9900)
    return plant(line, ("R21",), "超标准发放 / above the standard")


def _make_wrong_check(cast: Cast, batch: Batch) -> Line:
    line = cast.make_own(batch, cast.registry.make_stranger(cast.choose_town(batch)))
    return plant(line, ("R01", "R03"), "身份证校验位错误 / wrong check digit")


def _make_name_mismatch(cast: Cast, batch: Batch) -> Line:
    line = cast.make_adult(batch)
    line.name = misspell(line.beneficiary.name)
    return plant(line, ("R02",), "姓名与身份证不符 / name does not fit the ID")


def _make_unlisted(cast: Cast, batch: Batch) -> Line:
    line = cast.make_adult(batch)
    line.beneficiary.listed = False
    return plant(line, ("R03",), "不在补贴对象库 / not in the library")


def _make_moved_village(cast: Cast, batch: Batch) -> Line:
    line = cast.make_adult(batch)
    villages = cast.registry.villages[cast.choose_town(batch)]
    line.stated_village = next(village for village in villages if village != line.beneficiary.village)
    return plant(line, ("R04",), "村组不一致 / another village than the library's")


def _make_salaried(cast: Cast, batch: Batch) -> Line:
    line = cast.make_adult(batch)
    line.beneficiary.employer = cast.dice.pick(_EMPLOYERS)
    return plant(line, ("R07",), "财政供养人员违规享受 / on the public payroll")


def _make_below_standard(cast: Cast, batch: Batch) -> Line:
    line = cast.make_adult(batch)
    line.amount_fen -= cast.dice.between(1, line.amount_fen // 2)
    return plant(line, ("R22",), "低于标准(克扣) / below the standard")


def _make_too_young(cast: Cast, batch: Batch) -> Line:
    (youth,) = cast.registry.add_household(cast.choose_town(batch), [YOUTH_BORN])
    return plant(cast.make_own(batch, youth), ("R33",), "年龄条件不符 / too young for the programme")


def _make_huge(cast: Cast, batch: Batch) -> Line:
    line = cast.make_adult(batch)
    measure = cast.dice.between(2 * MEASURE_MAX, 4 * MEASURE_MAX)
    line.quantity_milli, line.amount_fen = measure * 1000, batch.programme.standard_fen * measure
    return plant(line, ("R38",), "单笔大额异常 / an unusual size")


def _make_answered(cast: Cast, batch: Batch, answer: str, code: str) -> Line:
    """Make a line whose payee's designated account is at the village bank, which says ``answer`` of it."""
    line = cast.make_adult(batch)
    payee = line.payee
    payee.designated, payee.answer = next(card for card in payee.cards if card.bank == VILLAGE_BANK), answer
    return plant(line, (code,), f"银行核验:{answer} / the bank's answer")


def _make_dormant(cast: Cast, batch: Batch) -> Line:
    return _make_answered(cast, batch, "睡眠", "R46")


def _make_foreign(cast: Cast, batch: Batch) -> Line:
    return _make_answered(cast, batch, "不符", "R12")


def _make_undesignated(cast: Cast, batch: Batch) -> Line:
    line = cast.make_adult(batch)
    line.beneficiary.designated = None
    return plant(line, ("R13",), "没有指定账户 / no designated account")


def _make_collected(cast: Cast, batch: Batch, births: Sequence[tuple[int, int]], word: str) -> Line:
    """Make a line that somebody collects for another: within a household (two births) or for a neighbour (one)."""
    town = cast.choose_town(batch)
    payee, *family = cast.registry.add_household(town, births)
    beneficiary = family[0] if family else cast.registry.add_adult(town)
    line = make_line(batch, beneficiary, payee, cast.dice)
    line.relation = word
    return line


def _make_without_mandate(cast: Cast, batch: Batch) -> Line:
    line = _make_collected(cast, batch, [ADULT_BORN], "代领")
    return plant(line, ("R54",), "代领无依据 / collector without a mandate")


def _make_with_mandate(cast: Cast, batch: Batch) -> Line:
    line = _make_collected(cast, batch, [ADULT_BORN], "委托")
    cast.relations.append((line.payee, line.beneficiary, "委托"))
    line.look_alike = "有委托的代领 / lawful collection with a mandate"
    return line


def _make_guarded(cast: Cast, batch: Batch) -> Line:
    line = _make_collected(cast, batch, [ADULT_BORN, CHILD_BORN], "监护")
    cast.relations.append((line.payee, line.beneficiary, "监护"))
    line.look_alike = "监护人代未成年人领款 / a minor's guardian"
    return line


def _make_month_before_death(cast: Cast, batch: Batch) -> Line:
    line = cast.make_adult(batch)
    line.beneficiary.died_on = "2026-11-02"
    line.look_alike = "死亡前月份的补贴 / payment for a month before death"
    return line


def _make_rare_name(cast: Cast, batch: Batch) -> Line:
    line = cast.make_adult(batch)
    line.beneficiary.name = make_rare_name(cast.dice)
    line.look_alike = "生僻字姓名 / a rare four-byte name"
    return line


def _make_old_region(cast: Cast, batch: Batch) -> Line:
    line = cast.make_own(batch, cast.registry.add_adult(cast.choose_town(batch), OLD_REGION))
    line.look_alike = "旧地区码身份证 / an ID with an old region code"
    return line


def _is_monthly(batch: Batch) -> bool:
    return batch.programme.cycle == "month"


def _knows_payees(batch: Batch) -> bool:
    """A bank's own file has one person a line; the bureau's has payee and beneficiary."""
    return batch.form == "bureau"


def _may_be_minors(batch: Batch) -> bool:
    return _knows_payees(batch) and batch.programme.unit == "person" and batch.programme.age_min is None


PLANTED = (
    Case(_make_dead),
    Case(_make_above_standard),
    Case(_make_wrong_check),
    Case(_make_name_mismatch),
    Case(_make_unlisted),
    Case(_make_undesignated),
    Case(_make_without_mandate, _knows_payees),
    Case(_make_moved_village, _knows_payees),
    Case(_make_salaried, lambda batch: batch.programme.bars_payroll),
    Case(_make_below_standard, lambda batch: batch.programme.measure != ""),
    Case(_make_too_young, lambda batch: batch.programme.age_min is not None),
    Case(_make_huge, lambda batch: batch.programme.measure != ""),
    Case(_make_dormant),
    Case(_make_foreign),
)
LOOK_ALIKES = (
    Case(_make_guarded, _may_be_minors),
    Case(_make_with_mandate, _knows_payees),
    Case(_make_month_before_death, _is_monthly),
    Case(_make_rare_name),
    Case(_make_old_region),
)
