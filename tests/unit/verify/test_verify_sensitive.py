"""Sensitive programmes in a log: counts are checked, and neither hiding an ordinary amount nor telling one passes."""

from collections.abc import Callable
from typing import Any

import pytest

from consolidator.verify.log import check_totals
from schemas.errors import VerificationError
from tests.unit.verify.story import (
    ADAPTER,
    APPROVER,
    CLERK,
    GENESIS,
    SEAL,
    Entry,
    close,
    digest,
    document,
    find,
    line,
    verify,
    verify_changed,
)

Story = list[Entry]
SEALED = {"sealed": SEAL}


def _without(entry: Entry, *names: str) -> Entry:
    return {name: value for name, value in entry.items() if name not in names}


def _policy(name: str, seq: int, **changed: bool) -> Story:
    """A policy that makes programmes sensitive, or ordinary again."""
    effect: Entry = {"kind": "effect", "source": "s", "document": name, "of": "policy", "cause": digest(name)}
    effect |= {"accepted": 1, "refused": 0, "codes": {}, "positions": [], "sensitive": changed}
    return [document(name, "policy", CLERK, seq), effect]


def _batch(name: str, state: str, **fields: object) -> Entry:
    base = {"kind": "batch", "source": "s", "document": name, "state": state, "programme": "CARE", "period": "2026"}
    return base | fields | SEALED


def _header(name: str, seq: int, count: int) -> Entry:
    figures = {"township": "511112001", "control_count": count, "sensitive": True}
    return document(name, "batch", ADAPTER, seq, programme="CARE", period="2026", **figures) | SEALED


def _line(name: str, number: int, state: str = "ready", *findings: str) -> Entry:
    entry = line(name, number, 1, state, *findings) | {"programme": "CARE"}
    return _without(entry, "amount_fen", "route", "village")


def _orders(name: str, bank: str, count: int) -> Entry:
    file = {"release": 1, "number": 1, "file": f"s_{name}_{bank}", "count": count, "parts": 1}
    return {"kind": "orders", "source": "s", "document": name, "programme": "CARE", "period": "2026", "bank": bank} | (
        file | SEALED
    )


HOLD = {"kind": "change", "source": "s", "document": "C1", "line": 2, "programme": "CARE", "period": "2026"}
HOLD |= {"from": "ready", "to": "held", "bank": "402", "findings": ["H03:orange"], "by": CLERK, "cause": digest("H")}
RELEASE = {"kind": "release", "source": "s", "document": "C1", "release": 1, "outcome": "accepted", "by": APPROVER}
FOUND = {"kind": "finding", "source": "s", "document": "C1", "line": 2, "programme": "CARE", "period": "2026"}
LINES = [_line("C1", number) for number in range(1, 14)]
STORY_ENTRIES: Story = [
    GENESIS,
    *_policy("P1", 1, CARE=True),
    _header("C1", 1, 15),
    *LINES,
    _line("C1", 14, "refused", ":red", "R16:red"),
    _line("C1", 15) | {"bank": "103"},
    _batch("C1", "assessed", counts={"ready": 14, "refused": 1}, registers={}, rules=1, not_checked=[]),
    document("H", "review", CLERK, 2, action="hold", batch_source="s", batch_document="C1"),
    HOLD | SEALED,
    FOUND | {"state": "held", "findings": [":orange"], "cause": digest("C1")} | SEALED,
    document("R1", "release", CLERK, 3, batch_source="s", batch_document="C1", release=1),
    document("K1", "confirm", APPROVER, 1, confirms=digest("R1")),
    RELEASE | {"counts": {"103": 1, "402": 12}, "cause": digest("K1")} | SEALED,
    _orders("C1", "103", 1),
    _orders("C1", "402", 12),
    _header("C2", 2, 2),
    _batch("C2", "void", findings=["R40:red"], positions=[], count=2),
    document("C3", "batch", ADAPTER, 3, outcome="refused", code="D11", sensitive=True, control_count=1) | SEALED,
]
ROWS = [
    *(["103", "ordered", 1, None], ["103", "ready", 1, None], ["402", "ordered", 12, 1200], ["402", "ready", 13, None]),
    *(["", "held", 1, None], ["", "refused", 1, None]),
]
LATER: Story = [
    close("2026-11-05T08", []) | {"sensitive": ROWS} | SEALED,
    *_policy("P2", 4, CARE=False),
    document("F1", "batch", ADAPTER, 4, programme="CARE", period="2026", control_count=1, control_fen=9),
    line("F1", 1, 9) | {"programme": "CARE"},
]


