"""Owns the reading of entries: what each says about the lines that go back to their senders.

Most lines have nothing to say and cost one search in their bytes; blue findings are not told.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from consolidator.privacy.masking import mask_numbers
from consolidator.returns.store import SUCCESSOR, SUCCESSOR_STATE, KnownDocument, Missing, Standing, Store
from consolidator.rules.catalogue import BLUE, YELLOW
from consolidator.verify.opening import open_fields
from consolidator.views.answers import OPEN_STATES
from consolidator.views.facts import mask_facts
from schemas.commits import Bundle, list_raw_entries
from schemas.identifiers import derive_line_ref, split_line_ref

ANSWERED = ("batch", "register", "accounts", "designations", "expected", "results")  # kinds whose senders get a list
WHOLE = 0  # the line number under which a document as a whole stands
CLOSED_STATES = frozenset(("ready", "ordered", "credited", "rebuilt", "new", "assessed"))  # shown only with a clue
_QUIET_LINE = re.compile(rb'"findings":\[(?:"[A-Z0-9]*:blue",?)*\],"kind":"line"')
_QUIET_CREDIT = re.compile(
    rb'"document":"([^"]*)","findings":\[\],"from":"ordered","kind":"change","line":([0-9]+),.*"source":"([^"]*)","to":"credited",'
)
_CORRECTS = b'"source_line":'  # a line that corrects another changes how that one is told, quiet or not
_JUDGED = frozenset(("confirmed", "unfounded"))
_LATE = "R43"
_CLUES: Mapping[str, Sequence[str]] = {"R41": ("plan_fen", "used_fen"), "R55": ("jumps",)}  # of a batch as a whole
Fields = Mapping[str, Any]


@dataclass(slots=True)
class Fold:
    """The lists being brought up to date: which documents changed, and what has still to be looked up in the journal.

    ``void``: batches whose unreadable amounts are to be listed. ``partial``: documents of which the log names only the
    first refused items, with the number refused. ``announcements``: documents that announce batches.
    """

    store: Store
    touched: set[int] = field(default_factory=set)
    void: set[int] = field(default_factory=set)
    partial: dict[int, int] = field(default_factory=dict)
    announcements: set[int] = field(default_factory=set)

    def put(self, document: int, line: int, standing: Standing) -> None:
        """Keep how a line stands now."""
        self.store.put_line(document, line, standing)
        self.touched.add(document)


def fold_entries(fold: Fold, bundles: Iterable[Bundle], first: int, end: int) -> bytes:
    """Take the entries from index ``first`` to before ``end`` in (a bundle's end); gives the last one's bytes."""
    last: Bundle | None = None
    for bundle in bundles:
        if bundle.first >= end:
            break
        last = bundle
        if _CORRECTS in bundle.entries or len(_QUIET_LINE.findall(bundle.entries)) < bundle.count:
            _fold_bundle(fold, bundle, first)
    return b"" if last is None else [entry for _, entry, _ in list_raw_entries([last])][-1]


def _fold_bundle(fold: Fold, bundle: Bundle, first: int) -> None:
    for index, entry, private in list_raw_entries([bundle]):
        if index >= first and not _is_quiet_line(entry) and not _is_quiet_credit(fold, entry):
            fields, secret = json.loads(entry), json.loads(private) if private else {}
            take = _TAKE.get(fields["kind"])
            if take is not None:
                take(fold, open_fields(fields, secret), secret)


def _is_quiet_line(entry: bytes) -> bool:
    return _QUIET_LINE.search(entry) is not None and _CORRECTS not in entry


def _is_quiet_credit(fold: Fold, entry: bytes) -> bool:
    """Say whether an entry is of a line that was paid and of which nothing was ever to be said: most entries are."""
    found = _QUIET_CREDIT.search(entry)
    if found is None:
        return False
    document, line, source = map(bytes.decode, found.groups())
    return not fold.store.is_listed(source, document, int(line))


def _take_document(fold: Fold, fields: Fields, _: Fields) -> None:
    if fields["of"] not in ANSWERED:
        return
    stated = (fields.get("control_count", fields["count"]), fields.get("control_fen", 0))
    known = KnownDocument(
        0, fields["digest"], fields["source"], fields["document"], fields["of"], *stated, position=0, file=""
    )
    accepted = fields["outcome"] == "new"
    number = fold.store.enter(known, accepted=accepted)
    if accepted and fields["of"] == "batch":
        fold.store.put_sender(number, fields["source"], fields["programme"], fields["township"])
    if accepted and fields["of"] == "expected":
        fold.announcements.add(number)
    if not accepted:
        fold.put(number, WHOLE, Standing(fields["outcome"], findings=[fields["code"]]))
    elif fold.store.find_line(number, WHOLE) is not None:  # its turn has come
        fold.put(number, WHOLE, Standing("new"))


def _take_effect(fold: Fold, fields: Fields, _: Fields) -> None:
    number = _find(fold, fields)
    if number is None or not fields["codes"]:
        return
    if not fields["positions"]:
        fold.put(number, WHOLE, Standing("refused", findings=sorted(fields["codes"])))
        return
    for item, code in fields["positions"]:
        fold.put(number, item, Standing("refused", findings=[code]))
    if fields["refused"] > len(fields["positions"]):
        fold.partial[number] = fields["refused"]


def _take_batch(fold: Fold, fields: Fields, _: Fields) -> None:
    number = _find(fold, fields)
    if number is None:
        return
    if fields["state"] == "settled":
        _drop_finding(fold, number, WHOLE, _LATE)
    elif fields["state"] == "void":
        _void(fold, number, fields)
    else:
        _take_assessed(fold, number, fields)


def _take_assessed(fold: Fold, number: int, fields: Fields) -> None:
    """An announced batch has come, unless all of it is refused; what is odd about it as a whole is told."""
    counts = {state: count for state, (count, _) in fields["totals"].items()}
    if counts.get("refused", 0) < sum(counts.values()):
        fold.store.forget_missing(fields["programme"], fields["period"], fold.store.find_township(number))
    if "findings" in fields:
        facts = {code: {name: fields[name] for name in names if name in fields} for code, names in _CLUES.items()}
        _add(fold, number, WHOLE, _News(fields["findings"], facts))


def _void(fold: Fold, number: int, fields: Fields) -> None:
    stated = fold.store.document(number)
    sums = {"stated_count": stated.count, "stated_fen": stated.fen, "count": fields["count"], "fen": fields["fen"]}
    fold.put(number, WHOLE, Standing("void", findings=fields["findings"], facts={"R40": sums}))
    if fields["positions"]:
        fold.void.add(number)


def _take_line(fold: Fold, fields: Fields, private: Fields) -> None:
    number = _find(fold, fields)
    findings = _list_told(fields["findings"])
    if number is not None and findings:
        facts = _keep(private["evidence"], findings)
        fold.put(number, fields["line"], Standing(fields["state"], fields["bank"], findings, facts))
    if number is not None and "source_line" in fields:
        _note_correction(fold, number, fields)


def _note_correction(fold: Fold, number: int, fields: Fields) -> None:
    """Keep what a line corrects. That one is known here, unless what told of it was retired with its year."""
    source, document, line = split_line_ref(fields["source_line"])
    corrected = fold.store.find_accepted(source, document)
    if corrected is not None:
        fold.store.put_correction(number, fields["line"], (corrected, line))
        _tell_source(fold, number, fields, fields["state"])


def _tell_source(fold: Fold, number: int, fields: Fields, state: str) -> None:
    """Say of the line that another corrects how that one stands; one that was stopped corrects nothing."""
    place = fold.store.find_corrected(number, fields["line"])
    before = None if place is None else fold.store.find_line(*place)
    if place is None or before is None or before.state not in OPEN_STATES:
        return
    told = {name: value for name, value in before.told.items() if name not in (SUCCESSOR, SUCCESSOR_STATE)}
    if state != "stopped":
        ref = derive_line_ref(fields["source"], fields["document"], fields["line"])
        told |= {SUCCESSOR: ref, SUCCESSOR_STATE: state}
    fold.put(*place, replace(before, told=told))


def _take_change(fold: Fold, fields: Fields, private: Fields) -> None:
    """A line that is ready again was cleared of all but its clues; a held or unpaid one keeps its clues."""
    number = _find(fold, fields)
    if number is None:
        return
    line, state = fields["line"], fields["to"]
    _tell_source(fold, number, fields, state)
    before = fold.store.find_line(number, line)
    known = () if before is None else before.findings
    clues = [finding for finding in known if finding.endswith(YELLOW)]
    now = _list_told(fields["findings"])
    if state in CLOSED_STATES:
        now = [finding for finding in now if finding.endswith(YELLOW)]
    findings = sorted({*clues, *now})
    if before is None and not findings and state in CLOSED_STATES:
        return
    facts = ({} if before is None else dict(before.facts)) | _keep(private.get("evidence", {}), findings)
    told = _read_told(private) if state in OPEN_STATES else _read_successor(fields)
    fold.put(number, line, Standing(state, fields["bank"], findings, _keep(facts, findings), told))


def _read_successor(fields: Fields) -> dict[str, str]:
    """Keep which line pays a rebuilt one's money; only where it has a clue is it still listed."""
    return {SUCCESSOR: fields["successor"]} if "successor" in fields else {}


def _read_told(private: Fields) -> dict[str, str]:
    """Keep what a bank said of a line that it did not pay; its words may hold the account."""
    told = {name: str(private.get(name, "")) for name in ("why", "on", "serial")}
    return told | {"reason": mask_numbers(str(private.get("reason", "")))}


def _take_finding(fold: Fold, fields: Fields, private: Fields) -> None:
    """A later finding: on a held line one more, on a paid one a clue."""
    number = _find(fold, fields)
    if number is not None:
        news = _News(fields["findings"], private.get("evidence", {}), fields["state"])
        _add(fold, number, fields["line"], news)


def _take_overdue(fold: Fold, fields: Fields, _: Fields) -> None:
    """A batch that stays unsettled; one that never came stands in a list of its own."""
    if fields["what"] == "expected":
        call = fields["programme"], fields["period"], fields["township"]
        fold.store.put_missing(Missing(*call, fields["due_on"], fields["source"], fields["findings"][0]))
        return
    number = _find(fold, fields)
    if number is not None:
        _add(fold, number, WHOLE, _News(fields["findings"], {_LATE: {"since_on": fields["since_on"]}}))


def _take_disposition(fold: Fold, fields: Fields, _: Fields) -> None:
    """A clue that people have judged is done with; a held line waits for its review all the same."""
    number = _find(fold, fields)
    if number is not None and fields["verdict"] in _JUDGED:
        standing = fold.store.find_line(number, fields["line"])
        if standing is not None and standing.state in CLOSED_STATES | OPEN_STATES:
            _drop_finding(fold, number, fields["line"], fields["code"])


def _take_orders(fold: Fold, fields: Fields, _: Fields) -> None:
    number = _find(fold, fields)
    if number is not None and fold.store.order_lines(number, fields["bank"]):
        fold.touched.add(number)


@dataclass(frozen=True, slots=True)
class _News:
    """What an entry adds to a line: findings, the facts behind them, and the state the line is in."""

    findings: Iterable[str]
    evidence: Mapping[str, Any]
    state: str = "assessed"


def _add(fold: Fold, number: int, line: int, news: _News) -> None:
    told = _list_told(news.findings)
    if told:
        before = fold.store.find_line(number, line) or Standing(news.state)
        findings = sorted({*before.findings, *told})
        facts = {**before.facts, **_keep(news.evidence, told)}
        fold.put(number, line, Standing(news.state, before.bank, findings, facts, before.told))


def _drop_finding(fold: Fold, number: int, line: int, code: str) -> None:
    before = fold.store.find_line(number, line)
    if before is not None:
        findings = [finding for finding in before.findings if finding.partition(":")[0] != code]
        fold.put(number, line, replace(before, findings=findings, facts=_keep(before.facts, findings)))


def _find(fold: Fold, fields: Fields) -> int | None:
    return fold.store.find_accepted(fields["source"], fields["document"])


def _list_told(findings: Iterable[str]) -> list[str]:
    return sorted(finding for finding in findings if not finding.endswith(BLUE))


def _keep(evidence: Mapping[str, Any], findings: Iterable[str]) -> dict[str, Any]:
    """Keep the facts behind these findings, without names and IDs of third persons."""
    codes = [finding.partition(":")[0] for finding in findings]
    return {code: mask_facts(evidence[code]) for code in codes if code in evidence}


_TAKE: Mapping[str, Callable[[Fold, Fields, Fields], None]] = {
    "document": _take_document,
    "effect": _take_effect,
    "batch": _take_batch,
    "line": _take_line,
    "change": _take_change,
    "finding": _take_finding,
    "overdue": _take_overdue,
    "disposition": _take_disposition,
    "orders": _take_orders,
}
