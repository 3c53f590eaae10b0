"""Finds what is wrong with a sample's lines from its files alone, one plain loop per rule: a model for truth.json."""

from collections import Counter, defaultdict

from consolidator.rules.identity import is_resident_id
from consolidator.sample.programmes import PROGRAMMES, STORY_PROGRAMMES
from schemas.instants import derive_period_start
from tests.unit.sample.office import Office, Row, Sheet

_PROGRAMMES = {programme.id: programme for programme in (*PROGRAMMES, *STORY_PROGRAMMES)}
Place = tuple[str, str, int]
Found = dict[Place, set[str]]


def find_all(office: Office) -> Found:
    """Give the stopping codes of every line that has one, and what is odd about a batch as a whole (line 0)."""
    found: Found = defaultdict(set)
    paid: dict[tuple[str, ...], Place] = {}
    for sheet in office.sheets:
        if sheet.stated != (len(sheet.rows), sum(row.amount_fen for row in sheet.rows)):
            for row in sheet.rows:
                found[row.place].add("R40")
            continue
        _find_by_line(office, sheet, found)
        for row in sheet.rows:
            key = (row.programme, row.period, row.beneficiary_id, row.plot)
            if key in paid:
                found[row.place].add("R16")
            elif not found[row.place] & {"R01", "R02", "R03", "R05", "R07", "R12", "R21", "R33"}:
                paid[key] = row.place
    _find_shared_households(office, found)
    _find_shared_cards(office, found)
    _find_machines(office, found)
    _find_excluded(office, found)
    _find_whole_batches(office, found)
    return {place: codes for place, codes in found.items() if codes}


def _find_by_line(office: Office, sheet: Sheet, found: Found) -> None:
    names = {row["身份证号"]: row["姓名"] for row in office.table("register_population")}
    library = {row["身份证号"] for row in office.table("register_library")}
    deaths = {row["身份证号"]: row["死亡日期"] for row in office.table("register_deaths")}
    related = {(row["领款人身份证号"], row["享受对象身份证号"]) for row in office.table("register_relations")}
    listed = {row["身份证号"]: row["村代码"] for row in office.table("register_library")}
    salaried = {row["身份证号"] for row in office.table("register_payroll")}
    answers = {row["账号"]: row["核验结果"] for row in office.table("verification_")}
    designated = {row["领款人身份证号"]: row["账号"] for row in office.table("designations_")}
    start = derive_period_start(sheet.cover["期间"])
    for row in sheet.rows:
        who, programme = row.beneficiary_id, _PROGRAMMES[row.programme]
        standard, age_min = programme.standard_fen, programme.age_min
        answer = answers.get(designated.get(row.payee_id, ""), "正常")
        quantity = 1000 if row.quantity_milli is None else row.quantity_milli
        hits = {
            "R01": not is_resident_id(who),
            "R02": who in names and names[who] != row.beneficiary_name,
            "R03": who not in library,
            "R04": row.village != "" and row.village != listed.get(who, row.village),
            "R05": start > deaths.get(who, "9999"),
            "R07": programme.bars_payroll and who in salaried,
            "R12": answer == "不符",
            "R13": row.payee_id not in designated,
            "R21": row.amount_fen * 1000 > standard * quantity,
            "R22": programme.measure != "" and row.amount_fen * 1000 < standard * quantity,
            "R33": age_min is not None and int(sheet.cover["期间"][:4]) - int(who[6:10]) < age_min,
            "R38": programme.line_max_fen is not None and row.amount_fen > programme.line_max_fen,
            "R42": not sheet.cover["公示结束"],
            "R46": answer not in ("正常", "不符"),
            "R54": row.payee_id != who and (row.payee_id, who) not in related,
        }
        found[row.place] |= {code for code, hit in hits.items() if hit}


def _find_machines(office: Office, found: Found) -> None:
    machines = [row for row in office.rows if _PROGRAMMES[row.programme].unit == "machine"]
    serials: set[str] = set()
    for row in machines:
        if row.plot in serials or not row.plot:
            found[row.place].add("R35")
        serials.add(row.plot)
    buyers = Counter(row.beneficiary_id for row in machines)
    for row in machines:
        if buyers[row.beneficiary_id] > 3:
            found[row.place].add("R36")


def _find_excluded(office: Office, found: Found) -> None:
    """Whoever comes later; all of it is of one year."""
    first = [row for row in office.rows if "R40" not in found[row.place]]
    paid = {(row.beneficiary_id, row.programme) for row in first}
    for row in first:
        if any((row.beneficiary_id, other) in paid for other in _PROGRAMMES[row.programme].excludes):
            found[row.place].add("R19")


def _find_whole_batches(office: Office, found: Found) -> None:
    plans = {**office.first_plans}
    counts: dict[str, dict[str, Counter[str]]] = defaultdict(dict)
    for sheet in office.sheets:
        name, period = sheet.cover["项目编码"], sheet.cover["期间"]
        place = sheet.rows[0].source, sheet.cover["编号"], 0
        if sheet.stated[1] > plans[sheet.cover["计划文号"]]:
            found[place].add("R41")
        if _PROGRAMMES[name].unit != "person" or not sheet.rows[0].village:
            continue
        counts[name].setdefault(period, Counter()).update(row.village for row in sheet.rows)
        before = [earlier for earlier in counts[name] if earlier < period]
        if before and any(abs(n - counts[name][max(before)][v]) >= 10 for v, n in counts[name][period].items()):
            found[place].add("R55")


def _find_shared_cards(office: Office, found: Found) -> None:
    holders = {row["账号"]: row["持卡人身份证号"] for row in office.table("census_")}
    others: dict[str, list[Row]] = defaultdict(list)
    for row in office.rows:
        if "R40" not in found[row.place] and row.account and holders.get(row.account) != row.beneficiary_id:
            others[row.account].append(row)
    for account, rows in others.items():
        persons = {row.beneficiary_id for row in rows} | {holders[account]} if account in holders else set()
        if len(persons) > 3:
            for row in rows:
                found[row.place].add("R11")


def _find_shared_households(office: Office, found: Found) -> None:
    homes = {row["身份证号"]: row["户号"] for row in office.table("register_population")}
    groups: dict[tuple[str, str, str], list[Row]] = defaultdict(list)
    for row in office.rows:
        if (
            "R40" not in found[row.place]
            and row.beneficiary_id in homes
            and _PROGRAMMES[row.programme].unit == "household"
        ):
            groups[row.programme, row.period, homes[row.beneficiary_id]].append(row)
    for rows in groups.values():
        if len({row.beneficiary_id for row in rows}) > 1:
            for row in rows:
                found[row.place].add("R18")
