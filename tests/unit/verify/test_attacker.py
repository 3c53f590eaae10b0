"""Reads a whole public log of a county with a sensitive programme, as somebody would who looks for a person."""

import json
from collections.abc import Iterator
from hashlib import sha256
from itertools import combinations
from typing import Any

import pytest

from consolidator.verify.watching import list_doubts
from schemas.canonical import render_canonical
from tests.support.discreet import (
    ASSESSED,
    CARE,
    HIDDEN_VILLAGE,
    LATER,
    PEOPLE,
    SENSITIVE_BATCHES,
    SINGLE,
    UNKNOWN,
    fen_of,
    live_discreetly,
    pair_privates,
)
from tests.support.world import World, make_account, make_id, make_name, split_bundle

# Everything that may stand in a public entry about a sensitive batch, by kind. Nothing else may.
ALLOWED = {
    "document": {"control_count", "count", "digest", "key", "of", "outcome", "code", "seq", "sensitive", "township"},
    "line": {"line", "state", "bank", "findings", "source_line"},
    "change": {"line", "from", "to", "bank", "findings", "by", "cause", "successor"},
    "finding": {"line", "state", "findings", "cause"},
    "comment": {"line", "by", "cause"},
    "disposition": {"line", "code", "verdict", "until", "by", "cause"},
    "batch": {"state", "counts", "registers", "rules", "not_checked", "findings", "positions", "count"},
    "release": {"release", "outcome", "code", "counts", "by", "cause"},
    "orders": {"bank", "release", "number", "file", "count", "parts"},
    "effect": {"of", "cause", "accepted", "refused", "codes", "positions"},
    "overdue": {"what", "since_on", "findings"},
}
COMMON = {"v", "kind", "at", "source", "document", "programme", "period", "sealed"}


@pytest.fixture(scope="module")
def world() -> World:
    """A county in which everything happened."""
    return live_discreetly()


@pytest.fixture(scope="module")
def public(world: World) -> list[dict[str, Any]]:
    """All that the log tells while the programme is sensitive, and of others: no entry of what was opened later."""
    return [entry for entry in world.entries() if entry.get("document") != LATER and _has_no_row_of_care(entry)]


def _has_no_row_of_care(entry: dict[str, Any]) -> bool:
    return all(row[0] != CARE for row in entry.get("rows", ()))


def list_amounts(world: World) -> set[int]:
    """Give the amount of every line of the sensitive programme, and the control totals of fewer than ten lines."""
    secrets = [private for entry, private in pair_privates(world) if entry.get("document") in SENSITIVE_BATCHES]
    lines = {private["amount_fen"] for private in secrets if private.get("amount_fen")}
    small = {entry["document"] for entry in world.entries("document") if entry.get("control_count", 10) < 10}
    totals = [pair for pair in pair_privates(world) if pair[0].get("document") in small & SENSITIVE_BATCHES]
    return lines | {private["control_fen"] for _, private in totals if "control_fen" in private}