def _tell() -> Story:
    first = [{"v": 1, "at": "2026-11-05T08:59:59Z"} | entry for entry in STORY_ENTRIES]
    return first + [{"v": 1, "at": "2026-11-05T09:00:00Z"} | entry for entry in LATER]


def test_counts_are_checked_and_the_report_tells_whose_fen_it_does_not_know() -> None:
    report = verify(_tell())
    assert report.totals == {"held": (1, 0), "ordered": (13, 0), "ready": (1, 9), "refused": (1, 0)}
    assert report.sensitive == {"held": 1, "ordered": 13, "refused": 1}
    assert report.batches == {"open": 1, "released": 1, "void": 1}


def test_every_beginning_is_accepted() -> None:
    story = _tell()
    for size in range(1, len(story)):
        verify(story[:size])


def test_totals_stated_elsewhere_may_have_more_fen_only_where_lines_are_sensitive() -> None:
    report = verify(_tell())
    stated = {"held": (1, 70), "ordered": (13, 1300), "ready": (1, 9), "refused": (1, 0)}
    check_totals(report, stated)
    for wrong in ({"ready": (1, 10)}, {"ordered": (12, 1300)}, {"held": (2, 70)}):
        with pytest.raises(VerificationError, match="total of lines"):
            check_totals(report, stated | wrong)


def _update(kind: str, nth: int = 0, **fields: object) -> Callable[[Story], object]:
    return lambda story: find(story, kind, nth).update(fields)


def _drop(kind: str, nth: int, *names: str) -> Callable[[Story], object]:
    return lambda story: [find(story, kind, nth).pop(name) for name in names]


def _row(place: int, **changed: Any) -> Callable[[Story], object]:  # noqa: ANN401 -- a row's values are of two types
    def change(story: Story) -> None:
        row = find(story, "close")["sensitive"][place]
        for name, value in changed.items():
            row[("bank", "state", "count", "fen").index(name)] = value

    return change


def _moved(name: str, came_from: str, to: str, **fields: object) -> Entry:
    """Line 1 of a sensitive batch moved on, by what bank 402 told unless fields say otherwise."""
    base = {"kind": "change", "source": "s", "document": name, "line": 1, "programme": "CARE", "period": "2026"}
    told = {"from": came_from, "to": to, "bank": "402", "findings": [], "by": CLERK, "cause": digest("Q")}
    return base | told | SEALED | fields


def _rebuilt(name: str, successor: str, **fields: object) -> Entry:
    return _moved(name, "failed", "rebuilt", bank="", by="", cause="", successor=successor, **fields)


ORDINARY = {"programme": "CARE", "period": "2026"}
COUNTED = {"counts": {"ready": 1}, "registers": {}, "rules": 1, "not_checked": []}


def _tell_ordinary(seq: int, **fields: object) -> Story:
    """A batch of one line, ordered at once, while its programme is not sensitive."""
    assessed = _batch("O", "assessed", totals={"ready": [1, 9]}, registers={}, rules=1, not_checked=[])
    return [
        document("O", "batch", ADAPTER, seq, **ORDINARY, control_count=1, control_fen=9),
        line("O", 1, 9) | {"programme": "CARE"} | fields,
        _without(assessed, "sealed"),
        _orders("O", "402", 1) | {"fen": 9},
    ]


def _tell_at_once(entries: Story) -> Story:
    return [{"v": 1, "at": "2026-11-05T08:59:59Z"} | entry for entry in entries]


