"""Finds what is wrong with a sample's lines from its files alone, one plain loop per rule: a model for truth.json."""

from collections import defaultdict

from consolidator.rules.identity import is_resident_id
from consolidator.sample.programmes import PROGRAMMES
from schemas.instants import derive_period_start
from tests.unit.sample.office import Office, Row, Sheet

_PROGRAMMES = {programme.id: programme for programme in PROGRAMMES}
Place = tuple[str, str, int]
Found = dict[Place, set[str]]


def find_all(office: Office) -> Found:
    """Give the stopping codes of every line that has one."""
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
            "R46": answer not in ("正常", "不符"),
            "R54": row.payee_id != who and (row.payee_id, who) not in related,
        }
        found[row.place] |= {code for code, hit in hits.items() if hit}


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
