"""Owns the layout of a home directory (DESIGN section 12). It only names places; it creates and reads nothing."""

from dataclasses import dataclass
from pathlib import Path

FOLDERS = ("inbox", "taken", "refused", "outbox", "returns", "seen")
UNKNOWN_SOURCE = "unknown"


@dataclass(frozen=True, slots=True)
class Home:
    """A county's home directory."""

    root: Path

    @property
    def settings(self) -> Path:
        """The settings file."""
        return self.root / "consolidator.toml"

    @property
    def keys(self) -> Path:
        """Private keys: the log's, the adapters', and the epoch keys."""
        return self.root / "keys"

    @property
    def log_key(self) -> Path:
        """The log's signing key."""
        return self.keys / "log.key"

    @property
    def epoch_keys(self) -> Path:
        """One key a calendar year."""
        return self.keys / "epochs.keys"

    @property
    def journal(self) -> Path:
        """Commands, commits, snapshots."""
        return self.root / "journal.sqlite"

    @property
    def gate(self) -> Path:
        """Intents and outcomes of order files."""
        return self.root / "gate.sqlite"

    @property
    def lock(self) -> Path:
        """Held by whoever runs the ledger."""
        return self.root / "ledger.lock"

    @property
    def policy(self) -> Path:
        """The log's policy file: which key to trust, whose cosignatures to ask for."""
        return self.root / "policy.txt"

    @property
    def log(self) -> Path:
        """The published log, derived; any web server may serve it. Holds nothing private."""
        return self.root / "log"

    @property
    def profiles(self) -> Path:
        """The county's own file formats, beside those that come with the program; may be missing."""
        return self.root / "profiles"

    @property
    def inbox(self) -> Path:
        """Files that wait, one folder a source."""
        return self.root / "inbox"

    @property
    def taken(self) -> Path:
        """Signed documents that went to the journal, and the files they were made from, one folder a source."""
        return self.root / "taken"

    @property
    def refused(self) -> Path:
        """Files that were turned away, each with its reason, one folder a source."""
        return self.root / "refused"

    @property
    def outbox(self) -> Path:
        """Order files, one folder a paying bank; only ever complete ones."""
        return self.root / "outbox"

    @property
    def returns(self) -> Path:
        """What senders have to correct or to know, one folder a source; derived, made again when missing."""
        return self.root / "returns"