CORRECTED: Story = [
    GENESIS,
    *_policy("P1", 1, CARE=True),
    _header("C1", 1, 1),
    _line("C1", 1),
    _batch("C1", "assessed", **COUNTED),
    _orders("C1", "402", 1),
    document("Q", "results", CLERK, 2),
    _moved("C1", "ordered", "failed"),
    _header("C2", 2, 1),
    _line("C2", 1) | {"source_line": "s/C1/1"},
    _batch("C2", "assessed", **COUNTED),
    _orders("C2", "402", 1),
    _rebuilt("C1", "s/C2/1"),
    _moved("C2", "ordered", "failed"),
    *_policy("P2", 3, CARE=False),
    *_tell_ordinary(3, source_line="s/C2/1"),
    _rebuilt("C2", "s/O/1"),
]


def test_a_sensitive_line_is_corrected_also_after_its_programme_was_made_ordinary() -> None:
    """Nobody outside can compare the amounts then."""
    report = verify(_tell_at_once(CORRECTED))
    assert report.totals == {"ordered": (1, 9), "rebuilt": (2, 0)}
    assert report.sensitive == {"rebuilt": 2}


def test_a_sensitive_line_corrects_one_of_before_its_programme_was_made_so() -> None:
    story = [
        GENESIS,
        *_tell_ordinary(1),
        document("Q", "results", CLERK, 1),
        _moved("O", "ordered", "failed", amount_fen=9, route=""),
        *_policy("P1", 2, CARE=True),
        _header("C1", 2, 1),
        _line("C1", 1) | {"source_line": "s/O/1"},
        _batch("C1", "assessed", **COUNTED),
        _orders("C1", "402", 1),
    ]
    told = _rebuilt("O", "s/C1/1", amount_fen=9, route="")
    assert verify(_tell_at_once([*story, told])).totals == {"ordered": (1, 0), "rebuilt": (1, 9)}
    for name in ("amount_fen", "route"):
        with pytest.raises(VerificationError, match=HIDES):
            verify(_tell_at_once([*story, _without(told, name)]))


@pytest.mark.parametrize("told", [{"amount_fen": 9}, {"route": ""}])
def test_of_a_sensitive_line_that_is_rebuilt_neither_amount_nor_route_is_told(told: Entry) -> None:
    with pytest.raises(VerificationError, match=TELLS):
        verify(_tell_at_once([*CORRECTED[:-1], CORRECTED[-1] | told]))


def test_rebuilt_sensitive_lines_are_merged_in_the_close_and_not_told_apart_by_bank() -> None:
    moves = {"failed": 2, "ordered": 2, "ready": 2}
    rows = [["402", state, count, None] for state, count in moves.items()] + [["", "rebuilt", 2, None]]
    told = [["CARE", "402", "ordered", 1, 9], ["CARE", "402", "ready", 1, 9]]
    ended = {"v": 1, "at": "2026-11-05T09:00:00Z"} | close("2026-11-05T08", told) | SEALED
    assert verify([*_tell_at_once(CORRECTED), ended | {"sensitive": rows}]).kinds["close"] == 1
    rows[-1][0] = "402"
    with pytest.raises(VerificationError, match="its merged rows are not the moves of the hour"):
        verify([*_tell_at_once(CORRECTED), ended | {"sensitive": rows}])


