"""Owns the commands ``log prove`` and ``log check-proof``."""

import json
import sys
from argparse import Namespace
from pathlib import Path

from consolidator.bootstrap import open_home
from consolidator.cli.opening import prove_opened
from consolidator.cli.sources import find_policy, open_source
from consolidator.cli.terminal import put, put_json, say
from consolidator.home.files import disk_errors, write_whole
from consolidator.home.status import read_policy
from consolidator.language import tag
from consolidator.transparency.policy import Policy
from consolidator.transparency.quorum import list_cosigners
from consolidator.transparency.tlogproof import PROOF_BYTES_MAX
from consolidator.verify.proving import check_proof, prove_entry
from consolidator.views.reading import find_line_entry, parse_line_ref
from consolidator.views.words import LABELS, TOLD_LABELS
from schemas.errors import UsageError
from streams.embedded.journal import open_journal_read_only


def prove(args: Namespace) -> int:
    """Write the proof of one entry, opened or not."""
    policy, index = find_policy(args), _find_index(args)
    raw = prove_opened(args, policy, index) if args.open else _prove(args, policy, index)
    if raw is None:
        return 0
    if args.to is not None:
        write_whole(args.to, raw)
        say(f"{tag('下一步', 'next')}: consolidator log check-proof {args.to} --policy FILE")
    if args.json:
        to = None if args.to is None else str(args.to)
        put_json({"index": index, "opened": args.open, "proof": raw.decode(), "to": to})
    elif args.to is None:
        sys.stdout.write(raw.decode())
    return 0


def _prove(args: Namespace, policy: Policy, index: int) -> bytes:
    with open_source(args) as read:
        return prove_entry(read, policy.log_key, index)


def _find_index(args: Namespace) -> int:
    """Give the entry's index, that of the assessment where a line is named."""
    if args.line is None:
        if args.index < 0:
            message = "条目序号从 0 起 / an entry's index is 0 or more: see --index"
            raise UsageError(message)
        return int(args.index)
    if args.home is None:
        message = "--line 须与 --home 同用 / --line goes with --home: elsewhere name the entry with --index"
        raise UsageError(message)
    with open_journal_read_only(open_home(args.home).home.journal) as journal:
        return find_line_entry(journal.bundles(), parse_line_ref(args.line))


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
                "entry": proved.extra.entry.decode(),
                "private": proved.extra.private.decode() if proved.extra.opening else None,
                "origin": cosigned.checkpoint.origin,
                "size": cosigned.checkpoint.size,
                "root": cosigned.checkpoint.root.hex(),
                "cosigned_by": names,
                "cosigned_at": [each.seconds for each in cosigned.cosignatures],
            }
        )
        return 0
    put(proved.extra.entry.decode())
    if proved.extra.opening:
        _show_private(proved.extra.private.decode())
    say(
        f"{tag('证明成立', 'proved')}: {cosigned.checkpoint.origin}  {tag('条目', 'entry')} {proved.index}  "
        f"{tag('日志条数', 'log size')} {cosigned.checkpoint.size}  "
        f"{tag('见证', 'cosigned by')} {' '.join(names) or '-'}"
    )
    return 0


def _show_private(private: str) -> None:
    """Show the fields of the private part, one a line, under the words that people know."""
    try:
        fields = dict(json.loads(private).items())
    except (ValueError, AttributeError):  # no log of ours commits to such; it is shown as it is
        fields = {tag("不公开的内容", "private part"): private}
    labels = TOLD_LABELS if TOLD_LABELS.keys() <= fields.keys() else LABELS
    for name, value in fields.items():
        plain = isinstance(value, str) and value.isprintable()
        put(f"{labels.get(name, name)}: {value if plain else json.dumps(value, ensure_ascii=False)}")


def _read(path: Path) -> bytes:
    if not path.is_file():
        message = f"没有文件 {path} / there is no file {path}"
        raise UsageError(message)
    with disk_errors(), path.open("rb") as file:
        return file.read(PROOF_BYTES_MAX + 1)
