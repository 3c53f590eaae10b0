"""Owns the doctor's look at what the log only commits to: disclosures, and the lists of order files. It shows none."""

import json
import re
from collections.abc import Iterator, Mapping
from hashlib import sha256

from consolidator.bootstrap import Office
from consolidator.home.doctor.findings import RESTORE, Finding, error, fine
from consolidator.keys import read_epoch_keys
from consolidator.privacy.commitments import commit_many, derive_openings
from schemas.commits import Bundle, list_raw_entries
from streams.embedded.journal import SqliteJournal, open_journal_read_only

_SEALED = re.compile(rb'"sealed":"([0-9a-f]{64})"')
_YEAR = re.compile(rb'"at":"([0-9]{4})-')
_ORDERS = b'"kind":"orders"'


def check_disclosures(office: Office, _now: int) -> Iterator[Finding]:
    """See that every disclosure fits its commitment in the log, and every order file's list what was committed to.

    Those of retired years must be gone, not merely unlike.
    """
    keys = read_epoch_keys(office.home.epoch_keys)
    count = 0
    with open_journal_read_only(office.home.journal) as journal:
        retired = journal.cut().entry
        for bundle in journal.bundles():
            if bundle.first < retired:
                if any(private for _, _, private in list_raw_entries([bundle])):
                    yield _tell_left(bundle)
                    return
                continue
            if not _fits(bundle, keys):
                zh, en = (
                    f"第 {bundle.first} 条起的查阅件被改动",
                    f"a disclosure of entry {bundle.first} or after was changed",
                )
                yield error("disclosures", zh, en, RESTORE)
                return
            odd = next(_list_odd_orders(journal, bundle), None)
            if odd is not None:
                zh, en = f"代发明细 {odd} 被改动", f"the list of order file {odd} was changed"
                yield error("disclosures", zh, en, RESTORE)
                return
            count += bundle.count
    gone_zh, gone_en = (f",另 {retired} 条已随年度销毁", f"; {retired} were retired") if retired else ("", "")
    yield fine(
        "disclosures",
        f"{count} 条的查阅件与承诺一致{gone_zh}",
        f"the disclosures of {count} entries fit their commitments{gone_en}",
    )


def _tell_left(bundle: Bundle) -> Finding:
    zh = f"第 {bundle.first} 条起的查阅件应已销毁而仍在"
    return error("disclosures", zh, f"a disclosure of entry {bundle.first} or after should be gone", RESTORE)


def _fits(bundle: Bundle, keys: Mapping[int, bytes]) -> bool:
    """Make the commitments of a bundle again, with one call for each year in it (usually one)."""
    rows = list(list_raw_entries([bundle]))
    years = [int(found[1]) if (found := _YEAR.search(entry)) else 0 for _, entry, _ in rows]
    privates = [private for _, _, private in rows]
    made = {
        year: commit_many(derive_openings(keys[year], bundle.first, len(rows)), privates)
        for year in sorted({*years} & keys.keys())
    }
    stated = [found[1].decode() if (found := _SEALED.search(entry)) else "" for _, entry, _ in rows]
    return all(
        (made[year][place] if private and year in made else "") == sealed
        for place, (year, private, sealed) in enumerate(zip(years, privates, stated, strict=True))
    )


def _list_odd_orders(journal: SqliteJournal, bundle: Bundle) -> Iterator[str]:
    if _ORDERS not in bundle.entries:
        return
    for _, entry, private in list_raw_entries([bundle]):
        if _ORDERS in entry:
            file, stated = json.loads(entry)["file"], json.loads(private)["parts"]
            if [sha256(part.body).hexdigest() for part in journal.order_parts(file)] != stated:
                yield file
