"""Owns the whole examination of a home: which checks, in which order, and that a failing one stops no other."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from consolidator.bootstrap import Office, load_view
from consolidator.facts.state import State
from consolidator.home.doctor.brokers import check_cluster
from consolidator.home.doctor.effective import Effective, list_effective, list_of_policy
from consolidator.home.doctor.findings import Finding, describe_failure, error, fine
from consolidator.home.doctor.places import check_disk, check_folders, check_lock, check_versions
from consolidator.home.doctor.records import (
    check_commands,
    check_commits,
    check_entries,
    check_gate,
    check_journal,
    check_public,
    check_retired,
)
from consolidator.home.doctor.secrets import check_disclosures
from consolidator.home.doctor.trust import (
    check_adapter_keys,
    check_clock,
    check_epochs,
    check_ledger,
    check_log_key,
    check_payers,
    check_policy,
    check_profiles,
)
from consolidator.home.paths import Home
from consolidator.settings import Settings, read_settings
from schemas.errors import ConfigurationError, DependencyError
from streams.embedded.journal import open_journal_read_only

_OF_HOME: Sequence[tuple[str, Callable[[Home], Iterator[Finding]]]] = (
    ("versions", check_versions),
    ("folders", check_folders),
    ("disk", check_disk),
    ("lock", check_lock),
    ("journal", check_journal),
    ("commits", check_commits),
    ("commands", check_commands),
    ("entries", check_entries),
    ("gate", check_gate),
    ("retired", check_retired),
)
_OF_OFFICE: Sequence[tuple[str, Callable[[Office, int], Iterator[Finding]]]] = (
    ("keys", check_log_key),
    ("epochs", check_epochs),
    ("disclosures", check_disclosures),
    ("policy", check_policy),
    ("published", lambda office, _: check_public(office.home)),
    ("profiles", check_profiles),
    ("adapters", check_adapter_keys),
    ("clock", check_clock),
    ("cluster", check_cluster),
)
_OF_LEDGER: Sequence[tuple[str, Callable[[Office, State], Iterator[Finding]]]] = (
    ("ledger", check_ledger),
    ("payers", check_payers),
)
_MAKE = "consolidator init --help"


@dataclass(frozen=True, slots=True)
class Examination:
    """All that was found, and the settings in force (none if they cannot be read)."""

    settings: Sequence[Effective]
    findings: Sequence[Finding]

    @property
    def exit_code(self) -> int:
        """0 without errors; what is wrong with the home counts before what it depends on."""
        blames = {finding.blame for finding in self.findings}
        if "configuration" in blames:
            return ConfigurationError.exit_code
        return DependencyError.exit_code if "dependency" in blames else 0


def examine(root: Path, now: int) -> Examination:
    """Look a home over. Never raises for what is wrong with the home."""
    home = Home(root)
    if not root.is_dir():
        return Examination([], [error("home", f"没有主目录 {root}", f"there is no home at {root}", _MAKE)])
    settings, first = _read_settings(home)
    findings = [first, *(finding for name, check in _OF_HOME for finding in _guard(name, partial(check, home)))]
    if settings is None:
        return Examination([], _tell_once(findings))
    office = Office(home, settings)
    findings += [finding for name, check in _OF_OFFICE for finding in _guard(name, partial(check, office, now))]
    state, failures = _recover(office)
    findings += failures
    if state is None:
        return Examination(list_effective(home, settings), _tell_once(findings))
    findings += [finding for name, check in _OF_LEDGER for finding in _guard(name, partial(check, office, state))]
    return Examination([*list_effective(home, settings), *list_of_policy(state)], _tell_once(findings))


def _tell_once(findings: Sequence[Finding]) -> Sequence[Finding]:
    """Leave out what a later check says in the same words: one missing file fails many checks."""
    return list({(finding.level, finding.en): finding for finding in reversed(findings)}.values())[::-1]


def _recover(office: Office) -> tuple[State | None, Sequence[Finding]]:
    """Bring the ledger to its last commit; none in a home in which nothing was run yet, or which is broken."""
    try:
        with open_journal_read_only(office.home.journal) as journal:
            is_new = journal.last_commit() is None
        return None if is_new else load_view(office).state, []
    except Exception as failure:  # noqa: BLE001 -- a broken home may break anything; each failure is told
        return None, [describe_failure("ledger", failure)]


def _read_settings(home: Home) -> tuple[Settings | None, Finding]:
    try:
        settings = read_settings(home.settings)
    except ConfigurationError as failure:
        return None, describe_failure("settings", failure)
    return settings, fine("settings", "设置可读,没有不认识的键", "settings can be read, every key is known")


def _guard(name: str, check: Callable[[], Iterator[Finding]]) -> Iterator[Finding]:
    """Give what a check finds; what it raises is a finding, too."""
    try:
        yield from check()
    except Exception as failure:  # noqa: BLE001 -- a broken home may break anything; each failure is told
        yield describe_failure(name, failure)
