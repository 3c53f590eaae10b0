"""A small log written by hand: batches, a hold, a clearing by two keys, releases, a stop, closes, results of banks."""

import copy
import json
from collections.abc import Callable, Sequence
from hashlib import sha256
from typing import Any

from consolidator.transparency.checkpoint import Checkpoint, sign_checkpoint
from consolidator.transparency.keys import Ed25519Signer, derive_signer
from consolidator.transparency.tree import CompactRange
from consolidator.verify.log import Report, verify_log
from schemas.commits import Bundle

Entry = dict[str, Any]
ORIGIN = "log.example/511112"
SIGNER = derive_signer(ORIGIN, bytes(32))
CLERK, APPROVER, ADAPTER, REVIEWER, MONITOR, TELLER = ("c" * 64, "a" * 64, "d" * 64, "b" * 64, "e" * 64, "f" * 64)
TOLD = ("credited", "failed", "unknown", "returned")
SEAL = "5" * 64


def digest(name: str) -> str:
    """Give a document's digest."""
    return sha256(name.encode()).hexdigest()


def document(name: str, of: str, key: str, seq: int, **fields: object) -> Entry:
    """An accepted document."""
    base = {"kind": "document", "source": "s", "document": name, "of": of, "key": key, "seq": seq, "count": 1}
    return base | {"digest": digest(name), "outcome": "new"} | fields


def batch_document(name: str, seq: int, count: int, fen: int) -> Entry:
    """An accepted batch."""
    figures = {"township": "511112001", "control_count": count, "control_fen": fen}
    return document(name, "batch", ADAPTER, seq, programme="FARM", period="2026", **figures)


def line(batch: str, number: int, fen: int, state: str = "ready", *findings: str) -> Entry:
    """An assessed line, at bank 402 when it is ready."""
    where = {"bank": "402", "route": "on_us"} if state == "ready" else {"bank": "", "route": ""}
    common = {"source": "s", "document": batch, "line": number, "programme": "FARM", "period": "2026"}
    rest = {"village": "", "amount_fen": fen, "state": state, "findings": list(findings), "sealed": SEAL}
    return {"kind": "line"} | common | where | rest


def batch(name: str, state: str, totals: dict[str, list[int]] | None = None, **fields: object) -> Entry:
    """A batch changed its state."""
    base = {"kind": "batch", "source": "s", "document": name, "state": state, "programme": "FARM", "period": "2026"}
    assessed = {"registers": {"deaths": "2026-10-31"}, "rules": 1, "not_checked": []} if state == "assessed" else {}
    return base | ({} if totals is None else {"totals": totals}) | assessed | fields


def change(name: str, number: int, fen: int, arrow: str, **fields: object) -> Entry:
    """A line changed."""
    came_from, to = arrow.split(">")
    bank, route = (
        ("402" if "ready" in (came_from, to) or to in TOLD else ""),
        ("on_us" if "ready" in (came_from, to) else ""),
    )
    where = {"bank": bank, "route": route}
    common = {"source": "s", "document": name, "line": number, "programme": "FARM", "period": "2026"}
    rest = {"amount_fen": fen, "from": came_from, "to": to, "findings": [], "by": "", "cause": "", "sealed": SEAL}
    return {"kind": "change"} | common | where | rest | fields


def release(name: str, number: int, banks: Sequence[Sequence[Any]], cause: str, **fields: object) -> Entry:
    """A release was judged."""
    base = {"kind": "release", "source": "s", "document": name, "release": number, "outcome": "accepted"}
    return base | {"banks": [list(row) for row in banks], "by": APPROVER, "cause": digest(cause)} | fields


def orders(name: str, bank: str, released: int, count: int, fen: int, number: int = 1) -> Entry:  # noqa: PLR0913, PLR0917 -- the fields of a file
    """An order file was fixed: the ``number``-th of its bank and release."""
    common = {"source": "s", "document": name, "programme": "FARM", "period": "2026", "bank": bank}
    file = {"release": released, "number": number, "file": f"s_{name}_{bank}_{released}_{number}"}
    file |= {"count": count, "fen": fen, "parts": 1}
    return {"kind": "orders"} | common | file | {"sealed": SEAL}