TELLS, HIDES = "must stay hidden of a sensitive programme", "leaves out what everybody may see"
NOBODY_SAYS = "no policy says that its programme is sensitive"
CORRUPTIONS: dict[str, tuple[Callable[[Story], object], str]] = {
    "no policy made it sensitive": (lambda s: [s.pop(1), s.pop(1)], f"number is 2|{NOBODY_SAYS}"),
    "a policy that hides its effect": (_drop("effect", 0, "sensitive"), NOBODY_SAYS),
    "a policy of another programme": (_update("effect", sensitive={"FARM": True}), NOBODY_SAYS),
    "a policy that changes nothing": (_update("effect", 1, sensitive={"CARE": True}), "made what it is already"),
    "a policy that opens what was open": (_update("effect", sensitive={"FARM": False}), "made what it is already"),
    "a policy of no programme": (_update("effect", sensitive={}), "no policy sets which programmes"),
    "an effect of a review that hides": (_update("effect", of="review"), "no policy sets which programmes"),
    "a policy that was refused": (_update("effect", accepted=0), "no policy sets which programmes"),
    "a header that tells its total": (_update("document", 1, control_fen=5), "tells its control total"),
    "a header that seals nothing": (_drop("document", 1, "sealed"), "neither told nor sealed"),
    "a sensitive programme shown as another": (
        lambda s: (_drop("document", 1, "sealed", "sensitive")(s), _update("document", 1, control_fen=5)(s)),
        NOBODY_SAYS,
    ),
    "an ordinary programme shown as a sensitive one": (
        lambda s: (_drop("document", 8, "control_fen")(s), _update("document", 8, sensitive=True, sealed=SEAL)(s)),
        NOBODY_SAYS,
    ),
    "a batch with neither total nor seal": (
        _drop("document", 8, "control_fen"),
        "states programme, period and control",
    ),
    "a review with a seal": (_update("document", 2, sealed=SEAL), "neither told nor sealed"),
    "a review that is sensitive": (_update("document", 2, sealed=SEAL, sensitive=True), "it is no batch"),
    "sensitive, but false": (_update("document", 1, sensitive=False), "its fields are not those of its kind"),
    "a line that tells its amount": (_update("line", amount_fen=100), TELLS),
    "a line that tells its village": (_update("line", village="511112001001"), TELLS),
    "a line that tells its route": (_update("line", route="on_us"), TELLS),
    "a ready line without bank": (_update("line", bank=""), "no bank and route"),
    "a held line with bank": (_update("line", 13, bank="402"), "no bank and route"),
    "an ordinary line that hides its amount": (_drop("line", 15, "amount_fen"), HIDES),
    "an ordinary line that hides its village": (_drop("line", 15, "village"), HIDES),
    "an ordinary line that hides its route": (_drop("line", 15, "route"), HIDES),
    "a line let through": (_update("line", 13, state="ready", bank="402"), "does not follow from its findings"),
    "a line left out": (lambda s: s.remove(find(s, "line", 14)), "its number of lines is not the control count"),
    "a batch that tells totals": (_update("batch", totals={"ready": [14, 0]}), TELLS),
    "a batch that tells its plan": (_update("batch", plan_fen=1), TELLS),
    "a batch that tells what is used": (_update("batch", used_fen=1), TELLS),
    "a batch that tells of villages": (_update("batch", jumps=[["511112001001", 1, 2]]), TELLS),
    "a batch that seals no totals": (_drop("batch", 0, "sealed"), TELLS),
    "a batch with other counts": (_update("batch", counts={"ready": 13, "refused": 2}), "its counts are not those"),
    "a batch without counts": (_drop("batch", 0, "counts"), "its counts are not those"),
    "a void batch that tells its fen": (_update("batch", 1, fen=5), TELLS),
    "a void batch without its number of lines": (_drop("batch", 1, "count"), "does not tell its number"),
    "a change that tells its amount": (_update("change", amount_fen=1), TELLS),
    "a change that tells its route": (_update("change", route="on_us"), TELLS),
    "a change from another bank": (_update("change", bank="103"), "not the one the line was ready at"),
    "a finding that seals no code": (_drop("finding", 0, "sealed"), "a code is neither told nor sealed"),
    "a finding that seals what it tells": (_update("finding", findings=["R16:orange"]), "neither told nor sealed"),
    "a release that tells figures": (_update("release", banks=[["103", 1, 0], ["402", 12, 0]]), TELLS),
    "a release without counts": (_drop("release", 0, "counts"), TELLS),
    "a release that seals nothing": (_drop("release", 0, "sealed"), TELLS),
    "a release of other counts": (_update("release", counts={"103": 1, "402": 13}), "not what is ready"),
    "an order file that tells its fen": (_update("orders", fen=0), TELLS),
    "an order file of more": (_update("orders", 1, count=13), "more than what is ready"),
    "an order file of less": (_update("orders", 1, count=11), "an order file of the release is missing"),
    "merged rows left out": (_drop("close", 0, "sensitive", "sealed"), "its merged rows are not the moves"),
    "merged rows that seal nothing": (_drop("close", 0, "sealed"), "without their seal"),
    "no merged rows, but a seal": (_update("close", sensitive=[]), "without their seal"),
    "another count in a merged row": (_row(0, count=2), "its merged rows are not the moves"),
    "another bank in a merged row": (_row(2, bank="103"), "stands twice"),
    "a merged row twice": (lambda s: find(s, "close")["sensitive"].append(ROWS[0]), "stands twice"),
    "fen of fewer than ten lines": (_row(0, fen=100), "told where they must not be"),
    "fen of lines that are only ready": (_row(3, fen=1300), "told where they must not be"),
    "no fen of ten ordered lines and more": (_row(2, fen=None), "told where they must not be, or are not"),
    "merged rows before the last part": (
        lambda s: s.insert(s.index(find(s, "close")), find(s, "close") | {"parts": 2}),
        "merged rows stand before the last part",
    ),
    "a sensitive row among the others": (
        _update("close", rows=[["CARE", "103", "ordered", 1, 5]]),
        "its rows are not the moves",
    ),
    "no close of an hour of sensitive moves": (lambda s: s.remove(find(s, "close")), "has no close"),
    "an hour closed twice": (
        lambda s: s.insert(s.index(find(s, "close")), find(s, "close")),
        "in which nothing moved|without their seal",
    ),
}


