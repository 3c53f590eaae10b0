"""Owns the command ``submit``."""

import time
from argparse import Namespace
from collections import Counter
from collections.abc import Sequence

from consolidator.bootstrap import open_desk, open_home
from consolidator.cli.terminal import progress, put, put_json, say
from consolidator.intake.outcomes import WORDS_ZH, FileOutcome, Word, describe_outcome, render_outcome
from consolidator.intake.submitting import list_submissions, submit_all
from consolidator.language import choose, pick, tag
from schemas.errors import InputError

FILES_WATCHED_MIN = 20  # fewer are done before a bar is seen


def run(args: Namespace) -> int:
    """Bring files in."""
    office = open_home(args.home)
    submissions = list_submissions(args.paths, args.source, int(time.time()))
    with open_desk(office) as desk:
        if len(submissions) > FILES_WATCHED_MIN:
            with progress(choose("报送 submit")) as advance:
                outcomes = submit_all(desk, submissions, advance)
        else:
            outcomes = submit_all(desk, submissions)
    counts = Counter(outcome.word for outcome in outcomes)
    if args.json:
        put_json(_describe(outcomes, counts))
    else:
        for outcome in outcomes:
            put(render_outcome(outcome))
        say(" · ".join(f"{tag(zh, word)} {counts[word]}" for word, zh in WORDS_ZH.items()))
        if counts["refused"]:
            text = pick("退回文件与原因在", "what was turned away is kept, with the reason, in")
            say(f"{text}: {args.home}/refused/")
    return InputError.exit_code if counts["refused"] else 0


def _describe(outcomes: Sequence[FileOutcome], counts: Counter[Word]) -> dict[str, object]:
    files = [describe_outcome(outcome) for outcome in outcomes]
    return {"files": files, "new": counts["new"], "identical": counts["identical"], "refused": counts["refused"]}
