"""Owns how an error is told: what is wrong, the next step, and the exit code."""

import traceback

from consolidator.cli.terminal import say
from consolidator.language import pick, speaks, tag
from schemas.codes import CODES, CodeText
from schemas.errors import (
    ConfigurationError,
    ConflictError,
    ConsolidatorError,
    DependencyError,
    InputError,
    InvariantError,
    UsageError,
    VerificationError,
)

UNEXPECTED = 1
_SEPARATOR = " / "  # many messages are written as "中文 / English"
_TEXTS: dict[type[ConsolidatorError], tuple[str, str, str]] = {
    UsageError: ("用法有误", "看命令的 --help", "see --help of the command"),
    VerificationError: ("核验不通过", "不要信任此日志,联系监督部门", "do not trust this log, tell the oversight body"),
    InputError: ("输入有误", "更正后重试", "correct it and try again"),
    ConfigurationError: ("配置有误", "按提示更正后重试", "correct what is named and try again"),
    DependencyError: (
        "所依赖的磁盘或服务不可用",
        "排除故障后重试,不会丢失数据",
        "repair it and run again; nothing is lost",
    ),
    ConflictError: ("冲突,或正被占用", "稍后再试,或换一个名称", "try later, or use another name"),
    InvariantError: (
        "程序自检不通过,已停止",
        "运行 log verify,必要时从备份恢复",
        "run log verify; restore a backup if it fails",
    ),
}
_OTHER = ("出错", "重试", "try again")


def tell_error(error: ConsolidatorError) -> int:
    """Tell an error of ours; gives the exit code."""
    _tell(*_describe(error))
    return error.exit_code


def _describe(error: ConsolidatorError) -> tuple[str, str, str, str]:
    """Give the error in Chinese and English, and the next step in both."""
    if isinstance(error, InputError) and error.code in CODES:
        return _describe_coded(error, CODES[error.code])
    zh, next_zh, next_en = next((text for kind, text in _TEXTS.items() if isinstance(error, kind)), _OTHER)
    message = str(error)
    told, separator, en = message.partition(_SEPARATOR)
    return (told, en, next_zh, next_en) if separator else (_add(zh, message), message, next_zh, next_en)


def _describe_coded(error: InputError, code: CodeText) -> tuple[str, str, str, str]:
    about = ", ".join(each for each in (error.position, error.detail) if each)
    zh = _add(f"{error.code} {code.zh}", about)
    return zh, f"{code.en}: {about}" if about else code.en, code.next_zh, code.next_en


def _add(zh: str, detail: str) -> str:
    """Add a detail that has no Chinese, where no English line tells it: better so than not at all."""
    return f"{zh}({detail})" if detail and speaks("zh") else zh


def tell_unexpected(error: Exception, *, debug: bool) -> int:
    """Tell an error nobody thought of. Its text may hold anything, so only its type is shown unless asked."""
    if debug:
        traceback.print_exception(error)
    name = type(error).__name__
    _tell(
        f"程序出现意外({name})",
        f"something unexpected happened ({name})",
        "重试;仍出错时加 --debug 并报告",
        "try again; if it stays, add --debug and report it",
    )
    return UNEXPECTED


def _tell(zh: str, en: str, next_zh: str, next_en: str) -> None:
    """Write what is wrong and the next step, in the language of now."""
    say(pick(f"错误:{zh}", f"error: {en}", "\n"))
    colon = ": " if speaks("en") else ":"
    say(f"{tag('下一步', 'next')}{colon}{pick(next_zh, next_en)}")
