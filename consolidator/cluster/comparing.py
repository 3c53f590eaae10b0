"""Owns the comparison of two commits at one command: what a worker decided, and what a home decided by itself."""

from schemas.commits import CommitRecord
from schemas.errors import VerificationError

_FIELDS = ("ordinal", "size", "root", "now", "totals")  # the note only signs size and root


def find_difference(ours: CommitRecord, theirs: CommitRecord) -> str:
    """Give in what two commits differ; empty if they agree."""
    if (ours.position, ours.item) != (theirs.position, theirs.item):
        return "position"
    return next((name for name in _FIELDS if getattr(ours.head, name) != getattr(theirs.head, name)), "")


def check_agreement(county: str, ours: CommitRecord, theirs: CommitRecord) -> None:
    """Return if both decided the same; VerificationError names the size, and what to do, if not."""
    field, size, position = find_difference(ours, theirs), theirs.head.size, theirs.position
    if field:
        message = (
            f"县区 {county}:命令 {position} 处(条目 {size})本机与记账进程的结果不一致({field}),未公布、未会签、未发送。"
            "核对两边的程序版本与密钥(doctor);本机有误:改正后移走 journal.sqlite 再运行,会重新复制并计算;"
            "记账进程有误:停下它,见 docs/kafka.md / "
            f"county {county}: at command {position} (size {size}) this home and the worker decided differently "
            f"({field}); nothing of it was published, cosigned or sent. Compare both programs' versions and keys "
            "('consolidator doctor'). If this home is wrong, mend it, move journal.sqlite away and run again: all is "
            "copied and decided anew. If the worker is wrong, stop it and see docs/kafka.md"
        )
        raise VerificationError(message)
