"""Owns the whole examination of a home: which checks, in which order, and that a failing one stops no other."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from consolidator.bootstrap import Office
from consolidator.home.doctor.effective import Effective, list_effective
from consolidator.home.doctor.findings import Finding, describe_failure, error, fine
from consolidator.home.doctor.places import check_disk, check_folders, check_lock, check_versions
from consolidator.home.doctor.records import check_commits, check_gate, check_journal, check_public
from consolidator.home.doctor.trust import (
    check_adapter_keys,
    check_clock,
    check_epochs,
    check_ledger,
    check_log_key,
    check_policy,
    check_profiles,
)
from consolidator.home.paths import Home
from consolidator.settings import Settings, read_settings
from schemas.errors import ConfigurationError, DependencyError

_OF_HOME: Sequence[tuple[str, Callable[[Home], Iterator[Finding]]]] = (
    ("versions", check_versions),
    ("folders", check_folders),
    ("disk", check_disk),
    ("lock", check_lock),
    ("journal", check_journal),
    ("commits", check_commits),
    ("published", check_public),
    ("gate", check_gate),
)
_OF_OFFICE: Sequence[tuple[str, Callable[[Office, int], Iterator[Finding]]]] = (
    ("keys", check_log_key),
    ("epochs", check_epochs),
    ("policy", check_policy),
    ("profiles", check_profiles),
    ("adapters", check_adapter_keys),
    ("ledger", check_ledger),
    ("clock", check_clock),
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
        return Examination([], findings)
    office = Office(home, settings)
    findings += [finding for name, check in _OF_OFFICE for finding in _guard(name, partial(check, office, now))]
    return Examination(list_effective(home, settings), findings)


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