def disposition(number: int, by: str, cause: str, **fields: object) -> Entry:
    """Somebody said what became of a finding on a line of B1."""
    base = {"kind": "disposition", "source": "s", "document": "B1", "line": number, "code": "R18"}
    return base | {"verdict": "unfounded", "by": by, "cause": digest(cause), "sealed": SEAL} | fields


def access(name: str, by: str, indices: Sequence[int], **fields: object) -> Entry:
    """Openings of entries were given out."""
    base = {"kind": "access", "source": "s", "document": name, "reader": "citizen", "count": len(indices)}
    return base | {"indices": list(indices), "by": by, "cause": digest(name), "sealed": SEAL} | fields


def monitored(number: int, **fields: object) -> Entry:
    """A monitor told something about a line of B1 that was ordered."""
    base = {"kind": "finding", "source": "s", "document": "B1", "line": number, "programme": "FARM", "period": "2026"}
    return base | {"state": "ordered", "findings": ["R17:orange"], "cause": digest("T1"), "sealed": SEAL} | fields


def told(cause: str, name: str, number: int, fen: int, arrow: str, *findings: str) -> Entry:
    """A bank's results moved a line."""
    return change(name, number, fen, arrow, by=TELLER, cause=digest(cause), findings=list(findings))


def differing(number: int, state: str, cause: str) -> Entry:
    """A bank told something of a line of B1 that does not fit."""
    return monitored(number, state=state, findings=["R51:red"], cause=digest(cause))


def overdue(what: str, **fields: object) -> Entry:
    """Something is late."""
    base = {"kind": "overdue", "what": what, "source": "s", "programme": "FARM", "period": "2026"}
    return base | {"findings": ["R43:yellow"]} | fields


def close(hour: str, rows: Sequence[Sequence[Any]], part: int = 1, parts: int = 1) -> Entry:
    """An hour's moves."""
    return {"kind": "close", "hour": hour, "rows": [list(row) for row in rows], "part": part, "parts": parts}


def _at(instant: str, entries: Sequence[Entry]) -> list[Entry]:
    return [{"v": 1, "at": instant} | entry for entry in entries]


