"""Owns the looking at ``cluster.toml`` while a process runs: what it says now; a broken one changes nothing."""

from dataclasses import dataclass, field
from pathlib import Path

from consolidator.cluster.settings import ClusterSettings, Place, list_places, read_cluster

Stamp = tuple[int, int, int]


@dataclass(slots=True)
class ClusterFile:
    """A settings file, and what it said when it was last whole. ConfigurationError when it is not at the start."""

    path: Path
    settings: ClusterSettings = field(init=False)
    _stamp: Stamp | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        """Read it."""
        self._stamp = self._look()
        self.settings = read_cluster(self.path)

    @property
    def folder(self) -> Path:
        """Where paths in it begin."""
        return self.path.parent

    def look(self) -> bool:
        """Read it again if it was written since; says whether it says something else now.

        ConfigurationError, once, when it is broken; the settings stay what they were.
        """
        stamp = self._look()
        if stamp == self._stamp:
            return False
        self._stamp = stamp
        before, self.settings = self.settings, read_cluster(self.path)
        return self.settings != before

    def _look(self) -> Stamp | None:
        try:
            found = self.path.stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size, found.st_ino


def list_assigned(settings: ClusterSettings, worker: str) -> dict[str, Place]:
    """Give the counties of a worker by code."""
    return {place.code: place for place in list_places(settings, worker)}
