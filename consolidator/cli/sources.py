"""Owns where a log is read from on the command line: a home, a folder, or an address; and what is asked of it."""

from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from consolidator.bootstrap import open_home
from consolidator.home.paths import Home
from consolidator.home.seen import SEEN
from consolidator.home.status import read_policy
from consolidator.home.verifying import read_own_log
from consolidator.transparency.policy import Policy
from consolidator.verify.published import Opened
from consolidator.verify.sources import Read, read_from_folder, read_from_url
from schemas.errors import UsageError


@contextmanager
def open_source(args: Namespace) -> Iterator[Read]:
    """Give the reader of the log that ``--home``, ``--dir`` or ``--url`` names."""
    if args.url is not None:
        with read_from_url(args.url) as read:
            yield read
    elif args.dir is not None:
        yield read_from_folder(args.dir)
    else:
        yield read_own_log(open_home(args.home).home)


def find_policy(args: Namespace) -> Policy:
    """Read the policy that was named, or the home's own."""
    if args.policy is None and args.home is None:
        message = "请用 --policy 指明所信任的公钥 / name the keys you trust with --policy FILE"
        raise UsageError(message)
    return read_policy(args.policy or open_home(args.home).home.policy)


def find_seen(args: Namespace) -> Path | None:
    """Give the file of the checkpoint seen last, if there is one."""
    return args.seen or (Home(args.home).root / "seen" / SEEN if args.home else None)


def describe_opened(opened: Opened, now: int) -> dict[str, object]:
    """Give a published head as ``--json`` shows it."""
    age = None if opened.seconds is None else now - opened.seconds
    return {
        "size": opened.head.size,
        "root": opened.head.root.hex(),
        "cosigned_by": list(opened.cosigners),
        "age_seconds": age,
    }