ROOTS = [CLERK, APPROVER]
GENESIS = {"kind": "genesis", "county": "511112", "origin": ORIGIN, "roots": ROOTS, "quorum": "none", "semantics": 1}
FIRST_HOUR = [
    GENESIS,
    document("B1", "other", CLERK, 1, outcome="refused", code="D05"),
    document("B1", "register", CLERK, 3, outcome="gap", code="D02", digest=digest("late")),
    batch_document("B1", 1, 6, 2100),
    line("B1", 1, 100),
    line("B1", 2, 200, "ready", "R13:blue", ":yellow"),
    line("B1", 3, 300, "held", "R18:orange"),
    line("B1", 4, 400, "held", ":orange"),
    line("B1", 5, 500, "refused", "R16:red", "R18:orange"),
    line("B1", 6, 600) | {"bank": "103"},
    batch("B1", "assessed", {"ready": [3, 900], "held": [2, 700], "refused": [1, 500]}),
    document("H1", "review", CLERK, 2, action="hold", batch_source="s", batch_document="B1"),
    change("B1", 2, 200, "ready>held", by=CLERK, cause=digest("H1"), findings=["H03:orange"]),
    {"kind": "effect", "source": "s", "document": "H1", "of": "review", "cause": digest("H1"), "accepted": 1}
    | {"refused": 2, "codes": {"S03": 1, "S04": 1}, "positions": [[2, "S03"], [3, "S04"]]},
    {"kind": "finding", "source": "s", "document": "B1", "line": 3, "programme": "FARM", "period": "2026"}
    | {"state": "held", "findings": ["R54:orange"], "cause": digest("B1")},
    document("M1", "review", APPROVER, 1, action="comment", batch_source="s", batch_document="B1"),
    {
        "kind": "comment",
        "source": "s",
        "document": "B1",
        "line": 3,
        "by": APPROVER,
        "cause": digest("M1"),
        "sealed": SEAL,
    },
    document("R1", "release", CLERK, 3, batch_source="s", batch_document="B1", release=1),
    document("R1", "release", CLERK, 2, outcome="conflict", code="D01", digest=digest("other H1")),
    document("K1", "confirm", APPROVER, 2, confirms=digest("R1")),
    release("B1", 1, [["103", 1, 600], ["402", 1, 100]], "K1"),
    orders("B1", "103", 1, 1, 600),
    orders("B1", "402", 1, 1, 100),
]
BANK_ROWS = [
    ["FARM", "103", "ordered", 1, 600],
    ["FARM", "103", "ready", 1, 600],
    ["FARM", "402", "ordered", 1, 100],
    ["FARM", "402", "ready", 2, 300],
]
SECOND_HOUR = [
    close("2026-11-05T08", [["FARM", "", "held", 3, 900], ["FARM", "", "refused", 1, 500]], 1, 2),
    close("2026-11-05T08", BANK_ROWS, 2, 2),
    document("C1", "review", CLERK, 4, action="clear", batch_source="s", batch_document="B1"),
    document("K2", "confirm", APPROVER, 3, confirms=digest("C1")),
    change("B1", 2, 200, "held>ready", by=APPROVER, cause=digest("K2"), bank="103"),
    change("B1", 3, 300, "held>ready", by=APPROVER, cause=digest("K2")),
    document("S1", "review", CLERK, 5, action="stop", batch_source="s", batch_document="B1"),
    change("B1", 4, 400, "held>stopped", by=CLERK, cause=digest("S1")),
    document("R2", "release", CLERK, 6, batch_source="s", batch_document="B1", release=2),
    document("K3", "confirm", APPROVER, 4, confirms=digest("R2")),
    release("B1", 2, [["103", 1, 200], ["402", 1, 300]], "K3", outcome="refused", code="D17"),
    document("R3", "release", CLERK, 7, batch_source="s", batch_document="B1", release=2),
    document("K4", "confirm", APPROVER, 5, confirms=digest("R3")),
    release("B1", 2, [["103", 1, 200], ["402", 1, 300]], "K4"),
    orders("B1", "103", 2, 1, 200),
    orders("B1", "402", 2, 1, 300),
    batch_document("B2", 2, 1, 50),
    line("B2", 1, 50),
    batch("B2", "assessed", {"ready": [1, 50]}, findings=["R41:yellow", "R55:yellow"], plan_fen=49, used_fen=50)
    | {"jumps": [["511112001001", 30, 1]]},
    orders("B2", "402", 1, 1, 50),
    batch_document("B3", 3, 1, 70),
    line("B3", 1, 70, "refused", ":red"),
    batch("B3", "assessed", {"refused": [1, 70]}),
    batch("B3", "settled", {"refused": [1, 70]}),
    batch_document("B4", 4, 2, 70),
    batch("B4", "void", findings=["R40:red"], positions=[], count=2, fen=71),
    batch_document("B5", 5, 2, 70),
    {"kind": "effect", "source": "s", "document": "B5", "of": "batch", "cause": digest("B5"), "accepted": 0}
    | {"refused": 2, "codes": {"D09": 2}, "positions": []},
    document("E1", "disposition", REVIEWER, 1, action="record", batch_source="s", batch_document="B1"),
    disposition(3, REVIEWER, "E1"),
    document("E2", "disposition", REVIEWER, 2, action="suppress", batch_source="s", batch_document="B1"),
    document("K5", "confirm", APPROVER, 6, confirms=digest("E2")),
    disposition(4, APPROVER, "K5", until="2026-12-31", code=""),
    batch_document("F1", 6, 3, 60),
    *(line("F1", number, 20) for number in (1, 2, 3)),
    batch("F1", "assessed", {"ready": [3, 60]}),
    orders("F1", "402", 1, 2, 40),
    orders("F1", "402", 1, 1, 20, 2),
    document("T1", "finding", MONITOR, 1, count=1),
    monitored(2),
    document("A1", "access", REVIEWER, 3, count=2),
    access("A1", REVIEWER, [4, 5]),
    overdue("expected", township="511112001", due_on="2026-11-04"),
    overdue("batch", document="B1", since_on="2026-10-01"),
    document("G1", "batch", REVIEWER, 4, programme="FARM", period="2026", township="", control_count=1, control_fen=30),
    line("G1", 1, 30),
    batch("G1", "assessed", {"ready": [1, 30]}),
    document("Q1", "results", TELLER, 1, count=8),
    told("Q1", "B2", 1, 50, "ordered>credited"),
    told("Q1", "F1", 2, 20, "ordered>failed"),
    told("Q1", "F1", 3, 20, "ordered>credited"),
    told("Q1", "F1", 1, 20, "ordered>unknown"),
    told("Q1", "F1", 3, 20, "credited>returned", "R53:yellow"),
    differing(1, "ordered", "Q1"),
    change("G1", 1, 30, "ready>held", cause=digest("Q1"), findings=["R51:red"]),
    {"kind": "effect", "source": "s", "document": "Q1", "of": "results", "cause": digest("Q1"), "accepted": 4}
    | {
        "refused": 4,
        "codes": {"S03": 1, "S25": 2, "S26": 1},
        "positions": [[1, "S25"], [2, "S26"], [7, "S03"], [8, "S25"]],
    },
    batch("B2", "settled", {"credited": [1, 50]}),
    document("S2", "review", REVIEWER, 5, action="stop", batch_source="s", batch_document="G1"),
    change("G1", 1, 30, "held>stopped", by=REVIEWER, cause=digest("S2"), findings=["R51:red"]),
    batch("G1", "settled", {"stopped": [1, 30]}),
]
TOLD_ROWS = [
    ["FARM", "103", "ordered", 1, 200],
    ["FARM", "103", "ready", 1, 200],
    ["FARM", "402", "credited", 2, 70],
    ["FARM", "402", "failed", 1, 20],
    ["FARM", "402", "ordered", 5, 410],
    ["FARM", "402", "ready", 6, 440],
    ["FARM", "402", "returned", 1, 20],
    ["FARM", "402", "unknown", 1, 20],
    ["FARM", "", "held", 1, 30],
    ["FARM", "", "refused", 1, 70],
    ["FARM", "", "stopped", 2, 430],
]
THIRD_HOUR = [
    close("2026-11-05T09", TOLD_ROWS),
    document("Q2", "results", TELLER, 2, count=3),
    told("Q2", "F1", 1, 20, "unknown>credited"),
    told("Q2", "B1", 3, 300, "ordered>credited"),
    told("Q2", "B1", 1, 100, "ordered>unknown"),
    batch("F1", "settled", {"credited": [1, 20], "failed": [1, 20], "returned": [1, 20]}),
    differing(3, "credited", "Q2"),
    told("Q2", "B1", 1, 100, "unknown>failed"),
    told("Q2", "F1", 1, 20, "credited>returned", "R53:yellow"),
]
STORY = _at("2026-11-05T08:59:59Z", FIRST_HOUR) + _at("2026-11-05T09:00:00Z", SECOND_HOUR)
STORY += _at("2026-11-05T10:00:00Z", THIRD_HOUR)


