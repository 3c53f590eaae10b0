"""Owns what a worker tells: what happened to which county, and what is to be seen of it. Holds no personal data."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from consolidator.language import choose, pick, tag
from schemas.errors import ConsolidatorError
from streams.kafka.commands import Poison

State = Literal[
    "starting",  # claims, restores, replays
    "empty",  # nothing is in its partition yet, not even its genesis
    "running",
    "waiting",  # something it needs is away; it starts again by itself
    "stopped",  # a person has to look
    "lost",  # another process has taken it over
    "released",  # closed in good order
]
Word = Literal[State, "retaken", "poison", "unkept", "settings", "restart", "late"]
ENDED: tuple[State, ...] = ("stopped", "lost", "released")
TEXTS: Mapping[Word, tuple[str, str]] = {
    "starting": ("启动中", "starting"),
    "empty": ("尚无创始命令,等待中", "has no genesis yet, waits for it"),
    "running": ("运行中", "running"),
    "waiting": ("暂停,稍后自动重试", "waits and tries again by itself"),
    "stopped": ("已停止,其他县区继续", "stopped, the others go on"),
    "lost": ("已由另一进程接管", "was taken over by another process"),
    "released": ("已交出", "released"),
    "retaken": ("曾被另一进程接管,收回一次", "was taken over by another process; taken back, once"),
    "poison": ("命令主题中有一条不是命令,已留存并跳过", "a record that is no command was kept and passed over"),
    "unkept": ("命令主题中有一条不是命令,已跳过,未能留存", "a record that is no command was passed over, not kept"),
    "settings": ("cluster.toml 有误,沿用原设置", "cluster.toml is broken, the settings from before go on"),
    "restart": (
        "cluster.toml 的 kafka、snapshots 或 state 已改,重启本进程后生效",
        "kafka, snapshots or state in cluster.toml changed: restart this process to take it up",
    ),
    "late": ("未能按时交出,可放心结束", "could not be released in time; ending is safe"),
}


@dataclass(slots=True)
class Sight:
    """What is to be seen of a county from outside. Its thread writes it; others only read."""

    state: State = "starting"
    position: int = 0
    size: int = 0
    lines: int = 0  # decided by this process
    restarts: int = 0


@dataclass(frozen=True, slots=True)
class Notice:
    """What happened to a county, or (``county`` empty) to the process; by which error or record, if by one."""

    word: Word
    county: str = ""
    error: Exception | None = None
    poison: Poison | None = None


def render_notice(notice: Notice) -> str:
    """Tell it to a person, in the language of now."""
    what = pick(*TEXTS[notice.word])
    about = [notice.county] if notice.county else []
    if notice.poison is not None:
        about += [tag("位置", "position") + f" {notice.poison.position}", notice.poison.error.code]
    why = f": {choose(render_error(notice.error))}" if notice.error is not None else ""
    return f"{' '.join([*about, what])}{why}"


def describe_notice(notice: Notice) -> dict[str, Any]:
    """Tell it to a program."""
    told: dict[str, Any] = {"event": notice.word}
    if notice.county:
        told["county"] = notice.county
    if notice.poison is not None:
        told |= {"position": notice.poison.position, "code": notice.poison.error.code}
    if notice.error is not None:
        told |= {"code": find_exit_code(notice.error), "why": render_error(notice.error)}
    return told


def render_error(error: Exception) -> str:
    """Give an error's text. One that nobody thought of may hold anything in its text, so only its type is told."""
    if isinstance(error, ConsolidatorError):
        return str(error)
    name = type(error).__name__
    return f"程序出现意外({name}) / something unexpected happened ({name})"


def find_exit_code(error: Exception) -> int:
    """Give what a process ends with that an error ended.

    >>> find_exit_code(ArithmeticError())
    1
    """
    return error.exit_code if isinstance(error, ConsolidatorError) else 1
