"""Owns the list of years: what each one's data are, until when they are kept, and what was retired."""

from consolidator.bootstrap import Office
from consolidator.home.epochs.readiness import find_due
from consolidator.home.epochs.reports import Row, describe_retired, list_retired
from consolidator.keys import read_epoch_keys
from schemas.instants import derive_year, render_instant
from streams.embedded.journal import open_journal_read_only


def list_years(office: Office, now: int) -> list[Row]:
    """Give the years in order up to this one: ``retired``, ``unfinished``, ``due`` or ``kept`` (until ``until``)."""
    with open_journal_read_only(office.home.journal) as journal:
        retired = list_retired(journal)
    gone = {each.report.year for each in retired}
    years = [year for year in sorted(read_epoch_keys(office.home.epoch_keys)) if year <= derive_year(now)]
    living = [_describe_living(office, year, now) for year in years if year not in gone]
    return [*map(describe_retired, retired), *living]


def _describe_living(office: Office, year: int, now: int) -> Row:
    due = find_due(year, office.settings.retention_years)
    return {"year": year, "state": "due" if now >= due else "kept", "until": render_instant(due)}
