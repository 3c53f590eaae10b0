"""Owns the list of files that the architecture tests look at. Never changes one."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
PRODUCT = ("consolidator", "streams", "schemas", "bank_adapters")
PURE = (
    "consolidator/facts",
    "consolidator/rules",
    "consolidator/ledger",
    "consolidator/monitors",
    "consolidator/transparency",
    "consolidator/privacy",
    "bank_adapters/formats",
    "bank_adapters/simulator",
    "schemas",
)
# Only for a tree without git; hidden folders are tools' caches, except this one.
_MADE = {"__pycache__", "build", "dist", "demo-home"}
_HIDDEN_KEPT = {".ci"}


def list_files() -> list[Path]:
    """Give every file of the repository that is not ignored, sorted; without git, every file outside made folders."""
    return sorted(_ask_git() or _walk())


def list_python(*folders: str) -> list[Path]:
    """Give the Python files below the named folders that exist, sorted."""
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def name(path: Path) -> str:
    """Give a file's name as people say it: from the repository's root, with slashes."""
    return path.relative_to(ROOT).as_posix()


def _ask_git() -> list[Path]:
    git = shutil.which("git")
    if git is None or not (ROOT / ".git").exists():
        return []
    command = [git, "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)  # noqa: S603 -- fixed words
    paths = [ROOT / os.fsdecode(raw) for raw in done.stdout.split(b"\0") if raw]
    return [path for path in paths if path.is_file()]


def _walk() -> Iterator[Path]:
    for folder, below, files in os.walk(ROOT):
        below[:] = [each for each in below if each not in _MADE and (each[0] != "." or each in _HIDDEN_KEPT)]
        below[:] = [each for each in below if not each.endswith(".egg-info")]
        yield from (Path(folder, each) for each in files if not each.startswith(".coverage"))
