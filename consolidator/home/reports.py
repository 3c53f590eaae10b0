"""Owns what a run tells the operator: the ledger's outcomes, refusals, and order files. No personal data."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from consolidator.gate.delivering import Undelivered, describe_undelivered
from consolidator.gate.sending import Sending
from consolidator.gate.texts import GATE_CODES
from consolidator.intake.outcomes import describe_reason
from consolidator.language import choose, pick, tag
from schemas.codes import CODES, CodeText
from schemas.commits import Outcome

REFUSALS = frozenset(("refused", "conflict", "gap", "unauthenticated", "void", "item"))
WORDS_ZH = {
    "refused": "退回",
    "conflict": "冲突",
    "gap": "等待前件",
    "unauthenticated": "未认证",
    "void": "作废",
    "item": "明细有误",
}
_UNKNOWN = CodeText("", "", "", "")


@dataclass(slots=True)
class RunReport:
    """What one run did. ``outcomes`` holds what was refused or waits; ``documents`` counts those that were accepted.

    ``files`` maps a document's digest to the name of the file it was made from. ``witnessed`` says whether the quorum
    in force asks for anybody.
    """

    commands: int = 0
    lines: int = 0
    documents: int = 0
    outcomes: list[Outcome] = field(default_factory=list)
    sendings: list[Sending] = field(default_factory=list)
    undelivered: list[Undelivered] = field(default_factory=list)
    files: dict[str, str] = field(default_factory=dict)
    witnessed: bool = False

    def add(self, outcomes: Sequence[Outcome]) -> None:
        """Take note of what the ledger says."""
        self.documents += sum(outcome.word == "new" for outcome in outcomes)
        self.outcomes += [outcome for outcome in outcomes if outcome.word in REFUSALS]

    def settle_gaps(self, open_digests: frozenset[str]) -> None:
        """Drop the gaps that this run closed itself."""
        self.outcomes = [each for each in self.outcomes if each.word != "gap" or each.digest in open_digests]

    @property
    def sent(self) -> int:
        """Order files sent."""
        return sum(sending.word == "sent" for sending in self.sendings)

    @property
    def waiting(self) -> list[Sending]:
        """Order files that cannot go out yet."""
        return [sending for sending in self.sendings if sending.word == "waiting"]


def describe_run(report: RunReport) -> dict[str, Any]:
    """Give the report as ``--json`` shows it."""
    return {
        "commands": report.commands,
        "lines": report.lines,
        "documents": report.documents,
        "refused": [_describe(outcome, report.files.get(outcome.digest, "")) for outcome in report.outcomes],
        "orders_sent": report.sent,
        "orders_waiting": [
            {"file": each.file.file, "bank": each.file.bank, "code": each.code, "detail": each.detail}
            for each in report.waiting
        ],
        "orders_undelivered": [describe_undelivered(each) for each in report.undelivered],
    }


def _describe(outcome: Outcome, file: str) -> dict[str, Any]:
    base = {
        "outcome": outcome.word,
        "file": file,
        "source": outcome.source,
        "document": outcome.document,
        "kind": outcome.kind,
        "digest": outcome.digest,
    }
    return base | describe_reason(outcome.code, outcome.position, outcome.detail)


def render_refusal(outcome: Outcome, file: str) -> str:
    """Write one line for a person about what was refused: document, file (if any), place, why, what next."""
    text = CODES.get(outcome.code, _UNKNOWN)
    where = " ".join(word for word in (file, outcome.position) if word)
    place = f" ({where})" if where else ""
    detail = f" [{outcome.detail}]" if outcome.detail else ""
    return (
        f"{tag(WORDS_ZH[outcome.word], outcome.word)}  {outcome.source}/{outcome.document}{place}  "
        f"{outcome.code} {pick(text.zh, text.en)}{detail} → {pick(text.next_zh, text.next_en)}"
    )


def render_waiting(sending: Sending) -> str:
    """Write one line about an order file that waits."""
    text = GATE_CODES[sending.code]
    detail = f" [{choose(sending.detail)}]" if sending.detail else ""
    return (
        f"{tag('未发出', 'waiting')}  {sending.file.file}  {sending.code} "
        f"{pick(text.zh, text.en)}{detail} → {pick(text.next_zh, text.next_en)}"
    )
