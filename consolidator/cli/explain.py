"""Owns the command ``explain``."""

from argparse import Namespace
from typing import Any

from consolidator.bootstrap import open_home
from consolidator.cli.terminal import put, put_json
from consolidator.home.epochs.reports import list_retired, tell_retired
from consolidator.language import choose, pick, tag
from consolidator.views.explaining import explain_line
from consolidator.views.reading import parse_line_ref
from consolidator.views.words import LABELS
from streams.embedded.journal import open_journal_read_only


def run(args: Namespace) -> int:
    """Tell a line's story."""
    ref = parse_line_ref(args.line)
    with open_journal_read_only(open_home(args.home).home.journal) as journal:
        story = explain_line(journal, ref, full=args.full)
        gone = tell_retired(list_retired(journal), min((event["entry"] for event in story["history"]), default=0))
    if gone:
        zh, _, en = gone.partition(" / ")
        story["sentences"].append({"zh": f"{zh}。", "en": f"{en}."})
    if args.json:
        put_json(story)
    else:
        _tell(story)
    return 0


def _tell(story: dict[str, Any]) -> None:
    """Say it in sentences, then name the persons as each decision had them."""
    for sentence in story["sentences"]:
        for line in pick(sentence["zh"], sentence["en"], "\n").splitlines():
            put(line)
    for event in story["history"]:
        people = " · ".join(f"{choose(LABELS[name])} {value}" for name, value in event["persons"].items() if value)
        if people:
            put(f"\n{tag('条目', 'entry')} {event['entry']}  {event['at']}  {people}")