def list_numbers(value: Any) -> Iterator[int]:  # noqa: ANN401 -- JSON
    """Give every number in an entry, wherever it stands."""
    if isinstance(value, dict):
        for inner in value.values():
            yield from list_numbers(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from list_numbers(inner)
    elif isinstance(value, int):
        yield value


def test_no_name_id_account_village_amount_or_reason_stands_in_it(world: World, public: list[dict[str, Any]]) -> None:
    text = json.dumps(public, ensure_ascii=False)
    assert CARE in text
    for number in range(PEOPLE):
        assert make_id(number) not in text
        assert make_id(number)[:-1] not in text
        assert make_account(number) not in text
        assert make_name(number) not in text
    for secret in (HIDDEN_VILLAGE, "核实", "某甲", "示例学校", "村文书", "残", "已销户", "account_state", "9" * 16):
        assert secret not in text
    for amount in list_amounts(world):
        assert str(amount) not in text
        assert f"{amount // 100}.{amount % 100:02d}" not in text


def test_every_entry_about_a_sensitive_batch_has_only_fields_that_may_be_told(public: list[dict[str, Any]]) -> None:
    about = [entry for entry in public if entry.get("document") in SENSITIVE_BATCHES]
    assert {entry["kind"] for entry in about} >= {"document", "line", "change", "comment", "disposition", "orders"}
    for entry in about:
        assert entry.keys() <= COMMON | ALLOWED[entry["kind"]], entry


def test_no_findings_code_tells_of_a_person_or_an_amount(public: list[dict[str, Any]]) -> None:
    about = [entry for entry in public if entry.get("document") in SENSITIVE_BATCHES]
    told = {finding.partition(":")[0] for entry in about for finding in entry.get("findings", ())}
    assert told == {"", "H03", "R02", "R03", "R13", "R40", "R41", "R51", "R53", "R55"}


def test_no_sum_or_difference_of_what_is_told_is_anybodys_amount(world: World, public: list[dict[str, Any]]) -> None:
    """Successive totals of one batch differ by single lines; they are counts, and fen stand once for a line."""
    numbers = sorted({number for entry in public for number in list_numbers(entry) if number > 1000})
    amounts = list_amounts(world)
    assert not amounts & set(numbers)
    assert not amounts & {abs(one - other) for one, other in combinations(numbers, 2)}
    closes = [entry for entry in public if entry["kind"] == "close"]
    fen = [row[3] for entry in closes for row in entry.get("sensitive", ()) if row[3]]
    assert len(fen) == 2
    for size in (2, 3):
        for some in combinations([*fen, *(row[4] for entry in closes for row in entry["rows"])], size):
            assert not amounts & {sum(some), abs(some[0] - sum(some[1:]))}


def test_the_fen_that_are_told_are_sums_of_ten_lines_or_more_with_no_line_in_common(
    world: World, public: list[dict[str, Any]]
) -> None:
    told = [row for entry in public if entry["kind"] == "close" for row in entry.get("sensitive", ())]
    with_fen = [row for row in told if row[3] is not None]
    assert all(row[1] == "ordered" and row[2] >= 10 for row in with_fen)
    orders = [entry["count"] for entry in public if entry["kind"] == "orders" and entry["programme"] == CARE]
    assert sum(row[2] for row in told if row[1] == "ordered") == sum(orders)
    assert any(row[2] < 10 for row in told)
    answered = sum(world.state.totals[state][0] for state in ("credited", "failed", "unknown", "returned"))
    assert world.state.totals["ordered"][0] + answered == sum(orders) + 10
    assert {row[1] for row in told} >= {"credited", "failed", "unknown", "returned"}


def test_a_batch_of_one_line_tells_that_there_is_one_and_where_it_is_paid(public: list[dict[str, Any]]) -> None:
    (line,) = [entry for entry in public if entry["kind"] == "line" and entry["document"] == SINGLE]
    assert (line["bank"], line["state"], line["findings"]) == ("402", "ready", [])
    numbers = {number for entry in public if entry.get("document") == SINGLE for number in list_numbers(entry)}
    assert fen_of(30) not in numbers
    header = next(entry for entry in public if entry["kind"] == "document" and entry["document"] == SINGLE)
    assert (header["control_count"], header["township"]) == (1, "511112001")


def test_what_is_sealed_is_not_found_by_trying_all_amounts(world: World) -> None:
    """A control total has few values: without the opening, trying them all finds nothing; with it, the first does."""
    entry, private = next(pair for pair in pair_privates(world) if pair[0].get("document") == UNKNOWN)
    assert private == {"control_fen": fen_of(43)}
    for fen in range(fen_of(43) - 500, fen_of(43) + 500):
        raw = render_canonical({"control_fen": fen})
        guesses = (raw, b"\2" + raw, b"\2" + bytes(32) + raw, entry["at"].encode() + raw)
        assert entry["sealed"] not in {sha256(guess).hexdigest() for guess in guesses}


def test_who_watches_the_log_is_told_levels_and_no_code(world: World) -> None:
    bundles = [bundle for step in world.steps for bundle in step.bundles]
    raw = [entry for bundle in bundles for entry in split_bundle(bundle)]
    doubts = [doubt for doubt in list_doubts(raw, 0) if doubt.document == ASSESSED and doubt.line in (5, 6)]
    assert [(doubt.line, doubt.code, doubt.level) for doubt in doubts] == [(5, "", "red"), (6, "", "red")]
