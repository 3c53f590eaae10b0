"""Owns what the doctor says of one thing: level, text (zh, en), next step, and how an error becomes a finding."""

from dataclasses import dataclass
from typing import Literal

from schemas.errors import ConsolidatorError, DependencyError

Level = Literal["ok", "note", "error"]
Blame = Literal["", "configuration", "dependency"]
RESTORE = "从备份恢复 / restore it from a backup"
_SEPARATOR = " / "


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found. ``next`` is a command, or words as ``中文 / English``; empty when there is nothing to do."""

    check: str
    level: Level
    zh: str
    en: str
    next: str = ""
    blame: Blame = ""


def fine(check: str, zh: str, en: str) -> Finding:
    """Say that something is as it should be."""
    return Finding(check, "ok", zh, en)


def note(check: str, zh: str, en: str, step: str) -> Finding:
    """Say that something should be watched; the county works."""
    return Finding(check, "note", zh, en, step)


def error(check: str, zh: str, en: str, step: str, blame: Blame = "configuration") -> Finding:
    """Say that something is wrong."""
    return Finding(check, "error", zh, en, step, blame)


def describe_failure(check: str, failure: Exception) -> Finding:
    """Turn what a check raised into a finding. The text of an error that is not ours may hold anything: not shown."""
    step = "按提示处理后再查 / do what is said, then look again"
    if isinstance(failure, ConsolidatorError):
        zh, separator, en = str(failure).partition(_SEPARATOR)
        blame: Blame = "dependency" if isinstance(failure, DependencyError) else "configuration"
        return error(check, zh, en, step, blame) if separator else error(check, f"无法通过({zh})", zh, step, blame)
    if isinstance(failure, OSError):
        said = failure.strerror or type(failure).__name__
        return error(
            check, f"无法读取({said})", f"cannot be read ({said})", "检查权限与磁盘 / check disk", "dependency"
        )
    said = type(failure).__name__
    return error(check, f"内容损坏({said})", f"damaged ({said})", RESTORE)
