"""Owns the look at ``gate.sqlite`` before an office on a cluster works: only its records keep it from paying twice.

The copy of the commands can be made again from the brokers, those records cannot. What was let out once is known to the
brokers, too: an office that knows less than they do has an old backup, or is a second home of its county.
"""

from consolidator.gate.records import read_records
from consolidator.home.paths import Home
from consolidator.transparency.checkpoint import open_checkpoint
from consolidator.transparency.keys import Verifier
from schemas.errors import ConfigurationError

_SIGNATURE = b"\n\xe2\x80\x94 "  # how a signature's line in a note begins


def check_gate(home: Home, announced: bytes, log_key: Verifier) -> None:
    """Return if the gate's records are at least as new as the newest checkpoint that this county's office has told of.

    ConfigurationError if not. Without witnesses, when nothing can be paid for real, only that there are records counts.
    """
    if not announced:
        return
    if not home.gate.exists():
        _refuse("没有 gate.sqlite", "there is no gate.sqlite")
    if announced.count(_SIGNATURE) > 1 and _read_size(home, log_key) < open_checkpoint(announced, log_key).size:
        _refuse("gate.sqlite 是旧备份", "gate.sqlite is an old backup")


def _read_size(home: Home, log_key: Verifier) -> int:
    """Give the size of the newest checkpoint that the gate has seen cosigned."""
    with read_records(home.gate) as records:
        kept = None if records is None else records.find_cosigned()
    return 0 if kept is None else open_checkpoint(kept, log_key).size


def _refuse(zh: str, en: str) -> None:
    message = (
        f"{zh},而本县已有结果公布:再运行会重复发送代发文件。请恢复最新的 gate.sqlite;一县只能有一个主目录 / "
        f"{en}, but this county has let out results before: a run would send order files again. Restore the newest "
        "gate.sqlite, and see that no other home of this county is at work"
    )
    raise ConfigurationError(message)
