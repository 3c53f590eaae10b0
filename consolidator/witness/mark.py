"""Owns ``store.mark``, the line beside a witness's key that says which store is its own and how far it was written.

A store that was put back from an older copy is behind its mark, and a witness that forgot what it cosigned must never
cosign again. The mark is written after the store and before the answer, so a crash leaves it one change behind at most.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from consolidator.home.files import write_whole
from schemas.errors import ConfigurationError

_LINE = re.compile(rb"([0-9a-f]{32}) (0|[1-9][0-9]{0,17})\n")
_FOREIGN = ("见证记录不是与此密钥一同建立的", "witness.sqlite is not the one made with this key")
_RETIRED = (
    "此见证方须停用:换新名称、新密钥另建,绝不清空重来",
    "this witness is retired: make another one under a new name with a new key, never restart it empty",
)


@dataclass(frozen=True, slots=True)
class Mark:
    """A store's identity (32 hex digits) and its number of changes."""

    store: str
    changes: int


def write_mark(path: Path, mark: Mark) -> None:
    """Write the mark; on return it is on disk."""
    write_whole(path, f"{mark.store} {mark.changes}\n".encode())


def read_mark(path: Path) -> Mark:
    """Read the mark. ConfigurationError when it is missing or is none."""
    try:
        match = _LINE.fullmatch(path.read_bytes())
    except OSError:
        match = None
    if match is None:
        zh, en = f"{path} 缺失或有误", f"{path} is missing or wrong"
        raise tell_retired(zh, en)
    return Mark(match[1].decode(), int(match[2]))


def check_mark(mark: Mark, store: Mark) -> None:
    """Refuse a store that is not the mark's own, or not as new as it must be. Raises ConfigurationError.

    >>> check_mark(Mark("0" * 32, 7), Mark("0" * 32, 8))
    """
    if mark.store != store.store:
        raise tell_retired(*_FOREIGN)
    if not mark.changes <= store.changes <= mark.changes + 1:
        zh = f"见证记录被换成了别的副本(应有 {mark.changes} 次变更,现有 {store.changes} 次)"
        en = f"witness.sqlite was put back from another copy ({store.changes} changes where {mark.changes} are due)"
        raise tell_retired(zh, en)


def tell_retired(zh: str, en: str) -> ConfigurationError:
    """Give the error of a witness that must never cosign again, and why."""
    return ConfigurationError(f"{zh}。{_RETIRED[0]} / {en}: {_RETIRED[1]}")
