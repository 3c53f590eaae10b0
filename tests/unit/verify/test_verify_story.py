from collections.abc import Callable

import pytest

from consolidator.verify.log import check_totals
from schemas.errors import VerificationError
from tests.unit.verify.changing import Story, append, remove, repeat, update
from tests.unit.verify.story import (
    ADAPTER,
    APPROVER,
    CLERK,
    REVIEWER,
    STORY,
    Entry,
    batch,
    close,
    digest,
    document,
    find,
    line,
    orders,
    verify,
    verify_changed,
)


def test_the_untouched_story_is_accepted_with_its_figures() -> None:
    report = verify(STORY)
    assert report.size == len(STORY)
    assert report.batches == {"refused": 1, "released": 1, "settled": 4, "void": 1}
    assert report.totals == {
        "ordered": (2, 800),
        "refused": (2, 570),
        "stopped": (2, 430),
        "credited": (2, 350),
        "failed": (2, 120),
        "returned": (2, 40),
    }
    assert report.order_files == 7
    assert report.kinds["line"] == 12
    assert (report.kinds["disposition"], report.kinds["overdue"], report.kinds["orders"]) == (2, 2, 7)


def test_every_beginning_of_the_story_is_accepted() -> None:
    for size in range(1, len(STORY)):
        assert verify(STORY[:size]).size == size


def _cut_line(story: Story) -> None:
    """Take a line out and mend the numbers of those after it, as a forger would."""
    story.remove(find(story, "line", 5))


def _swap_close(story: Story) -> None:
    first, second = find(story, "close"), find(story, "close", 1)
    first["part"], second["part"] = 2, 1


def _pay_held(story: Story) -> None:
    """Say that a held line was ready, everywhere it can be said in one place."""
    find(story, "line", 2).update(state="ready", bank="402", route="on_us")


FIRST_OF_TWO = 5  # the first of two files of one bank and release, among all order files


def _swap_files(story: Story) -> None:
    first, second = find(story, "orders", FIRST_OF_TWO), find(story, "orders", FIRST_OF_TWO + 1)
    first["number"], second["number"] = 2, 1


def _find_document(story: Story, name: str) -> Entry:
    return next(entry for entry in story if entry["kind"] == "document" and entry["document"] == name)


def _suppress_alone(story: Story) -> None:
    """Let the key that proposed a suppression confirm it, with its own next number."""
    _find_document(story, "K5").update(key=REVIEWER, seq=3)
    find(story, "disposition", 1).update(by=REVIEWER)


