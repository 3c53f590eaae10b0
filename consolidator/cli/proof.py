"""Owns the commands ``log prove`` and ``log check-proof``."""

import sys
from argparse import Namespace
from pathlib import Path

from consolidator.cli.sources import find_policy, open_source
from consolidator.cli.terminal import put, put_json, say
from consolidator.home.files import disk_errors, write_whole
from consolidator.home.status import read_policy
from consolidator.language import tag
from consolidator.transparency.quorum import list_cosigners
from consolidator.transparency.tlogproof import PROOF_BYTES_MAX
from consolidator.verify.proving import check_proof, prove_entry
from schemas.errors import UsageError


def prove(args: Namespace) -> int:
    """Write the proof of one entry."""
    if args.index < 0:
        message = "条目序号从 0 起 / an entry's index is 0 or more: see --index"
        raise UsageError(message)
    policy = find_policy(args)
    with open_source(args) as read:
        raw = prove_entry(read, policy.log_key, args.index)
    if args.to is not None:
        write_whole(args.to, raw)
        say(f"{tag('下一步', 'next')}: consolidator log check-proof {args.to} --policy FILE")
    if args.json:
        put_json({"index": args.index, "proof": raw.decode(), "to": None if args.to is None else str(args.to)})
    elif args.to is None:
        sys.stdout.write(raw.decode())
    return 0


def check(args: Namespace) -> int:
    """Check a proof under one's own policy and show the entry."""
    policy = read_policy(args.policy)
    proved = check_proof(_read(args.proof), policy)
    cosigned = proved.cosigned
    names = list_cosigners(policy, cosigned.cosignatures)
    if args.json:
        put_json(
            {
                "verified": True,
                "index": proved.index,
                "entry": proved.entry.decode(),
                "origin": cosigned.checkpoint.origin,
                "size": cosigned.checkpoint.size,
                "root": cosigned.checkpoint.root.hex(),
                "cosigned_by": names,
                "cosigned_at": [each.seconds for each in cosigned.cosignatures],
            }
        )
        return 0
    put(proved.entry.decode())
    say(
        f"{tag('证明成立', 'proved')}: {cosigned.checkpoint.origin}  {tag('条目', 'entry')} {proved.index}  "
        f"{tag('日志条数', 'log size')} {cosigned.checkpoint.size}  "
        f"{tag('见证', 'cosigned by')} {' '.join(names) or '-'}"
    )
    return 0


def _read(path: Path) -> bytes:
    if not path.is_file():
        message = f"没有文件 {path} / there is no file {path}"
        raise UsageError(message)
    with disk_errors(), path.open("rb") as file:
        return file.read(PROOF_BYTES_MAX + 1)
