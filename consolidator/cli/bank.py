"""Owns the command ``bank receive``: what a bank runs to get its order files from a cluster. It needs no home."""

import json
import sys
from argparse import Namespace
from collections import Counter
from contextlib import closing
from typing import Any

from bank_adapters.profiles import load_own_profiles, load_profiles
from consolidator.cli.terminal import end_on_signals, put, put_json, say, yuan
from consolidator.cluster.receiving import Receiver, check_bank, make_reader, read_trusts
from consolidator.cluster.settings import make_connection, read_cluster
from consolidator.gate.accepting import Arrival, Tray
from consolidator.gate.passing import NO_WITNESSES
from consolidator.intake.outcomes import describe_reason
from consolidator.language import choose, pick, tag
from schemas.codes import CODES
from schemas.errors import VerificationError
from streams.kafka.loop import Loop

_WORDS_ZH = {"received": "收到", "known": "已收过", "refused": "拒收"}


def receive(args: Namespace) -> int:
    """Receive order files, until stopped or, with --once, until nothing waits; exit 3 when any was turned away."""
    settings = read_cluster(args.cluster)
    profiles = load_own_profiles(args.profiles) if args.profiles else load_profiles()
    check_bank(settings, args.bank, profiles)
    tray = Tray(args.to, args.bank, read_trusts(args.policy), profiles)
    if not all(trust.policy.witnesses for trust in tray.trusts.values()):
        say(choose(NO_WITNESSES))
    counts = Counter[str]()
    kept: list[dict[str, Any]] = []

    def tell(arrival: Arrival) -> None:
        counts[arrival.word] += 1
        if not args.json:
            put(_render(arrival))
        elif args.once:
            kept.append(_describe(arrival))
        else:
            put(json.dumps(_describe(arrival), ensure_ascii=False))
        sys.stdout.flush()

    with (
        Loop() as loop,
        closing(make_reader(loop, make_connection(settings, args.cluster.parent), args.bank)) as reader,
    ):
        receiver = Receiver(reader, tray, tell)
        end_on_signals(receiver.ending)  # after the file that is being received
        if args.once:
            receiver.run_once()
        else:
            say(pick("等待代发文件,Ctrl-C 结束", "waits for order files, Ctrl-C ends it"))
            receiver.run()
    _tell_end(args, counts, kept)
    return VerificationError.exit_code if args.once and counts["refused"] else 0


def _tell_end(args: Namespace, counts: Counter[str], kept: list[dict[str, Any]]) -> None:
    if args.json and args.once:
        put_json({"files": kept} | {word: counts[word] for word in _WORDS_ZH})
    say(" · ".join(f"{tag(zh, word)} {counts[word]}" for word, zh in _WORDS_ZH.items()))
    if counts["refused"]:
        say(f"{pick('拒收的文件与原因在', 'what was turned away is kept, with the reason, in')}: {args.to}/refused/")
    say(
        pick(
            "付款后用 submit --cluster 报送发放结果(格式 results-*)",
            "once paid, send the results back by submit --cluster (profiles results-*)",
        )
    )


def _describe(arrival: Arrival) -> dict[str, Any]:
    told: dict[str, Any] = {
        "outcome": arrival.word,
        "county": arrival.county,
        "name": arrival.name,
        "file": arrival.file,
    }
    told |= {"count": arrival.count, "fen": arrival.fen}
    return told | (describe_reason(arrival.code, "", arrival.detail) if arrival.code else {})


def _render(arrival: Arrival) -> str:
    """Write one line for a person."""
    head = tag(_WORDS_ZH[arrival.word], arrival.word)
    if not arrival.code:
        return f"{head}  {arrival.county}/{arrival.name}  {tag('笔数', 'count')} {arrival.count}  {yuan(arrival.fen)}"
    text = CODES[arrival.code]
    detail = f" [{arrival.detail}]" if arrival.detail else ""
    why = f"{arrival.code} {pick(text.zh, text.en)}{detail} → {pick(text.next_zh, text.next_en)}"
    return f"{head}  {arrival.name}  {why}"
