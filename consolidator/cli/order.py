"""Owns the command ``order``: what a bank runs before it pays, with keys it has pinned itself. It needs no home."""

from argparse import Namespace
from dataclasses import asdict
from pathlib import Path

from bank_adapters.profiles import load_own_profiles, load_profiles
from consolidator.cli.terminal import put, put_json, say, yuan
from consolidator.gate.checking import PROOF_SUFFIX, CheckedFile, check_order_file
from consolidator.gate.passing import NO_WITNESSES
from consolidator.home.status import read_policy
from consolidator.language import choose, pick, tag
from consolidator.transparency.tlogproof import PROOF_BYTES_MAX
from schemas.errors import InputError
from schemas.instants import render_instant

_FILE_BYTES_MAX = 200_000_000


def check(args: Namespace) -> int:
    """Check an order file, its proof and the quorum."""
    policy = read_policy(args.policy)
    proof = args.proof or args.file.with_name(args.file.name + PROOF_SUFFIX)
    profiles = load_own_profiles(args.profiles) if args.profiles else load_profiles()
    found = check_order_file(
        args.file.name, _read(args.file, _FILE_BYTES_MAX), _read(proof, PROOF_BYTES_MAX), policy, profiles
    )
    if args.json:
        put_json({"checked": True, **asdict(found)})
    else:
        _tell(found)
    if not policy.witnesses:
        say(choose(NO_WITNESSES))
    return 0


def _tell(found: CheckedFile) -> None:
    put(
        f"{tag('核对一致,可以付款', 'checked, may be paid')}: {tag('银行', 'bank')} {found.bank}  {found.file}  "
        f"{tag('笔数', 'count')} {found.count}  {tag('金额', 'yuan')} {yuan(found.fen)}"
    )
    when = render_instant(found.cosigned_at) if found.cosigners else "-"
    put(
        f"{tag('检查点', 'checkpoint')} {found.size}  {tag('条目', 'entry')} {found.index}  "
        f"{tag('见证方', 'witnesses')} {', '.join(found.cosigners) or '-'}  {when}"
    )
    say(pick("文件与公开日志所定清单逐字节一致", "the file is, byte for byte, the list that the public log fixed"))


def _read(path: Path, bytes_max: int) -> bytes:
    try:
        with path.open("rb") as file:
            raw = file.read(bytes_max + 1)
    except OSError as error:
        raise InputError("I01", f"{path.name}: {error.strerror}") from error
    if len(raw) > bytes_max:
        raise InputError("I02", path.name)
    return raw
