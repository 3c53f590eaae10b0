"""Owns the order of the month: who sends what and when, from policy to the last release."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from consolidator.sample import timeline
from consolidator.sample.acts import (
    Act,
    list_announcements,
    list_dispositions,
    list_policy_acts,
    list_releases,
    list_reviews,
    list_second_releases,
)
from consolidator.sample.batch_files import render_batch
from consolidator.sample.county import County, Move
from consolidator.sample.desk import Desk
from consolidator.sample.keyring import REGISTER_SOURCE, TOWN_SOURCES
from consolidator.sample.people import Person, find_town, sort_people
from consolidator.sample.places import TOWN_NAMES
from consolidator.sample.registers import (
    REGISTER_NAMES,
    render_answers,
    render_census,
    render_designations,
    render_moves,
    render_registers,
)
from consolidator.sample.sheets import render_cover
from schemas.instants import derive_day


@dataclass(frozen=True, slots=True)
class Item:
    """A file that somebody sends at an instant. A legacy file has a cover sheet, a signed document has none."""

    at: int
    source: str
    name: str
    raw: bytes
    cover: bytes | None
    what: str


def tell(county: County, seed: int) -> Iterator[Item]:
    """Give every file of the month in its order. Batches' lines change their state as the story goes on."""
    desk = Desk(seed, county.registry.county)
    yield from _date_acts(timeline.POLICY, [*list_policy_acts(desk, county, seed), *list_announcements(desk)])
    yield from _send_registers(county)
    yield from _send_towns(county)
    yield _send_answers(county)
    yield from _send_batches(county)
    yield from _date_acts(timeline.REVIEWS, [*list_reviews(desk, county), *list_dispositions(desk, county)])
    yield from _send_moves(county)
    yield from _date_acts(timeline.RELEASES, list_releases(desk, county))
    yield from _date_acts(timeline.SECOND_RELEASES, list_second_releases(desk, county))


def _date_acts(days: Sequence[int], acts: Sequence[Act]) -> Iterator[Item]:
    for at, act in zip(timeline.spread(days, len(acts)), acts, strict=True):
        yield Item(at, act.source, f"{act.id}.jsonl", act.raw, None, act.what)


def _send_registers(county: County) -> Iterator[Item]:
    files = render_registers(county)
    for at, (name, raw) in zip(timeline.spread(timeline.REGISTERS, len(files)), files.items(), strict=True):
        document = f"REG-{name.upper()}-20261102"
        fields = {
            "编号": document,
            "登记册": REGISTER_NAMES[name],
            "更新方式": "全量",
            "截至日期": timeline.SNAPSHOT_ON,
        }
        what = f"登记册:{REGISTER_NAMES[name]} / register: {name}"
        yield Item(at, REGISTER_SOURCE[name], f"register_{name}_20261102.csv", raw, render_cover(fields), what)


def _send_towns(county: County) -> Iterator[Item]:
    """Send each town's census on one day, and each town's designations on the next."""
    towns: list[list[Person]] = [[] for _ in TOWN_NAMES]
    for person in sort_people(county.registry.people):
        towns[find_town(person)].append(person)
    for town, (at, people) in enumerate(zip(timeline.spread(timeline.CENSUS, len(towns)), towns, strict=True)):
        cover = render_cover({"编号": f"CENSUS-{town + 1:02d}-20261101", "截至日期": "2026-11-01"})
        what = f"持卡台账:{TOWN_NAMES[town]} / card census"
        source = TOWN_SOURCES[town]
        yield Item(at, source, f"census_{source}_20261101.csv", render_census(people), cover, what)
    for town, (at, people) in enumerate(zip(timeline.spread(timeline.DESIGNATIONS, len(towns)), towns, strict=True)):
        what = f"指定账户:{TOWN_NAMES[town]} / designations"
        yield _make_designations(at, town, "20261105", render_designations(people), what)


def _send_answers(county: County) -> Item:
    """Send the village bank's answer to the verification list."""
    (at,) = timeline.spread(timeline.ANSWERS, 1)
    cover = render_cover({"编号": "VERIFY-402-20261105", "截至日期": "2026-11-05"})
    raw = render_answers(sort_people(county.registry.people))
    return Item(at, "bank-402", "verification_402_20261105.csv", raw, cover, "核验清单:银行答复 / a bank's answers")


def _make_designations(at: int, town: int, day: str, raw: bytes, what: str) -> Item:
    source = TOWN_SOURCES[town]
    cover = render_cover({"编号": f"DESIG-{town + 1:02d}-{day}"})
    return Item(at, source, f"designations_{source}_{day}.csv", raw, cover, what)


def _send_batches(county: County) -> Iterator[Item]:
    for at, batch in zip(timeline.spread(timeline.BATCHES, len(county.batches)), county.batches, strict=True):
        name, raw, cover = render_batch(batch, county.registry.county, derive_day(at))
        yield Item(at, batch.source, name, raw, cover, f"批次:{batch.programme.name} {batch.period} / batch")


def _send_moves(county: County) -> Iterator[Item]:
    """Send changes of account, one file a town; from now on the payees' designated account is the new one."""
    towns: dict[int, list[Move]] = {}
    for move in county.moves:
        towns.setdefault(find_town(move.payee), []).append(move)
    for at, (town, moves) in zip(timeline.spread(timeline.MOVES, len(towns)), sorted(towns.items()), strict=True):
        yield _make_designations(at, town, "20261113", render_moves(moves), "变更指定账户 / designations changed")
