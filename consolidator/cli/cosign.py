"""Owns the command ``log cosign``: what root officers do when the witnesses in force are lost."""

import time
from argparse import Namespace
from dataclasses import asdict

from consolidator.bootstrap import open_home
from consolidator.cli.terminal import put, put_json, say
from consolidator.home.recovery import add_recovery
from consolidator.keys import read_signer
from consolidator.language import pick, tag


def run(args: Namespace) -> int:
    """Have a root officer cosign a head that covers a change of the quorum."""
    signer = read_signer(args.key)
    told = add_recovery(open_home(args.home), signer, int(time.time()))
    if args.json:
        put_json(asdict(told))
        return 0
    put(
        f"{tag('已会签检查点', 'cosigned the checkpoint at')} {told.size}  "
        f"{tag('根管理员', 'root officers')} {len(told.cosigned)}/{told.roots}"
    )
    say(pick("只使新的见证要求生效,不放行代发文件", "it puts the new quorum in force and lets no order file out"))
    if len(told.cosigned) == told.roots:
        say(f"{tag('下一步', 'next')}: consolidator run --home {args.home} --once")
    else:
        say(pick("其余根管理员各自运行同一命令", "every other root officer runs the same command with his own key"))
    return 0