CORRUPTIONS: dict[str, tuple[Callable[[Story], object], str]] = {
    "no genesis": (remove("genesis"), "entry 0: a log begins with its genesis"),
    "second genesis": (repeat("genesis"), "entry 1: a second genesis"),
    "genesis of another log": (update("genesis", origin="log.example/1"), "names another log"),
    "a document left out": (remove("document"), "entry 1: a gap|number is 2 where 1 is due"),
    "a number skipped": (update("document", 4, seq=4), "number is 4 where"),
    "a number twice": (repeat("document", 5), "number is 3 where 4 is due"),
    "a gap where none is": (update("document", 1, seq=2), "a gap is stated"),
    "a number called used": (update("document", 7 - 1, seq=9), "called used|number is"),
    "new with a code": (update("document", 2, code="D05"), "accepted document has a reason code"),
    "refused without a code": (
        lambda story: find(story, "document").pop("code"),
        "accepted document has a reason code",
    ),
    "an id accepted twice": (append(document("B1", "x", CLERK, 8, digest="0" * 64)), "id was accepted before"),
    "a digest accepted twice": (
        append(document("Z", "x", CLERK, 8, digest=digest("B1"))),
        "digest was accepted before",
    ),
    "a batch without totals": (lambda story: find(story, "document", 2).pop("control_fen"), "states programme, period"),
    "an effect that miscounts": (update("effect", refused=3), "not the sum over its codes"),
    "an effect of nothing": (update("effect", document="H9"), "document that was never accepted"),
    "no effect, but lines": (
        append({**find(STORY, "effect", 1), "at": STORY[-1]["at"], "document": "B1"}),
        "a batch with lines is said to have no effect",
    ),
    "a line removed": (_cut_line, "its number of lines is not the control count"),
    "a line in the middle removed": (remove("line", 1), "its line is not the next"),
    "a line twice": (repeat("line"), "its line is not the next"),
    "a line after the assessment": (append(line("B1", 7, 1)), "its line is not the next of an open batch"),
    "a line of no batch": (update("line", document="B9"), "batch that was never accepted"),
    "a line of another programme": (update("line", programme="OTHER"), "not its batch's"),
    "a line of another period": (update("line", period="2025"), "not its batch's"),
    "an amount raised": (update("line", amount_fen=101), "control total"),
    "two amounts shifted": (
        lambda story: (find(story, "line", 0).update(amount_fen=99), find(story, "line", 2).update(amount_fen=301)),
        "its totals are not those of its lines",
    ),
    "a held line let through": (_pay_held, "its state does not follow from its findings"),
    "a finding withdrawn": (update("line", 2, findings=[]), "its state does not follow from its findings"),
    "a red finding made orange": (update("line", 4, findings=["R16:orange"]), "does not follow"),
    "a ready line without bank": (update("line", bank=""), "no bank and route"),
    "a held line with bank": (update("line", 2, bank="402"), "no bank and route"),
    "a route left out": (update("line", route=""), "no bank and route"),
    "totals changed": (
        update("batch", totals={"ready": [4, 1200], "held": [1, 400], "refused": [1, 500]}),
        "its totals",
    ),
    "totals left out": (lambda story: find(story, "batch").pop("totals"), "its totals are not"),
    "a batch of another period": (update("batch", period="2025"), "not its batch's"),
    "a batch assessed twice": (repeat("batch"), "that is not open"),
    "settled while lines are ordered": (
        append(
            batch(
                "B1",
                "settled",
                {
                    "ordered": [2, 800],
                    "credited": [1, 300],
                    "failed": [1, 100],
                    "refused": [1, 500],
                    "stopped": [1, 400],
                },
            )
        ),
        "settled with lines that may still change",
    ),
    "settled twice": (append(batch("B3", "settled", {"refused": [1, 70]})), "not assessed, or twice"),
    "void with lines": (update("batch", 2, state="void", findings=["R40:red"]), "a void batch has lines"),
    "void without R40": (update("batch", 4, findings=[]), "void without R40"),
    "void though all fits": (update("batch", 4, fen=70), "void though its figures fit"),
    "a change of another amount": (update("change", amount_fen=201), "its amount is not the line's"),
    "a change from another state": (
        lambda story: find(story, "change").update({"from": "held", "to": "ready"}),
        "its line is ready, not held",
    ),
    "a change along no arrow": (update("change", to="stopped"), "cannot go from ready to stopped"),
    "a change of no line": (update("change", line=7), "line that was never assessed"),
    "a change of another programme": (update("change", programme="OTHER"), "not its batch's"),
    "a change from another bank": (update("change", bank="103"), "not the one the line was ready at"),
    "a change by another key": (update("change", by=APPROVER), "not by the key it names"),
    "a change of unknown cause": (update("change", cause="0" * 64), "its cause was never accepted"),
    "a change removed": (remove("change"), "entry"),
    "cleared by one key": (update("document", 9, key=CLERK, seq=5), "cleared|not by the key|number"),
    "cleared by a hold": (update("document", 8, action="hold"), "no confirmed review clears this line"),
    "cleared in another batch": (update("document", 8, batch_document="B2"), "no confirmed review clears this line"),
    "cleared without confirm": (update("change", 1, by=CLERK, cause=digest("C1")), "no confirmed review clears"),
    "cleared by nobody": (update("change", 1, by="", cause=""), "no confirmed review clears"),
    "cleared to no bank": (update("change", 1, bank=""), "a ready line has no bank"),
    "stopped by nobody": (update("change", 3, by="", cause=""), "no review stops this line"),
    "a finding in another state": (update("finding", state="ordered"), "its line is held, not ordered"),
    "a comment by another key": (update("comment", by=CLERK), "not by the key it names"),
    "a release with other figures": (update("release", banks=[["103", 1, 600], ["402", 1, 101]]), "not what is ready"),
    "a release with a bank twice": (update("release", banks=[["103", 1, 600]] * 2), "a bank stands twice"),
    "a release nobody confirmed": (update("release", by=CLERK, cause=digest("R1")), "no second key confirms"),
    "a release by another key": (update("release", by=CLERK), "not by the key it names"),
    "a release of a wrong number": (update("release", release=2), "its number is not the next"),
    "a release removed": (remove("release"), "an order file stands without a release"),
    "a release of an open batch": (update("release", document="B9"), "batch that was never accepted"),
    "a refused release before": (update("release", outcome="refused", code="D17"), "stands without a release"),
    "an order file removed": (remove("orders"), "an order file of the release is missing"),
    "the last order file removed": (remove("orders", 1), "an order file of the release is missing"),
    "an order file twice": (repeat("orders"), "its file was fixed before"),
    "an order file of more": (update("orders", count=2), "more than what is ready at its bank"),
    "an order file of more fen": (update("orders", fen=601), "more than what is ready at its bank"),
    "an order file of less fen": (update("orders", fen=599), "less than what is ready at its bank"),
    "an order file of nothing": (update("orders", count=0, parts=0), "more than what is ready at its bank"),
    "an order file with a number too high": (update("orders", number=2), "not the next of its bank's files"),
    "the first of two files removed": (remove("orders", FIRST_OF_TWO), "not the next of its bank's files"),
    "the second of two files removed": (
        remove("orders", FIRST_OF_TWO + 1),
        "an order file of the release is missing",
    ),
    "two files in the wrong order": (_swap_files, "not the next of its bank's files"),
    "two files of one number": (update("orders", FIRST_OF_TWO + 1, number=1), "not the next of its bank's files"),
    "two files of one name": (update("orders", FIRST_OF_TWO + 1, file="s_F1_402_1_1"), "its file was fixed before"),
    "a second file of more lines": (update("orders", FIRST_OF_TWO + 1, count=2), "more than what is ready"),
    "a second file of more fen": (update("orders", FIRST_OF_TWO + 1, fen=21), "more than what is ready"),
    "a second file of less fen": (update("orders", FIRST_OF_TWO + 1, fen=19), "less than what is ready"),
    "a first file that leaves fen without lines": (update("orders", FIRST_OF_TWO, count=3), "less than what is ready"),
    "a first file that leaves lines without an end": (
        update("orders", FIRST_OF_TWO + 1, count=0, parts=0, fen=0),
        "more than what is ready",
    ),
    "a second file of another release": (
        update("orders", FIRST_OF_TWO + 1, release=2),
        "its release number is not the batch's",
    ),
    "a second file with other parts": (update("orders", FIRST_OF_TWO + 1, parts=2), "number of parts does not fit"),
    "a second file later": (
        update("orders", FIRST_OF_TWO + 1, at="2026-11-05T09:00:01Z"),
        "an order file of the release is missing",
    ),
    "a file after the last": (append(orders("F1", "402", 1, 1, 20, 3)), "an order file stands without a release"),
    "a disposition of no line": (update("disposition", line=7), "line that was never assessed"),
    "a disposition of no batch": (update("disposition", document="B9"), "batch that was never accepted"),
    "a disposition by another key": (update("disposition", by=CLERK), "not by the key it names"),
    "a disposition of unknown cause": (update("disposition", cause="0" * 64), "not by the key it names"),
    "a disposition with another verdict": (update("disposition", verdict="maybe"), "not those of its kind"),
    "a record that suppresses": (update("disposition", until="2026-12-31"), "no second key confirms this suppression"),
    "a suppression that was only recorded": (
        lambda story: _find_document(story, "E2").update(action="record"),
        "no second key confirms this suppression",
    ),
    "a suppression by the confirm of a release": (
        update("disposition", 1, cause=digest("K4")),
        "no second key confirms this suppression",
    ),
    "a suppression by the key that proposed it": (_suppress_alone, "no second key confirms this suppression"),
    "a suppression by its proposal": (
        update("disposition", 1, by=REVIEWER, cause=digest("E2")),
        "no second key confirms this suppression",
    ),
    "a suppression on a line of another batch": (
        update("disposition", 1, document="B2", line=1),
        "no second key confirms this suppression",
    ),
    "a disposition on a line of another batch": (
        update("disposition", document="B2", line=1),
        "its cause is no disposition of this batch",
    ),
    "a monitor's finding by a comment": (
        update("finding", 1, cause=digest("M1")),
        "no document of the kind that brings this finding is its cause",
    ),
    "a monitor's finding of unknown cause": (
        update("finding", 1, cause="0" * 64),
        "no document of the kind that brings this finding is its cause",
    ),
    "a line held for what no monitor sent": (
        update("change", findings=["R17:orange"]),
        "no document of the kind that brings this finding is its cause",
    ),
    "a monitor's finding without what was compared": (
        lambda story: find(story, "finding", 1).pop("sealed"),
        "a code is neither told nor sealed, or both",
    ),
    "a ledger's own finding with something sealed": (
        update("finding", sealed="5" * 64),
        "a code is neither told nor sealed, or both",
    ),
    "an access by another key": (update("access", by=CLERK), "no access document by the key it names"),
    "an access of unknown cause": (update("access", cause="0" * 64), "no access document by the key it names"),
    "an access by a disposition": (update("access", cause=digest("E1")), "no access document by the key it names"),
    "an access under another name": (update("access", document="A2"), "no access document by the key it names"),
    "an access of another source": (update("access", source="t"), "no access document by the key it names"),
    "an access that counts too many": (update("access", count=3), "its count is not that of its entries"),
    "an access that counts too few": (update("access", count=1), "its count is not that of its entries"),
    "an access of nothing": (update("access", count=0, indices=[]), "its count is not that of its entries"),
    "an access to one entry twice": (update("access", indices=[4, 4]), "its count is not that of its entries"),
    "an access to more than was asked for": (
        update("access", indices=[4, 5, 6], count=3),
        "it opens more entries than its document asks for",
    ),
    "an access to itself": (
        lambda story: find(story, "access").update(indices=[4, story.index(find(story, "access"))]),
        "it opens an entry that was not there yet",
    ),
    "an access by an unknown kind of reader": (update("access", reader="friend"), "not those of its kind"),
    "a disposition by a comment": (
        update("disposition", by=APPROVER, cause=digest("M1")),
        "its cause is no disposition of this batch",
    ),
    "late without a batch that is known": (update("overdue", 1, document="B9"), "batch that was never accepted"),
    "late for another reason": (update("overdue", what="release"), "its fields are not those of its kind"),
    "late without a finding": (
        lambda story: find(story, "overdue").pop("findings"),
        "its fields are not those of its kind",
    ),
    "an order file at another bank": (update("orders", bank="999"), "its bank is not in the release"),
    "an order file of another release": (update("orders", release=2), "its release number is not the batch's"),
    "an order file with other parts": (update("orders", parts=2), "number of parts does not fit"),
    "an order file of another period": (update("orders", period="2025"), "not its batch's"),
    "an order file later": (append(orders("B1", "402", 3, 1, 300)), "an order file stands without a release"),
    "a close removed": (lambda story: (remove("close")(story), remove("close")(story)), "has no close"),
    "half a close removed": (remove("close", 1), "a part of the hour's close is missing"),
    "a close out of order": (_swap_close, "its part is not the next"),
    "a close with a wrong row": (
        update("close", rows=[["FARM", "", "held", 3, 901], ["FARM", "", "refused", 1, 500]]),
        "not the moves of the hour",
    ),
    "a close with a row left out": (update("close", rows=[["FARM", "", "held", 3, 900]]), "not the moves of the hour"),
    "a close with a row twice": (update("close", rows=[["FARM", "", "held", 3, 900]] * 2), "stands twice"),
    "a close of another hour": (update("close", hour="2026-11-05T07"), "in which nothing moved"),
    "a close too early": (append(close("2026-11-05T10", [])), "closed before it has passed"),
    "time goes back": (update("line", 7, at="2026-11-05T08:00:00Z"), "time goes backwards"),
    "an unknown kind": (lambda story: find(story, "comment").update(kind="remark"), "its kind is not known"),
    "an unknown field": (update("line", name="x"), "its fields are not those of its kind"),
    "a field left out": (lambda story: find(story, "line").pop("sealed"), "its fields are not those of its kind"),
    "another version": (update("line", v=2), "its fields are not those of its kind"),
    "a negative amount": (update("line", amount_fen=-100), "its fields are not those of its kind"),
    "a short commitment": (update("line", sealed="5" * 63), "its fields are not those of its kind"),
    "an adapter that confirms itself": (
        lambda story: [each.update(key=CLERK, seq=4) for each in story if each.get("document") == "K1"],
        "not by the key it names|number is",
    ),
}


