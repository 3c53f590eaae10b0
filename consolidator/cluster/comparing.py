"""Owns the comparison of two heads at one commit: what the worker committed, and what this home decided by itself."""

from schemas.commits import CommitRecord
from schemas.errors import InvariantError, VerificationError
from streams.recovery import check_head


def check_agreement(county: str, ours: CommitRecord, theirs: CommitRecord) -> None:
    """Return if both stand at the same command with the same head; VerificationError names the size if not."""
    if (ours.position, ours.item) != (theirs.position, theirs.item):
        _refuse(county, theirs, f"position {ours.position}/{ours.item}, {theirs.position}/{theirs.item}")
    try:
        check_head(ours.head, theirs.head)
    except InvariantError as error:
        field = next(
            name
            for name in ("ordinal", "size", "root", "now", "totals")
            if getattr(ours.head, name) != getattr(theirs.head, name)
        )
        raise VerificationError(_describe(county, theirs, field)) from error


def _refuse(county: str, theirs: CommitRecord, what: str) -> None:
    raise VerificationError(_describe(county, theirs, what))


def _describe(county: str, theirs: CommitRecord, what: str) -> str:
    size, position = theirs.head.size, theirs.position
    return (
        f"县区 {county}:命令 {position} 处(条目 {size})本机与记账进程的结果不一致({what}),未公布、未会签、未发送。"
        "核对两边的程序版本与密钥(doctor);本机有误:移走 journal.sqlite 后再运行,会重新复制并计算;"
        "记账进程有误:停下它,见 docs/kafka.md / "
        f"county {county}: at command {position} (size {size}) this home and the worker decided differently ({what}); "
        "nothing was published, cosigned or sent. Compare both programs' versions and keys ('consolidator doctor'). If "
        "this home is wrong, move journal.sqlite away and run again: all is copied and decided anew. If the worker is "
        "wrong, stop it and see docs/kafka.md"
    )
