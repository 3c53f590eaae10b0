"""Owns how an error is told: one line Chinese, one line English, the next step, and the exit code."""

import sys
import traceback

from schemas.codes import CODES
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
    zh, next_zh, next_en = next((text for kind, text in _TEXTS.items() if isinstance(error, kind)), _OTHER)
    en = str(error)
    if isinstance(error, InputError):
        code = CODES.get(error.code)
        if code is not None:
            zh, en, next_zh, next_en = (
                f"{error.code} {code.zh}",
                f"{code.en}: {error.detail}",
                code.next_zh,
                code.next_en,
            )
    elif _SEPARATOR in en:
        zh, _, en = en.partition(_SEPARATOR)
    _write(f"错误:{zh}", f"error: {en}", f"下一步 next:{next_zh} / {next_en}")
    return error.exit_code


def tell_unexpected(error: Exception, *, debug: bool) -> int:
    """Tell an error nobody thought of. Its text may hold anything, so only its type is shown unless asked."""
    if debug:
        traceback.print_exception(error)
    _write(
        f"错误:程序出现意外({type(error).__name__})",
        f"error: something unexpected happened ({type(error).__name__})",
        "下一步 next:重试;仍出错时加 --debug 并报告 / try again; if it stays, add --debug and report it",
    )
    return UNEXPECTED


def _write(*lines: str) -> None:
    sys.stderr.write("".join(f"{line}\n" for line in lines))