@pytest.mark.parametrize("name", CORRUPTIONS)
def test_a_changed_story_is_refused_with_its_reason(name: str) -> None:
    change, reason = CORRUPTIONS[name]
    with pytest.raises(VerificationError, match=reason) as refused:
        verify_changed(change)
    assert "\n" not in str(refused.value)


def test_one_key_cannot_release_however_the_numbers_are_mended() -> None:
    def confirm_with_own_key(story: Story) -> None:
        for entry in story:
            if entry["kind"] == "document" and entry["key"] in (CLERK, APPROVER):
                entry["key"] = CLERK
            if entry.get("by") == APPROVER:
                entry["by"] = CLERK
        numbers = [entry for entry in story if entry["kind"] == "document" and entry["key"] == CLERK]
        accepted = [entry for entry in numbers if entry["outcome"] in ("new", "refused")]
        for seq, entry in enumerate(accepted, start=1):
            entry["seq"] = seq

    with pytest.raises(VerificationError, match="no second key confirms a release"):
        verify_changed(confirm_with_own_key)


def test_totals_stated_elsewhere_are_compared_by_state() -> None:
    report = verify(STORY)
    check_totals(report, dict(report.totals) | {"held": (0, 0), "undecided": (3, 30)})
    for stated in ({}, dict(report.totals) | {"held": (1, 1)}, dict(report.totals) | {"stopped": (1, 401)}):
        with pytest.raises(VerificationError, match="total of lines"):
            check_totals(report, stated)


def test_a_standing_approval_orders_every_bank_of_the_batch_at_once() -> None:
    def two_banks(story: Story) -> None:
        append(
            document("B6", "batch", ADAPTER, 7, programme="FARM", period="2026", control_count=2, control_fen=3),
            line("B6", 1, 1),
            line("B6", 2, 2) | {"bank": "103"},
            batch("B6", "assessed", {"ready": [2, 3]}),
            orders("B6", "103", 1, 1, 2),
            orders("B6", "402", 1, 1, 1),
        )(story)

    assert verify_changed(two_banks).order_files == 9

    def only_one(story: Story) -> None:
        two_banks(story)
        story.pop()
        append(document("Z", "x", CLERK, 8))(story)

    with pytest.raises(VerificationError, match="an order file of the release is missing"):
        verify_changed(only_one)

    def later(story: Story) -> None:
        two_banks(story)
        for entry in story[-2:]:
            entry["at"] = "2026-11-05T10:00:01Z"

    with pytest.raises(VerificationError, match="an order file stands without a release"):
        verify_changed(later)
