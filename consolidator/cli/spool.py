"""Owns the words of ``submit`` that name a place on a cluster instead of a home."""

from argparse import Namespace
from collections.abc import Sequence
from contextlib import AbstractContextManager

from bank_adapters.profiles import load_own_profiles, load_profiles
from consolidator.cluster.spooling import Spool, open_spool
from consolidator.intake.desk import Desk, Reader, make_reader
from consolidator.keys import read_signer
from schemas.errors import UsageError
from schemas.identifiers import SOURCE


def open_from_words(args: Namespace) -> AbstractContextManager[Desk]:
    """Open the desk that the words name. UsageError when some of them are missing."""
    if args.county is None or args.spool is None:
        message = "--cluster 须同时给出 --county 与 --spool / --cluster: also name --county and --spool"
        raise UsageError(message)
    spool = Spool(args.cluster, args.county, args.spool, "all" if args.again else "new")
    return open_spool(spool, _list_readers(args))


def _list_readers(args: Namespace) -> Sequence[Reader]:
    """Give the adapter of files in the source's own formats, if there is a key for it."""
    if args.adapter_key is None:
        if args.profile:
            message = "--profile 须与 --adapter-key 一起使用 / --profile: only together with --adapter-key"
            raise UsageError(message)
        return ()
    if not args.profile or SOURCE.fullmatch(args.source) is None:
        message = (
            "--adapter-key 须同时给出 --source(单位编号)与 --profile / "
            "--adapter-key: also name --source, the source's id, and --profile"
        )
        raise UsageError(message)
    profiles = load_own_profiles(args.profiles) if args.profiles else load_profiles()
    return (make_reader(args.source, read_signer(args.adapter_key), args.profile, profiles),)
