"""Owns the command ``submit``: into a county's home, or from any machine to the county's partition on a cluster."""

import time
from argparse import Namespace
from collections import Counter
from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path

from consolidator.bootstrap import open_desk, open_home
from consolidator.cli.terminal import progress, put, put_json, say
from consolidator.intake.desk import Desk
from consolidator.intake.outcomes import WORDS_ZH, FileOutcome, Word, describe_outcome, render_outcome
from consolidator.intake.submitting import list_submissions, submit_all
from consolidator.language import choose, pick, tag
from schemas.errors import InputError, UsageError

FILES_WATCHED_MIN = 20  # fewer are done before a bar is seen


def run(args: Namespace) -> int:
    """Bring files in."""
    if args.cluster is None:
        _check_alone(args)
        return _submit(args, args.home, open_desk(open_home(args.home)))
    from consolidator.cli.spool import open_from_words  # noqa: PLC0415 -- Kafka's client takes 0.2 s to load

    return _submit(args, args.spool, open_from_words(args))


def _check_alone(args: Namespace) -> None:
    """Refuse words that belong to a cluster: a key named beside a home would silently not be used."""
    given = {"--county": args.county, "--spool": args.spool, "--adapter-key": args.adapter_key}
    given |= {"--profile": args.profile, "--profiles": args.profiles, "--again": args.again}
    names = ", ".join(name for name, value in given.items() if value)
    if names:
        message = f"{names} 只与 --cluster 一起使用 / {names}: only together with --cluster"
        raise UsageError(message)


def _submit(args: Namespace, place: Path, opened: AbstractContextManager[Desk]) -> int:
    with opened as desk:
        submissions = list_submissions(args.paths, args.source, int(time.time()), desk.readers)
        if len(submissions) > FILES_WATCHED_MIN:
            with progress(choose("报送 submit")) as advance:
                outcomes = submit_all(desk, submissions, advance)
        else:
            outcomes = submit_all(desk, submissions)
    counts = Counter(outcome.word for outcome in outcomes)
    if args.json:
        put_json(_describe(outcomes, counts))
    else:
        _tell(outcomes, counts, place)
        if args.cluster is not None:
            say(
                pick(
                    "已送到集群;受理结果由账本决定,见县区主目录(status、returns/)",
                    "brought to the cluster; what the ledger says of it shows in the county's home (status, returns/)",
                )
            )
    return InputError.exit_code if counts["refused"] else 0


def _tell(outcomes: Sequence[FileOutcome], counts: Counter[Word], place: Path) -> None:
    for outcome in outcomes:
        put(render_outcome(outcome))
    say(" · ".join(f"{tag(zh, word)} {counts[word]}" for word, zh in WORDS_ZH.items()))
    if counts["refused"]:
        text = pick("退回文件与原因在", "what was turned away is kept, with the reason, in")
        say(f"{text}: {place}/refused/")


def _describe(outcomes: Sequence[FileOutcome], counts: Counter[Word]) -> dict[str, object]:
    files = [describe_outcome(outcome) for outcome in outcomes]
    return {"files": files, "new": counts["new"], "identical": counts["identical"], "refused": counts["refused"]}
