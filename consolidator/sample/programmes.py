"""Owns the sample county's 45 programmes (项目). Names follow the usual kinds of subsidy; standards are made up."""

from collections.abc import Sequence
from dataclasses import dataclass

_PERIODS = {
    "month": [f"2026-{month:02d}" for month in range(10, 0, -1)],
    "quarter": ["2026Q3", "2026Q2", "2026Q1"],
    "year": ["2026"],
}


@dataclass(frozen=True, slots=True)
class Programme:
    """A subsidy. ``measure`` names its quantity, empty where the standard is per line; the first bank is agent."""

    id: str
    name: str
    short_name: str
    department: str
    cycle: str
    unit: str
    standard_fen: int
    measure: str
    paying_banks: tuple[str, ...]
    universal: bool
    bars_payroll: bool = False
    age_min: int | None = None
    excludes: tuple[str, ...] = ()

    @property
    def line_max_fen(self) -> int | None:
        """What one line may come to: measured ones far less than a village's land."""
        return self.standard_fen * MEASURE_MAX if self.measure else None

    @property
    def periods(self) -> Sequence[str]:
        """Periods of 2026 that may be paid in November, the latest first."""
        return _PERIODS[self.cycle]


MEASURE_MAX = 20
_BARRED_TO_PAYROLL = frozenset(("RURAL-LOW", "FIVE-GUAR", "TEMP-AID", "CITY-LOW"))
_AGE_MIN = {"RURAL-PENSION": 18, "RANGER": 18, "CLEANER": 18}
_EXCLUDES = {"RELOCATE": ("HOME-REPAIR",)}
# id, name, short name, department, cycle, unit, standard in yuan, measure, paying banks, "u" where everybody gets it.
# The first seven carry the planted stories, also in the smallest county.
_TABLE = """
FARM-LAND|耕地地力保护补贴|地力补贴|agri|year|household|115|亩|402
RURAL-LOW|农村最低生活保障金|农村低保|civil|month|person|396||402 403
GRAIN-GREEN|退耕还林现金补助|退耕还林|forestry|year|plot|125|亩|102 402
RURAL-PENSION|城乡居民养老补助|养老补助|civil|month|person|50||402 103 403
HOME-REPAIR|农村危房改造补助|危房改造|housing|year|household|18000||105 402
BIRTH-AID|育儿补贴|育儿补贴|health|month|person|300||402 102
ORPHAN-AID|困境儿童基本生活费|困境儿童|civil|month|person|1100||403 402
GRAIN-GROW|实际种粮农民一次性补贴|种粮补贴|agri|year|household|16|亩|402 103
ROTATION|耕地轮作休耕补助|轮作休耕|agri|year|plot|150|亩|103 402
ECO-FOREST|生态公益林补偿|公益林|forestry|year|plot|16|亩|402
RICE-SUPPORT|稻谷目标价格补贴|稻谷补贴|agri|year|household|72|亩|402 105
FIVE-GUAR|特困人员供养金|特困供养|civil|month|person|715||402
FAMILY-PLAN|农村计生家庭奖励扶助|奖励扶助|health|quarter|person|240||402 403
AGED-80|八十周岁以上高龄津贴|高龄津贴|civil|quarter|person|150||403 102
FIRE-FREE|秸秆综合利用补助|秸秆利用|agri|quarter|plot|35|亩|402
RESERVOIR|大中型水库移民后期扶持|移民直补|water|quarter|person|150||103 402
TEACHER-OLD|原民办代课教师补助|民代教师|education|month|person|280||102 402
RANGER|生态护林员劳务补助|护林补助|forestry|month|person|600||402 102
CLEANER|村级保洁员补助|保洁补助|housing|month|person|500||402
VILLAGE-DOC|乡村医生补助|乡医补助|health|month|person|650||402 105
OLD-DOC|老年乡村医生生活补助|老年乡医|health|month|person|300||402
MARTYR|烈属定期抚恤金|定期抚恤|veterans|month|person|2100||102 403
SOLDIER-OLD|老年退役士兵生活补助|老兵补助|veterans|month|person|720||102 402
SOLDIER-FAM|义务兵家庭优待金|优待金|veterans|year|household|13500||102 105 402
BRIDGE-FUND|脱贫人口小额信贷贴息|小额贴息|rural|quarter|person|310||402
WORK-TRIP|脱贫劳动力跨省务工交通补助|交通补助|rural|year|person|400||402 403
RAIN-SCHOOL|雨露计划助学补助|雨露计划|rural|year|person|3000||402 105
SKILL|高素质农民培训补助|培训补助|agri|year|person|260||103 402
INSURE-AID|政策性农业保险保费补贴|保费补贴|agri|year|household|24|亩|402 103
OIL-CROP|油菜种植补贴|油菜补贴|agri|year|plot|50|亩|402
SOY-CORN|大豆玉米带状复合种植补贴|带状种植|agri|year|plot|200|亩|402 105
FISH-BAN|渔民禁捕过渡期补助|禁捕补助|agri|month|person|490||103 402
TOILET|农村户厕改造补助|户厕补助|housing|year|household|2000||402
DISASTER|受灾群众冬春生活救助|冬春救助|emergency|year|household|900||402 403
TEMP-AID|临时救助金|临时救助|civil|month|household|1200||402
CITY-LOW|城市最低生活保障金|城市低保|civil|month|person|560||105 402
FUNERAL|惠民殡葬补助|殡葬补助|civil|month|person|1400||402
STUDENT-AID|家庭困难学生生活补助|学生补助|education|quarter|person|425||102 402
MEAL-AID|营养改善计划补助|营养餐补|education|month|person|110||402|u
BOOK-AID|农家书屋管理员补助|书屋补助|culture|quarter|person|150||402
HERO-MUM|农村妇女体检补助|体检补助|health|year|person|60||403 402|u
FESTIVAL|春节慰问金|慰问金|civil|year|household|300||402 403 102|u
""".strip()
# These are paid only in short lists made for one story each.
_STORY_TABLE = """
MACHINE|农机购置与应用补贴|农机补贴|agri|year|machine|6000||402 103
RELOCATE|易地搬迁住房补助|易地搬迁|housing|year|household|20000||402 105
BATH-AID|失能老人助浴补助|助浴补助|civil|month|person|120||402
""".strip()


def _read_programme(row: str) -> Programme:
    code, name, short, department, cycle, unit, yuan, measure, banks, *universal = row.split("|")
    standard_fen = int(yuan) * 100
    return Programme(
        id=code,
        name=name,
        short_name=short,
        department=department,
        cycle=cycle,
        unit=unit,
        standard_fen=standard_fen,
        measure=measure,
        paying_banks=tuple(banks.split()),
        universal=bool(universal),
        bars_payroll=code in _BARRED_TO_PAYROLL,
        age_min=_AGE_MIN.get(code),
        excludes=_EXCLUDES.get(code, ()),
    )


PROGRAMMES = tuple(map(_read_programme, _TABLE.splitlines()))
MACHINE, RELOCATE, BATH_AID = STORY_PROGRAMMES = tuple(map(_read_programme, _STORY_TABLE.splitlines()))
DEPARTMENTS = {
    "agri": "农业农村局",
    "civil": "民政局",
    "culture": "文化旅游局",
    "education": "教育局",
    "emergency": "应急管理局",
    "forestry": "林业局",
    "health": "卫生健康局",
    "housing": "住房建设局",
    "rural": "乡村振兴局",
    "veterans": "退役军人局",
    "water": "水利局",
}
