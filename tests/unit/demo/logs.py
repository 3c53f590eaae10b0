"""Makes small logs by hand: the entries of a month with a family, a void batch, a refused release and two banks."""

from typing import Any

from consolidator.views.reading import StoredEntry


def document(kind: str, source: str, count: int, outcome: str = "new") -> dict[str, Any]:
    return {"kind": "document", "of": kind, "source": source, "document": "D", "count": count, "outcome": outcome}


def line(number: int, state: str, findings: list[str], fen: int = 100) -> dict[str, Any]:
    return {
        "kind": "line",
        "source": "agri",
        "document": "B1",
        "line": number,
        "state": state,
        "findings": findings,
        "amount_fen": fen,
    }


def change(number: int, states: tuple[str, str], findings: list[str], fen: int = 100) -> dict[str, Any]:
    return line(number, "", findings, fen) | {"kind": "change", "from": states[0], "to": states[1]}


def orders(bank: str, count: int, fen: int) -> dict[str, Any]:
    return {"kind": "orders", "bank": bank, "file": f"agri_B1_{bank}_001", "count": count, "fen": fen}


def void(count: int, fen: int) -> dict[str, Any]:
    return {
        "kind": "batch",
        "source": "bank-402",
        "document": "B2",
        "state": "void",
        "count": count,
        "fen": fen,
        "findings": ["R40:red"],
    }


def refused_release() -> dict[str, Any]:
    return {"kind": "release", "source": "agri", "document": "B1", "outcome": "refused", "code": "D17"}


def in_household(name: str, household: str) -> dict[str, Any]:
    return {"beneficiary_name": name, "evidence": {"R18": {"household": household}}}


def month() -> list[StoredEntry]:
    """Give a whole month: lines 1-3 a family, 4 ready, 5 refused, 6 ready and held at its release."""
    shared = "R18:orange"
    entries = [
        (document("batch", "agri", 6), {}),
        (document("batch", "bank-402", 2), {}),
        (document("batch", "bank-402", 9, "refused"), {}),
        (line(1, "held", ["R09:yellow", shared]), in_household("周穗青", "H1")),
        (line(2, "held", ["R08:yellow", shared]), in_household("吴禾安", "H1")),
        (line(3, "held", ["R09:yellow", shared]), in_household("吴麦冬", "H1")),
        (line(4, "ready", ["R13:blue"], 700), {}),
        (line(5, "refused", ["R21:red"], 50), {}),
        (line(6, "ready", [], 40), {}),
        ({"kind": "batch", "source": "agri", "document": "B1", "state": "assessed"}, {}),
        (void(2, 900), {}),
        (change(1, ("held", "stopped"), [shared]), {}),
        (change(3, ("held", "stopped"), [shared]), {}),
        (change(2, ("held", "ready"), [shared]), {}),
        (change(6, ("ready", "held"), ["H01:orange"], 40), {}),
        (refused_release(), {}),
        (orders("402", 1, 100), {}),
        (orders("102", 1, 700), {}),
        ({"kind": "finding", **_place(4), "findings": ["R18:orange"]}, {}),
        ({"kind": "close", "hour": "2026-11-05T08", "rows": []}, {}),
    ]
    return [StoredEntry(index, fields, private) for index, (fields, private) in enumerate(entries)]


def _place(number: int) -> dict[str, Any]:
    return {"source": "agri", "document": "B1", "line": number}


def answered() -> list[StoredEntry]:
    """Give the same month with what banks told: 4 is paid a day late and comes back, 2 fails, 6 is told wrongly."""
    told: list[tuple[dict[str, Any], dict[str, Any]]] = [
        (document("results", "bank-402", 3), {}),
        (change(2, ("ordered", "failed"), []), {"why": "account_state"}),
        (change(4, ("ordered", "unknown"), [], 700), {}),
        ({"kind": "finding", **_place(6), "findings": ["R51:red"]}, {"evidence": {}}),
        (change(4, ("unknown", "credited"), [], 700), {}),
        ({"kind": "batch", "source": "agri", "document": "B1", "state": "settled"}, {}),
        (change(4, ("credited", "returned"), ["R53:yellow"], 700), {}),
    ]
    before = month()
    return [*before, *(StoredEntry(len(before) + at, fields, private) for at, (fields, private) in enumerate(told))]


def corrected() -> list[StoredEntry]:
    """Give what follows corrections of lines 2 and 4: both ready, one paid; one that asks for more, one once more."""
    fix, raised, twice = (_rename(f"B1-{word}") for word in ("FIX", "RAISED", "TWICE"))
    told: list[dict[str, Any]] = [
        line(1, "refused", ["R44:red"], 200) | raised,
        line(1, "ready", []) | fix | {"source_line": "agri/B1/2"},
        line(2, "held", ["R14:orange"], 700) | fix | {"source_line": "agri/B1/4"},
        line(3, "refused", ["S27:red"]) | fix,
        change(1, ("ordered", "credited"), []) | fix,
        line(1, "refused", ["R13:blue", "R45:red"]) | twice,
        line(1, "ready", []) | fix | {"source": "civil", "source_line": "agri/B1/6"},
    ]
    return [StoredEntry(index, fields, {}) for index, fields in enumerate(told)]


def _rename(document: str) -> dict[str, Any]:
    return {"document": document}