def find(entries: list[Entry], kind: str, nth: int = 0) -> Entry:
    """Give the n-th entry of a kind, to be changed."""
    return [entry for entry in entries if entry["kind"] == kind][nth]


def render(entry: Entry) -> bytes:
    """Write an entry canonically."""
    return json.dumps(entry, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def pack(entries: Sequence[bytes], size: int = 7) -> list[Bundle]:
    """Put entries into bundles."""
    return [
        Bundle(first, len(run), b"".join(len(raw).to_bytes(2, "big") + raw for raw in run), b"")
        for first in range(0, len(entries), size)
        for run in [entries[first : first + size]]
    ]


def seal(entries: Sequence[bytes], signer: Ed25519Signer = SIGNER) -> bytes:
    """Sign the tree of entries."""
    tree = CompactRange().append_many(entries)
    return sign_checkpoint(Checkpoint(signer.name, tree.size, tree.root()), signer)


def verify(entries: Sequence[Entry]) -> Report:
    """Sign entries as their log would, and verify them: what is wrong is then in the entries, not in the tree."""
    raw = [render(entry) for entry in entries]
    return verify_log(pack(raw), seal(raw), SIGNER.verifier)


def verify_changed(change_story: Callable[[list[Entry]], object]) -> Report:
    """Verify the story after a change."""
    entries = copy.deepcopy(STORY)
    change_story(entries)
    return verify(entries)