@pytest.mark.parametrize("name", CORRUPTIONS)
def test_a_corruption_is_refused_in_one_sentence(name: str) -> None:
    change, reason = CORRUPTIONS[name]
    story = [entry | {"sensitive": [*map(list, ROWS)]} if entry["kind"] == "close" else {**entry} for entry in _tell()]
    change(story)
    with pytest.raises(VerificationError, match=reason) as refused:
        verify(story)
    assert "\n" not in str(refused.value)


def test_an_ordinary_batch_may_seal_a_code_and_nothing_else() -> None:
    ordinary: Entry = {"programme": "FARM", "period": "2026", "source": "s", "document": "O", "kind": "batch"}
    header = document("O", "batch", ADAPTER, 1, programme="FARM", period="2026", control_count=1, control_fen=9)
    assessed = ordinary | {"state": "assessed", "totals": {"ready": [1, 9]}, "registers": {}, "rules": 1}
    assessed |= {"not_checked": [], "findings": [":yellow"]}
    story = [GENESIS, header, line("O", 1, 9), assessed | SEALED]
    assert verify([{"v": 1, "at": "2026-11-05T08:59:59Z"} | entry for entry in story]).sensitive == {}
    for wrong in (assessed, assessed | SEALED | {"findings": ["R41:yellow"]}, assessed | SEALED | {"counts": {}}):
        with pytest.raises(VerificationError, match=HIDES):
            verify([{"v": 1, "at": "2026-11-05T08:59:59Z"} | entry for entry in [*story[:3], wrong]])


def test_an_ordinary_batch_may_hide_nothing_anywhere() -> None:
    header = document("O", "batch", ADAPTER, 1, programme="FARM", period="2026", control_count=2, control_fen=9)
    void: Entry = {
        "programme": "FARM",
        "period": "2026",
        "source": "s",
        "document": "O",
        "kind": "batch",
        "state": "void",
    }
    void |= {"findings": ["R40:red"], "positions": [], "count": 2}
    with pytest.raises(VerificationError, match=HIDES):
        verify([{"v": 1, "at": "2026-11-05T08:59:59Z"} | entry for entry in [GENESIS, header, void]])


@pytest.mark.parametrize(
    ("kind", "nth", "change"),
    [
        ("change", 0, lambda entry: entry.pop("amount_fen")),
        ("change", 0, lambda entry: entry.pop("route")),
        ("release", 0, lambda entry: entry.pop("banks")),
        ("release", 0, lambda entry: entry.update(counts={"402": 1})),
        ("release", 0, lambda entry: entry.update(SEALED)),
        ("orders", 0, lambda entry: entry.pop("fen")),
    ],
)
def test_the_ordinary_story_may_hide_nothing(kind: str, nth: int, change: Callable[[Entry], object]) -> None:

    with pytest.raises(VerificationError, match=HIDES):
        verify_changed(lambda story: change(find(story, kind, nth)))
